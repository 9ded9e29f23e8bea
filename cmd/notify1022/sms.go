package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"notify1022/smpp/sms"
)

// smsCmd looks at texts.
type smsCmd struct {
	Inspect inspectCmd `cmd:"" help:"Coding, units and segments of a text, as JSON."`
}

type inspectCmd struct {
	Text string `arg:"" help:"The text, or - for one text per line of the input."`
}

func (i *inspectCmd) Run(c *console) error {
	return answerText(c, i.Text, func(text string) (string, error) { return toJSON(sms.Inspect(text)) })
}

// answerText answers one text, or with "-" each line of the input.
func answerText(c *console, text string, answer func(string) (string, error)) error {
	if text == "-" {
		return eachLine(c.in, c.out, answer)
	}
	line, err := answer(text)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintln(c.out, line)
	return nil
}

// toJSON writes v on one line, with <, > and & as they are.
func toJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(b.Bytes(), "\n")), nil
}
