package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"notify1022/escalation"
)

// Groups are saved groups of people to send to. Their changes are *Problems where they
// cannot be.
type Groups interface {
	Groups(ctx context.Context) ([]Group, error)
	// Group reads one with the ids of its members; a *Problem NotFound.
	Group(ctx context.Context, id int64) (Group, []int64, error)
	AddGroup(ctx context.Context, name string, by escalation.Actor) (int64, error)
	RenameGroup(ctx context.Context, id int64, name string, by escalation.Actor) error
	DeleteGroup(ctx context.Context, id int64, by escalation.Actor) error
	AddMembers(ctx context.Context, id int64, contacts []int64, by escalation.Actor) error
	RemoveMembers(ctx context.Context, id int64, contacts []int64, by escalation.Actor) error
}

// Group is one.
type Group struct {
	ID      int64
	Name    string
	Members int
	By      string
	At      time.Time
}

// personRow is somebody of the directory as a list to choose from shows it.
type personRow struct {
	ID    int64
	Name  string
	Role  string
	Unit  string
	Phone string // masked
	Gone  bool   // holds the role no more, or cannot be texted
}

// peopleList is a list to choose from: who is chosen, and who was found.
type peopleList struct {
	Query  string
	Chosen []personRow
	Found  []personRow
	More   bool // more were found than are shown
}

// Bounds of a choice.
const (
	mostFound  = 30
	mostChosen = 500
)

func (c *console) person(directory *escalation.Directory, k escalation.Contact, now time.Time) personRow {
	row := personRow{ID: k.ID, Name: k.Name, Role: k.Role.Label(), Unit: k.Unit, Phone: escalation.MaskPhone(k.Phone), Gone: !c.reachable(k, now)}
	if u, ok := directory.Unit(k.Unit); ok {
		row.Unit = u.Name
	}
	return row
}

// reachable reports that a person holds the role and can be texted.
func (c *console) reachable(k escalation.Contact, now time.Time) bool {
	return k.Holds(now) && c.Numbering.Textable(k.Phone)
}

// choice finds who has all words of the query in name, role or unit, beside those who
// are chosen already.
func (c *console) choice(v *visit, query string, chosen []int64) (peopleList, error) {
	list := peopleList{Query: query}
	directory, err := c.Directory.Directory(v.Context())
	if err != nil {
		return list, err
	}
	for _, id := range chosen {
		if k, ok := directory.Contact(id); ok {
			list.Chosen = append(list.Chosen, c.person(directory, k, v.now))
		}
	}
	words := plainWords(query)
	if len(words) == 0 || len(query) > 200 {
		return list, nil
	}
	contacts, err := c.Directory.Contacts(v.Context())
	if err != nil {
		return list, err
	}
	for _, k := range contacts {
		row := c.person(directory, k, v.now)
		if row.Gone || slices.Contains(chosen, k.ID) || !hasWords(strings.Join([]string{row.Name, row.Role, row.Unit, k.Unit}, " "), words) {
			continue
		}
		if list.More = len(list.Found) == mostFound; list.More {
			break
		}
		list.Found = append(list.Found, row)
	}
	return list, nil
}

// hasWords reports that a text has a word beginning with each of the words.
func hasWords(text string, words []string) bool {
	has := plainWords(text)
	for _, w := range words {
		if !slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, w) }) {
			return false
		}
	}
	return true
}

// chosenOf are the ids of a form's ticked people.
func chosenOf(form url.Values, name string) ([]int64, error) {
	if len(form[name]) > mostChosen {
		return nil, wrong(name, "chọn tối đa %d người một lần; hãy dùng nhóm", mostChosen)
	}
	var ids []int64
	for _, text := range form[name] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, wrong(name, "người được chọn không đúng")
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// findPeople answers while somebody types a name.
func (c *console) findPeople(v *visit) error {
	chosen, err := chosenOf(v.URL.Query(), "contact")
	if err != nil {
		return err
	}
	list, err := c.choice(v, v.URL.Query().Get("q"), chosen)
	if err != nil {
		return err
	}
	return v.fragment("send", "people", list)
}

type groupsPage struct {
	Groups  []Group
	Problem string
	Name    string
}

func (c *console) groups(v *visit) error { return c.showGroups(v, 200, "", "") }

func (c *console) showGroups(v *visit, status int, name, problem string) error {
	list, err := c.Groups.Groups(v.Context())
	if err != nil {
		return err
	}
	return v.show(status, "groups", "Nhóm nhận tin", groupsPage{list, problem, name})
}

func (c *console) addGroup(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := c.Groups.AddGroup(v.Context(), form.Get("name"), v.actor())
	var problem *escalation.Problem
	switch {
	case errors.As(err, &problem):
		return c.showGroups(v, http.StatusUnprocessableEntity, form.Get("name"), problem.Detail)
	case err != nil:
		return err
	}
	return v.done("/groups/"+strconv.FormatInt(id, 10), "Đã tạo nhóm.")
}

type groupPage struct {
	Group
	People []personRow
	Find   peopleList
}

func (v *visit) groupID() (int64, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &escalation.Problem{Kind: escalation.NotFound, Detail: "không có nhóm này"}
	}
	return id, nil
}

// group shows who is in a group, and finds others.
func (c *console) group(v *visit) error {
	id, err := v.groupID()
	if err != nil {
		return err
	}
	g, members, err := c.Groups.Group(v.Context(), id)
	if err != nil {
		return err
	}
	found, err := c.choice(v, v.URL.Query().Get("q"), members)
	if err != nil {
		return err
	}
	page := groupPage{Group: g, People: found.Chosen, Find: found}
	page.Find.Chosen = nil
	return v.show(200, "group", g.Name, page)
}

func (c *console) groupAct(v *visit) error {
	id, err := v.groupID()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	people, err := chosenOf(form, "contact")
	if err != nil {
		return err
	}
	to, said := "/groups/"+v.PathValue("id"), "Đã lưu nhóm."
	switch v.PathValue("act") {
	case "rename":
		err = c.Groups.RenameGroup(v.Context(), id, form.Get("name"), v.actor())
	case "delete":
		to, said, err = "/groups", "Đã xóa nhóm.", c.Groups.DeleteGroup(v.Context(), id, v.actor())
	case "add":
		err = c.Groups.AddMembers(v.Context(), id, people, v.actor())
	case "remove":
		err = c.Groups.RemoveMembers(v.Context(), id, people, v.actor())
	default:
		return &escalation.Problem{Kind: escalation.NotFound, Detail: "không có thao tác này"}
	}
	if err != nil {
		return err
	}
	return v.done(to, said)
}
