package smpp_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"notify1022/smpp"
	"notify1022/smpp/sms"
	"notify1022/smpp/smsc"
)

// nodeSMPP is the version of the npm package smpp that the suite runs.
const nodeSMPP = "smpp@0.5.1"

// mustNode is a directory with node-smpp installed, kept between runs.
func mustNode(t *testing.T) string {
	t.Helper()
	requirePrograms(t, "node", "node", "npm")
	dir := t.TempDir()
	if cache, err := os.UserCacheDir(); err == nil {
		kept := filepath.Join(cache, "notify1022-test", strings.ReplaceAll(nodeSMPP, "@", "-"))
		if os.MkdirAll(kept, 0o755) == nil {
			dir = kept
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "smpp", "package.json")); err == nil {
		return dir
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=20000", nodeSMPP)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		missing(t, "node", fmt.Sprintf("npm cannot install %s: %v: %.500s", nodeSMPP, err, out))
	}
	return dir
}

// mustScript writes and runs a script that may require("smpp").
func mustScript(t *testing.T, script string, args ...string) *program {
	t.Helper()
	dir := mustNode(t)
	file := filepath.Join(t.TempDir(), "peer.js")
	script = fmt.Sprintf("const smpp = require(%q);\n", filepath.Join(dir, "node_modules", "smpp")) + script
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	return startProgram(t, dir, "node", append([]string{file}, args...)...)
}

// nodeSMSC answers, tells what it was sent, and sends a receipt and a long
// text in two parts, the second first.
const nodeSMSC = `
const say = (v) => console.log(JSON.stringify(v));
let id = 0;
const server = smpp.createServer({}, (s) => {
  s.on('error', () => {});
  s.on('enquire_link', (p) => s.send(p.response()));
  s.on('unbind', (p) => { s.send(p.response()); s.close(); });
  s.on('bind_transceiver', (p) => s.send(p.response({system_id: 'node'})));
  s.on('deliver_sm_resp', (p) => say({event: 'answered', status: p.command_status}));
  s.on('submit_sm', (p) => {
    const message_id = 'node-' + (++id);
    s.send(p.response({message_id}));
    const m = p.short_message;
    say({event: 'submit', id: message_id, to: p.destination_addr, esm: p.esm_class, coding: p.data_coding,
      text: m.message, udh: m.udh ? Buffer.concat(m.udh.map((b) => b)).toString('hex') : ''});
    if (p.registered_delivery & 1) {
      s.deliver_sm({source_addr: p.destination_addr, destination_addr: p.source_addr, esm_class: 4,
        short_message: 'id:' + message_id + ' sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD err:000 text:x',
        receipted_message_id: message_id, message_state: 2});
    }
    if (id === 1) {
      const part = (n, message) => s.deliver_sm({source_addr_ton: 1, source_addr_npi: 1, source_addr: p.destination_addr,
        destination_addr: p.source_addr, esm_class: 0x40, data_coding: 0,
        short_message: {udh: Buffer.from([5, 0, 3, 9, 2, n]), message}});
      part(2, ' da xong [4821]');
      part(1, 'XONG');
    }
  });
});
server.listen(0, '127.0.0.1', () => say({event: 'listening', port: server.address().port}));
process.stdin.on('end', () => process.exit(0)).resume();
`

func TestNodeSMPPIsAnSMSCForUs(t *testing.T) {
	node := mustScript(t, nodeSMSC)
	port := node.mustSay(t, "listening")["port"].(float64)
	wire := mustCapture(t, fmt.Sprintf("127.0.0.1:%d", int(port)))
	cfg, inbox := quick(wire.addr()), make(collect, 20)
	cfg.Handler = inbox
	c := mustBind(t, cfg)

	out := c.Submit(testContext(t), text(officer, "Phieu 4821"))
	if out.Kind != smpp.Accepted || out.MessageID != "node-1" {
		t.Fatalf("outcome %+v", out)
	}
	if got := node.mustSay(t, "submit"); got["text"] != "Phieu 4821" || got["to"] != officer {
		t.Fatalf("node read %v", got)
	}
	joiner := sms.NewReassembler(sms.Limits{})
	whole := ""
	for range 3 { // a receipt and two parts
		d := inbox.next(t)
		if r, ok := smpp.ParseReceipt(d); ok {
			if !smpp.SameMessageID(r.MessageID, out.MessageID) || r.State != smpp.StateDelivered {
				t.Errorf("receipt %+v", r)
			}
			continue
		}
		data, part, cut := d.Segment()
		if !cut {
			t.Fatalf("no part: %+v", d)
		}
		if joined, ok := joiner.Add(sms.Key{Src: d.Source.Addr, Dst: d.Dest.Addr, Part: part}, data, time.Now()); ok {
			whole = sms.Decode(d.DataCoding, joined)
		}
		if st := node.mustSay(t, "answered"); st["status"] != 0.0 {
			t.Errorf("answered %v", st)
		}
	}
	if whole != "XONG da xong [4821]" {
		t.Errorf("joined %q", whole)
	}

	for _, want := range []string{"{[€]} ^~|\\", "Đường hồng, phường An Biên 🙂", strings.Repeat("Kính gửi đơn vị. ", 10)} {
		base := text(officer, "")
		base.RegisteredDelivery = 0
		parts, err := smpp.Texts(base, want, sms.Detect(want), sms.UDH8, 7)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range parts {
			if out := c.Submit(testContext(t), p); out.Kind != smpp.Accepted {
				t.Fatalf("outcome %+v", out)
			}
			seen := node.mustSay(t, "submit")
			got += seen["text"].(string)
			if len(parts) > 1 && (seen["esm"] != 64.0 || !strings.HasSuffix(seen["udh"].(string), fmt.Sprintf("%02x%02x", len(parts), p.ShortMessage[5]))) {
				t.Errorf("node read %v", seen)
			}
		}
		if got != want {
			t.Errorf("node read %q, want %q", got, want)
		}
	}
	if err := c.Close(testContext(t)); err != nil {
		t.Error(err)
	}
	wire.mustDissect(t)
}

// nodeESME submits three texts and tells what comes back. Left alone it sends
// GSM 03.38 under data_coding 1, which is ASCII; the second text says what it is.
const nodeESME = `
const say = (v) => console.log(JSON.stringify(v));
const [port, to] = process.argv.slice(2);
const s = smpp.connect({url: 'smpp://127.0.0.1:' + port}, () => {
  s.bind_transceiver({system_id: 'user', password: 'secret'}, (p) => {
    say({event: 'bound', status: p.command_status, system: p.system_id});
    for (const [message, data_coding] of [['Phieu 4821', undefined], ['{[€]} ^~|\\', 0], ['Đường hồng 🙂', undefined]]) {
      s.submit_sm({...(data_coding === undefined ? {} : {data_coding}), source_addr: '8022', destination_addr_ton: 1, destination_addr_npi: 1, destination_addr: to,
        registered_delivery: 1, short_message: message},
        (p) => say({event: 'accepted', status: p.command_status, id: p.message_id, message}));
    }
  });
});
s.on('error', (e) => say({event: 'error', error: String(e)}));
s.on('enquire_link', (p) => s.send(p.response()));
s.on('deliver_sm', (p) => {
  s.send(p.response());
  say({event: p.esm_class & 4 ? 'receipt' : 'mo', text: p.short_message.message, from: p.source_addr,
    id: p.receipted_message_id, state: p.message_state});
});
process.stdin.on('end', () => s.unbind(() => { s.close(); process.exit(0); })).resume();
`

func TestNodeSMPPsClientIsServed(t *testing.T) {
	server, addr := mustListen(t, smsc.Config{Accounts: map[string]string{"user": "secret"}})
	wire := mustCapture(t, addr)
	_, port, _ := strings.Cut(wire.addr(), ":")
	node := mustScript(t, nodeESME, port, officer)
	if b := node.mustSay(t, "bound"); b["status"] != 0.0 || b["system"] != "notify1022" {
		t.Fatalf("bound %v", b)
	}
	ids := map[string]bool{}
	texts := map[string]bool{}
	for i := range 3 {
		m, err := server.Handset(officer).Wait(testContext(t), i)
		if err != nil {
			t.Fatal(err)
		}
		ids[m.ID], texts[m.Text] = true, true
	}
	for _, want := range []string{"Phieu 4821", "{[€]} ^~|\\", "Đường hồng 🙂"} {
		if !texts[want] {
			t.Errorf("%q is not among %v", want, texts)
		}
	}
	for range 3 {
		if r := node.mustSay(t, "receipt"); !ids[fmt.Sprint(r["id"])] || r["state"] != 2.0 {
			t.Errorf("receipt %v of %v", r, ids)
		}
	}
	if err := server.Handset(officer).Send(testContext(t), hotline, "NHẬN 4821"); err != nil {
		t.Fatal(err)
	}
	if mo := node.mustSay(t, "mo"); mo["text"] != "NHẬN 4821" || mo["from"] != officer {
		t.Errorf("MO %v", mo)
	}
	node.in.Close() // it unbinds
	<-node.ended
	wire.mustDissect(t)
}
