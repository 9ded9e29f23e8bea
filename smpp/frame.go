package smpp

import (
	"bufio"
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

// frameReader cuts a stream into PDUs. It allocates no more than maxPDU,
// whatever a command_length says.
type frameReader struct {
	nc      net.Conn
	br      *bufio.Reader
	timeout time.Duration // for the rest of a frame once its first octet is here
	buf     []byte        // reused by every frame
	armed   bool          // a read deadline is set
}

func newFrameReader(nc net.Conn, timeout time.Duration) *frameReader {
	return &frameReader{nc: nc, br: bufio.NewReaderSize(nc, 64<<10), timeout: timeout}
}

// next is the next PDU; its Body is valid until the following call. Errors are
// a *framingError, a *oversizeError (go on reading) or the connection's.
func (f *frameReader) next() (PDU, error) {
	length, err := f.length()
	if err != nil {
		return PDU{}, err
	}
	head, err := f.br.Peek(headerLen)
	if err != nil {
		return PDU{}, midFrame(err)
	}
	p := PDU{
		ID:     CommandID(binary.BigEndian.Uint32(head[4:])),
		Status: Status(binary.BigEndian.Uint32(head[8:])),
		Seq:    binary.BigEndian.Uint32(head[12:]),
	}
	if length > maxSkip {
		return PDU{}, lostFraming(head, length)
	}
	f.br.Discard(headerLen)
	if length > maxPDU {
		return PDU{}, f.skip(p, length)
	}
	if n := int(length) - headerLen; cap(f.buf) < n {
		f.buf = make([]byte, n, max(n, 4<<10))
	}
	p.Body = f.buf[:length-headerLen]
	if _, err := io.ReadFull(f.br, p.Body); err != nil {
		return PDU{}, midFrame(err)
	}
	f.disarm()
	return p, nil
}

// length waits for a frame and reads its command_length without taking it. A
// length below a header's is refused at once: the rest may never come.
func (f *frameReader) length() (uint32, error) {
	if f.br.Buffered() < headerLen {
		if _, err := f.br.Peek(1); err != nil {
			return 0, err
		}
		f.arm()
	}
	b, err := f.br.Peek(4)
	if err != nil {
		return 0, midFrame(err)
	}
	length := binary.BigEndian.Uint32(b)
	if length >= headerLen {
		if f.br.Buffered() < int(min(length, 32<<10)) {
			f.arm()
		}
		return length, nil
	}
	e := &framingError{Reason: fmt.Sprintf("command_length %d is shorter than a header", length)}
	if head, err := f.br.Peek(min(headerLen, f.br.Buffered())); err == nil && len(head) == headerLen {
		e.Seq = plausibleSeq(head)
	}
	return 0, e
}

// skip discards an oversized body by counting (SMPP 3.4 §4.3: the nack then
// carries its sequence number).
func (f *frameReader) skip(p PDU, length uint32) error {
	if _, err := io.CopyN(io.Discard, f.br, int64(length)-headerLen); err != nil {
		return midFrame(err)
	}
	f.disarm()
	return &oversizeError{ID: p.ID, Seq: p.Seq, Length: length}
}

// arm limits the rest of a frame, so that a peer sending an octet a minute
// does not hold a session (slow loris).
func (f *frameReader) arm() {
	if !f.armed && f.timeout > 0 {
		f.nc.SetReadDeadline(time.Now().Add(f.timeout))
		f.armed = true
	}
}

func (f *frameReader) disarm() {
	if f.armed {
		f.nc.SetReadDeadline(time.Time{})
		f.armed = false
	}
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
