package main

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	gosmpp "github.com/fiorix/go-smpp/smpp"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutext"
	linx "github.com/linxGnu/gosmpp"
	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
)

// runGoSMPP submits from as many goroutines as the window has places.
func runGoSMPP(addr string, window int, stop time.Time) (int, error) {
	tx := &gosmpp.Transceiver{Addr: addr, User: "user", Passwd: "secret", RespTimeout: 5 * time.Second, WindowSize: uint(window)}
	if st := <-tx.Bind(); st.Status() != gosmpp.Connected {
		return 0, st.Error()
	}
	defer tx.Close()
	var accepted atomic.Int64
	var wg sync.WaitGroup
	for range window {
		wg.Go(func() {
			for time.Now().Before(stop) {
				sm := &gosmpp.ShortMessage{Src: "8022", Dst: "84570000001", DestAddrTON: 1, DestAddrNPI: 1, Text: pdutext.Raw(text[:100])}
				if _, err := tx.Submit(sm); err == nil {
					accepted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return int(accepted.Load()), nil
}

// runGosmpp submits from one goroutine, a semaphore being the window.
func runGosmpp(addr string, window int, stop time.Time) (int, error) {
	places := make(chan struct{}, window)
	var accepted atomic.Int64
	lost := make(chan error, 1)
	fail := func(err error) {
		select {
		case lost <- err:
		default:
		}
	}
	session, err := linx.NewSession(
		linx.TRXConnector(linx.NonTLSDialer, linx.Auth{SMSC: addr, SystemID: "user", Password: "secret"}),
		linx.Settings{
			ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
			OnPDU: func(p pdu.PDU, _ bool) {
				if _, ok := p.(*pdu.SubmitSMResp); ok {
					accepted.Add(1)
					<-places
				}
			},
			OnSubmitError:    func(_ pdu.PDU, err error) { fail(err) },
			OnReceivingError: fail,
		}, -1)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	give := time.NewTimer(time.Until(stop) + 10*time.Second)
	defer give.Stop()
	for time.Now().Before(stop) {
		select {
		case places <- struct{}{}:
		case err := <-lost:
			return int(accepted.Load()), err
		case <-give.C:
			return int(accepted.Load()), errors.New("stuck")
		}
		p, err := linxSubmit()
		if err != nil {
			return 0, err
		}
		if err := session.Transceiver().Submit(p); err != nil {
			return int(accepted.Load()), err
		}
	}
	for range window { // wait for what is in flight
		select {
		case places <- struct{}{}:
		case err := <-lost:
			return int(accepted.Load()), err
		case <-give.C:
			return int(accepted.Load()), errors.New("stuck")
		}
	}
	return int(accepted.Load()), nil
}

func linxSubmit() (pdu.PDU, error) {
	p := pdu.NewSubmitSM().(*pdu.SubmitSM)
	src, dst := pdu.NewAddress(), pdu.NewAddress()
	if err := errors.Join(src.SetAddress("8022"), dst.SetAddress("84570000001")); err != nil {
		return nil, err
	}
	dst.SetTon(1)
	dst.SetNpi(1)
	p.SourceAddr, p.DestAddr = src, dst
	return p, p.Message.SetMessageWithEncoding(text[:100], data.GSM7BIT)
}
