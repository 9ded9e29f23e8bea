package smpp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// framingError means that the stream's PDU boundaries are lost: the link can
// only be answered once and closed.
type framingError struct {
	Seq    uint32 // the frame's own number where its header could be read, else 0
	Reason string
}

func (e *framingError) Error() string { return "smpp: framing lost: " + e.Reason }

// oversizeError is a PDU that was too long for us and has been skipped; the
// link goes on.
type oversizeError struct {
	ID     CommandID
	Seq    uint32
	Length uint32
}

func (e *oversizeError) Error() string {
	return fmt.Sprintf("smpp: PDU of %d octets skipped", e.Length)
}

// Sizes of a frameReader's buffer: an idle session keeps the first, a busy one
// reads into the second, and a longer PDU makes it grow as its octets arrive.
const (
	idleBuffer = 1 << 10
	busyBuffer = 64 << 10
)

// frameReader cuts a stream into PDUs. It allocates no more than twice what
// has arrived, whatever a command_length says.
type frameReader struct {
	nc       net.Conn
	timeout  time.Duration // for the rest of a frame once its first octet is here
	buf      []byte
	from, to int   // unread octets of buf
	reads    int   // reads that brought something
	limited  bool  // a read deadline is set
	begun    bool  // and it is for the frame that is incomplete now
	err      error // came together with octets
}

func newFrameReader(nc net.Conn, timeout time.Duration) *frameReader {
	return &frameReader{nc: nc, timeout: timeout, buf: make([]byte, idleBuffer)}
}

// next is the next PDU; its Body is valid until a call that has to read, which
// ready rules out. Errors are a *framingError, a *oversizeError (go on reading)
// or the connection's.
func (f *frameReader) next() (PDU, error) {
	for {
		have := f.buf[f.from:f.to]
		length := uint32(0)
		if len(have) >= 4 {
			length = binary.BigEndian.Uint32(have)
			if length < headerLen {
				return PDU{}, shortFrame(have, length)
			}
		}
		switch {
		case len(have) < headerLen:
		case length > maxSkip:
			return PDU{}, lostFraming(have, length)
		case length > maxPDU:
			return PDU{}, f.skip(header(have), length)
		case len(have) >= int(length):
			f.from += int(length)
			f.begun = false
			p := header(have)
			p.Body = have[headerLen:length:length]
			return p, nil
		}
		if err := f.fill(int(length)); err != nil {
			return PDU{}, err
		}
	}
}

// ready reports that the next PDU is here as a whole.
func (f *frameReader) ready() bool {
	have := f.buf[f.from:f.to]
	if len(have) < headerLen {
		return false
	}
	length := binary.BigEndian.Uint32(have)
	return length >= headerLen && length <= maxPDU && int(length) <= len(have)
}

// nextIsResponse reports that the next PDU is here as a whole and a response.
func (f *frameReader) nextIsResponse() bool {
	return f.ready() && f.buf[f.from+4]&0x80 != 0
}

// fill reads more octets, at best the rest of a frame of this length.
func (f *frameReader) fill(length int) error {
	if f.err != nil {
		return f.ended(f.err)
	}
	f.makeRoom(length)
	f.limit()
	n, err := f.nc.Read(f.buf[f.to:])
	f.to += n
	if n == 0 && err != nil {
		return f.ended(err)
	}
	f.reads++
	f.err = err
	return nil
}

// ended tells the end of the stream between frames from one inside a frame.
func (f *frameReader) ended(err error) error {
	if f.from < f.to {
		return midFrame(err)
	}
	return err
}

// makeRoom moves the unread octets to the front. A buffer that is full of one
// unfinished frame, or that the last read filled to the brim, doubles.
func (f *frameReader) makeRoom(length int) {
	full := f.to == len(f.buf)
	unread := f.to - f.from
	size := len(f.buf)
	if full && (unread == size || size < busyBuffer) {
		size = min(2*size, max(busyBuffer, maxPDU))
	}
	if size == len(f.buf) && f.from > 0 && (unread == 0 || length > size-f.from || full) {
		copy(f.buf, f.buf[f.from:f.to])
		f.from, f.to = 0, unread
	}
	if size > len(f.buf) {
		bigger := make([]byte, size)
		copy(bigger, f.buf[f.from:f.to])
		f.buf, f.from, f.to = bigger, 0, unread
	}
}

// limit bounds the time for the rest of a frame, so that a peer sending an
// octet a minute does not hold a session (slow loris); between frames there is
// no limit.
func (f *frameReader) limit() {
	switch {
	case f.timeout <= 0:
	case f.from < f.to && !f.begun:
		f.nc.SetReadDeadline(time.Now().Add(f.timeout))
		f.limited, f.begun = true, true
	case f.from == f.to && f.limited:
		f.nc.SetReadDeadline(time.Time{})
		f.limited = false
	}
}

// skip discards an oversized body by counting (SMPP 3.4 §4.3: the nack then
// carries its sequence number).
func (f *frameReader) skip(p PDU, length uint32) error {
	f.limit()
	here := min(f.to-f.from, int(length))
	f.from += here
	if _, err := io.CopyN(io.Discard, f.nc, int64(length)-int64(here)); err != nil {
		return midFrame(err)
	}
	f.begun = false
	f.reads++
	return &oversizeError{ID: p.ID, Seq: p.Seq, Length: length}
}

// header is a PDU without its body.
func header(b []byte) PDU {
	return PDU{
		ID:     CommandID(binary.BigEndian.Uint32(b[4:])),
		Status: Status(binary.BigEndian.Uint32(b[8:])),
		Seq:    binary.BigEndian.Uint32(b[12:]),
	}
}

// shortFrame is a command_length below a header's. It is refused at once: the
// rest may never come.
func shortFrame(have []byte, length uint32) *framingError {
	e := &framingError{Reason: fmt.Sprintf("command_length %d is shorter than a header", length)}
	if len(have) >= headerLen {
		e.Seq = plausibleSeq(have)
	}
	return e
}

// midFrame turns the end of the stream inside a frame into what it is.
func midFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func lostFraming(head []byte, length uint32) *framingError {
	reason := fmt.Sprintf("command_length %d", length)
	switch {
	case head[0] == 0x16 && head[1] == 0x03:
		reason = "the peer speaks TLS, not SMPP"
	case letters(head[:3]):
		reason = "the peer sends text, perhaps HTTP, not SMPP"
	}
	return &framingError{Seq: plausibleSeq(head), Reason: reason}
}

// plausibleSeq is a header's sequence number if its command_id is one.
func plausibleSeq(head []byte) uint32 {
	if !known(CommandID(binary.BigEndian.Uint32(head[4:]))) {
		return 0
	}
	return binary.BigEndian.Uint32(head[12:])
}

func letters(b []byte) bool {
	for _, c := range b {
		if c < 'A' || c > 'z' {
			return false
		}
	}
	return true
}
