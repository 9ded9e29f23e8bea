// Package mail is the email channel: it hands mails to a mail server, one recipient
// each (submission by SMTP, RFC 5321 and RFC 6409).
//
// A Sender has the shape of queue.Mailer. The text of a row was rendered and frozen
// when the row was claimed, accented; what the row encloses (a table, HTML, files)
// follows it. The subject names the petition, and mails of one petition belong to one
// thread. The message id comes from the row, so that a mail sent again after a lost
// answer can be told from a second one; it also says so in its first line.
//
// Connections are kept for the next mail: the last one used first, up to a hundred
// mails each, for half a minute. Before a mail goes over one nothing has been sent, so
// a server that hung up meanwhile is dialled again. A refused mail is taken back with
// RSET; a mail whose dialogue broke costs the connection.
//
// Failure rules. Every error is an *Error. What the server refuses of the mail
// itself with 5xx (sender, recipient, content), what it said it is too large for
// (SIZE, RFC 1870), and what cannot be a mail at all (an address with a line end), is
// permanent: Temporary is false, the row fails and a person takes over. Everything
// else may pass: 4xx, the network, a deadline, and a server that refuses the
// connection, TLS or the credentials, for that is the installation's fault, not the
// mail's. When the connection breaks between the final dot and its answer nobody knows:
// Uncertain is true. An error names the step, the server's codes and the recipient
// masked; never a server's words, which tend to repeat the address, nor the text.
//
// Nothing is sent in the clear that must not be: with Security Required or
// Implicit there is TLS (1.2 or later, the certificate verified) or no mail, and
// credentials never travel without it. What a server says is bounded in time and size
// at each step. Reports of mail that could not be delivered later go to the envelope's
// sender, Config.Bounce; nobody here reads them.
package mail
