package escalation

import (
	"reflect"
	"time"
)

// How a property looks for what a decision shares with the petition it was given.

func spoil(p Petition) {
	for i := range p.Slips {
		p.Slips[i] = Slip{}
	}
	for i := range p.Rungs {
		p.Rungs[i] = Rung{}
	}
	for i := range p.ETAs {
		p.ETAs[i] = ETA{}
	}
	for i := range p.Results {
		p.Results[i] = Result{}
	}
	for i := range p.Ratings {
		p.Ratings[i] = Rating{}
	}
	for i := range p.Followers {
		p.Followers[i] = Follower{}
	}
	for i := range p.ReturnsWaiting {
		p.ReturnsWaiting[i] = Return{}
	}
	for i := range p.Directives {
		p.Directives[i] = Directive{}
	}
	for i := range p.WrittenPast {
		spoilFile(&p.WrittenPast[i])
	}
	if p.Written != nil {
		spoilFile(p.Written)
	}
	for i := range p.Exclude {
		p.Exclude[i] = -1
	}
	for i := range p.AskedAgain {
		p.AskedAgain[i] = time.Time{}
	}
	for i := range p.Course.Past {
		p.Course.Past[i] = Fact{Round: -1}
	}
	for _, v := range []any{p.Result, p.Return, p.Hold, p.Clarify, p.Dispute, p.Rating, p.Emergency, p.Rejection} {
		if ptr := reflect.ValueOf(v); !ptr.IsNil() {
			ptr.Elem().SetZero()
		}
	}
}

func spoilFile(w *Written) {
	for i := range w.Explanations {
		w.Explanations[i] = Explanation{}
	}
	*w = Written{}
}

// deepCopy copies a petition without the help of clone, which is under test.
func deepCopy(p Petition) Petition {
	return copied(reflect.ValueOf(p)).Interface().(Petition)
}

func copied(v reflect.Value) reflect.Value {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(copied(v.Elem()))
		return c
	case v.Kind() == reflect.Slice && v.Len() > 0:
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(copied(v.Index(i)))
		}
		return c
	case v.Kind() == reflect.Slice: // empty and nil are the same to a store
		return reflect.Zero(v.Type())
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
		c := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			c.Field(i).Set(copied(v.Field(i)))
		}
		return c
	}
	return v
}
