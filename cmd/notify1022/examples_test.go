package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"notify1022/report/sheet"
	"notify1022/store/storetest"
)

const examples = "../../docs/examples"

// secretless points the secrets' files of an example at files that are there.
func secretless(t *testing.T, text string) string {
	t.Helper()
	secret := mustWrite(t, t.TempDir(), "secret", "not-a-secret\n")
	for _, line := range strings.Split(text, "\n") {
		if _, path, ok := strings.Cut(line, "password_file: "); ok {
			text = strings.ReplaceAll(text, strings.TrimRight(path, "}"), secret)
		}
	}
	return text
}

func TestTheExampleConfigurationIsAccepted(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(examples, "hotline.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg, _, err := LoadConfig(mustWrite(t, t.TempDir(), "hotline.yaml", secretless(t, string(text))), nil)
	if err != nil {
		t.Fatal(err)
	}
	// A number that stood in for one would be texted every five minutes.
	if !cfg.Production() || len(cfg.SMSC) != 2 || cfg.SMSC[0].Password != "not-a-secret" || cfg.Probe.Phone != "" || cfg.Heartbeat == "" {
		t.Errorf("%+v", cfg.Log())
	}
}

// Where the examples keep files is a place that they let the service write to.
func TestTheExamplesKeepFilesWhereTheyMayBeWritten(t *testing.T) {
	lines := map[string]string{
		"hotline.yaml":        "files: /var/lib/notify1022/files",
		"docker-compose.yml":  `"files:/var/lib/notify1022"`,
		"Dockerfile":          "install -d -o nobody -g nogroup /var/lib/notify1022",
		"notify1022@.service": "StateDirectory=notify1022",
		"worker.env":          "LISTEN_ARGS=--listen 127.0.0.1:",
		"gateway.env":         "LISTEN_ARGS=--listen 127.0.0.1:",
	}
	for name, line := range lines {
		text, err := os.ReadFile(filepath.Join(examples, name))
		if err != nil || !strings.Contains(string(text), line) {
			t.Errorf("%s lacks %q (%v)", name, line, err)
		}
	}
}

func TestTheExampleServicesNameRolesThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(examples, "docker-compose.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Command []string `yaml:"command"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{roleWeb, roleWorker, roleGateway} {
		got := strings.Join(compose.Services[role].Command, " ")
		if want := "serve --config /etc/notify1022.yaml --role " + role; !strings.HasPrefix(got, want) {
			t.Errorf("%s runs %q", role, got)
		}
	}
}

func TestTheExampleSheetsAreImported(t *testing.T) {
	x := exchanging(t, storetest.SQLite(t))
	for _, kind := range []sheet.Kind{sheet.Units, sheet.Contacts, sheet.Holidays, sheet.Petitions} {
		text, err := os.ReadFile(filepath.Join(examples, string(kind)+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		if out := x.must(t, kind, string(text), false); out.New+out.Changed == 0 || !out.Done {
			t.Errorf("%s: %+v", kind, out)
		}
	}
}
