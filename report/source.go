package report

import (
	"context"
	"time"

	"notify1022/escalation"
)

// Source is where reports get their sums from. Its methods may be called at the
// same time; an error is returned as it is.
type Source interface {
	// FactGroups counts the turns that touch the period, for each query in their order.
	// The queries differ in what they group by and tell apart alone.
	FactGroups(ctx context.Context, queries ...escalation.FactQuery) ([][]escalation.FactGroup, error)
	// FactMedians gives, for each query in their order, the median of a span, exact to the
	// minute, for each value of its dimension that has one. The queries differ in their
	// dimension alone.
	FactMedians(ctx context.Context, of escalation.FactSpan, queries ...escalation.FactQuery) ([]map[string]time.Duration, error)
	// Commended lists the proposals for reward of [from, to), the first first, at most
	// limit; with a unit, those for its officers.
	Commended(ctx context.Context, from, to time.Time, unit string, limit int) ([]escalation.Commended, error)
	// SMSTraffic counts the texts by SMS of [from, to) by unit, class and state; with a
	// unit, those to its people.
	SMSTraffic(ctx context.Context, from, to time.Time, unit string) ([]escalation.Traffic, error)
	// TextSums counts the same texts by dimensions: field, area and channel of their
	// petitions, and the officers of units who got them; of the city also by unit and class.
	TextSums(ctx context.Context, from, to time.Time, unit string, by ...escalation.Dimension) ([]escalation.TextSum, error)
}
