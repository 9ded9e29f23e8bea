// Package smsc is an SMSC that other people's ESMEs can bind to: in-process
// for tests, and behind the smsc verb for rehearsals and the demo. It keeps
// handsets that receive texts, answer, refuse and fall silent on demand.
//
// Failure rules: nothing is stored on disk; a message accepted here lives as
// long as the Server. A deliver_sm that no receiver has answered ESME_ROK is
// tried again until its context or the Server ends. Memory is bounded: the
// oldest messages are forgotten, receipts beyond Config.Receipts never come.
package smsc
