package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// registration is what the flags of register say.
type registration struct {
	file, uid              string
	paper                  bool
	kinds                  []string
	received, why          string
	via, from, email, text string
	attach                 []string
	documents, send        bool
}

func (a *app) registerCommand() *cobra.Command {
	var g registration
	c := a.decision("register [FILE.eml]", asUsage(cobra.MaximumNArgs(1)), func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			g.file = args[0]
		}
		return a.register(c.Context(), c, g)
	})
	f := c.Flags()
	f.StringVar(&g.uid, "uid", "", a.t("help.flag.register.uid"))
	f.BoolVar(&g.paper, "paper", false, a.t("help.flag.register.paper"))
	f.StringSliceVar(&g.kinds, "kind", nil, a.t("help.flag.register.kind"))
	f.StringVar(&g.received, "received", "", a.t("help.flag.register.received"))
	f.StringVar(&g.from, "from", "", a.t("help.flag.register.from"))
	f.StringVar(&g.via, "via", string(store.ViaPost), a.t("help.flag.register.via"))
	f.Lookup("via").DefValue = "" // its own words say it
	f.StringVar(&g.text, "text", "", a.t("help.flag.register.text"))
	f.StringArrayVar(&g.attach, "attach", nil, a.t("help.flag.register.attach"))
	f.BoolVar(&g.documents, "documents", false, a.t("help.flag.register.documents"))
	f.StringVar(&g.email, "email", "", a.t("help.flag.register.email"))
	f.BoolVar(&g.send, "send", false, a.t("help.flag.register.send"))
	f.StringVar(&g.why, "why", "", a.t("help.flag.why"))
	return c
}

// register reads the flags before it opens anything, does what they say, and
// shows what became of it.
func (a *app) register(ctx context.Context, c *cobra.Command, g registration) error {
	if err := a.checkRegistration(c, g); err != nil {
		return usage(err)
	}
	actor, err := a.actor()
	if err != nil {
		return err
	}
	d, release, err := a.madeDesk(ctx)
	if err != nil {
		return err
	}
	defer release()
	hand, err := a.byHand(d, g)
	if err != nil {
		return usage(err)
	}
	var done desk.Registered
	switch {
	case g.paper:
		done, err = a.registerPaper(ctx, d, g, hand, actor)
	case g.uid != "":
		done, err = a.registerUID(ctx, d, g, hand, actor)
	default:
		done, err = a.registerFile(ctx, d, g, hand, actor)
	}
	var no *desk.Refused
	if errors.As(err, &no) {
		return a.refusal(no)
	}
	if errors.Is(err, desk.ErrKind) {
		return a.kindError(d, hand.Kinds)
	}
	if err != nil {
		return err
	}
	return a.printRegistered(ctx, d, done)
}

// checkRegistration finds flags that are missing, or contradict each other.
func (a *app) checkRegistration(c *cobra.Command, g registration) error {
	ways := 0
	for _, way := range []bool{g.file != "", g.uid != "", g.paper} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return errors.New(a.t("register.wrong.which"))
	}
	if !g.paper {
		for _, name := range []string{"from", "via", "text", "attach", "documents", "email", "send"} {
			if c.Flags().Changed(name) {
				return errors.New(a.t("register.wrong.flag", "--"+name, "--paper"))
			}
		}
		return nil
	}
	var missing []string
	for _, f := range []struct {
		name  string
		empty bool
	}{{"--kind", len(g.kinds) == 0}, {"--received", g.received == ""}, {"--from", strings.TrimSpace(g.from) == ""}} {
		if f.empty {
			missing = append(missing, f.name)
		}
	}
	switch {
	case len(missing) > 0:
		return errors.New(a.t("register.wrong.missing", strings.Join(missing, ", ")))
	case !store.Via(g.via).Paper() || g.via != strings.ToLower(g.via) || !a.words.Has("register.via."+g.via):
		return errors.New(a.t("register.wrong.via", templates.Safe(g.via)))
	case g.send && g.email == "":
		return errors.New(a.t("register.wrong.send"))
	}
	return nil
}

// byHand reads the kinds and the day.
func (a *app) byHand(d *desk.Desk, g registration) (desk.ByHand, error) {
	h := desk.ByHand{Why: g.why}
	for _, k := range g.kinds {
		if kind, _ := kindNamed(d.Policy, k); kind != "" {
			h.Kinds = append(h.Kinds, kind)
		}
	}
	if g.received == "" {
		return h, nil
	}
	day, at, err := receipt(g.received, d.Zone)
	if err != nil {
		return h, errors.New(a.receiptFault(g.received, err))
	}
	h.Received = desk.Receipt{Day: day, At: at}
	return h, nil
}

// registerFile takes the letter from a file; «-» is stdin.
func (a *app) registerFile(ctx context.Context, d *desk.Desk, g registration, h desk.ByHand, who desk.Actor) (desk.Registered, error) {
	if g.file == "-" {
		return d.RegisterFile(ctx, a.stdin(ctx), a.cfg.IMAP.MaxSize, h, who)
	}
	f, err := openRegular(g.file)
	if err != nil {
		return desk.Registered{}, a.fileError(g.file, err)
	}
	defer f.Close()
	return d.RegisterFile(ctx, f, a.cfg.IMAP.MaxSize, h, who)
}

// registerUID reads the message live, over a connection of its own.
func (a *app) registerUID(ctx context.Context, d *desk.Desk, g registration, h desk.ByHand, who desk.Actor) (desk.Registered, error) {
	i := strings.LastIndexByte(g.uid, '/')
	uid, err := strconv.ParseUint(g.uid[i+1:], 10, 32)
	if i < 1 || err != nil || uid == 0 {
		return desk.Registered{}, a.misuse("register.wrong.uid", templates.Safe(g.uid))
	}
	cfg, err := a.config(NeedStore, NeedIMAP)
	if err != nil {
		return desk.Registered{}, err
	}
	server, err := serverOf(cfg.IMAP.ServerConfig, "imap.ca_file")
	if err != nil {
		return desk.Registered{}, err
	}
	server.Timeout = cfg.IMAP.Timeout
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: server, Folders: cfg.IMAP.Folders, MaxSize: cfg.IMAP.MaxSize, Log: a.logger(cfg)})
	defer reader.Close()
	d.Inbox = reader
	return d.RegisterUID(ctx, g.uid[:i], uint32(uid), h, who)
}

// printRegistered shows each request that was made or joined.
func (a *app) printRegistered(ctx context.Context, d *desk.Desk, done desk.Registered) error {
	var list []store.Request
	for _, n := range done.Numbers {
		r, err := d.Store.Request(ctx, n)
		if err != nil {
			return err
		}
		list = append(list, r)
	}
	if a.json {
		return a.printRequests(d, allAtOnce(list))
	}
	for _, r := range list {
		key := "done.register"
		switch {
		case done.Joined && done.Whole:
			key = "done.register.whole"
		case done.Joined:
			key = "done.register.joined"
		case r.Status == store.StatusReview:
			key = "done.register.review"
		}
		args := []any{r.Number, a.requestKind(d, r), a.shortDay(r.ReceivedOn), a.actBy(d, r)}
		if done.Joined {
			args = []any{r.Number, a.actBy(d, r)}
		}
		a.say(a.t(key, args...))
		if len(r.Possibly) > 0 {
			a.say(a.t("done.register.possibly", strings.Join(r.Possibly, ", ")))
		}
	}
	if !done.Joined {
		a.say(a.t("done.register.ack", templates.Safe(a.ackText(d, list[0]))))
	}
	a.printf("%s\n", a.next(d, list[0]))
	return nil
}
