// Package crash proves that nothing is lost and nothing fires twice: its tests run the
// program as an operator would, as processes of their own over a PostgreSQL and a Redis of
// the test's, and kill, freeze, empty and cut off what they are made of, or let clocks be
// wrong and step. See docs/reliability.md.
package crash
