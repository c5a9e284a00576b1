package desk

import (
	"context"
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// chunk is some messages on their way into the ledger. What must be read of them is asked
// for in steps: each asks at once for all that is known to be needed, so that a step costs
// one round trip. While the answers come in, the steps of the next chunk are taken.
type chunk struct {
	*folderPass
	heads   []mailbox.Head          // as they came
	letters []*letter               // those that need reading
	rows    []store.Seen            // of the others
	pending []func(mend bool) error // each takes in what was asked for

	err      error // the chunk cannot be taken in
	stumbled bool  // nor can it for a mistake of this program
}

// overlapping is the number of messages from which a chunk is left open until the next has
// come. A smaller one is the last, or comes from a server in trouble, and is finished at
// once: what was read is then in the register before anything else can go wrong.
const overlapping = 65

// arrive begins to take in a chunk, and finishes the one before, which was left open.
func (p *folderPass) arrive(ctx context.Context, heads []mailbox.Head) error {
	if len(heads) == 0 {
		return nil
	}
	p.countUndated(heads)
	c, before := &chunk{folderPass: p, heads: heads}, p.open
	p.open = nil
	c.try(func() error { return c.begin(ctx) })
	if before != nil {
		if err := before.finish(ctx, c); err != nil {
			c.abandon()
			return err
		}
	}
	if len(heads) < overlapping || !p.Inbox.Far() {
		return c.finish(ctx, nil)
	}
	p.open = c
	return nil
}

// try does what belongs to the chunk, unless something failed before. The error waits until
// it is the chunk's turn.
func (c *chunk) try(do func() error) {
	if c.err == nil && !c.stumbled {
		c.stumbled = stumbles(func() { c.err = do() })
	}
}

// begin judges the messages by their headers, and asks for what else must be read.
func (c *chunk) begin(ctx context.Context) (err error) {
	if c.letters, c.rows, err = c.sortOut(ctx, c.heads); err != nil {
		return err
	}
	if err := c.readHeaders(ctx, c.letters); err != nil {
		return err
	}
	c.ask(ctx)
	return nil
}

// ask asks for all that is known to be needed, and waits for nothing.
func (c *chunk) ask(ctx context.Context) {
	c.askTexts(ctx)
	c.askPartHeads(ctx)
	c.expect(ctx)
}

// step takes in what was asked for, and asks for what is needed then.
func (c *chunk) step(ctx context.Context) (err error) {
	for len(c.pending) > 0 {
		wait := c.pending[0]
		c.pending = c.pending[1:]
		if failed := wait(true); err == nil {
			err = failed
		}
	}
	if err == nil {
		c.ask(ctx)
	}
	return err
}

// finish reads the chunk to its end and hands it to the registrar. Step by step with it
// goes the next chunk, if that has come.
func (c *chunk) finish(ctx context.Context, next *chunk) error {
	for len(c.pending) > 0 && c.err == nil && !c.stumbled {
		c.try(func() error { return c.step(ctx) })
		if next != nil && c.err == nil { // else the pass ends with it
			next.try(func() error { return next.step(ctx) })
		}
		if next != nil && endsPass(next.err) {
			c.abandon()
			return next.err
		}
	}
	c.try(func() error { return c.enterChunk(ctx) })
	c.abandon()
	if !c.stumbled {
		return c.err
	}
	return c.apart(ctx)
}

// endsPass reports whether nothing more may be asked of the mailbox in this pass: a silence is
// waited for once, and a refused log-in is not tried again.
func endsPass(err error) bool {
	fault := mailbox.FaultOf(err)
	return fault == mailbox.FaultSilent || fault == mailbox.FaultLogin
}

// abandon takes in what was asked for and is not needed any more. It asks for nothing: where
// a pass ends, the server may let us in no more.
func (c *chunk) abandon() {
	for _, wait := range c.pending {
		stumbles(func() { _ = wait(false) })
	}
	c.pending = nil
}

// enterChunk brings the chunk into the ledger: each request in a transaction of its own, then
// all other messages in one, which also moves the cursor. It returns as soon as everything
// is read; the registrar writes in the same order.
func (c *chunk) enterChunk(ctx context.Context) error {
	var dismissed []store.Seen // rows of letters that were read whole; only the registrar's goroutine adds to it
	if err := c.candidates(ctx, c.letters, &dismissed); err != nil {
		return err
	}
	rows := c.rows
	for _, l := range c.letters {
		if !l.readWhole {
			c.testifies(l)
			rows = append(rows, l.row(l.finding.Verdict, l.finding.Reason.Code))
		}
	}
	p, seen, last := c.folderPass, len(c.heads), c.heads[len(c.heads)-1].UID
	return p.registrar.take(entry{do: func() error {
		if err := p.recordChunk(ctx, last, append(rows, dismissed...)); err != nil {
			return err
		}
		p.testOnlyStep("chunk recorded")
		p.report.Seen += seen
		return nil
	}})
}

// expect tells the inbox which letters will be read whole, so that it can ask for several of
// them in one round trip.
func (c *chunk) expect(ctx context.Context) {
	var uids []uint32
	for _, l := range c.letters {
		if !l.expected && !l.reading && l.begun == nil && !l.settled() && l.head.Err == nil {
			l.expected = true
			uids = append(uids, l.head.UID)
		}
	}
	if len(uids) > 0 {
		c.Inbox.Expect(ctx, uids)
	}
}

// askTexts asks for the next step of the texts, all in one round trip. Each is judged as it
// comes in; what may be a report on a letter of ours is looked at by hearReports.
func (c *chunk) askTexts(ctx context.Context) {
	ask := slices.DeleteFunc(slices.Clone(c.letters), func(l *letter) bool { return !l.reading })
	if len(ask) == 0 {
		return
	}
	take, end := c.judgeTexts(ask)
	wait := c.Inbox.EachText(ctx, stretches(ask), take)
	c.pending = append(c.pending, func(mend bool) error {
		defer end()
		if err := wait(mend); err != nil || !mend {
			return err
		}
		end()
		if err := c.hearReports(ctx, ask); err != nil {
			return err
		}
		for _, l := range ask {
			l.reading = l.goesOn()
		}
		return nil
	})
}

// askPartHeads asks for the headers of the parts, which name the files, of the letters whose
// text is short, so that what is attached decides. A letter of which they do not come, or
// that has other parts than files, is read whole.
func (c *chunk) askPartHeads(ctx context.Context) {
	var ask []*letter
	for _, l := range c.letters {
		if !l.reading && l.begun != nil {
			ask = append(ask, l)
		}
	}
	if len(ask) == 0 {
		return
	}
	wait := c.Inbox.EachPartHeads(ctx, uidsOf(ask), c.judgePartHeads(ask))
	c.pending = append(c.pending, func(mend bool) error {
		err := wait(mend)
		for _, l := range ask {
			l.begun = nil
		}
		return err
	})
}

func uidsOf(letters []*letter) []uint32 {
	uids := make([]uint32, len(letters))
	for i, l := range letters {
		uids[i] = l.head.UID
	}
	return uids
}
