package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) auditCommand() *cobra.Command {
	root := a.group(&cobra.Command{Use: "audit", Short: a.t("help.audit")})
	var o store.VerifyOptions
	verify := a.withJSON(&cobra.Command{
		Use: "verify [--head HASH] [--quick]", Short: a.t("help.audit.verify"), Long: a.t("help.audit.verify.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.auditVerify(c.Context(), o) },
	})
	verify.Flags().StringVar(&o.Head, "head", "", a.t("help.flag.head"))
	verify.Flags().BoolVar(&o.ChainOnly, "quick", false, a.t("help.flag.quick"))
	root.AddCommand(verify, a.withJSON(&cobra.Command{
		Use: "head", Short: a.t("help.audit.head"), Long: a.t("help.audit.head.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.auditHead(c.Context()) },
	}))
	return root
}

// auditJSON is what audit verify --json prints.
type auditJSON struct {
	Good   bool        `json:"good"`
	Quick  bool        `json:"quick"`
	Events int64       `json:"events"`
	Head   string      `json:"head"`
	HeadAt string      `json:"head_at"`
	Known  *headJSON   `json:"known,omitempty"` // where the head of --head stands
	Breaks []breakJSON `json:"breaks"`
}

type headJSON struct {
	Event int64  `json:"event"`
	At    string `json:"at"`
	Head  string `json:"head"`
}

type breakJSON struct {
	What    store.Damage `json:"what"`
	Table   string       `json:"table"`
	Row     int64        `json:"row"`
	Columns []string     `json:"columns"`
	Name    string       `json:"name"`
	Event   int64        `json:"event"`
	Since   string       `json:"since"`
	Number  string       `json:"number"`
	Text    string       `json:"text"`
}

// fingerprint is the form of a head as somebody may have written it down.
var fingerprint = lazily(`^[0-9a-fA-F]{16,64}$`)

func (a *app) auditVerify(ctx context.Context, o store.VerifyOptions) error {
	if o.Head = strings.TrimSpace(o.Head); o.Head != "" && !fingerprint().MatchString(o.Head) {
		return a.misuse("audit.head.short", 16)
	}
	cfg, err := a.config(NeedStore)
	if err != nil {
		return err
	}
	if o.ChainOnly {
		roomy()
	}
	v, err := a.verified(ctx, cfg.Store.Path, o)
	if err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(a.auditJSON(v, o, cfg.Calendar.Zone))
	} else {
		a.printVerified(v, o, cfg.Calendar.Zone)
	}
	if err == nil && len(v.Breaks) > 0 {
		return silently(exitWanting)
	}
	return err
}

// verified verifies the register at path. One that cannot even be opened as a
// register is a break, not an error.
func (a *app) verified(ctx context.Context, path string, o store.VerifyOptions) (store.Verified, error) {
	db, err := store.OpenToVerify(ctx, path)
	if errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrNotRegister) {
		return store.Verified{Breaks: []store.Break{{Name: a.t("audit.unreadable", path), What: store.Broken}}}, nil
	}
	if err != nil {
		return store.Verified{}, err
	}
	defer db.Close()
	bar := a.progressBar()
	o.Progress = bar.show
	defer bar.clear()
	return db.VerifyAll(ctx, o)
}

func (a *app) auditJSON(v store.Verified, o store.VerifyOptions, zone *time.Location) auditJSON {
	j := auditJSON{
		Good: len(v.Breaks) == 0, Quick: o.ChainOnly, Events: v.Events, Head: v.Head, HeadAt: stamp(v.HeadAt, zone), Breaks: []breakJSON{},
	}
	if v.Known > 0 {
		j.Known = &headJSON{v.Known, stamp(v.KnownAt, zone), strings.ToLower(o.Head)}
	}
	for _, b := range v.Breaks {
		columns := b.Columns
		if columns == nil {
			columns = []string{}
		}
		j.Breaks = append(j.Breaks, breakJSON{
			What: b.What, Table: b.Table, Row: b.Row, Columns: columns, Name: b.Name, Event: b.Event,
			Since: stamp(b.Since, zone), Number: b.Number, Text: a.breakText(b, zone),
		})
	}
	return j
}

func (a *app) printVerified(v store.Verified, o store.VerifyOptions, zone *time.Location) {
	line := func(text string) {
		for i, part := range wrap(templates.Safe(text), a.width()-2) {
			if i > 0 {
				part = "  " + part
			}
			a.printf("%s\n", part)
		}
	}
	for _, b := range v.Breaks {
		line(a.breakText(b, zone))
	}
	if v.Known > 0 {
		line(a.t("audit.head.known", strconv.FormatInt(v.Known, 10), a.moment(v.KnownAt, zone)))
	}
	switch n := len(v.Breaks); {
	case n >= 1000:
		line(a.t("audit.found.more", n))
		line(a.t("audit.now"))
		return
	case n > 0:
		line(a.t("audit.found", n))
		line(a.t("audit.now"))
		return
	case o.ChainOnly:
		line(a.t("audit.good.quick"))
	default:
		line(a.t("audit.good"))
	}
	if v.Events > 0 {
		line(a.t("audit.length", strconv.FormatInt(v.Events, 10), a.moment(v.HeadAt, zone)))
		a.printf("%s\n", v.Head)
	}
}

// breakText tells a break in a sentence: what, where, since when.
func (a *app) breakText(b store.Break, zone *time.Location) string {
	if b.What == store.Foreign {
		return a.t("audit.head.foreign", b.Name)
	}
	if b.Table == "" {
		return a.t("audit.damaged", b.Name)
	}
	var where []string
	add := func(key string, args ...any) { where = append(where, a.t(key, args...)) }
	switch {
	case b.Table == "sqlite_schema":
		add("audit.schema", b.Name)
	case b.Table == "meta":
		add("audit.table", b.Table)
		add("audit.fact", b.Name)
	case b.Row == 0:
		add("audit.table", b.Table)
	default:
		add("audit.row", b.Table, strconv.FormatInt(b.Row, 10))
	}
	if n := len(b.Columns); n > 0 {
		add("audit.column", n, strings.Join(b.Columns, ", "))
	}
	if b.Event > 0 {
		add("audit.event", strconv.FormatInt(b.Event, 10))
	}
	if b.Number != "" {
		add("audit.request", b.Number)
	}
	if !b.Since.IsZero() {
		add("audit.since", a.moment(b.Since, zone))
	}
	return a.t("audit.break", a.t("audit.what."+string(b.What)), strings.Join(where, ", "))
}

// moment words an instant to the second: which of two events came first must
// be seen.
func (a *app) moment(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return templates.ShortDate(string(a.lang), t) + " " + t.Format("15:04:05")
}

// auditHead prints the head alone on its line, for scripts, and what it is.
func (a *app) auditHead(ctx context.Context) error {
	cfg, err := a.config(NeedStore)
	if err != nil {
		return err
	}
	db, err := store.OpenToVerify(ctx, cfg.Store.Path)
	if err != nil {
		return err
	}
	defer db.Close()
	e, err := db.Head(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(headJSON{e.Seq, stamp(e.At, cfg.Calendar.Zone), e.Digest})
	}
	a.printf("%s\n", e.Digest)
	if e.Seq == 0 {
		a.errorf("%s\n", a.t("audit.head.none"))
		return nil
	}
	a.errorf("%s\n", a.t("audit.head", strconv.FormatInt(e.Seq, 10), a.moment(e.At, cfg.Calendar.Zone)))
	return nil
}
