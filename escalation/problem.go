package escalation

import "fmt"

// ProblemKind is the kind of refusal, mapped to a transport in one place per door.
type ProblemKind string

// Kinds of refusals.
const (
	Invalid   ProblemKind = "invalid"   // a field is wrong: 422
	WrongTime ProblemKind = "conflict"  // the petition's state does not allow it: 409
	Stale     ProblemKind = "stale"     // another change came first: 409
	Forbidden ProblemKind = "forbidden" // not this role: 403
	NotFound  ProblemKind = "not_found" // 404
)

// Problem is why a command was refused. A refused command changes nothing.
type Problem struct {
	Kind   ProblemKind
	Field  string // the field at fault, in the API's spelling; empty: the whole
	Detail string // Vietnamese, for the person who asked

	More []*Problem // the other fields at fault, where several were looked at together
}

func (p *Problem) Error() string {
	if p.Field == "" {
		return p.Detail
	}
	return p.Field + ": " + p.Detail
}

func invalid(field, detail string, args ...any) error {
	return &Problem{Kind: Invalid, Field: field, Detail: fmt.Sprintf(detail, args...)}
}

func conflict(detail string, args ...any) error {
	return &Problem{Kind: WrongTime, Detail: fmt.Sprintf(detail, args...)}
}

func forbidden(detail string, args ...any) error {
	return &Problem{Kind: Forbidden, Detail: fmt.Sprintf(detail, args...)}
}

func notFound(field, detail string, args ...any) error {
	return &Problem{Kind: NotFound, Field: field, Detail: fmt.Sprintf(detail, args...)}
}

// findings collects every field at fault.
type findings []*Problem

func (f *findings) add(field, detail string, args ...any) {
	*f = append(*f, &Problem{Kind: Invalid, Field: field, Detail: fmt.Sprintf(detail, args...)})
}

func (f *findings) when(wrong bool, field, detail string, args ...any) {
	if wrong {
		f.add(field, detail, args...)
	}
}
