package web

import (
	"github.com/danielgtaylor/huma/v2"

	"notify1022/escalation"
)

// enumerate says which words the fields of the document's schemas take: the types are plain
// texts, for the domain knows no OpenAPI.
func enumerate(schemas map[string]*huma.Schema) {
	kinds, statuses := anyOf(escalation.UnitKinds()), anyOf(escalation.Statuses())
	needs := anyOf([]escalation.WrittenNeed{escalation.NeedNone, escalation.NeedRemind, escalation.NeedExplain})
	for name, fields := range map[string]map[string][]any{
		"Intake":           {"channel": anyOf([]escalation.Channel{escalation.ByPhone, escalation.ByWeb, escalation.ByEmail, escalation.ByFacebook, escalation.BySMS}), "kind": {1.0, 2.0, 3.0, 4.0, 5.0}},
		"UnitBody":         {"kind": kinds},
		"Unit":             {"kind": kinds},
		"ContactBody":      {"role": anyOf(escalation.ContactRoles())},
		"Addressee":        {"role": anyOf(escalation.ContactRoles())},
		"VerifyBody":       {"by": {"sms", "call"}},
		"SubscriptionBody": {"channel": anyOf(escalation.ReportChannels()), "each": anyOf(escalation.ReportEaches())},
		"NewWebhook":       {"events": anyOf(WebhookEvents())},
		"PetitionView":     {"status": statuses},
		"PetitionRow":      {"status": statuses},
		"Accepted":         {"status": statuses},
		"MessageView":      {"state": anyOf(messageStates)},
		"Task":             {"kind": anyOf(escalation.TaskKinds())},
		"Publish":          {"written": needs},
		"SendBack":         {"written": needs},
		"Rate":             {"score": {1.0, 2.0, 3.0, 4.0, 5.0}},
		"Commend":          {"who": {escalation.CommendCitizen, escalation.CommendOfficer}},
	} {
		for field, values := range fields {
			s := schemas[name]
			if s == nil || s.Properties[field] == nil {
				continue // not served here
			}
			if s = s.Properties[field]; s.Items != nil {
				s = s.Items
			}
			s.Enum = values
		}
	}
}

func anyOf[T ~string](words []T) []any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return list
}
