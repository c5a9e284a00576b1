package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// ledgerRow is one element of ledger --json.
type ledgerRow struct {
	Folder     string        `json:"folder"`
	UID        uint32        `json:"uid"`
	ReceivedAt string        `json:"received_at"`
	Verdict    rules.Verdict `json:"verdict"`
	ReasonCode string        `json:"reason_code"`
	Reason     string        `json:"reason"`
	Size       int64         `json:"size"`
	Subject    *string       `json:"subject"` // null: the mailbox was not asked or has it no more
	From       *string       `json:"from"`
}

// ledgerFlags are what ledger is asked.
type ledgerFlags struct {
	verdict, since, until string
	limit                 int
	offline               bool
}

// mostRows bounds --limit.
const mostRows = 100_000

// mostSubjects bounds how many messages the mailbox is asked about.
const mostSubjects = 500

// askMailbox bounds how long the mailbox is waited for: the ledger itself is
// there without it.
const askMailbox = 10 * time.Second

func (a *app) ledgerCommand() *cobra.Command {
	var f ledgerFlags
	c := a.withJSON(&cobra.Command{
		Use: "ledger", Short: a.t("help.ledger"), Long: a.t("help.ledger.long"), Example: a.example("ledger"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error { return a.ledger(c.Context(), d, f) })
		},
	})
	c.Flags().StringVar(&f.verdict, "verdict", "", a.t("help.ledger.verdict"))
	c.Flags().StringVar(&f.since, "since", "", a.t("help.ledger.since"))
	c.Flags().StringVar(&f.until, "until", "", a.t("help.ledger.until"))
	c.Flags().IntVar(&f.limit, "limit", 100, a.t("help.search.limit"))
	c.Flags().BoolVar(&f.offline, "offline", false, a.t("help.ledger.offline"))
	return c
}

func (a *app) ledger(ctx context.Context, d *desk.Desk, f ledgerFlags) error {
	filter, err := a.ledgerFilter(d, f)
	if err != nil {
		return usage(err)
	}
	var rows []store.LedgerRow
	// Of the messages that a pass looks at together the requests are written first: up to
	// so many rows, the order of writing is not that of receipt.
	filter.Limit = f.limit + mailbox.ChunkSize + 1
	if err := d.Store.Ledger(ctx, filter, func(r store.LedgerRow) error {
		rows = append(rows, r)
		return nil
	}); err != nil {
		return err
	}
	more := len(rows) > f.limit
	// slices.SortFunc would add nine kilobytes of code for rows of this one type.
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		return cmp.Or(b.Seen.InternalDate.Compare(a.Seen.InternalDate), cmp.Compare(b.Place.UID, a.Place.UID)) < 0
	})
	rows = rows[:min(len(rows), f.limit)]
	heads := map[store.Place]*mailbox.Message{}
	if !f.offline && len(rows) > 0 {
		if heads, err = a.headsOf(ctx, rows[:min(len(rows), mostSubjects)]); err != nil {
			a.sayAside(a.t("ledger.offline", worded(err, a.lang)))
		}
	}
	if a.json {
		return a.ledgerJSON(d, rows, heads)
	}
	a.printLedger(d, rows, heads, more)
	return nil
}

func (a *app) ledgerFilter(d *desk.Desk, f ledgerFlags) (store.LedgerFilter, error) {
	filter := store.LedgerFilter{Verdict: rules.Verdict(f.verdict)}
	if f.verdict != "" && !slices.Contains([]rules.Verdict{rules.Request, rules.Review, rules.None}, filter.Verdict) {
		return filter, errors.New(a.t("ledger.error.verdict", templates.Safe(f.verdict)))
	}
	if f.limit < 1 || f.limit > mostRows {
		return filter, errors.New(a.t("error.limit", f.limit, mostRows))
	}
	for _, day := range []struct {
		flag, value string
		more        int
		to          *time.Time
	}{{"--since", f.since, 0, &filter.Since}, {"--until", f.until, 1, &filter.Until}} {
		if day.value == "" {
			continue
		}
		date, err := dayOf(day.value)
		if err != nil {
			return filter, errors.New(a.t("list.error.day", day.flag, templates.Safe(day.value)))
		}
		date = date.AddDays(day.more) // until includes its day
		*day.to = time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, d.Zone)
	}
	return filter, nil
}

// headsOf asks the mailbox for the header fields of messages; the ledger keeps
// none of mail that is no request. What lies under a UID is the message of the row
// if it has the digest of the row: a UIDVALIDITY says less,
// since a restored mailbox gives UIDs again.
func (a *app) headsOf(ctx context.Context, rows []store.LedgerRow) (map[store.Place]*mailbox.Message, error) {
	cfg, err := a.config(NeedStore, NeedIMAP)
	if err != nil {
		return nil, err
	}
	reader, _, err := servers(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(ctx, askMailbox)
	defer cancel()
	heads := map[store.Place]*mailbox.Message{}
	folders := map[string][]store.LedgerRow{}
	for _, r := range rows {
		folders[r.Place.Folder] = append(folders[r.Place.Folder], r)
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		_, err := reader.Examine(ctx, folder)
		if shut := (*mailbox.ShutError)(nil); errors.As(err, &shut) { // it is gone, or closed to us; the others are not
			a.sayAside(a.t("ledger.folder", templates.Safe(folder), templates.Safe(mailbox.ServerWords(err))))
			continue
		}
		if err != nil {
			return heads, fmt.Errorf("open folder %s: %w", folder, err)
		}
		if err := headsIn(ctx, reader, folders[folder], heads); err != nil {
			return heads, err
		}
	}
	return heads, nil
}

// headsIn reads the heads of one folder, messages that lie close together in one
// command.
func headsIn(ctx context.Context, reader *mailbox.Reader, rows []store.LedgerRow, heads map[store.Place]*mailbox.Message) error {
	const gap = 20 // further apart, another command costs less
	sort.Slice(rows, func(i, j int) bool { return rows[i].Place.UID < rows[j].Place.UID })
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Place.UID-rows[n-1].Place.UID <= gap {
			n++
		}
		wanted := map[uint32][]store.LedgerRow{}
		for _, r := range rows[:n] {
			wanted[r.Place.UID] = append(wanted[r.Place.UID], r)
		}
		err := reader.Heads(ctx, rows[0].Place.UID, rows[n-1].Place.UID, func(list []mailbox.Head) error {
			for _, h := range list {
				for _, r := range wanted[h.UID] {
					if h.Err == nil && mailbox.HeaderDigest(r.Seen.Size, h.Header) == r.Seen.HeaderDigest {
						heads[r.Place] = mailbox.ParseHeader(h.Header)
					}
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read subjects: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

func (a *app) ledgerJSON(d *desk.Desk, rows []store.LedgerRow, heads map[store.Place]*mailbox.Message) error {
	out := make([]ledgerRow, 0, len(rows))
	for _, r := range rows {
		j := ledgerRow{
			Folder: r.Place.Folder, UID: r.Place.UID, ReceivedAt: stamp(r.Seen.InternalDate, d.Zone), Verdict: r.Seen.Verdict,
			ReasonCode: r.Seen.ReasonCode, Reason: a.words.Reason(string(a.lang), r.Seen.ReasonCode, nil), Size: r.Seen.Size,
		}
		if m := heads[r.Place]; m != nil {
			from := firstAddress(m)
			j.Subject, j.From = &m.Subject, &from
		}
		out = append(out, j)
	}
	return a.printJSON(out)
}

func firstAddress(m *mailbox.Message) string {
	if len(m.From) == 0 {
		return ""
	}
	return m.From[0].Addr
}

// printLedger prints two lines a message: when, what it was taken for and where
// it lies; then the subject, or the reason where that is not known.
func (a *app) printLedger(d *desk.Desk, rows []store.LedgerRow, heads map[store.Place]*mailbox.Message, more bool) {
	for _, r := range rows {
		when := "–"
		if !r.Seen.InternalDate.IsZero() {
			when = a.when(r.Seen.InternalDate, d)
		}
		place := a.t("show.place.text", templates.Safe(r.Place.Folder), strconv.FormatUint(uint64(r.Place.UID), 10))
		head := pad(when, 16) + "  " + pad(a.t("verdict."+string(r.Seen.Verdict)), 14) + "  "
		a.printf("%s\n", head+clip(place, a.width()-columns(head)))
		text := templates.Safe(a.words.Reason(string(a.lang), r.Seen.ReasonCode, nil))
		if m := heads[r.Place]; m != nil {
			a.printf("    %s\n", clip(templates.Safe(m.Subject)+" · "+templates.Safe(firstAddress(m)), a.width()-4))
		}
		a.printf("    %s\n", clip(text, a.width()-4))
	}
	switch {
	case len(rows) == 0:
		a.printf("%s\n", a.t("ledger.empty"))
	case more:
		a.say(a.t("ledger.more", len(rows)))
	default:
		a.printf("%s\n", a.t("ledger.count", len(rows)))
	}
}
