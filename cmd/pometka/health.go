package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// health serves what shows from outside whether the daemon works: systemd's
// watchdog, and /healthz, /readyz and /metrics where http.listen is set. stop ends both
// and waits for them: no question reads the register after it.
//
//	/healthz  200 while the loop makes progress
//	/readyz   200 while letters are taken in and sent: no trouble, no late pass, no letter on its way for a minute
//	/metrics  numbers in the text format of Prometheus, see metrics
func (d *daemon) health() (stop func(), err error) {
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	if addr := d.serving.cfg.HTTP.Listen; addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			cancel()
			return nil, cannotListen(addr, err)
		}
		d.probe = &probe{store: d.Store, beat: d.beat, now: d.Now}
		d.probe.tune(d.serving.cfg)
		log, pages := d.log, d.probe.pages()
		running.Go(func() {
			if err := serveHTTP(ctx, l, pages); err != nil {
				log.Error("health server ended", "error", err)
			}
		})
	}
	running.Go(func() { d.beat.watchdog(ctx.Done()) })
	return func() {
		cancel()
		running.Wait()
	}, nil
}

// cannotListen names the key and the address beside what the system says of them.
func cannotListen(addr string, err error) error {
	if says := syscall.Errno(0); errors.As(err, &says) {
		err = says
	}
	return phrased("error.listen", addr, err)
}

// pages answers health checks. They read the register and the heartbeat only, so
// that they need no part of the loop.
func (p *probe) pages() map[string]page {
	pages := map[string]page{
		"/healthz": func(context.Context) (int, string) { return answer(p.beat.alive(), "no progress") },
		"/readyz": func(ctx context.Context) (int, string) {
			why, err := p.unready(ctx)
			if err != nil {
				why = "the register cannot be read"
			}
			return answer(why == "", why)
		},
		"/metrics": func(ctx context.Context) (int, string) {
			var b strings.Builder
			if err := p.metrics(ctx, &b); err != nil {
				return answer(false, "the register cannot be read")
			}
			return 200, b.String()
		},
	}
	for path, find := range pages {
		pages[path] = func(ctx context.Context) (status int, text string) {
			if err := mailbox.Survive(func() error { status, text = find(ctx); return nil }); err != nil {
				p.mistakes.Add(1)
				return answer(false, err.Error())
			}
			return status, text
		}
	}
	return pages
}

// confess is how many mistakes of this program there were since it was asked last; p
// may be nil.
func (p *probe) confess() int32 {
	if p == nil {
		return 0
	}
	return p.mistakes.Swap(0)
}

func answer(well bool, why string) (int, string) {
	if well {
		return 200, "ok\n"
	}
	return 503, why + "\n"
}

// probe is what a health check looks at. It is safe for concurrent use.
type probe struct {
	store *store.DB
	beat  *heartbeat
	now   func() time.Time

	mistakes atomic.Int32

	mu     sync.Mutex
	late   time.Duration
	zone   *time.Location
	passed time.Time // as serving.passed
}

// tune takes a configuration into use; p may be nil.
func (p *probe) tune(cfg *Config) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late, p.zone = late(cfg), cfg.Calendar.Zone
}

// pass takes note of a pass that ended; p may be nil.
func (p *probe) pass(ended time.Time) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed = ended
}

// passes reports whether a pass of this process has ended lately.
func (p *probe) passes() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.passed.IsZero() && p.now().Sub(p.passed) <= p.late
}

func (p *probe) tuned() *time.Location {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.zone
}

// unready says why no letters are worked on, "" if they are.
func (p *probe) unready(ctx context.Context) (string, error) {
	if !p.beat.alive() {
		return "no progress", nil
	}
	f, err := p.store.Counts(ctx)
	if err != nil {
		return "", err
	}
	if !p.passes() {
		return "no pass over the mailbox has ended lately", nil
	}
	troubles, err := desk.New(desk.Options{Store: p.store}).Troubles(ctx)
	switch {
	case err != nil:
		return "", err
	case len(troubles) > 0:
		return "trouble: " + troubles[0].Code, nil
	case hangs(f.Sending, p.now()):
		return "the SMTP server has not answered for a minute", nil
	}
	return "", nil
}

// hangs reports whether a letter of ours has been on its way, since an instant, for so long that
// the server must be silent, and nothing is sent until it answers. Zero: none is on its way.
//
//go:noinline
func hangs(since, now time.Time) bool { return !since.IsZero() && now.Sub(since) >= time.Minute }

// metrics writes the numbers of the register. No label holds anything of a
// person:
//
//	pometka_last_successful_poll_timestamp_seconds  end of the last complete intake pass
//	pometka_messages_total{verdict}                 messages ever seen
//	pometka_requests{status}                        requests
//	pometka_requests_overdue                        open ones with a passed term of policy or law
//	pometka_next_deadline_timestamp_seconds         start of the day by which the most urgent is due
//	pometka_outbox{state}                           letters of ours
//	pometka_history_events_total                    length of the history
//	pometka_trouble{code}                           1 for each trouble that staff was told of
//	go_goroutines                                   goroutines of the daemon
func (p *probe) metrics(ctx context.Context, w io.Writer) error {
	goroutines := runtime.NumGoroutine() // each look into the register leaves one that is about to end
	f, err := p.store.Counts(ctx)
	if err != nil {
		return err
	}
	zone := p.tuned()
	late, err := p.store.Selected(ctx, store.Filter{OverdueOn: rules.DateIn(p.now(), zone)})
	if err != nil {
		return err
	}
	troubles, err := desk.New(desk.Options{Store: p.store}).Troubles(ctx)
	if err != nil {
		return err
	}
	metric := func(name, kind, help string) { fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	metric("pometka_last_successful_poll_timestamp_seconds", "gauge", "End of the last complete intake pass.")
	if !f.LastPass.IsZero() {
		fmt.Fprintf(w, "pometka_last_successful_poll_timestamp_seconds %d\n", f.LastPass.Unix())
	}
	metric("pometka_messages_total", "counter", "Messages seen, by verdict.")
	for _, v := range []rules.Verdict{rules.Request, rules.Review, rules.None} {
		fmt.Fprintf(w, "pometka_messages_total{verdict=%q} %d\n", v, f.Ledger[v])
	}
	metric("pometka_requests", "gauge", "Requests, by status.")
	for _, s := range statuses {
		fmt.Fprintf(w, "pometka_requests{status=%q} %d\n", s, f.Requests[s])
	}
	metric("pometka_requests_overdue", "gauge", "Open requests with a passed term of the policy or of the law.")
	fmt.Fprintf(w, "pometka_requests_overdue %d\n", len(late))
	metric("pometka_next_deadline_timestamp_seconds", "gauge", "Start of the day by which the most urgent request is due.")
	if due := f.NextActBy; !due.IsZero() {
		fmt.Fprintf(w, "pometka_next_deadline_timestamp_seconds %d\n", time.Date(due.Year, due.Month, due.Day, 0, 0, 0, 0, zone).Unix())
	}
	metric("pometka_outbox", "gauge", "Letters of ours, by state.")
	for _, s := range mailStates {
		fmt.Fprintf(w, "pometka_outbox{state=%q} %d\n", s, f.Outbox[s])
	}
	metric("pometka_history_events_total", "counter", "Length of the history.")
	fmt.Fprintf(w, "pometka_history_events_total %d\n", f.Events)
	metric("pometka_trouble", "gauge", "Trouble that staff was told of and that has not ended.")
	sort.Slice(troubles, func(i, j int) bool { return troubles[i].Code < troubles[j].Code })
	for _, t := range troubles {
		fmt.Fprintf(w, "pometka_trouble{code=%q} 1\n", t.Code)
	}
	metric("go_goroutines", "gauge", "Goroutines of the daemon.")
	fmt.Fprintf(w, "go_goroutines %d\n", goroutines)
	return nil
}

// mailStates are the states of our letters, in the order of their way.
var mailStates = []store.MailState{
	store.MailQueued, store.MailSending, store.MailSent, store.MailFailed, store.MailUncertain, store.MailHeld, store.MailDropped,
}
