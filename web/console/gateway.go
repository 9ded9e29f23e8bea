package console

import (
	"context"
	"slices"
	"time"

	"notify1022/escalation"
	"notify1022/web"
)

// Gateway is what the sending of texts looks like.
type Gateway interface {
	Look(ctx context.Context) (GatewayView, error)
	// Pause and Resume hold all gateways of the installation.
	Pause(ctx context.Context, by escalation.Actor) error
	Resume(ctx context.Context, by escalation.Actor) error
}

// GatewayView is the state of sending now.
type GatewayView struct {
	Paused bool
	Nodes  []NodeView
	Lanes  []LaneView
	Hour   []MinuteView
	Errors []ErrorView
}

// NodeView is a process of the installation that lives.
type NodeView struct {
	Name  string
	Roles []string
	Beat  time.Time
	Binds []BindView // of a gateway, one for each account; nil: it does not say, as the release before does
}

// Quiet reports that the process does not say how its accounts stand.
func (n NodeView) Quiet() bool { return n.Binds == nil }

// BindView is how an account of a gateway stands.
type BindView struct {
	SMSC  string
	Bound int     // connections bound to the SMSC
	Sent  float64 // messages per second that it has accepted of late
	Rate  float64 // messages per second allowed; 0: as many as go
	Part  float64 // of the rate that is used: less than 1 after the SMSC throttled
}

// Slowed is the per cent of the rate that is used after throttling, 0 when all of it is.
func (b BindView) Slowed() int {
	if b.Part <= 0 || b.Part >= 1 {
		return 0
	}
	return int(100*b.Part + 0.5)
}

// sends is the role of a process that sends.
const sends = "gateway"

// Gateways are the processes that send.
func (v GatewayView) Gateways() (list []NodeView) {
	for _, n := range v.Nodes {
		if slices.Contains(n.Roles, sends) {
			list = append(list, n)
		}
	}
	return list
}

// LaneView is what waits in a lane.
type LaneView struct {
	Lane   escalation.Lane
	State  escalation.MessageState
	Count  int
	Oldest time.Duration
}

// MinuteView is what went out in a minute.
type MinuteView struct {
	At           time.Time
	Sent, Failed int
}

// ErrorView is how often an error came.
type ErrorView struct {
	Error string
	Count int
}

// gatewayPage draws the view.
type gatewayPage struct {
	GatewayView
	Bars     []bar
	Most     int
	MayAct   bool
	Handsets string
}

type bar struct {
	X, Y, Height int
	Failed       int
	Title        string
}

const chartHeight = 100

func (c *console) gateway(v *visit) error {
	view, err := c.Gateway.Look(v.Context())
	if err != nil {
		return err
	}
	page := gatewayPage{GatewayView: view, MayAct: v.may(web.RunGateway), Handsets: c.Handsets}
	for _, m := range view.Hour {
		page.Most = max(page.Most, m.Sent+m.Failed)
	}
	if len(view.Hour) > 0 {
		first := view.Hour[len(view.Hour)-1].At.Add(-time.Hour)
		for _, m := range view.Hour {
			height := chartHeight * (m.Sent + m.Failed) / max(1, page.Most)
			page.Bars = append(page.Bars, bar{X: int(m.At.Sub(first)/time.Minute) * 10, Y: chartHeight - height, Height: height, Failed: m.Failed,
				Title: m.At.In(zone()).Format("15:04")})
		}
	}
	return v.show(200, "gateway", "Cổng tin nhắn", page)
}

func (c *console) gatewayAct(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	switch v.PathValue("act") {
	case "pause":
		if err := c.Gateway.Pause(v.Context(), v.actor()); err != nil {
			return err
		}
		return v.done("/gateway", "Đã tạm dừng gửi tin. Tin vẫn được xếp hàng; phản hồi vẫn được nhận.")
	case "resume":
		if err := c.Gateway.Resume(v.Context(), v.actor()); err != nil {
			return err
		}
		c.Hint()
		return v.done("/gateway", "Đã gửi tin trở lại.")
	}
	return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
}
