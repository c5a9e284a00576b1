package main

import (
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

// wedgedAfter is how long the loop may show no progress beyond a wait that was
// announced: those of its own, and each for a mail server, as long as the configuration
// lets that be silent.
const wedgedAfter = 10 * time.Minute

// heartbeat is the loop's progress, and tells systemd of it (sd_notify(3)).
// Without systemd it only keeps the time. It is safe for concurrent use.
type heartbeat struct {
	socket string
	mu     sync.Mutex
	until  time.Time // by when the next sign of progress is due
	waits  int       // for a server, that are not over
	latest time.Time // when the longest of them is
}

func newHeartbeat() *heartbeat {
	return &heartbeat{socket: os.Getenv("NOTIFY_SOCKET"), until: time.Now().Add(wedgedAfter)}
}

// next notes progress: the next is to come after a wait.
func (h *heartbeat) next(wait time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.until = time.Now().Add(wait + wedgedAfter)
}

// during notes a wait for a server, until over is called or its time has passed. Waits may
// overlap: a connection is begun beside the loop.
func (h *heartbeat) during(most time.Duration) (over func()) {
	if h == nil {
		return func() {}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waits++
	if end := time.Now().Add(most); end.After(h.latest) {
		h.latest = end
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.waits--; h.waits == 0 {
			h.latest = time.Time{}
		}
		h.until = time.Now().Add(wedgedAfter)
	}
}

// alive reports whether the loop makes progress.
func (h *heartbeat) alive() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	return now.Before(h.until) || now.Before(h.latest.Add(wedgedAfter))
}

func (h *heartbeat) ready()    { h.notify("READY=1") }
func (h *heartbeat) stopping() { h.notify("STOPPING=1") }

// reloading begins what ready ends: systemd (Type=notify-reload) tells the two
// apart from those of an earlier reload by the time.
func (h *heartbeat) reloading() {
	h.notify("RELOADING=1\nMONOTONIC_USEC=" + strconv.FormatInt(monotonic().Microseconds(), 10))
}

// notify is best effort: nobody may be listening.
func (h *heartbeat) notify(state string) {
	if h.socket == "" {
		return
	}
	name := h.socket
	if name[0] == '@' { // the abstract namespace
		name = "\x00" + name[1:]
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(state))
}

// watchdog keeps systemd's watchdog quiet as long as the loop makes progress,
// until stop is closed.
func (h *heartbeat) watchdog(stop <-chan struct{}) {
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if pid := os.Getenv("WATCHDOG_PID"); err != nil || usec <= 0 || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return
	}
	tick := time.NewTicker(time.Duration(usec) * time.Microsecond / 3)
	defer tick.Stop()
	for {
		if h.alive() {
			h.notify("WATCHDOG=1")
		}
		select {
		case <-tick.C:
		case <-stop:
			return
		}
	}
}
