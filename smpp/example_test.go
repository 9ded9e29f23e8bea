package smpp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
)

// exampleSMSC stands for the operator's SMSC.
func exampleSMSC() (server *smsc.Server, addr string) {
	server = smsc.New(smsc.Config{})
	a, err := server.Listen("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return server, a.String()
}

func exampleContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 10*time.Second)
}

// Send one text and see what became of it.
func ExampleClient_Submit() {
	server, addr := exampleSMSC()
	defer server.Close()
	ctx, cancel := exampleContext()
	defer cancel()

	c := smpp.NewClient(smpp.Config{Addr: addr, SystemID: "user", Password: "secret"})
	c.Start() // binds in the background, and again whenever the link is lost
	defer c.Close(ctx)

	out := c.Submit(ctx, smpp.Submit{ // waits for the bind
		Source:       smpp.Sender("8022"),
		Dest:         smpp.International("84570000001"),
		ShortMessage: []byte("Phieu 4821"),
	})
	switch out.Kind {
	case smpp.Accepted:
		fmt.Println("accepted, id given:", out.MessageID != "")
	case smpp.Refused:
		var status *smpp.StatusError
		if errors.As(out.Why, &status) {
			fmt.Println("refused:", status, "try again:", status.Temporary())
		}
	case smpp.Unknown:
		fmt.Println("may be on the air:", out.Why)
	}
	m, err := server.Handset("0570000001").Wait(ctx, 0)
	fmt.Println(m.Text, err)
	// Output:
	// accepted, id given: true
	// Phieu 4821 <nil>
}

// Send many texts: one goroutine keeps the window full, outcomes come to a
// function.
func ExampleClient_SubmitAsync() {
	server, addr := exampleSMSC()
	defer server.Close()
	ctx, cancel := exampleContext()
	defer cancel()

	c := smpp.NewClient(smpp.Config{
		Addr: addr, SystemID: "user", Window: 100,
		Pacer: smpp.NewPacer(5000, 100), // messages per second, and at once
	})
	c.Start()
	var all sync.WaitGroup
	for range 1000 {
		all.Add(1)
		err := c.SubmitAsync(ctx, smpp.Submit{
			Source: smpp.Sender("8022"), Dest: smpp.International("84570000001"), ShortMessage: []byte("Nhac viec"),
		}, func(smpp.Outcome) { all.Done() })
		if err != nil { // nothing was sent, the function is not called
			all.Done()
		}
	}
	all.Wait()
	c.Close(ctx) // drains and unbinds
	st := c.Stats()
	fmt.Println(st.Submitted, st.Accepted, st.Refused, st.Unknown)
	// Output: 1000 1000 0 0
}

// Send a text that does not fit one message: it goes out in parts.
func ExampleTexts() {
	text := strings.Repeat("Kính gửi đơn vị xử lý. ", 6)
	parts, err := smpp.Texts(smpp.Submit{Dest: smpp.International("84570000001")}, text, sms.Detect(text), sms.UDH8, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range parts {
		_, part, _ := p.Segment()
		fmt.Printf("%d of %d, data_coding %d, %d octets\n", part.Seq, part.Total, p.DataCoding, len(p.ShortMessage))
	}
	// Output:
	// 1 of 3, data_coding 8, 140 octets
	// 2 of 3, data_coding 8, 140 octets
	// 3 of 3, data_coding 8, 14 octets
}

// Receive what people write. The SMSC is told ESME_ROK only after the handler
// has returned nil, so a text that could not be stored comes again.
func ExampleHandlerFunc() {
	server, addr := exampleSMSC()
	defer server.Close()
	ctx, cancel := exampleContext()
	defer cancel()

	store := func(phone, text string) error {
		fmt.Println(phone, text)
		return nil
	}
	c := smpp.NewClient(smpp.Config{
		Addr: addr, SystemID: "user", Bind: smpp.Receiver,
		Handler: smpp.HandlerFunc(func(_ context.Context, d smpp.Deliver) error {
			data, _, _ := d.Segment() // parts of a long text are joined by sms.Reassembler
			return store(d.Source.Addr, sms.Decode(d.DataCoding, data))
		}),
	})
	c.Start()
	defer c.Close(ctx)
	if err := server.Handset("0570000001").Send(ctx, "8022", "NHAN 4821"); err != nil {
		fmt.Println(err)
	}
	// Output: 84570000001 NHAN 4821
}

// Follow a message to its receipt.
func ExampleParseReceipt() {
	server, addr := exampleSMSC()
	defer server.Close()
	ctx, cancel := exampleContext()
	defer cancel()

	receipts := make(chan smpp.Receipt, 10)
	c := smpp.NewClient(smpp.Config{
		Addr: addr, SystemID: "user",
		Handler: smpp.HandlerFunc(func(_ context.Context, d smpp.Deliver) error {
			if r, ok := smpp.ParseReceipt(d); ok {
				receipts <- r
			}
			return nil
		}),
	})
	c.Start()
	defer c.Close(ctx)
	server.Handset("0570000001").Unreachable()
	out := c.Submit(ctx, smpp.Submit{
		Source: smpp.Sender("8022"), Dest: smpp.International("84570000001"),
		RegisteredDelivery: 1, ShortMessage: []byte("Phieu 4821"),
	})
	r := <-receipts // may come before Submit returns
	fmt.Println(smpp.SameMessageID(r.MessageID, out.MessageID), r.State, r.State.Failed())
	// Output: true UNDELIV true
}

// Bind over TLS.
func ExampleConfig_tls() {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := smsc.New(smsc.Config{})
	defer server.Close()
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			server.Serve(nc)
		}
	}()
	defer l.Close()
	ctx, cancel := exampleContext()
	defer cancel()

	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate()) // in production: the operator's CA, from a file
	c := smpp.NewClient(smpp.Config{
		Addr: l.Addr().String(), SystemID: "user",
		TLS: &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12},
	})
	c.Start()
	defer c.Close(ctx)
	fmt.Println(c.WaitBound(ctx))
	// Output: <nil>
}

// Keep two binds of one account up: submits go over both, and one that is lost
// leaves the other.
func ExampleConfig_twoBinds() {
	server, addr := exampleSMSC()
	defer server.Close()
	ctx, cancel := exampleContext()
	defer cancel()

	bound := make(chan smpp.BindStatus, 10)
	c := smpp.NewClient(smpp.Config{
		Name: "vnpt", Addr: addr, SystemID: "user", Binds: 2, Window: 50,
		OnStatus: func(b smpp.BindStatus) { bound <- b }, // must not block
	})
	c.Start()
	for range 2 {
		b := <-bound
		if !b.Bound {
			fmt.Println("bind", b.Bind, b.Err, "next try in", b.Retry)
		}
	}
	fmt.Println(c.Stats().BoundNow, "bound,", c.Free(), "places free")
	c.Close(ctx)
	// Output: 2 bound, 100 places free
}

// Show the counters to Prometheus in its text format; with its client library
// a collector is the same loop.
func ExampleStats_Metrics() {
	st := smpp.Stats{Submitted: 3, Accepted: 2, InFlight: 1, BoundNow: 1}
	for _, m := range st.Metrics() {
		if m.Value > 0 {
			fmt.Printf("%s{client=%q} %v\n", m.Name, "vnpt", m.Value)
		}
	}
	// Output:
	// smpp_submitted_total{client="vnpt"} 3
	// smpp_accepted_total{client="vnpt"} 2
	// smpp_in_flight{client="vnpt"} 1
	// smpp_bound{client="vnpt"} 1
}
