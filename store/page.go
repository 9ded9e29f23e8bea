package store

import (
	"math"
	"strconv"
	"strings"
)

// Page is a part of a list and the cursor of the next, "" at the end.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// paging reads a cursor, which is the last id of the page before.
func paging(cursor string, limit int) (after int64, most int, err error) {
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	if cursor == "" {
		return math.MaxInt64, limit, nil
	}
	after, err = strconv.ParseInt(cursor, 36, 64)
	if err != nil || after <= 0 {
		return 0, 0, invalid("cursor", "con trỏ trang không hợp lệ")
	}
	return after, limit, nil
}

// paged cuts the one row read too many and names the cursor.
func paged[T any](items []T, limit int, id func(T) int64) Page[T] {
	if len(items) <= limit {
		return Page[T]{Items: items}
	}
	items = items[:limit]
	return Page[T]{Items: items, NextCursor: strconv.FormatInt(id(items[limit-1]), 36)}
}

// where collects conditions of a list.
type where struct {
	conditions []string
	args       []any
}

func (w *where) and(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

func (w *where) andIf(applies bool, condition string, args ...any) {
	if applies {
		w.and(condition, args...)
	}
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
