// Package mail is the email channel: it hands one outbox row at a time to a mail
// server (submission by SMTP, RFC 5321 and RFC 6409).
//
// A Sender has the shape of queue.Mailer. The text was rendered and frozen
// when the row was claimed, accented; it becomes the one text part of the mail.
// The subject names the petition, and mails of one petition refer to one thread.
// The message id comes from the row, so that a mail sent again after a lost
// answer can be told from a second one.
//
// Failure rules. Every error is an *Error. What the server refuses of the mail
// itself with 5xx (sender, recipient, content), and what cannot be a mail at
// all (an address with a line end), is permanent: Temporary is false, the row
// fails and a person takes over. Everything else may pass: 4xx, the network, a
// deadline, and a server that refuses the connection, TLS or the credentials,
// for that is the installation's fault, not the mail's. An error names the step,
// the server's codes and the recipient masked; never a server's words, which
// tend to repeat the address, nor the text.
//
// Nothing is sent in the clear that must not be: with Security Required or
// Implicit there is TLS or no mail, and credentials never travel without it.
package mail
