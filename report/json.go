package report

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// jsonReport is a report as programs read it.
type jsonReport struct {
	Title  string      `json:"title"`
	Period jsonPeriod  `json:"period"`
	Unit   string      `json:"unit"` // empty: the whole city
	Name   string      `json:"name"`
	MadeAt time.Time   `json:"made_at"`
	Tables []jsonTable `json:"tables"`
}

type jsonPeriod struct {
	Name  string     `json:"name"`
	Kind  PeriodKind `json:"kind"`
	From  time.Time  `json:"from"`
	To    time.Time  `json:"to"` // exclusive
	Title string     `json:"title"`
}

type jsonTable struct {
	Key     string    `json:"key"`
	Title   string    `json:"title"`
	Note    string    `json:"note"`
	Columns []Column  `json:"columns"`
	Rows    []jsonRow `json:"rows"`
}

type jsonRow struct {
	Key    string              `json:"key"`
	Label  string              `json:"label"`
	Of     string              `json:"of,omitempty"`
	Values map[string]jsonCell `json:"values"` // by the column's key
}

// jsonCell holds a value and, of a share, of how many it is. Percent, minutes and
// mean are left out where there is nothing to have one of.
type jsonCell struct {
	Kind    Kind     `json:"kind"`
	Value   *int     `json:"value,omitempty"`
	Of      *int     `json:"of,omitempty"`
	Percent *float64 `json:"percent,omitempty"`
	Minutes *int     `json:"minutes,omitempty"` // of working time
	Mean    *float64 `json:"mean,omitempty"`
	Date    string   `json:"date,omitempty"` // 2026-11-12
	Text    string   `json:"text,omitempty"`
}

func (c Cell) json() jsonCell {
	j := jsonCell{Kind: c.Kind}
	switch {
	case c.None:
	case c.Kind == Span:
		minutes := int(c.Span / time.Minute)
		j.Minutes = &minutes
	case c.Kind == Date:
		j.Date = c.Date.Format(time.DateOnly)
	case c.Kind == Words:
		j.Text = c.Words
	case c.Kind == Mean:
		j.Mean = &c.Mean
	case c.Kind == Share:
		j.Value, j.Of = &c.N, &c.Of
		if percent, ok := c.Percent(); ok {
			j.Percent = &percent
		}
	default:
		j.Value = &c.N
	}
	return j
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	zone := r.Period.From.Location()
	out := jsonReport{Title: title, Unit: r.Unit, Name: r.Name, MadeAt: r.MadeAt.In(zone).Truncate(time.Second),
		Period: jsonPeriod{r.Period.Name, r.Period.Kind, r.Period.From, r.Period.To, r.Period.Title()}}
	for _, t := range r.Tables {
		table := jsonTable{Key: t.Key, Title: t.Title, Note: t.Note, Columns: t.Columns, Rows: []jsonRow{}}
		for _, row := range t.Rows {
			values := make(map[string]jsonCell, len(row.Cells))
			for i, c := range row.Cells {
				values[t.Columns[i].Key] = c.json()
			}
			table.Rows = append(table.Rows, jsonRow{row.Key, row.Label, row.Of, values})
		}
		out.Tables = append(out.Tables, table)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
