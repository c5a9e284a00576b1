// Package desk knows the order of things: a letter is stored, classified and
// registered before anyone asks whether it may be answered; a letter of ours
// is claimed before it is sent and settled after; a reminder is queued once.
// Whatever it does may be killed at any point and started again: what was done
// is in the database, or did not happen.
//
// The files, by what happens:
//
//   - A letter comes in (Poll): intake.go walks through the folders in chunks;
//     letter.go and texts.go judge by the header and the beginning of the text;
//     admit.go reads candidates whole and registrar.go enters them in order;
//     thread.go and join.go find the request that a letter belongs to;
//     admission.go puts together what the store writes, acknowledge.go the
//     acknowledgement. doubt.go, rewound.go and stumble.go are for servers, and
//     for a program, that make mistakes.
//   - A letter of ours goes out (Flush): outbox.go, worded by render.go, and
//     outbox_deliver.go, where a silent server is waited for beside everything else. What
//     comes back is heard in bounce.go.
//   - Staff decide: action.go, assign.go, terms.go, link.go, answer.go,
//     register.go. Each act says what it changes; become.go adds what follows
//     from that.
//   - Staff are told: remind.go and digest.go of requests (due.go says what is
//     due), trouble.go and alarm.go of what is wrong, vitals.go finds that out.
//   - The calendar changes: recompute.go counts every open request anew,
//     trace.go explains a date day by day.
//   - Beside the passes: reconcile.go holds the mailbox against the ledger,
//     filing.go marks or moves what is registered, sent_sweep.go finds answers
//     that staff wrote by hand in the Sent folder, suppress.go keeps the list of
//     those who want no notifications.
//
// The desk owns the clock and the key. It imports no SQL, IMAP, SMTP, YAML or
// cron, and prints nothing.
package desk

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Inbox is the mailbox to be read; *mailbox.Reader is one. First is the folder to be
// read before Folders is called, where one is known. ShelfFolder is where the folder for
// filing lies that the configuration calls name. Examine selects the folder of
// which the later calls speak. Below finds the highest UID there that is at most upto.
type Inbox interface {
	First() (folder mailbox.Folder, known bool)
	Folders(ctx context.Context) ([]mailbox.Folder, error)
	IsJunk(ctx context.Context, folder string) (bool, error)
	ShelfFolder(ctx context.Context, name string) (string, error)
	Examine(ctx context.Context, folder string) (mailbox.FolderState, error)
	Below(ctx context.Context, upto uint32) (uid uint32, err error)
	Stamps(ctx context.Context, from, to uint32, yield func(mailbox.Stamp) error) error
	Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error
	Identities(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error
	Texts(ctx context.Context, uids []uint32, limit int64) (map[uint32][]byte, error)
	EachText(ctx context.Context, stretches []mailbox.Stretch, yield func(uid uint32, text []byte)) (wait func(mend bool) error)
	EachPartHeads(ctx context.Context, uids []uint32, yield func(uid uint32, heads *mailbox.PartHeads)) (wait func(mend bool) error)
	Expect(ctx context.Context, uids []uint32) // of the next calls of Fetch
	Fetch(ctx context.Context, uid uint32, w io.Writer) (n int64, cut bool, err error)
	Far() bool // so that round trips are what costs
}

// Sender delivers our letters; *mailbox.Sender is one. Send may be called beside everything
// else that the desk does. Release ends a batch: the connection need not be kept for it any
// longer.
type Sender interface {
	Send(ctx context.Context, e mailbox.Envelope) mailbox.Outcome
	Release() error
}

// SentBox takes the copies of what was sent; *mailbox.Reader is one.
type SentBox interface {
	SentFolder(ctx context.Context) (string, error)
	Keep(ctx context.Context, folder string, copies []mailbox.Copy) error
}

// Filer marks or moves registered letters in the mailbox; *mailbox.Reader is
// one.
type Filer interface {
	File(ctx context.Context, folder string, uidvalidity uint32, uids []uint32, to mailbox.Shelf) (mailbox.Filed, error)
}

// Operator is who the desk works for, as config or policy say.
type Operator struct {
	Name      rules.Text
	Address   string
	Contact   string // whom a sender may turn to; "" names none
	Prefix    string // of the numbers
	Languages []rules.Lang
	Own       rules.Own
}

// Caps bound the acknowledgements that any header can provoke; a zero cap is no cap.
type Caps struct {
	AddressKindDay, AddressDay, DomainHour, TotalHour int
	PublicDomains                                     []string // do not count under DomainHour
}

// Acknowledge says how letters are acknowledged.
type Acknowledge struct {
	Enabled    bool
	Dates      string        // both, policy or earliest: which dates a letter names
	Fresh      time.Duration // at a folder's first pass, older letters are held
	AuthservID string
	Caps       Caps
}

// Reminders says whom and when to remind.
type Reminders struct {
	DaysBefore []int  // working days before act by, each a stage
	To         string // who gets what is assigned to nobody
	Officer    string // the privacy officer; "": none
	Escalate   int    // from this stage on the officer is told too
	Always     bool   // a digest even when there is nothing to say
	Hours      Hours  // of the office; reminders go out within

	// Next returns when the digest is due after an instant; nil: at every
	// RemindNow.
	Next func(after time.Time) time.Time

	// Every says that Next counts from the digest before, not by the clock on the wall.
	Every bool
}

// Options is what a Desk is made of. Inbox, Sender and Sent may be nil where
// a command needs no mail server.
type Options struct {
	Store     *store.DB
	Inbox     Inbox
	Sender    Sender
	Sent      SentBox
	Filer     Filer // nil: the mailbox is only read
	Policy    *rules.Policy
	Calendar  *rules.Calendar
	Deadlines rules.DeadlineOptions
	Words     *templates.Set
	Operator  Operator
	Zone      *time.Location

	Filing Filing
	// SentFolder names the folder of sent mail, in which answers are looked for
	// that staff sent from a mail program; nil: they are not looked for.
	SentFolder func(context.Context) (string, error)

	Since       time.Duration // how far back a folder's first pass goes; 0: everything
	From        string        // sender of our letters
	Bounce      string        // their envelope sender
	Acknowledge Acknowledge
	Reminders   Reminders
	Staff       []Member
	Alarm       string      // whom alarms go to; "": as reminders
	Alert       func(Alert) // told of trouble beside mail; may be nil
	Language    rules.Lang  // of letters to staff

	// FlushNow is called by Poll after each folder in which requests were registered, so
	// that their senders need not wait until the other folders are read, or after which a
	// letter is Answered. It is to Flush, and
	// to return FlushReport.Silent: then no other folder is read. nil: the acknowledgements
	// wait for the next Flush.
	FlushNow func() error

	// Patience is how long a call of Flush waits for answers of the mail server; 0: as long
	// as they take. See Flush.
	Patience time.Duration

	// Stopping reports that nothing new must be begun: Poll and Flush then
	// finish the letter in hand and return ErrStopping. nil: never.
	Stopping func() bool

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: nothing is logged
}

// Desk does the passes and the actions. It is not for concurrent use; two
// desks may work on one database.
type Desk struct {
	Options
	jitter       func() float64 // in [-1, 1)
	witness      witness        // of the clock
	quiet        quiet
	unwritten    map[string]Trouble // troubles that were told of but could not be written into the register, by code
	told         map[string]bool    // see once
	sent         sentSweep
	underWay     *progress // of a batch whose letter has not been answered yet; nil: there is none
	eventsAtLook int64     // length of the history when checkQuarantine last looked
	filed        filingState
	shelfRead    bool                 // since the register was restored, if it ever was
	unread       map[string]time.Time // since when folders are not read, by unread.keys; nil: the register was not asked yet
	held         map[string]uint32    // by folder, the connection over which givenAgain last compared it with the ledger

	recalled bool   // the inbox got what earlier passes had learned of the mailbox
	learned  string // that, as the register keeps it

	editions map[string]*rules.Policy // earlier editions of the policy, by digest; nil: it cannot be read

	// testOnlyStep is called with a name after each step that a crash could
	// part from the next.
	testOnlyStep func(step string)

	// testOnlyRoom says whether so many bytes of a letter fit on the disk.
	testOnlyRoom func(size int64) error

	// testOnlyJudge is called where a letter is judged, to stumble.
	testOnlyJudge func(*letter)
}

// ErrStopping ends a pass that was asked to begin nothing new.
var ErrStopping = errors.New("stopping: nothing new is begun")

// New returns a desk.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stopping == nil {
		o.Stopping = func() bool { return false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{
		Options: o, editions: map[string]*rules.Policy{}, unwritten: map[string]Trouble{}, told: map[string]bool{}, held: map[string]uint32{},
		jitter: func() float64 { return 2*rand.Float64() - 1 }, testOnlyStep: func(string) {}, testOnlyJudge: func(*letter) {}, testOnlyRoom: func(int64) error { return nil },
	}
}

// Today returns the date in the operator's zone.
//
//go:noinline
func (d *Desk) Today() rules.Date { return rules.DateIn(d.Now(), d.Zone) }

// Facts turns a parsed letter into what the rules look at.
func Facts(m *mailbox.Message) rules.Facts {
	f := rules.Facts{
		Subject: m.Subject,
		From:    addresses(m.From), Sender: addresses(m.Sender), ReplyTo: addresses(m.ReplyTo),
		To: addresses(m.To), Cc: addresses(m.Cc),
		ReturnPath: m.ReturnPath, Fields: m.Fields,
		Text: m.Text, Behind: len(m.Text) - m.Front, Cut: m.Cut, Rest: m.Rest,
		ContentType: m.ContentType, Parts: m.Parts,
		Received: m.Received, Troubles: m.Troubles,
	}
	for _, a := range m.Attachments {
		f.Attachments = append(f.Attachments, a.Name)
	}
	for _, e := range m.Embedded {
		f.Forwarded = append(f.Forwarded, rules.Forwarded{Subject: e.Subject, From: addresses(e.From), Text: e.Text, Behind: e.Behind, File: e.File})
	}
	return f
}

//go:noinline
func addresses(list []mailbox.Address) []rules.Address {
	out := make([]rules.Address, 0, len(list))
	for _, a := range list {
		out = append(out, rules.Address{Name: a.Name, Addr: a.Addr})
	}
	return out
}

// fold makes an address comparable: letter case, outer space and how the domain is
// spelled do not count.
//
//go:noinline
func fold(addr string) string { return rules.AddressKey(addr) }
