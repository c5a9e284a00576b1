package desk

import "license.kz/pometka/mailbox"

// mostWaiting is how many letters may be read ahead of the one that is being
// registered: about as many as a chunk of general mail holds requests. Their
// bytes lie in spools, their texts are bounded by mailbox.TextLimit.
const mostWaiting = 16

// largeLetter is the size in bytes from which a letter is registered before the
// next such is read, so that the spools of a pass never take more of the disk than
// one large letter and a few small ones.
const largeLetter = 1 << 20

// registrar takes the letters of a pass into the register, one after the other
// and in the order in which they are given to it, while the next are being read
// and judged. A registration waits for the disk, a reading for the network.
//
// Once a registration has failed, it takes in no more letters, so that the cursor never passes
// a letter that has no row in the ledger.
type registrar struct {
	jobs   chan entry
	failed chan struct{} // closed when err is there
	done   chan struct{}
	err    error           // of the first entry that failed
	large  <-chan struct{} // closed when the last large letter is done; nil: there was none
}

// entry is one piece of work of a registrar: do, or, after a failure, drop.
type entry struct {
	do   func() error
	drop func()          // gives back what do would have used; may be nil
	told chan<- struct{} // closed when it is done or dropped; may be nil
}

func newRegistrar() *registrar {
	r := &registrar{jobs: make(chan entry, mostWaiting), failed: make(chan struct{}), done: make(chan struct{})}
	go r.work()
	return r
}

func (r *registrar) work() {
	defer close(r.done)
	for e := range r.jobs {
		if r.err == nil {
			if r.err = mailbox.Survive(e.do); r.err != nil {
				close(r.failed)
			}
		} else if e.drop != nil {
			e.drop()
		}
		if e.told != nil {
			close(e.told)
		}
	}
}

// take hands an entry over, and waits where too many wait already. The error is
// that of an earlier entry, and this one is dropped.
func (r *registrar) take(e entry) error {
	if err := r.failure(); err != nil {
		if e.drop != nil {
			e.drop()
		}
		return err
	}
	r.jobs <- e // work goes on until end, so there is room in time
	return nil
}

// takeLarge is take for a large letter: it waits for the large one before.
func (r *registrar) takeLarge(e entry) error {
	r.awaitLarge()
	told := make(chan struct{})
	e.told = told
	if err := r.take(e); err != nil {
		return err
	}
	r.large = told
	return nil
}

// awaitLarge returns when no large letter waits any more.
func (r *registrar) awaitLarge() {
	if r.large != nil {
		<-r.large
		r.large = nil
	}
}

// failure is the error of the entry that failed, nil while there is none.
func (r *registrar) failure() error {
	select {
	case <-r.failed:
		return r.err
	default:
		return nil
	}
}

// takeNow is take, but returns only when the entry is done.
func (r *registrar) takeNow(e entry) error {
	told := make(chan struct{})
	e.told = told
	if err := r.take(e); err != nil {
		return err
	}
	<-told
	return r.failure()
}

// end returns when everything is done, with the error of the first entry that failed.
func (r *registrar) end() error {
	close(r.jobs)
	<-r.done
	return r.err
}
