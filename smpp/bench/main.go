// Command bench measures SMPP clients side by side: one bind over loopback,
// one 100-character GSM-7 message over and over, the same answering peer in a
// process of its own for all of them. It prints messages per second as ratios
// of a ceiling: the least that a client can do, one goroutine that batches its
// writes and keeps nothing but a count.
//
//	go run . -rounds 5 -each 1s
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// client sends as fast as it may until stop and returns how many messages
// were answered.
type client struct {
	name string
	run  func(addr string, window int, stop time.Time) (int, error)
}

var clients = []client{
	{"ceiling", runCeiling},
	{"notify1022", runOurs},
	{"notify1022, from the callback", runOursFromCallback},
	{"notify1022, N goroutines", runOursBlocking},
	{"gosmpp", runGosmpp},
	{"go-smpp", runGoSMPP},
}

// result is one run.
type result struct {
	rate float64 // messages per second
	cpu  float64 // seconds of this process per 100,000 messages
}

func main() {
	rounds := flag.Int("rounds", 5, "runs of each client and window")
	each := flag.Duration("each", time.Second, "length of a run")
	only := flag.String("only", "", "semicolon-separated names of clients; empty: all")
	windows := flag.String("windows", "1,10,100,1000", "windows")
	respond := flag.Bool("respond", false, "be the answering peer (used by the program itself)")
	assert := flag.Bool("assert", false, "fail when a ratio of notify1022 is below its target")
	profile := flag.String("cpuprofile", "", "write a CPU profile of this process here")
	flag.Parse()
	if *respond {
		fatal(respondForEver())
		return
	}
	addr, stop, err := startResponder()
	fatal(err)
	defer stop()
	if *profile != "" {
		f, err := os.Create(*profile)
		fatal(err)
		fatal(pprof.StartCPUProfile(f))
		defer pprof.StopCPUProfile()
	}
	results := map[string][]result{}
	for range *rounds {
		for _, w := range numbers(*windows) {
			for _, c := range clients {
				if *only != "" && !slices.Contains(strings.Split(*only, ";"), c.name) {
					continue
				}
				r, err := measure(c, addr, w, *each)
				if err != nil {
					fatal(fmt.Errorf("%s, window %d: %w", c.name, w, err))
				}
				results[key(c.name, w)] = append(results[key(c.name, w)], r)
			}
		}
	}
	print(results, numbers(*windows))
	if *assert && !reached(results, numbers(*windows)) {
		stop()
		os.Exit(1)
	}
}

// targets are the least ratios of notify1022 to the ceiling by window.
var targets = map[int]float64{1: 0.7, 10: 0.5, 100: 0.25}

// maxCPU is the most CPU seconds per 100,000 messages at window 100.
const maxCPU = 0.4

// reached reports whether every measured window has its target in one of the
// two asynchronous forms, and window 100 takes no more than maxCPU.
func reached(results map[string][]result, windows []int) bool {
	ok := true
	var spent []float64
	for _, w := range windows {
		ours := max(median(rates(results[key("notify1022", w)])), median(rates(results[key("notify1022, from the callback", w)])))
		if ours/median(rates(results[key("ceiling", w)])) < targets[w] {
			fmt.Fprintf(os.Stderr, "window %d: below %.2f of the ceiling\n", w, targets[w])
			ok = false
		}
	}
	for _, r := range results[key("notify1022", 100)] {
		spent = append(spent, r.cpu)
	}
	if len(spent) > 0 && median(spent) > maxCPU {
		fmt.Fprintf(os.Stderr, "window 100: more than %.1f CPU seconds per 100,000 messages\n", maxCPU)
		ok = false
	}
	return ok
}

func measure(c client, addr string, window int, each time.Duration) (result, error) {
	runtime.GC()
	cpu, began := cpuTime(), time.Now()
	n, err := c.run(addr, window, began.Add(each))
	took := time.Since(began).Seconds()
	if err != nil || n == 0 {
		return result{}, fmt.Errorf("%d messages: %w", n, err)
	}
	return result{rate: float64(n) / took, cpu: (cpuTime() - cpu).Seconds() / float64(n) * 100_000}, nil
}

// cpuTime is what this process has used, the answering peer not included.
func cpuTime() time.Duration {
	var u syscall.Rusage
	fatal(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func print(results map[string][]result, windows []int) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "medians; %s, %d CPUs, %s/%s\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintln(w, "client\twindow\tmsg/s\tof ceiling\tCPU s/100k")
	for _, win := range windows {
		top := median(rates(results[key("ceiling", win)]))
		for _, c := range clients {
			rs := results[key(c.name, win)]
			if len(rs) == 0 {
				continue
			}
			var cpu []float64
			for _, r := range rs {
				cpu = append(cpu, r.cpu)
			}
			m := median(rates(rs))
			fmt.Fprintf(w, "%s\t%d\t%.0f\t%.3f\t%.3f\n", c.name, win, m, m/top, median(cpu))
		}
	}
	w.Flush()
}

func key(name string, window int) string { return fmt.Sprint(name, "/", window) }

func rates(rs []result) []float64 {
	var all []float64
	for _, r := range rs {
		all = append(all, r.rate)
	}
	return all
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v) == 0 {
		return 0
	}
	return v[len(v)/2]
}

func numbers(list string) []int {
	var all []int
	for _, f := range strings.Split(list, ",") {
		var n int
		if _, err := fmt.Sscan(f, &n); err != nil || n < 1 {
			fatal(fmt.Errorf("window %q", f))
		}
		all = append(all, n)
	}
	return all
}

// startResponder runs this program again as the answering peer.
func startResponder() (addr string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "-respond")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // it ends when this process does
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return strings.TrimSpace(line), func() { in.Close(); cmd.Wait() }, err
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
