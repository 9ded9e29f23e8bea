// Command notify1022 is the notification and escalation service of a city's
// citizen hotline: the service itself and the tools around it.
//
//	notify1022 serve                    the service
//	notify1022 demo                     the sample petitions, everything embedded
//	notify1022 smsc                     an SMSC simulator with handsets
//	notify1022 deadline, sms, reply     the rules of time, text and replies, by hand
//	notify1022 import, export           units, contacts, holidays, petitions as sheets
//	notify1022 send, apikey, user       acts of an operator or administrator
//	notify1022 migrate, calendar, doctor, version
//
// Each verb is a small struct with Run in a file of its own. Results alone go to
// stdout, logs to stderr. The exit code is 0 for done, 1 for failed, 2 for a bad
// command line, configuration or input.
//
// How the service is put together:
//
//	config*.go     defaults < YAML < environment < flags, validated as a whole
//	service.go     plain assignment, readable from top to bottom; a room is what a
//	               running service hands out: address, desk, store, SMSC
//	parts.go       stages that start from the back and stop from the front
//	database.go    the store, and the simulated clock
//	outbox.go      the gateway and one SMPP client for each smsc entry (gateway.go),
//	simulator.go   or the built-in SMSC
//	transmit.go    an outbox row's segment to submit_sm, and its outcome back
//	receive.go     deliver_sm to the inbox: a part of a reply, or a receipt
//	render.go      texts from the catalogue in force
//	door*.go       what the HTTP door asks for, given by store and desk
//
// Failure rules:
//
//   - A configuration that is wrong anywhere starts nothing; the error names
//     each wrong key and shows no secret.
//   - What a running part cannot do (SMSC, Redis or mail away) is that part's to
//     try again; only a database that cannot be opened, a port that is taken or a
//     part that ended by itself end the process, with 1.
//   - SIGINT and SIGTERM stop in the order doors, workers, gateways, stores;
//     a second one ends the process at once, and the next start goes on from SQL.
package main
