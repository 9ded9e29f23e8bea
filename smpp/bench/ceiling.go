package main

import (
	"encoding/binary"
	"net"
	"time"

	"notify1022/smpp"
)

// runCeiling keeps the window full from one goroutine: one write for all that
// may go, one read for all that came back.
func runCeiling(addr string, window int, stop time.Time) (int, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer nc.Close()
	in, out := make([]byte, bufferSize), make([]byte, 0, bufferSize)
	out = appendFrame(out, bindTRX, 1, []byte("user\x00secret\x00\x00\x34\x00\x00\x00"))
	if _, err := nc.Write(out); err != nil {
		return 0, err
	}
	if _, err := nc.Read(in); err != nil {
		return 0, err
	}
	body, err := smpp.AppendSubmit(nil, message())
	if err != nil {
		return 0, err
	}
	free, have, answered := window, 0, 0
	for seq := uint32(2); ; {
		out = out[:0]
		if time.Now().Before(stop) {
			for ; free > 0; free-- {
				out = appendFrame(out, submitSM, seq, body)
				seq++
			}
			if _, err := nc.Write(out); err != nil {
				return answered, err
			}
		} else if free == window {
			return answered, nil
		}
		n, err := nc.Read(in[have:])
		if err != nil {
			return answered, err
		}
		rest := in[:have+n]
		for len(rest) >= headerLen && int(binary.BigEndian.Uint32(rest)) <= len(rest) {
			rest = rest[binary.BigEndian.Uint32(rest):]
			free++
			answered++
		}
		have = copy(in, rest)
	}
}

func appendFrame(dst []byte, id, seq uint32, body []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(headerLen+len(body)))
	dst = binary.BigEndian.AppendUint32(dst, id)
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, seq)
	return append(dst, body...)
}

// text is 100 characters.
const text = "Phieu 4821: den duong hong o phuong An Bien, de nghi don vi xu ly va tra loi truoc 17h ngay mai. Xong"

// message is what every client sends.
func message() smpp.Submit {
	return smpp.Submit{
		Source: smpp.Sender("8022"), Dest: smpp.International("84570000001"),
		ShortMessage: []byte(text[:100]),
	}
}
