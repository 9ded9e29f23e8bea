package store_test

import (
	"slices"
	"testing"

	"notify1022/store"
	"notify1022/store/storetest"
)

// What half of all petitions have is found by walking the list, what few have by the index
// of words: the page is the same one.
func TestWordsOfVeryManyPetitionsAreFoundAsThoseOfFewAre(t *testing.T) {
	source := storetest.Postgres(t)
	s, err := store.Open(t.Context(), source, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const petitions = 60_000
	fillBoard(t, source, 100, petitions-100)
	for _, c := range []struct {
		q     string
		all   bool
		meets func(id int64) bool
	}{
		{"loai3", true, func(id int64) bool { return id%10 == 3 }},
		{"pho7", true, func(id int64) bool { street := id * 7 % 2000; return firstDigit(street) == 7 }},
		{"pho777", false, func(id int64) bool { return id*7%2000 == 777 }},
	} {
		if all, err := s.Everywhere(t.Context(), c.q); err != nil || all != c.all {
			t.Errorf("%s: everywhere %t, %v", c.q, all, err)
		}
		page, err := s.ListPetitions(t.Context(), store.Filter{Q: c.q, Limit: 20})
		if err != nil {
			t.Fatal(err)
		}
		var got, want []int64
		for _, p := range page.Items {
			got = append(got, p.ID)
		}
		for id := int64(petitions); id > 0 && len(want) < 20; id-- {
			if c.meets(id) {
				want = append(want, id)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", c.q, got, want)
		}
	}
}

func firstDigit(n int64) int64 {
	for n > 9 {
		n /= 10
	}
	return n
}
