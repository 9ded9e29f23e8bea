package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"notify1022/queue"
)

// Who is woken by a figure must find what it means, and what is watched for must be there.
func TestEveryMetricStandsInTheOperatorsPageAndNoOther(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(notify1022_[a-z_]+)")
	described := map[string]bool{} // by the document: not exported
	for _, m := range named.FindAllStringSubmatch(string(text), -1) {
		described[m[1]] = false
	}
	full := regexp.MustCompile(`fqName: "([^"]+)"`)
	for _, name := range exported(queue.NewMetrics(), newLinks(nil)) {
		name = full.FindStringSubmatch(name)[1]
		if _, ok := described[name]; !ok {
			t.Errorf("docs/operations.md does not say what %s means", name)
		}
		described[name] = true
	}
	for name, is := range described {
		if !is {
			t.Errorf("docs/operations.md names %s, which nothing exports", name)
		}
	}
}

// exported are the descriptions of what collectors show.
func exported(list ...prometheus.Collector) (descriptions []string) {
	ch := make(chan *prometheus.Desc)
	go func() {
		defer close(ch)
		for _, c := range list {
			c.Describe(ch)
		}
	}()
	for d := range ch {
		descriptions = append(descriptions, d.String())
	}
	slices.Sort(descriptions)
	return descriptions
}
