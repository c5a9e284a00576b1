package desk

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// memoryBox is a mailbox without a server: a year passes in it in no time.
type memoryBox struct {
	raw      [][]byte // nil: it is not there any more
	at       []time.Time
	sessions uint32 // each look is over a new connection
}

func (b *memoryBox) First() (mailbox.Folder, bool) { return mailbox.Folder{Name: "INBOX"}, true }

func (b *memoryBox) Folders(context.Context) ([]mailbox.Folder, error) {
	return []mailbox.Folder{{Name: "INBOX"}}, nil
}

func (b *memoryBox) IsJunk(context.Context, string) (bool, error) { return false, nil }

func (b *memoryBox) ShelfFolder(_ context.Context, name string) (string, error) { return name, nil }

func (b *memoryBox) Examine(context.Context, string) (mailbox.FolderState, error) {
	st := mailbox.FolderState{UIDValidity: 1, UIDNext: uint32(len(b.raw)) + 1}
	for i, raw := range b.raw {
		if raw != nil {
			st.Messages++
			st.Newest = uint32(i + 1)
		}
	}
	b.sessions++
	st.Session = b.sessions
	return st, nil
}

func (b *memoryBox) Below(_ context.Context, upto uint32) (uint32, error) {
	for i := min(int(upto), len(b.raw)); i > 0; i-- {
		if b.raw[i-1] != nil {
			return uint32(i), nil
		}
	}
	return 0, nil
}

func (b *memoryBox) Stamps(_ context.Context, from, _ uint32, yield func(mailbox.Stamp) error) error {
	for i := int(from) - 1; i < len(b.raw); i++ {
		if b.raw[i] == nil {
			continue
		}
		if err := yield(mailbox.Stamp{UID: uint32(i + 1), InternalDate: b.at[i]}); err != nil {
			return err
		}
	}
	return nil
}

func (b *memoryBox) Identities(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Heads(ctx, from, to, yield)
}

func (b *memoryBox) Heads(_ context.Context, from, _ uint32, yield func([]mailbox.Head) error) error {
	var heads []mailbox.Head
	for i := int(from) - 1; i < len(b.raw); i++ {
		if b.raw[i] == nil {
			continue
		}
		head, _, _ := bytes.Cut(b.raw[i], []byte("\r\n\r\n"))
		heads = append(heads, mailbox.Head{UID: uint32(i + 1), Size: int64(len(b.raw[i])), InternalDate: b.at[i], Header: append(head, "\r\n\r\n"...)})
	}
	if len(heads) == 0 {
		return nil
	}
	return yield(heads)
}

func (b *memoryBox) Texts(_ context.Context, uids []uint32, _ int64) (map[uint32][]byte, error) {
	texts := map[uint32][]byte{}
	for _, uid := range uids {
		_, text, _ := bytes.Cut(b.raw[uid-1], []byte("\r\n\r\n"))
		texts[uid] = text
	}
	return texts, nil
}

func (b *memoryBox) EachText(_ context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	return func(bool) error {
		for _, s := range stretches {
			for _, uid := range s.UIDs {
				_, text, _ := bytes.Cut(b.raw[uid-1], []byte("\r\n\r\n"))
				yield(uid, text[min(int64(len(text)), s.From):min(int64(len(text)), s.To)])
			}
		}
		return nil
	}
}

func (b *memoryBox) EachPartHeads(context.Context, []uint32, func(uint32, *mailbox.PartHeads)) func(bool) error {
	return func(bool) error { return nil }
}

func (b *memoryBox) Expect(context.Context, []uint32) {}

func (b *memoryBox) Far() bool { return true }

func (b *memoryBox) Fetch(_ context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	n, err := w.Write(b.raw[uid-1])
	return int64(n), false, err
}

// memorySender takes every letter, or none while the server is down.
type memorySender struct {
	down bool
	sent map[string]int // letters to staff, by address and day
	day  func() rules.Date
}

func (s *memorySender) Send(_ context.Context, e mailbox.Envelope) mailbox.Outcome {
	if s.down {
		return mailbox.Outcome{Status: mailbox.StatusDeferred, Phase: mailbox.PhaseDial, Err: io.ErrUnexpectedEOF}
	}
	s.sent[e.To+" "+s.day().String()]++
	return mailbox.Outcome{Status: mailbox.StatusAccepted, Code: 250}
}

func (s *memorySender) Release() error { return nil }

// year is one simulated year of an office.
type year struct {
	*Desk
	t      *testing.T
	random *rand.Rand
	box    *memoryBox
	smtp   *memorySender
	plan
	skew   time.Duration       // how wrong the clock is
	worked map[rules.Date]bool // days on which the program ran at work once the schedule had fired
	total  int
	silent int // days on which a person had been silent for long
	behind int // days on which a term behind a missed target had reached a stage
}

// TestYear lets a year pass with holidays, outages of the program and of the
// mail server, and in a second form a clock that jumps. Then some months pass in
// an office with another configuration, with POMETKA_LONG=1 years in twenty.
// POMETKA_SEED chooses other years and offices.
func TestYear(t *testing.T) {
	seed, offices, days := uint64(2026), 1, 120
	if s, err := strconv.ParseUint(os.Getenv("POMETKA_SEED"), 10, 64); err == nil {
		seed = s
	}
	if os.Getenv("POMETKA_LONG") != "" {
		offices, days = 20, 365
	}
	plans := map[string]plan{"steady": usual(false), "clock jumps": usual(true)}
	for n := range offices {
		plans[fmt.Sprint("office ", n)] = anyPlan(rand.New(rand.NewPCG(seed, uint64(100+n))), days)
	}
	for name, p := range plans {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				y := newYear(t, seed, p)
				defer y.Store.Close()
				y.live()
				y.check()
			})
		})
	}
}

func newYear(t *testing.T, seed uint64, p plan) *year {
	time.Sleep(time.Until(time.Date(2026, 1, 4, 20, 0, 0, 0, time.UTC))) // the bubble begins in 2000
	y := &year{t: t, random: rand.New(rand.NewPCG(seed, 7)), box: &memoryBox{}, plan: p, worked: map[rules.Date]bool{}}
	y.smtp = &memorySender{sent: map[string]int{}, day: func() rules.Date { return y.Today() }}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", p)
	y.start(db)
	return y
}

// start is a start of the program on the register.
func (y *year) start(db *store.DB) {
	words, err := templates.New("")
	if err != nil {
		y.t.Fatal(err)
	}
	cal, err := rules.NewCalendar(rules.CalendarOptions{Week: y.week})
	if err != nil {
		y.t.Fatal(err)
	}
	zone, err := time.LoadLocation(y.zone)
	if err != nil {
		y.t.Fatal(err)
	}
	policy := rules.BuiltIn()
	y.Desk = New(Options{
		Store: db, Inbox: y.box, Sender: y.smtp, Policy: policy, Calendar: cal, Words: words, Zone: zone,
		Deadlines: rules.DeadlineOptions{Statutory: true},
		Operator:  Operator{Name: policy.Operator.Name, Address: account, Prefix: "LK", Languages: []rules.Lang{rules.RU}, Own: rules.Own{Addresses: []string{account}, Domain: "license.kz"}},
		From:      account, Bounce: account, Acknowledge: Acknowledge{Enabled: true, Dates: "both", Fresh: 24 * time.Hour},
		Reminders: Reminders{DaysBefore: y.stages, To: "staff@license.kz", Officer: y.officer, Escalate: y.officerAt, Always: y.always,
			Hours: y.hours, Next: y.next},
		Staff: y.staff, Alarm: "admin@license.kz", Language: y.lang,
		Now: func() time.Time { return time.Now().Add(y.skew) },
	})
	if _, err := y.Recover(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
}

var yearSubjects = []string{
	withdrawalMark, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях",
	"Актуализация персональных данных", "Претензия", "Вопрос о моих данных",
}

// live lets the year pass in steps of an hour in the day and longer ones at
// night.
func (y *year) live() {
	for end := time.Now().AddDate(0, 0, y.days); time.Now().Before(end); {
		hour := time.Now().In(y.Zone).Hour()
		step := time.Hour
		if hour < 8 || hour >= 19 {
			step = 4 * time.Hour
		}
		time.Sleep(step)
		if y.random.IntN(30) == 0 {
			y.letter()
		}
		switch y.random.IntN(600) {
		case 0: // the program is down: for minutes, for a week at most
			time.Sleep(time.Duration(y.random.Int64N(int64(7 * 24 * time.Hour))))
			y.start(y.Store)
		case 1, 2:
			y.smtp.down = true
		case 3, 4, 5, 6:
			y.smtp.down = false
		case 7:
			if y.jumps {
				y.skew = time.Duration(y.random.Int64N(int64(6*24*time.Hour))) - 3*24*time.Hour
			}
		case 8, 9, 10, 11:
			y.skew = 0
		}
		y.pass()
	}
	y.smtp.down, y.skew = false, 0
	for range 20 {
		time.Sleep(time.Hour)
		y.pass()
	}
}

func (y *year) letter() {
	n := len(y.box.raw) + 1
	from := fmt.Sprintf("person%d@host%d.example", n, n)
	m := mail{from: from, subject: yearSubjects[y.random.IntN(len(yearSubjects))], body: fmt.Sprintf("Прошу удалить мои персональные данные. Дело %d.", n), id: from}
	if strings.HasPrefix(m.subject, "Актуализация") { // with another demand it would be a review
		m.body = fmt.Sprintf("Прошу изменить мою фамилию. Дело %d.", n)
	}
	y.box.raw, y.box.at = append(y.box.raw, m.raw()), append(y.box.at, time.Now())
	if _, err := y.Poll(y.t.Context()); err != nil {
		y.t.Fatal(err)
	}
}

// pass is a turn of the daemon, and now and then some work of the staff.
func (y *year) pass() {
	ctx := y.t.Context()
	r, err := y.RemindNow(ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	now := y.Now()
	for _, to := range r.To {
		if y.away(to, y.Today()) {
			y.t.Errorf("%v: a letter to %s, who is absent", now.In(y.Zone), to)
		}
	}
	if y.atWork(now) {
		y.worked[y.Today()] = y.worked[y.Today()] || y.clock(now) >= y.fires[0]
	} else if r.Queued > 0 {
		for _, x := range r.Due {
			if x.Last.Before(y.Today()) || !x.Last.Before(rules.DateIn(y.opens(now), y.Zone)) {
				y.t.Errorf("%v: outside the office hours staff is told of %s, due %v", now.In(y.Zone), x.Number, x.Last)
			}
		}
	}
	y.total += r.Queued
	if _, err := y.Flush(ctx); err != nil && !y.smtp.down {
		y.t.Fatal(err)
	}
	if y.random.IntN(50) == 0 {
		if err := y.CheckHealth(ctx, Vitals{}); err != nil {
			y.t.Fatal(err)
		}
	}
	if y.random.IntN(12) == 0 {
		y.work()
	}
	if y.random.IntN(40) == 0 {
		y.ask()
	}
	if len(y.staff) > 0 && y.random.IntN(20) == 0 {
		y.assign()
	}
}

// assign gives one of the requests to one of the staff.
func (y *year) assign() {
	open, err := y.Store.Requests(y.t.Context(), store.Filter{})
	if err != nil || len(open) == 0 {
		return
	}
	who, q := y.staff[y.random.IntN(len(y.staff))].Login, open[y.random.IntN(len(open))]
	if q.Assignee == who {
		return
	}
	if _, err := y.Assign(y.t.Context(), q.Number, who, Actor{Login: "clerk"}); err != nil {
		y.t.Fatal(err)
	}
}

// work closes one of the requests, most often the most urgent.
func (y *year) work() {
	open, err := y.Store.Requests(y.t.Context(), store.Filter{})
	if err != nil || len(open) == 0 {
		return
	}
	q := open[y.random.IntN(min(len(open), 3))]
	if q.Status == store.StatusWaiting {
		return
	}
	is := q
	if is.Status, is.Outcome = store.StatusDone, (rules.Reason{Code: codeByPerson}); q.Status == store.StatusReview {
		is.Status = store.StatusDismissed
	}
	if _, err := y.Desk.become(y.t.Context(), q, is, act{who: clerk, code: eventClosed}); err != nil {
		y.t.Fatal(err)
	}
}
