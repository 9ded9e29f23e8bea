// Package console is the hotline's desk in a browser, under /console: the board of
// what burns, a petition on one page with every act, intake, tasks and the handover of
// a shift, the City Office's pages, texts, sending, calendar, gateway, and accounts.
//
// It decides nothing. A form becomes an escalation.Command, the desk decides it, and a
// command that texts people is first shown with those texts (Desk.Preview). What the
// pages need of storage is declared here beside its use; cmd plugs it in.
//
// A request goes through: the session (scs, in SQL, so that every web node knows it),
// the account as it is now (disabled, another role, signed out everywhere: the session
// is over), the page's roles, and for a POST the browser's own word that the request
// comes from this site (Sec-Fetch-Site, Origin). Sessions are HttpOnly and SameSite.
//
// The pages work without JavaScript; with it (htmx, embedded) the board is live, acts
// open in place, and keys work. Nothing is loaded from another host.
package console
