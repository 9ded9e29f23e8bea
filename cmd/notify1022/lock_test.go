package main

import (
	"errors"
	"testing"

	"notify1022/store/storetest"
)

func TestASecondServiceOnOneSQLiteFileIsRefusedUntilTheFirstEnds(t *testing.T) {
	t.Parallel()
	cfg := defaultConfig()
	cfg.Database, cfg.Listen = storetest.SQLite(t), "127.0.0.1:0"
	first, err := newService(t.Context(), cfg, order{})
	if err != nil {
		t.Fatal(err)
	}
	if second, err := newService(t.Context(), cfg, order{}); !errors.Is(err, errLocked) {
		if err == nil {
			second.Close()
		}
		t.Errorf("the second: %v", err)
	}
	first.Close()
	third, err := newService(t.Context(), cfg, order{})
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	third.Close()
}
