package mailbox

import "math/bits"

// A server numbers the messages of a folder without gaps and says the number
// with each, so that it shows when one was left out or came under the UID of
// another. A number that does not fit is no proof, for messages are expunged at
// any moment; it is a reason to ask which UIDs there are.

// span is the numbers that came with the answers to one command.
type span struct {
	low, high uint32
	seen      map[uint32]uint64 // bits of the numbers, by their higher part
}

func (s *span) add(seq uint32) {
	if s.seen == nil {
		s.seen, s.low = map[uint32]uint64{}, seq
	}
	s.low, s.high = min(s.low, seq), max(s.high, seq)
	s.seen[seq/64] |= 1 << (seq % 64)
}

// holes: a number between the lowest and the highest did not come.
func (s *span) holes() bool {
	n := 0
	for _, b := range s.seen {
		n += bits.OnesCount64(b)
	}
	return n > 0 && uint64(s.high)-uint64(s.low)+1 != uint64(n)
}

// seam is what is known of the numbers behind the last window of a sweep.
type seam struct {
	begun bool
	next  uint32 // the number of the next message; 0: not known
}

// closes reports whether the answers of a window join those of the last one,
// with no message missing in between, at the beginning or, where the window
// goes to the end of a folder of that many messages, there.
func (s *seam) closes(f *flight, toEnd bool, messages uint32) bool {
	j := f.job
	if len(j.span.seen) > 0 {
		if j.span.holes() || !s.follows(j, f.win) {
			return false
		}
		s.next = j.span.high + 1
	}
	s.begun = s.begun || len(j.span.seen) > 0
	return !toEnd || s.next == messages+1 || s.begun && s.next == 0
}

// follows: the lowest number is the one that must come, or, at the beginning,
// nothing can be missing in front of it.
func (s *seam) follows(j *fetchJob, win window) bool {
	if s.begun {
		return s.next == 0 || j.span.low == s.next
	}
	return j.span.low == 1 || j.got[win.from] != nil
}
