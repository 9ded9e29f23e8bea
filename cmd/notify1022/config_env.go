package main

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// envPrefix begins every variable; NOTIFY1022_MAIL_ADDR is mail.addr and
// NOTIFY1022_SMSC_0_PASSWORD the password of the first smsc entry.
const envPrefix = "NOTIFY1022_"

// envRequire belongs to the test suites, not to the configuration.
const envRequire = envPrefix + "REQUIRE"

// overrideFromEnvironment sets each key that a variable names. Lists of words
// are separated by commas. An smsc entry that the file lacks is added when the
// next number is named.
func overrideFromEnvironment(cfg *Config, environ []string) (unknown []string, err error) {
	vars := map[string]string{}
	for _, e := range environ {
		name, value, ok := strings.Cut(e, "=")
		if ok && strings.HasPrefix(name, envPrefix) && name != envRequire {
			vars[name] = value
		}
	}
	if err := overrideStruct(reflect.ValueOf(cfg).Elem(), envPrefix, vars); err != nil {
		return nil, err
	}
	for name := range vars {
		unknown = append(unknown, name)
	}
	slices.Sort(unknown)
	return unknown, nil
}

// overrideStruct takes out of vars what it has set.
func overrideStruct(v reflect.Value, prefix string, vars map[string]string) error {
	for i := range v.NumField() {
		name := prefix + strings.ToUpper(v.Type().Field(i).Tag.Get("yaml"))
		if err := overrideField(v.Field(i), name, vars); err != nil {
			return err
		}
	}
	return nil
}

func overrideField(v reflect.Value, name string, vars map[string]string) error {
	switch {
	case v.Kind() == reflect.Struct:
		return overrideStruct(v, name+"_", vars)
	case v.Type() == reflect.TypeFor[[]SMSC]():
		return overrideEntries(v, name, vars)
	}
	text, ok := vars[name]
	if !ok {
		return nil
	}
	delete(vars, name)
	if err := setValue(v, text); err != nil {
		return fmt.Errorf("%s: %w", name, err) // the value may be a secret
	}
	return nil
}

func overrideEntries(v reflect.Value, name string, vars map[string]string) error {
	for i := 0; ; i++ {
		prefix := fmt.Sprintf("%s_%d_", name, i)
		if i >= v.Len() {
			if !named(vars, prefix) {
				return nil
			}
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		if err := overrideStruct(v.Index(i), prefix, vars); err != nil {
			return err
		}
	}
}

func named(vars map[string]string, prefix string) bool {
	for name := range vars {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// setValue reads text into a field. Its errors never hold the text.
func setValue(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("is not true or false")
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("is not a number")
		}
		v.SetInt(int64(n))
	case reflect.Uint8:
		n, err := strconv.ParseUint(text, 10, 8)
		if err != nil {
			return fmt.Errorf("is not a number from 0 to 255")
		}
		v.SetUint(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("is not a number")
		}
		v.SetFloat(f)
	case reflect.Slice:
		v.Set(reflect.ValueOf(words(text)))
	default:
		return fmt.Errorf("cannot be set by the environment")
	}
	return nil
}

// words are the parts of a list between commas.
func words(text string) []string {
	list := []string{}
	for _, w := range strings.Split(text, ",") {
		if w = strings.TrimSpace(w); w != "" {
			list = append(list, w)
		}
	}
	return list
}
