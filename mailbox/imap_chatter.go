package mailbox

import (
	"bytes"
	"errors"
	"strconv"
)

// chatter bounds what a server says without getting on: lines that answer nothing, or the
// same message again and again. As long as bytes arrive the watch takes the server for a
// busy one, and would listen for ever.
type chatter struct {
	n    int    // bytes of it since a command last ended
	last uint64 // the number of the message that was spoken of last
}

// chatterLimit is more than thirty thousand folders take, in bytes.
const chatterLimit = 2 << 20

var errChatter = errors.New("the server talks on and answers nothing")

// hear counts the first line of a response, by its kind.
func (c *chatter) hear(kind string, line []byte) {
	switch {
	case kind == "" && !bytes.HasPrefix(line, []byte("+")): // the end of a command
		*c = chatter{}
	case kind == "SEARCH": // one line, and bounded itself
	case kind == "FETCH" && !c.again(line):
	default:
		c.n += len(line)
	}
}

// again reports whether a FETCH response is of the same message as the one before.
func (c *chatter) again(line []byte) bool {
	number, _, _ := bytes.Cut(line[len("* "):], []byte(" "))
	n, _ := strconv.ParseUint(string(number), 10, 32)
	same := n == c.last
	c.last = n
	return same
}

// err is errChatter once there is too much of it.
func (c *chatter) err() error {
	if c.n > chatterLimit {
		return errChatter
	}
	return nil
}
