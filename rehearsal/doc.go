// Package rehearsal is how the hotline is tried out before anybody depends on
// it: sample data, a scripted story through the whole ladder, and a page on which
// people play the officers, the Office and the citizens.
//
//	data.go, data/      units, contacts and petitions; every number is fictional
//	service.go          what the rehearsal needs of a running service
//	archive.go          the service's rows, read beside it and not by its code
//	stage.go, file.go   a script's hands and eyes: handsets, the desk, expectations
//	conductor.go        plays scenes on one simulated clock, act by act
//	story.go, scene*.go the scripted story: every status, every verb
//	play.go, check.go   plays it, and looks at what must hold when it is over
//	report.go           timeline and totals as tables
//	town.go, habit.go   the interactive demo: petitions arrive, officers reply
//	page*.go, page/     the page of the interactive demo
//	load*.go            a load and its figures: fills a database, feeds petitions, lets
//	                    rungs fall due, and compares the outbox with what the SMSC saw
//	year*.go            a year of a city on the simulated clock, text by text against an
//	                    independent model of the regulation
//
// Rules that hold here:
//
//   - Everything goes the way a real service goes: commands through the desk,
//     texts over SMPP to the simulator's handsets, replies as deliver_sm. Nothing
//     is written into the database behind the desk's back, but what a load finds
//     there when it begins.
//   - The script acts at exact instants of the domain's clock. The clock has an
//     appointment with the script's next act and never passes it.
//   - The script waits for effects (a text on a handset, the clock, an outcome),
//     each wait bounded; it never sleeps and hopes.
//   - An expectation that fails is written down and the scene goes on where it
//     can; a run with one failed expectation has failed.
//   - Numbers are 0570000001–0570000999, which no operator has; landlines are
//     fixtures that are never texted.
package rehearsal
