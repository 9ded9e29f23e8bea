package console

import (
	"context"
	"strings"
	"testing"
	"time"

	"notify1022/escalation"
)

// gateways are processes that live.
type gateways []NodeView

func (g gateways) Look(context.Context) (GatewayView, error) {
	return GatewayView{Nodes: g, Lanes: []LaneView{{Lane: escalation.LaneBulk, State: escalation.Queued, Count: 3, Oldest: 95 * time.Minute}}}, nil
}

func (gateways) Pause(context.Context, escalation.Actor) error { return nil }

func (gateways) Resume(context.Context, escalation.Actor) error { return nil }

// A gateway of the release before does not say how it is bound: it sends all the same. One of
// this release without an account, and none at all, are told of.
func TestTheGatewaysPageTellsWhoSendsFromWhoCannot(t *testing.T) {
	const none, cannot, before = "không có cổng nào chạy", "cổng này không có kết nối nào", "phiên bản trước, chưa báo kết nối"
	web := NodeView{Name: "a", Roles: []string{"web", "worker"}}
	for _, c := range []struct {
		name string
		list gateways
		want string
	}{
		{"no gateway", gateways{web}, none},
		{"one of the release before", gateways{web, {Name: "b", Roles: []string{"gateway"}}}, before},
		{"one without an account", gateways{web, {Name: "b", Roles: []string{"gateway"}, Binds: []BindView{}}}, cannot},
		{"one that is bound", gateways{web, {Name: "b", Roles: []string{"gateway"}, Binds: []BindView{{SMSC: "chinh", Bound: 1}}}}, "đã kết nối"},
	} {
		page := calls(t, Config{Gateway: c.list}, escalation.Operator).ask(t.Context(), "GET", "/gateway", nil).Body.String()
		for _, words := range []string{none, cannot, before, "đã kết nối"} {
			if strings.Contains(page, words) != (words == c.want) {
				t.Errorf("%s: %q is there: %t", c.name, words, words != c.want)
			}
		}
		for _, words := range []string{"1h35", "trang và API", "mốc thời gian, việc nền"} {
			if !strings.Contains(page, words) {
				t.Errorf("%s: the page lacks %q:\n%s", c.name, words, page)
			}
		}
	}
}
