package store

import "context"

// Everywhere lets tests of the package's users ask which words are not looked up.
func (s *Store) Everywhere(ctx context.Context, q string) (bool, error) {
	return s.everywhere(ctx, s.d.allWords(), q)
}
