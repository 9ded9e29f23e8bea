package store

import (
	"context"
	"fmt"
)

// troubled is after how many refusals for now that were not for a text's own sake, some
// two minutes, something is wrong with the SMSC.
const troubled = 8

// Refused counts the texts that wait because an SMSC in trouble, or one that asks for a
// slower pace, keeps refusing them, and says what it answered to one of them.
func (s *Store) Refused(ctx context.Context) (n int, why string, err error) {
	var row struct {
		N   int    `db:"n"`
		Why string `db:"why"`
	}
	err = s.reader().get(ctx, &row, `SELECT COUNT(*) AS n, COALESCE(MAX(error), '') AS why FROM message
		WHERE `+isRefused+` AND refusals >= ? AND refusals - blamed >= ? AND by_email = 0`, troubled, troubled)
	if err != nil {
		return 0, "", fmt.Errorf("count texts that are refused: %w", err)
	}
	return row.N, row.Why, nil
}
