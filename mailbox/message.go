package mailbox

import (
	"bytes"
	"io"
	"slices"
	"time"
)

// Limits of one letter. Whatever comes in, reading it costs a bounded amount
// of memory and time; what lies beyond a limit is left out and named by a
// trouble of the Message.
const (
	// TextLimit is the longest Text, in bytes, of a Message or an Embedded.
	TextLimit = 64 << 10

	maxHeader     = 256 << 10 // of the letter
	maxPartHeader = 32 << 10  // of a part
	maxFields     = 2000      // in one header
	maxDepth      = 20        // of multiparts and letters in letters
	maxParts      = 500
	maxEmbedded   = 20
	maxRawText    = 512 << 10 // of all text parts together, undecoded
	maxRawPlain   = 4 * TextLimit
	maxLetter     = 64 << 20 // what is looked at, of a letter of any size
)

// Troubles: what could not be read in a letter, or only by guessing.
const (
	TroubleHeaderLine      = "header-line"      // lines in a header that are no fields were left out
	TroubleHeaderLong      = "header-long"      // a header was cut
	TroubleCharsetGuessed  = "charset-guessed"  // no charset, or a wrong one, was declared
	TroubleCharsetUnknown  = "charset-unknown"  // nobody knows the declared charset
	TroubleEncodingUnknown = "encoding-unknown" // nobody knows the declared transfer encoding
	TroubleEncodingBroken  = "encoding-broken"  // base64 with strange bytes in it
	TroubleBoundary        = "boundary"         // a multipart with a missing or wrong boundary
	TroubleTruncated       = "truncated"        // the letter, or its text, goes on beyond a limit
	TroubleTooDeep         = "too-deep"
	TroubleTooManyParts    = "too-many-parts"
	TroubleEncrypted       = "encrypted"       // the text can be read by the holder of a key alone
	TroubleSender          = "sender-unparsed" // From is there, but not as RFC 5322 wants it
	TroubleReading         = "reading"         // the source broke off with an error
	TroubleUnreadable      = "unreadable"      // no header field at all, or neither subject nor text
)

// Address is a name and a bare address, both decoded.
type Address struct{ Name, Addr string }

// Attachment is a part of a letter that is not its text.
type Attachment struct {
	Name string // as the sender named it, decoded; "" when it has none
	Type string // media type, lower-case
	Size int64  // bytes once decoded, to within a line end
	Sum  uint32 // tells it from other files, as it was encoded; 0: of a text, or a letter
}

// Embedded is a letter inside a letter: message/rfc822, a returned header
// (text/rfc822-headers), or an attached .eml file; or the text of another file that is
// attached, up to FileText.
type Embedded struct {
	Subject   string
	From      []Address
	Text      string
	MessageID string
	Behind    bool // stands behind the Front of the letter
	File      bool // no letter: nothing but a text
}

// Message is what can be read of one letter. All strings are valid UTF-8.
type Message struct {
	// Identity and thread: with angle brackets; MessageID and InReplyTo as
	// written, made safe, where they have none.
	MessageID, InReplyTo string
	References           []string

	Subject                       string // one line: control characters are spaces
	From, Sender, ReplyTo, To, Cc []Address
	ReturnPath                    *string // nil: no such field; "": the null reverse-path <>

	Date       time.Time // UTC; zero if there is none that can be read
	ReceivedAt time.Time // UTC, of the topmost Received, else Date
	Stamped    bool      // the topmost Received says when
	Received   int       // number of Received fields

	// Fields holds every field under its lower-case name, in the order of the
	// letter, values unfolded and decoded, each on one line.
	Fields map[string][]string

	Text string // what a reader sees; HTML turned into text; lines end in \n
	Cut  bool   // Text is only the beginning

	// Front is how much of Text stands before the first attachment, or before an
	// alternative that was not needed: what a prefix shows without reading on.
	Front int
	Rest  bool // of a prefix: further parts may follow behind it
	Loose bool // of a prefix: what follows may show that Text is another

	Unclosed bool // a multipart that ends without its closing boundary

	ContentType string   // media type of the letter, lower-case, without parameters
	Parts       []string // the same of all its parts, itself first; not of letters in it
	Attachments []Attachment
	Embedded    []Embedded // letters in it, and letters in those, at most 20

	Troubles []string // what could not be read, or only by guessing, each once

	charset  *table       // of raw bytes in the header, if it was guessed
	trace    []traceField // where RFC 8601 asks for the order of fields
	reported []string     // Message-IDs in the parts of a report
	envelope []string     // envelope identifiers there
	told     []Told
}

// traceField is a Received or Authentication-Results, unfolded and not decoded.
type traceField struct{ name, value string }

// Parse reads a letter. It never fails: what cannot be read is named in
// Troubles, and an error of r (other than io.EOF) ends the letter there.
func Parse(r io.Reader) (m *Message) {
	m = new(Message)
	defer m.survive()
	p := newParser(m, r)
	p.letter()
	return m
}

// ParseHeader reads a letter of which only header fields are known, as
// fetched by BODY.PEEK[HEADER.FIELDS …]. Bytes behind a blank line are ignored.
func ParseHeader(header []byte) (m *Message) {
	m = new(Message)
	defer m.survive()
	p := &parser{m: m}
	if len(header) > maxHeader {
		header = header[:maxHeader]
		m.trouble(TroubleHeaderLong)
	}
	fields, _, bad := splitHeader(header)
	if bad {
		m.trouble(TroubleHeaderLine)
	}
	m.fill(fields, p)
	m.ContentType, _ = p.contentType(fields)
	return m
}

// ParsePrefix reads a letter of which the header, or its deciding fields, and
// the first bytes of the body are known. Cut says that the text may go on
// behind the prefix. A caller who got less than he asked for holds the whole
// body; for him Parse, on the one after the other, says so.
func ParsePrefix(header, text []byte) (m *Message) {
	m = new(Message)
	defer m.survive()
	p := newParser(m, io.MultiReader(bytes.NewReader(endHeader(header)), bytes.NewReader(text)))
	p.prefix = true
	p.letter()
	m.Rest = !p.closed
	return m
}

// Continue reads, for a letter of which the header or its deciding fields were
// read by ParseHeader into m, the first bytes of the body, in one piece or more, as
// ParsePrefix does. m itself stays as it is.
func (m *Message) Continue(header []byte, text ...[]byte) *Message {
	return m.proceed(new(parser), header, text)
}

// Complete reads, for a letter of which the deciding fields were read by ParseHeader
// into m, all of the body. It comes to what Parse makes of the one after the other.
func (m *Message) Complete(header []byte, text ...[]byte) *Message {
	if !usualHead(header) {
		return Parse(Pieces(append([][]byte{header}, text...)...))
	}
	return m.goOn(new(parser), header[:len(header)-len("\r\n")], text)
}

// usualHead reports whether a header ends in its only empty line and begins with a
// field, so that nobody could take something else for the header.
func usualHead(header []byte) bool {
	if len(header) > sourceWindow || len(header) == 0 || header[0] <= ' ' || header[0] > '~' {
		return false
	}
	head, after, ended := bytes.Cut(header, []byte("\r\n\r\n"))
	return ended && len(after) == 0 && !bytes.Contains(head, []byte("\n\n")) && !bytes.Contains(head, []byte("\n\r")) &&
		bytes.IndexByte(head[:min(len(head), 4<<10)], '\n') >= 0 && bytes.Count(head, []byte{'\n'}) < maxFields-1
}

func (m *Message) proceed(p *parser, header []byte, text [][]byte) *Message {
	p.prefix = true
	return m.goOn(p, header[:min(len(header), maxHeader)], text)
}

// goOn reads the body that belongs to a header which was read into m.
func (m *Message) goOn(p *parser, header []byte, text [][]byte) (out *Message) {
	out = new(Message)
	*out = *m
	out.Troubles = slices.Clone(m.Troubles)
	defer out.survive()
	p.begin(out, Pieces(text...))
	p.charset = m.charset
	fields, rest, _ := splitHeader(header)
	p.body(fields, rest)
	out.Rest = p.prefix && !p.closed
	return out
}

// Pieces reads several pieces as one.
func Pieces(pieces ...[]byte) io.Reader {
	if len(pieces) == 1 {
		return bytes.NewReader(pieces[0])
	}
	all := make([]io.Reader, len(pieces))
	for i, b := range pieces {
		all[i] = bytes.NewReader(b)
	}
	return io.MultiReader(all...)
}

// endHeader returns a header block that ends in a blank line: servers differ
// in whether a fetched block has one.
func endHeader(header []byte) []byte {
	if bytes.HasSuffix(header, []byte("\n\r\n")) || bytes.HasSuffix(header, []byte("\n\n")) {
		return header
	}
	end := "\r\n\r\n"
	if bytes.HasSuffix(header, []byte("\n")) || len(header) == 0 {
		end = "\r\n"
	}
	return append(header[:len(header):len(header)], end...)
}

// trouble notes a trouble, once.
//
//go:noinline
func (m *Message) trouble(code string) {
	if !slices.Contains(m.Troubles, code) {
		m.Troubles = append(m.Troubles, code)
	}
}
