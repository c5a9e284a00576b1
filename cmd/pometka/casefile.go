package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) casefileCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "casefile N [-o FILE.zip]", Short: a.t("help.casefile"), Long: a.t("help.casefile.long"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				n, err := number(c.Context(), d, args[0])
				if err != nil {
					return err
				}
				path := file
				if path == "" {
					path = n + ".zip"
				}
				var seal store.Event
				write := func(w io.Writer) (err error) {
					seal, err = a.casefile(c.Context(), d, n, w)
					return err
				}
				if path == "-" {
					err = a.toStdout(write, "casefile.terminal", templates.ShortNumber(n))
				} else {
					err = a.writeNew(path, write)
				}
				if err != nil {
					return err
				}
				if path != "-" {
					a.errorf("%s\n", a.t("export.written", templates.Safe(path)))
				}
				for _, line := range wrap(a.t("casefile.sealed", strconv.FormatInt(seal.Seq, 10), seal.Digest), narrow) {
					a.errorf("%s\n", line)
				}
				return nil
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", a.t("help.casefile.output"))
	return c
}

// casefile is one request's whole evidence while it is being written.
type casefile struct {
	*app
	desk.Case
	d       *desk.Desk
	z       *zip.Writer
	sums    []string // a line for each file, as sha256sum prints them
	letters []caseLetter
	stored  []store.Letter // the same, as the register has them
	mails   []caseMail
}

// caseLetter is a letter of the person; file is "" where its bytes are not
// there.
type caseLetter struct {
	store.Letter
	file string
	ends bool // it is cut, and ends in the last of its files
}

type caseMail struct {
	store.Mail
	file, text string
}

// casefile writes the casefile of a request and returns the event that seals
// it.
func (a *app) casefile(ctx context.Context, d *desk.Desk, number string, w io.Writer) (seal store.Event, err error) {
	c, err := d.Case(ctx, number)
	if err != nil {
		return seal, err
	}
	f := &casefile{app: a, Case: c, d: d, z: zip.NewWriter(w)}
	for _, part := range []func(context.Context) error{f.addLetters, f.addMails, f.addTexts, f.addPolicy, f.addProof, f.addFirst} {
		if err := part(ctx); err != nil {
			return seal, err
		}
	}
	if seal, err = f.addSeal(ctx); err != nil {
		return seal, err
	}
	return seal, f.z.Close()
}

// add writes one file of the archive; its name is ours, plain ASCII.
func (f *casefile) add(name string, write func(io.Writer) error) error {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: f.Head.At.UTC().Truncate(2 * time.Second)}
	h.SetMode(0o600)
	w, err := f.z.CreateHeader(h)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if err := write(io.MultiWriter(w, sum)); err != nil {
		return err
	}
	f.sums = append(f.sums, hex.EncodeToString(sum.Sum(nil))+"  "+name+"\n")
	return nil
}

func (f *casefile) addText(name, text string) error {
	return f.add(name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

func (f *casefile) addJSON(name string, v any) error {
	return f.add(name, func(w io.Writer) error {
		e := json.NewEncoder(escaping{w})
		e.SetEscapeHTML(false)
		e.SetIndent("", " ")
		return e.Encode(v)
	})
}

// addLetters puts in the letters byte for byte.
func (f *casefile) addLetters(ctx context.Context) error {
	return f.d.Store.EachLetter(ctx, f.Request.Number, func(pos int, l store.Letter) error {
		c := caseLetter{Letter: l, file: fmt.Sprintf("letters/%d.eml", pos)}
		// Whether the bytes are there is known once the first of them come.
		err := f.d.Store.Raw(ctx, l.ID, firstBytes{})
		switch {
		case errors.Is(err, store.ErrNotFound):
			c.file, err = "", nil
		case errors.Is(err, errEnough) || err == nil:
			err = f.add(c.file, func(w io.Writer) error { return f.d.Store.Raw(ctx, l.ID, w) })
		}
		if err == nil && c.file != "" {
			c.ends, err = endsInFile(ctx, f.d, l)
		}
		f.letters, f.stored = append(f.letters, c), append(f.stored, l)
		return err
	})
}

// cutLetter says of a letter whose bytes are here that they are only its beginning.
func (f *casefile) cutLetter(i int) string {
	if f.letters[i].file == "" {
		return ""
	}
	return f.cutText(f.stored, i)
}

// firstBytes stops a copy at its first bytes.
type firstBytes struct{}

var errEnough = errors.New("enough")

func (firstBytes) Write([]byte) (int, error) { return 0, errEnough }

// addMails puts in what was sent, byte for byte.
func (f *casefile) addMails(ctx context.Context) error {
	for i, m := range f.Mails {
		full, err := f.d.Store.Mail(ctx, m.ID)
		if err != nil {
			return err
		}
		c := caseMail{Mail: full}
		if len(full.Raw) > 0 {
			c.file = fmt.Sprintf("sent/%d-%s.eml", i+1, m.Purpose)
			c.text = mailbox.Parse(bytes.NewReader(full.Raw)).Text
			if err := f.add(c.file, func(w io.Writer) error { _, err := w.Write(full.Raw); return err }); err != nil {
				return err
			}
		}
		f.mails = append(f.mails, c)
	}
	return nil
}

// addTexts puts in the history and the dates, for people and for programs.
func (f *casefile) addTexts(context.Context) error {
	var lines strings.Builder
	for at, e := range f.History {
		if toldBefore(f.History, at) {
			continue
		}
		for i, line := range f.historyText(e, f.d) {
			if i == 0 {
				line = f.moment(e.At, f.d.Zone) + "  " + line
			} else {
				line = strings.Repeat(" ", 21) + line
			}
			lines.WriteString(templates.Safe(line) + "\n")
		}
	}
	if err := f.addText("history.txt", lines.String()); err != nil {
		return err
	}
	if err := f.addJSON("history.json", f.eventsJSON()); err != nil {
		return err
	}
	if !f.Traced {
		return f.addText("dates.txt", f.t("casefile.dates.none")+"\n")
	}
	if err := f.addText("dates.txt", f.datesText()); err != nil {
		return err
	}
	return f.addJSON("dates.json", f.Trace)
}

// caseEventJSON is an event of a casefile for programs.
type caseEventJSON struct {
	Event    int64           `json:"event"`
	At       string          `json:"at"`
	Actor    string          `json:"actor"`
	Code     string          `json:"code"`
	Sentence string          `json:"sentence"`
	Detail   json.RawMessage `json:"detail,omitempty"`
	Digest   string          `json:"digest"`
}

func (f *casefile) eventsJSON() []caseEventJSON {
	list := []caseEventJSON{}
	for _, e := range f.History {
		j := caseEventJSON{e.Seq, stamp(e.At, f.d.Zone), e.Actor, e.Code, f.eventText(e, f.d), nil, e.Digest}
		if json.Valid([]byte(e.Detail)) {
			j.Detail = json.RawMessage(e.Detail)
		}
		list = append(list, j)
	}
	return list
}

// datesText is what explain prints.
func (f *casefile) datesText() string {
	var b bytes.Buffer
	screen := *f.app
	screen.out, screen.json = &b, false
	if err := screen.explain(f.Trace, f.explainedOf(f.d, f.Request, f.History)); err != nil {
		return f.errorText(err)
	}
	return b.String()
}

// addPolicy puts in the edition in force at the receipt.
func (f *casefile) addPolicy(context.Context) error {
	p := f.Request.Policy
	text := f.t("casefile.policy", templates.Safe(p.Name), f.editionText(), p.Digest) + "\n"
	if f.Policy == nil {
		text += f.t("casefile.policy.none") + "\n"
	} else if err := f.add("policy/policy.yaml", func(w io.Writer) error { _, err := w.Write(f.Policy.Source()); return err }); err != nil {
		return err
	}
	return f.addText("policy/policy.txt", text)
}

func (f *casefile) editionText() string {
	if f.Request.Policy.Edition.IsZero() {
		return f.t("casefile.unknown")
	}
	return templates.Date(string(f.lang), f.Request.Policy.Edition.Time())
}

// addFirst puts in what is read first.
func (f *casefile) addFirst(context.Context) error {
	if err := f.addJSON("case.json", f.caseJSON()); err != nil {
		return err
	}
	if err := f.addText("index.html", f.page()); err != nil {
		return err
	}
	return f.addText("README.txt", f.readme())
}
