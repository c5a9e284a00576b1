package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// textShown bounds the text of a letter in the output of classify, in bytes.
const textShown = 8 << 10

// classified is one line of classify --json.
type classified struct {
	Path       string           `json:"path"`
	MessageID  string           `json:"message_id"`
	Subject    string           `json:"subject"`
	From       string           `json:"from"`
	ReceivedAt string           `json:"received_at"`
	Verdict    rules.Verdict    `json:"verdict"`
	Kinds      []rules.Kind     `json:"kinds"`
	Confidence rules.Confidence `json:"confidence"`
	Marker     string           `json:"marker"`
	ReasonCode string           `json:"reason_code"`
	Reason     string           `json:"reason"`

	Acknowledge       bool       `json:"acknowledge"`
	AcknowledgeReason string     `json:"acknowledge_reason"`
	Language          rules.Lang `json:"language"`
	Text              string     `json:"text"`
	Attachments       int        `json:"attachments"`
	Error             string     `json:"error"` // codes of troubles; what the system says of a file that cannot be read

	removed  string   // by normalisation, for people
	troubles []string // codes of what Error tells, none where it is a sentence
}

// classifier judges letters by themselves: no network, no database.
type classifier struct {
	*app
	policy *rules.Policy
	own    rules.Own
	zone   *time.Location

	authserv string // acknowledge.authserv_id
}

func (a *app) newClassifier() (*classifier, error) {
	cfg, err := a.configIfAny()
	if err != nil {
		return nil, err
	}
	policy, err := policyOf(cfg)
	if err != nil {
		return nil, err
	}
	return &classifier{app: a, policy: policy, own: ownOf(cfg), zone: cfg.Calendar.Zone, authserv: cfg.Acknowledge.AuthServID}, nil
}

func (a *app) classifyCommand() *cobra.Command {
	manifest := ""
	c := a.withJSON(&cobra.Command{
		Use: "classify PATH…", Short: a.t("help.classify"), Long: a.t("help.classify.long"), Args: atLeast(1),
		RunE: func(c *cobra.Command, args []string) error { return a.classify(c.Context(), args, manifest) },
	})
	c.Flags().StringVar(&manifest, "manifest", "", a.t("help.flag.manifest"))
	return c
}

// classify prints a result for every file, or, with a manifest, how the
// results agree with its labels.
func (a *app) classify(ctx context.Context, args []string, manifest string) error {
	c, err := a.newClassifier()
	if err != nil {
		return err
	}
	paths, err := a.letterFiles(args)
	if err != nil {
		return err
	}
	if manifest != "" {
		s := &score{}
		if s.labels, err = readManifest(manifest); err != nil {
			return err
		}
		for _, path := range paths {
			s.add(a, c.file(ctx, path))
		}
		return s.print(a)
	}
	out := bufio.NewWriter(a.out)
	e := json.NewEncoder(escaping{out})
	e.SetEscapeHTML(false)
	for _, path := range paths {
		line := c.file(ctx, path)
		if a.json {
			err = e.Encode(line)
		} else {
			_, err = out.WriteString(c.forPeople(line))
		}
		if err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	return out.Flush()
}

// letterFiles lists the files that the arguments name, folders recursively by
// *.eml, in the order of the sorted paths, each once.
func (a *app) letterFiles(args []string) ([]string, error) {
	var paths []string
	for _, arg := range args {
		if arg == "-" {
			paths = append(paths, arg)
			continue
		}
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			arg += string(filepath.Separator) // of a link, what it leads to
		}
		if err := filepath.WalkDir(arg, a.gather(arg, &paths)); err != nil {
			return nil, err
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// gather adds the letters that are met on a walk from arg. A folder that cannot be
// looked into ends it: letters in it would be left out unnoticed.
func (a *app) gather(arg string, paths *[]string) fs.WalkDirFunc {
	return func(path string, e fs.DirEntry, err error) error {
		switch {
		case path == arg && errors.Is(err, fs.ErrNotExist):
			return a.misuse("error.path.none", templates.Safe(arg))
		case err != nil:
			return err
		case !e.IsDir() && (path == arg || strings.EqualFold(filepath.Ext(path), ".eml")):
			*paths = append(*paths, path)
		}
		return nil
	}
}

// file classifies one file; «-» is stdin. A file that cannot be read gets a line too.
func (c *classifier) file(ctx context.Context, path string) classified {
	if path == "-" {
		line := c.message(mailbox.Parse(c.stdin(ctx)))
		line.Path = path
		return line
	}
	f, err := openData(path)
	if err != nil {
		reason := func(code string) string { return c.words.Reason(string(c.lang), code, nil) }
		return classified{
			Path: path, Verdict: rules.Review, Kinds: []rules.Kind{}, ReasonCode: "unreadable", Reason: reason("unreadable"),
			AcknowledgeReason: reason("review"), Error: c.unwrapped(err),
		}
	}
	defer f.Close()
	line := c.message(mailbox.Parse(f))
	line.Path = path
	return line
}

// message classifies one parsed letter.
func (c *classifier) message(m *mailbox.Message) classified {
	facts := desk.Facts(m)
	f := c.policy.Classify(facts, c.own)
	trust := desk.TrustOf(m, c.authserv)
	answer, reason := c.policy.MayAnswer(facts, c.own, trust)
	if answer == rules.AnswerSend && f.Verdict == rules.Review && !f.Prescribed {
		answer, reason = rules.AnswerHold, rules.Reason{Code: "review"}
	}
	if f.Verdict == rules.None && answer == rules.AnswerSend {
		answer, reason = rules.AnswerNever, rules.Reason{Code: "no_request"}
	}
	line := classified{
		MessageID: m.MessageID, Subject: m.Subject,
		Verdict: f.Verdict, Kinds: f.Kinds, Confidence: f.Confidence, Marker: f.Marker,
		ReasonCode: f.Reason.Code, Reason: c.words.Reason(string(c.lang), f.Reason.Code, f.Reason.Args),
		Acknowledge: answer == rules.AnswerSend && f.Verdict != rules.None,
		Language:    f.Language, Text: cutText(m.Text, textShown), Attachments: len(m.Attachments),
		Error: strings.Join(m.Troubles, " "), removed: f.Removed, troubles: m.Troubles,
	}
	if line.Kinds == nil {
		line.Kinds = []rules.Kind{}
	}
	if reason.Code != "" {
		line.AcknowledgeReason = c.words.Reason(string(c.lang), reason.Code, reason.Args)
	}
	if len(m.From) > 0 {
		line.From = m.From[0].Addr
	}
	if !m.ReceivedAt.IsZero() {
		line.ReceivedAt = m.ReceivedAt.In(c.zone).Format(time.RFC3339)
	}
	return line
}

// cutText bounds a text without cutting a character.
func cutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// forPeople words one result for the terminal.
func (c *classifier) forPeople(l classified) string {
	var b strings.Builder
	row := func(key, value string) {
		if value != "" {
			b.WriteString(labelled(c.t(key), templates.Safe(value), c.width()))
		}
	}
	b.WriteString(templates.Safe(l.Path) + "\n")
	row("classify.subject", l.Subject)
	row("classify.from", l.From)
	verdict := c.t("verdict." + string(l.Verdict))
	if len(l.Kinds) > 0 {
		verdict += ": " + c.kindNames(c.policy, l.Kinds)
	}
	if l.Confidence != "" {
		verdict += " (" + c.t("confidence."+string(l.Confidence)) + ")"
	}
	row("classify.verdict", verdict)
	row("classify.reason", l.Reason)
	row("classify.removed", l.removed)
	if l.Verdict != rules.None {
		answer := c.t("classify.answer.yes")
		if !l.Acknowledge {
			answer = c.t("classify.answer.no", l.AcknowledgeReason)
		}
		row("classify.answer", answer)
	}
	for _, code := range l.troubles {
		row("classify.trouble", c.words.Reason(string(c.lang), code, nil))
	}
	if len(l.troubles) == 0 {
		row("classify.trouble", l.Error)
	}
	return b.String() + "\n"
}

// kindNames lists kinds in the reader's words.
func (a *app) kindNames(p *rules.Policy, kinds []rules.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
		if rule, ok := p.Kind(k); ok {
			names[i] = rule.Name.In(a.lang)
		}
	}
	return strings.Join(names, ", ")
}
