// Package load runs `notify1022 load` as a process of its own, at sizes that fit a test, and
// looks at the figures it gives: every scenario, and thirty days of a city against the model
// of the regulation. See docs/performance.md and docs/reliability.md.
package load
