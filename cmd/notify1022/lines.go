package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the longest input line, its end not counted.
const maxLine = 64 << 10

// flushingReader empties the output before each read that may wait, so that an
// interactive caller sees every answer, and a file is written in large pieces.
type flushingReader struct {
	in  io.Reader
	out *bufio.Writer
}

func (f flushingReader) Read(b []byte) (int, error) {
	if err := f.out.Flush(); err != nil {
		return 0, err
	}
	return f.in.Read(b)
}

// eachLine writes exactly one line for each line of in: what answer makes of it,
// or "error: " and why not. A CR before the end and a missing end of the last
// line are accepted. After a bad line the rest goes on and errTold is returned
// at the end.
func eachLine(in io.Reader, out io.Writer, answer func(line string) (string, error)) error {
	w := bufio.NewWriterSize(out, maxLine)
	r := bufio.NewReaderSize(flushingReader{in, w}, maxLine+len("\r\n"))
	bad := false
	for {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			break
		}
		text := ""
		if err == nil {
			text, err = answer(line)
		} else if !errors.Is(err, errLineTooLong) {
			return errors.Join(fmt.Errorf("read a line: %w", err), w.Flush())
		}
		if err != nil {
			bad = true
			text = "error: " + err.Error()
		}
		if _, err := fmt.Fprintln(w, strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "; ")); err != nil {
			return fmt.Errorf("write a line: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	if bad {
		return errTold
	}
	return nil
}

var errLineTooLong = fmt.Errorf("the line is longer than %d bytes", maxLine)

// readLine reads one line without its end. A line that is too long is passed
// over whole. io.EOF means that there is none.
func readLine(r *bufio.Reader) (string, error) {
	b, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return "", errLineTooLong
	case errors.Is(err, io.EOF) && len(b) > 0: // the last line has no end
	case err != nil:
		return "", err
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if len(line) > maxLine {
		return "", errLineTooLong
	}
	return line, nil
}
