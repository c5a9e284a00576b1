package desk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// postbox is a mailbox in memory with one folder: real sockets stand outside
// of a synctest bubble, and its clock would not move for them.
type postbox struct {
	letters [][]byte
	at      []time.Time
}

func (b *postbox) put(from, to, subject, body string) {
	n := len(b.letters) + 1
	b.letters = append(b.letters, fmt.Appendf(nil, "Return-Path: <%s>\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d.%s>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		from, from, to, mime.BEncoding.Encode("utf-8", subject), n, from, body))
	b.at = append(b.at, time.Now())
}

func (b *postbox) First() (mailbox.Folder, bool) { return mailbox.Folder{Name: "INBOX"}, true }

func (b *postbox) Folders(context.Context) ([]mailbox.Folder, error) {
	return []mailbox.Folder{{Name: "INBOX"}}, nil
}

func (b *postbox) IsJunk(context.Context, string) (bool, error) { return false, nil }

func (b *postbox) ShelfFolder(_ context.Context, name string) (string, error) { return name, nil }

func (b *postbox) Examine(context.Context, string) (mailbox.FolderState, error) {
	return mailbox.FolderState{UIDValidity: 1, UIDNext: uint32(len(b.letters) + 1), Messages: uint32(len(b.letters))}, nil
}

func (b *postbox) Below(_ context.Context, upto uint32) (uint32, error) {
	return min(upto, uint32(len(b.letters))), nil
}

func (b *postbox) Stamps(_ context.Context, from, _ uint32, yield func(mailbox.Stamp) error) error {
	for i := int(from); i <= len(b.letters); i++ {
		if err := yield(mailbox.Stamp{UID: uint32(i), InternalDate: b.at[i-1]}); err != nil {
			return err
		}
	}
	return nil
}

func (b *postbox) Identities(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Heads(ctx, from, to, yield)
}

func (b *postbox) Heads(_ context.Context, from, _ uint32, yield func([]mailbox.Head) error) error {
	var heads []mailbox.Head
	for i := int(from); i <= len(b.letters); i++ {
		raw := b.letters[i-1]
		heads = append(heads, mailbox.Head{UID: uint32(i), Size: int64(len(raw)), InternalDate: b.at[i-1], Header: raw[:bytes.Index(raw, []byte("\r\n\r\n"))+4]})
	}
	if len(heads) == 0 {
		return nil
	}
	return yield(heads)
}

func (b *postbox) Texts(_ context.Context, uids []uint32, limit int64) (map[uint32][]byte, error) {
	texts := map[uint32][]byte{}
	for _, uid := range uids {
		_, body, _ := bytes.Cut(b.letters[uid-1], []byte("\r\n\r\n"))
		texts[uid] = body[:min(int64(len(body)), limit)]
	}
	return texts, nil
}

func (b *postbox) EachText(_ context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	return func(bool) error {
		for _, s := range stretches {
			for _, uid := range s.UIDs {
				_, body, _ := bytes.Cut(b.letters[uid-1], []byte("\r\n\r\n"))
				yield(uid, body[min(int64(len(body)), s.From):min(int64(len(body)), s.To)])
			}
		}
		return nil
	}
}

// EachPartHeads leaves it to whole letters.
func (b *postbox) EachPartHeads(context.Context, []uint32, func(uint32, *mailbox.PartHeads)) func(bool) error {
	return func(bool) error { return nil }
}

// Expect is of no use here: nothing costs a round trip.
func (b *postbox) Expect(context.Context, []uint32) {}

// Far is true, so that chunks overlap.
func (b *postbox) Far() bool { return true }

func (b *postbox) Fetch(_ context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	n, err := w.Write(b.letters[uid-1])
	return int64(n), false, err
}

// wire hands each letter to whom it is for and notes when.
type wire struct {
	to      string
	deliver func(m *mailbox.Message)
	sent    []time.Time
}

func (w *wire) Send(_ context.Context, e mailbox.Envelope) mailbox.Outcome {
	if e.To == w.to {
		w.sent = append(w.sent, time.Now())
		w.deliver(mailbox.Parse(bytes.NewReader(e.Raw)))
	}
	return mailbox.Outcome{Status: mailbox.StatusAccepted, Code: 250, Phase: mailbox.PhaseDot}
}

func (w *wire) Release() error { return nil }

// worst is the largest number of letters within any 24 hours.
func (w *wire) worst() int {
	most, from := 0, 0
	for i, at := range w.sent {
		for at.Sub(w.sent[from]) >= 24*time.Hour {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// instance is a desk of the operator at address, inside a bubble.
func instance(t *testing.T, address string, in *postbox, out Sender) *Desk {
	d := openDesk(t, filepath.Join(t.TempDir(), "pometka.db"), "127.0.0.1:1", "127.0.0.1:1", nil)
	d.Inbox, d.Sender, d.Now = in, out, time.Now
	d.Operator.Address, d.From, d.Bounce, d.Reminders.To = address, address, address, "staff@"+domainOf(address)
	d.Operator.Own = rules.Own{Addresses: []string{address}, Domain: domainOf(address)}
	return d
}

func turn(t *testing.T, d *Desk) {
	if _, err := d.Poll(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// loopRounds is the number of letters that the other side writes: some days of
// them, or, in the long form, half a year.
func loopRounds() int {
	if os.Getenv("POMETKA_LONG") != "" {
		return 10_000
	}
	return 300
}

// An answering machine that gives itself away by no header, answers every
// letter of ours with a fresh demand under a prescribed mark, and writes of
// its own accord besides, gets at most three letters a day.
func TestLoopResponder(t *testing.T) {
	const robot = "kolya@machine.example"
	marks := []string{withdrawalMark, "Претензия", "Актуализация персональных данных", "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях"}
	synctest.Test(t, func(t *testing.T) {
		in, out := &postbox{}, &wire{to: robot}
		n := 0
		write := func() {
			n++
			in.put(robot, account, marks[n%len(marks)], fmt.Sprintf("Прошу исполнить. Обращение номер %d.", n))
		}
		out.deliver = func(*mailbox.Message) { write() }
		d := instance(t, account, in, out)
		for n < loopRounds() {
			write()
			for range 4 { // four letters between two passes
				write()
			}
			time.Sleep(17 * time.Minute)
			turn(t, d)
		}
		if most := out.worst(); most > 3 || len(out.sent) < 3 {
			t.Errorf("%d letters within a day, %d in all, to %d of its own", most, len(out.sent), n)
		}
	})
}

// Two desks whose mail passes through a relay that takes away every header by
// which a machine is known, and writes a prescribed mark into the subject,
// still exchange at most three letters a day each way.
func TestLoopTwoDesks(t *testing.T) {
	const there = "info@other.example"
	synctest.Test(t, func(t *testing.T) {
		inA, inB := &postbox{}, &postbox{}
		n := 0
		relay := func(in *postbox, from, to string) func(*mailbox.Message) {
			return func(m *mailbox.Message) {
				n++
				in.put(from, to, withdrawalMark, fmt.Sprintf("%d %s", n, m.Text))
			}
		}
		outA, outB := &wire{to: there}, &wire{to: account}
		outA.deliver, outB.deliver = relay(inB, account, there), relay(inA, there, account)
		a, b := instance(t, account, inA, outA), instance(t, there, inB, outB)
		for n < loopRounds() {
			for range 5 {
				n++
				inA.put(there, account, withdrawalMark, fmt.Sprintf("Прошу, %d.", n))
			}
			time.Sleep(17 * time.Minute)
			turn(t, a)
			turn(t, b)
		}
		if outA.worst() > 3 || outB.worst() > 3 || len(outA.sent) == 0 {
			t.Errorf("within a day %d and %d letters, in all %d and %d", outA.worst(), outB.worst(), len(outA.sent), len(outB.sent))
		}
	})
}

// Machines of other makers, which all hide that they are machines, get at most
// three letters a day as well.
func TestLoopOtherResponders(t *testing.T) {
	const robot = "kolya@machine.example"
	quote := func(m *mailbox.Message) string { return "> " + strings.ReplaceAll(m.Text, "\n", "\n> ") }
	for name, answer := range map[string]func(n int, m *mailbox.Message) (from, subject, body string){
		"echo": func(_ int, m *mailbox.Message) (string, string, string) { return robot, m.Subject, m.Text },
		"reply with a mark": func(n int, m *mailbox.Message) (string, string, string) {
			return robot, "Re: " + withdrawalMark, fmt.Sprintf("Прошу исполнить, %d.\n%s", n, quote(m))
		},
		"new tag for each letter": func(n int, _ *mailbox.Message) (string, string, string) {
			return fmt.Sprintf("kolya+ticket%d@machine.example", n), withdrawalMark, fmt.Sprintf("Прошу исполнить, %d.", n)
		},
		"address in other letters": func(n int, _ *mailbox.Message) (string, string, string) {
			return []string{"Kolya@Machine.Example", "KOLYA@machine.example", "kolya@MACHINE.EXAMPLE"}[n%3], withdrawalMark, fmt.Sprintf("Прошу исполнить, %d.", n)
		},
		"another language each time": func(n int, _ *mailbox.Message) (string, string, string) {
			return robot, []string{withdrawalMark, "Дербес деректерді өңдеуге келісімді кері қайтарып алу", "Withdrawal of consent to the processing of personal data"}[n%3],
				fmt.Sprintf("%s %d.", []string{"Прошу исполнить", "Орындауды сұраймын", "Please do so"}[n%3], n)
		},
		"the acknowledgement as a demand": func(n int, m *mailbox.Message) (string, string, string) {
			return robot, "Претензия", fmt.Sprintf("Требую ответа, %d.\n%s", n, m.Text)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, out := &postbox{}, &anyWire{}
				n := 0
				out.deliver = func(m *mailbox.Message) {
					n++
					in.put(answerOf(answer, n, m))
				}
				d := instance(t, account, in, out)
				for n < loopRounds()/3 {
					n++
					in.put(answerOf(answer, n, &mailbox.Message{Subject: withdrawalMark, Text: "Прошу исполнить."}))
					time.Sleep(13 * time.Minute)
					turn(t, d)
				}
				if most := out.worst(); most > 3 || len(out.sent) == 0 {
					t.Errorf("%d letters within a day, %d in all", most, len(out.sent))
				}
			})
		})
	}
}

func answerOf(answer func(int, *mailbox.Message) (from, subject, body string), n int, m *mailbox.Message) (from, to, subject, body string) {
	from, subject, body = answer(n, m)
	return from, account, subject, body
}

// A machine that writes from another address of its domain each time, at once
// after every letter of ours, gets no more in a day than its domain may in an
// hour; another domain is none of its concern.
func TestLoopManyAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, out := &postbox{}, &anyWire{}
		n := 0
		write := func() {
			n++
			in.put(fmt.Sprintf("kolya%d@machine.example", n), account, withdrawalMark, fmt.Sprintf("Прошу исполнить, %d.", n))
		}
		out.deliver = func(*mailbox.Message) { write() }
		d := instance(t, account, in, out)
		for n < loopRounds()/3 {
			write()
			time.Sleep(13 * time.Minute)
			turn(t, d)
		}
		if most := out.worst(); most > d.Acknowledge.Caps.DomainHour || len(out.sent) < d.Acknowledge.Caps.DomainHour {
			t.Errorf("%d letters within a day, %d in all", most, len(out.sent))
		}
		code, err := d.overCap(t.Context(), nil, "ivan@other.example")
		if err != nil || code != "" {
			t.Errorf("somebody else: %q, %v", code, err)
		}
	})
}

// anyWire is a wire to everybody at the machine's domain.
type anyWire struct{ wire }

func (w *anyWire) Send(ctx context.Context, e mailbox.Envelope) mailbox.Outcome {
	if strings.EqualFold(domainOf(e.To), "machine.example") {
		w.to = e.To
	}
	return w.wire.Send(ctx, e)
}
