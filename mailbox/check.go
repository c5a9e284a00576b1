package mailbox

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// Probe is what a server says about itself once we are logged in.
type Probe struct {
	Addr       string   // host:port
	Extensions []string // sorted, as the server spells them
	MaxSize    int64    // SMTP: of a letter, in bytes; 0: the server names none
}

// Has reports whether the server named an extension.
func (p Probe) Has(name string) bool {
	return slices.ContainsFunc(p.Extensions, func(e string) bool {
		word, _, _ := strings.Cut(e, " ")
		return strings.EqualFold(word, name)
	})
}

// Check connects and logs in, and tells what the server offers. What it lacks
// costs comfort, never letters: without IDLE new letters are seen at the next
// poll, without SPECIAL-USE the junk folder is found by its name.
func (r *Reader) Check(ctx context.Context) (Probe, error) {
	p := Probe{Addr: r.o.addr()}
	err := r.with(ctx, func(s *session) error {
		return s.run(ctx, func() error {
			for c := range s.c.Caps() {
				p.Extensions = append(p.Extensions, string(c))
			}
			return s.c.Noop().Wait()
		})
	})
	slices.Sort(p.Extensions)
	return p, err
}

// Check connects and logs in, sends nothing, and tells what the server offers
// of what we would use.
func (s *Sender) Check(ctx context.Context) (Probe, error) {
	p := Probe{Addr: s.o.addr()}
	if err := s.connect(ctx); err != nil {
		return p, err
	}
	for _, name := range []string{"8BITMIME", "AUTH", "DSN", "PIPELINING", "SIZE", "SMTPUTF8"} {
		if ok, args := s.c.Extension(name); ok {
			p.Extensions = append(p.Extensions, strings.TrimSpace(name+" "+plain(args, 100)))
			if name == "SIZE" { // RFC 1870; what is no number names no limit
				p.MaxSize, _ = strconv.ParseInt(strings.TrimSpace(args), 10, 64)
			}
		}
	}
	return p, nil
}
