package mailbox

import (
	"bytes"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
)

// A server may say the items of one letter in several answers. The library gives the command
// the first; a later one with a part of the letter is taken in as a stray. One without any
// may come to its end behind the command, and so it is heard as it passes, in front of the
// library: see lines.

// aside hears an answer that ends in its first line, in the form that items gives it, and
// leaves word with the jobs that ask for a part of the letter and for more.
func (s *session) aside(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var f *fetched
	for _, j := range s.jobs {
		if len(j.parts) == 0 || !j.size && !j.date {
			continue
		}
		if f == nil {
			f = readAside(line)
		}
		if f.uid != 0 && (f.sized || !f.date.IsZero()) && j.set.Contains(imap.UID(f.uid)) {
			j.leave(f)
		}
	}
}

func readAside(line []byte) *fetched {
	f := &fetched{}
	seq, _, _ := bytes.Cut(bytes.TrimPrefix(line, []byte("* ")), []byte(" "))
	f.seq = number32(seq)
	for at := bytes.IndexByte(line, '(') + 1; at > 0; {
		i := nextItem(line, at)
		switch string(i.name) {
		case "UID":
			f.uid = number32(i.value)
		case "RFC822.SIZE":
			n, err := strconv.ParseInt(string(i.value), 10, 64)
			f.size, f.sized = n, err == nil
		case "INTERNALDATE":
			f.date, _ = time.Parse(dateForm, string(i.value))
		}
		if at = i.next + 1; i.next >= len(line) || line[i.next] != ' ' {
			at = 0
		}
	}
	return f
}

func number32(b []byte) uint32 {
	n, _ := strconv.ParseUint(string(b), 10, 32)
	return uint32(n)
}

// mostBeside bounds what is kept: no more letters are asked for at once.
const mostBeside = 4 * ChunkSize

// leave keeps what was said of a message beside its answer.
func (j *fetchJob) leave(f *fetched) {
	j.mu.Lock()
	if len(j.beside) < mostBeside {
		j.beside = append(j.beside, f)
	}
	j.mu.Unlock()
}

// complete gives the messages what was said of them beside their answers, and nothing else
// said: under the number of another it may be of another.
func (j *fetchJob) complete() {
	j.mu.Lock()
	for _, f := range j.beside {
		if m := j.got[f.uid]; m != nil && m.seq == f.seq {
			m.supply(f)
		}
	}
	j.beside = nil
	j.mu.Unlock()
}

// supply takes over the size and the date where there is none.
func (f *fetched) supply(from *fetched) {
	if from.sized && f.size == 0 {
		f.size, f.sized = from.size, true
	}
	if !from.date.IsZero() && f.received().IsZero() {
		f.date = from.date
	}
}
