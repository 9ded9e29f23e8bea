package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"
)

// decodeYAML reads one YAML document into v. Unknown and repeated keys are
// refused. Errors name line and key, never a value: it may be a secret.
func decodeYAML(text []byte, v any) error {
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	err := d.Decode(v)
	if errors.Is(err, io.EOF) {
		return nil // an empty file leaves everything as it is
	}
	if err == nil {
		if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
			return errors.New("holds more than one document")
		}
		return nil
	}
	return yamlError(err)
}

func yamlError(err error) error {
	var positioned yaml.Error
	if !errors.As(err, &positioned) {
		return errors.New("cannot be read as YAML")
	}
	var mistyped *yaml.TypeError
	at := positioned.GetToken()
	switch {
	case at == nil:
		return errors.New("cannot be read as YAML")
	case errors.As(err, &mistyped) && mistyped.DstType != nil:
		return fmt.Errorf("line %d: %s is not a %s", at.Position.Line, keyOf(at), plainType(mistyped.DstType.String()))
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		return fmt.Errorf("line %d: unknown key %.40q", at.Position.Line, at.Value)
	}
	if strings.HasPrefix(positioned.GetMessage(), "mapping key") { // the parser has no type for it
		return fmt.Errorf("line %d: key %.40q stands twice", at.Position.Line, at.Value)
	}
	return fmt.Errorf("line %d: near %s: cannot be read as YAML", at.Position.Line, keyOf(at))
}

// keyOf is the key whose value the token is part of.
func keyOf(at *token.Token) string {
	for t := at; t != nil; t = t.Prev {
		if t.Type == token.MappingValueType && t.Prev != nil {
			return t.Prev.Value
		}
	}
	return "the document"
}

// plainType is the word for a type that people who write YAML know.
func plainType(goType string) string {
	switch goType {
	case "int", "uint8", "float64":
		return "number"
	case "bool":
		return "true or false"
	case "string":
		return "text"
	}
	return "value of the right kind"
}
