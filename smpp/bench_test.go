package smpp_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"notify1022/smpp"
	"notify1022/smpp/smsc"
)

// BenchmarkSubmit is one bind over loopback with a 100-character message,
// client and SMSC in one process.
func BenchmarkSubmit(b *testing.B) {
	for _, window := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint("window=", window), func(b *testing.B) {
			server := smsc.New(smsc.Config{Keep: 1})
			addr, err := server.Listen("127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer server.Close()
			c := smpp.NewClient(smpp.Config{Addr: addr.String(), SystemID: "user", Window: window})
			c.Start()
			defer c.Close(context.Background())
			if err := c.WaitBound(b.Context()); err != nil {
				b.Fatal(err)
			}
			s := text(officer, string(make([]byte, 100)))
			s.RegisteredDelivery = 0
			var wg sync.WaitGroup
			b.ReportAllocs()
			for b.Loop() {
				wg.Add(1)
				if err := c.SubmitAsync(b.Context(), s, func(smpp.Outcome) { wg.Done() }); err != nil {
					b.Fatal(err)
				}
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}
