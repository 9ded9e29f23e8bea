package smpp_test

import (
	"reflect"
	"testing"

	"notify1022/smpp"
)

func TestEveryStatIsAMetric(t *testing.T) {
	var st smpp.Stats
	fields := reflect.ValueOf(&st).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.CanUint() {
			f.SetUint(uint64(i + 1))
		} else {
			f.SetInt(int64(i + 1))
		}
	}
	values := map[float64]string{}
	for _, m := range st.Metrics() {
		if other, ok := values[m.Value]; ok || m.Help == "" {
			t.Errorf("%s and %s are the same", m.Name, other)
		}
		values[m.Value] = m.Name
	}
	for i := range fields.NumField() {
		if values[float64(i+1)] == "" {
			t.Errorf("%s is no metric", fields.Type().Field(i).Name)
		}
	}
}
