package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// File is an attachment of a letter to be sent.
type File struct {
	Name, Type string // Type is a media type; empty: application/octet-stream
	Data       []byte
}

// Letter is what Compose turns into bytes. All text is UTF-8; no field but
// Body and the attachments' data may hold control characters.
type Letter struct {
	From, To      Address
	Subject, Body string
	Date          time.Time // with the zone that the reader shall see
	MessageID     string    // with <>
	InReplyTo     string    // with <>; empty: no thread
	References    []string  // with <>, oldest first; what is not a plausible id is left out
	Language      string    // Content-Language: ru, kk, en; several separated by ", "
	AutoSubmitted string    // auto-replied or auto-generated (RFC 3834); empty: written by a person
	LoopSign      string    // X-Pometka-Loop
	Attachments   []File
}

const (
	maxReferences = 20  // RFC 5322 sets no limit, servers and clients do
	maxLine       = 998 // RFC 5322, 2.1.1, without CRLF
	maxFileName   = 80  // runes; RFC 2231 makes nine bytes of some
)

var (
	// messageID is RFC 5322, 3.6.4, without the obsolete forms, and with the ids
	// that have no domain, as some programs write them. A colon or a second @
	// is no part of an id, but may be what is left of a smuggled field. It is
	// compiled when the first letter is written, which takes a while.
	messageID = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile("^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,400}(@([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}|\\[(IPv6:)?[0-9A-Fa-f.:]{2,45}\\]))?>$")
	})
	language = lazily(`^[a-z]{2}(, [a-z]{2})*$`)
)

// suppress asks Exchange for no automatic answers. Not «All»: that would
// suppress non-delivery reports too ([MS-OXCMAIL] 2.1.3.2.20).
const suppress = "DR, RN, NRN, OOF, AutoReply"

// Compose renders a letter: one recipient, plain text, CRLF, no line over 998
// bytes. The same letter gives the same bytes, so that every retry sends what
// was stored. An error means that a field is missing or could break out of its
// header; it quotes nothing.
func Compose(l Letter) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(encodingFor(l.Body)),
		gomail.WithBoundary(boundaryFor(l.MessageID)), gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&mail.Address{Name: l.From.Name, Address: l.From.Addr})
	m.ToMailAddress(&mail.Address{Name: l.To.Name, Address: l.To.Addr})
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(strings.Trim(l.MessageID, "<>"))
	set(m, "Content-Language", l.Language)
	set(m, "X-Pometka-Loop", l.LoopSign)
	if l.AutoSubmitted != "" {
		set(m, "Auto-Submitted", l.AutoSubmitted)
		set(m, "X-Auto-Response-Suppress", suppress)
	}
	m.SetBodyString(gomail.TypeTextPlain, strings.TrimRight(l.Body, "\r\n")+"\n")
	for _, f := range l.Attachments {
		if err := m.AttachReader(f.Name, bytes.NewReader(f.Data), f.headers); err != nil {
			return nil, fmt.Errorf("compose letter: attach file: %w", err)
		}
	}
	var b bytes.Buffer
	l.writeFolded(&b)
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("compose letter: %w", err)
	}
	return b.Bytes(), checkLines(b.Bytes())
}

func set(m *gomail.Msg, name gomail.Header, value string) {
	if value != "" {
		m.SetGenHeader(name, value)
	}
}

// writeFolded writes the fields that the library would begin with an empty
// line: the subject, and In-Reply-To and References (RFC 5322, 3.6.4). Ids come
// from strangers: what is not plainly an id is left out, and of a long chain the
// first and the last stay.
func (l Letter) writeFolded(b *bytes.Buffer) {
	writeField(b, "Subject", subjectWords("Subject", l.Subject))
	if messageID().MatchString(l.InReplyTo) {
		writeField(b, "In-Reply-To", []string{l.InReplyTo})
	}
	var ids []string
	for _, id := range l.References {
		if messageID().MatchString(id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > maxReferences {
		ids = append(ids[:1:1], ids[len(ids)-maxReferences+1:]...)
	}
	writeField(b, "References", ids)
}

func (l Letter) check() error {
	fields := map[string]string{
		"From": l.From.Name + l.From.Addr, "To": l.To.Name + l.To.Addr, "Subject": l.Subject, "Message-ID": l.MessageID,
		"In-Reply-To": l.InReplyTo, "References": strings.Join(l.References, ""), "Content-Language": l.Language,
		"Auto-Submitted": l.AutoSubmitted, "X-Pometka-Loop": l.LoopSign,
	}
	for _, f := range l.Attachments {
		fields["attachment"] += f.Name + f.Type
	}
	for name, value := range fields {
		if strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value) {
			return fmt.Errorf("%s holds a control character or is no UTF-8", name)
		}
	}
	switch {
	case !plainAddress(l.From.Addr):
		return errors.New("the From is no address")
	case !plainAddress(l.To.Addr):
		return errors.New("the To is no address")
	case !messageID().MatchString(l.MessageID) || strings.Count(l.MessageID, "@") != 1:
		return errors.New("the Message-ID is no message id")
	case l.Date.IsZero():
		return errors.New("there is no Date")
	case l.Language != "" && !language().MatchString(l.Language):
		return errors.New("the Content-Language is no list of languages")
	case l.AutoSubmitted != "" && l.AutoSubmitted != "auto-replied" && l.AutoSubmitted != "auto-generated":
		return errors.New("the Auto-Submitted is neither auto-replied nor auto-generated")
	case strings.ContainsFunc(l.LoopSign, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the X-Pometka-Loop is no single word")
	case !utf8.ValidString(l.Body):
		return errors.New("the text is no UTF-8")
	}
	return nil
}

// encodingFor chooses the shorter of the two: Cyrillic triples in
// quoted-printable.
func encodingFor(body string) gomail.Encoding {
	other := strings.IndexFunc(body, func(r rune) bool { return r > '~' })
	if other < 0 || 6*utf8.RuneCountInString(body) > 5*len(body) {
		return gomail.EncodingQP
	}
	return gomail.EncodingB64
}

// boundaryFor is fixed by the Message-ID, so that a letter is rendered alike
// every time.
func boundaryFor(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "pometka-" + hex.EncodeToString(sum[:16])
}

// headers writes the name as RFC 2231 wants it; the library would put an
// encoded word into a quoted string.
func (f File) headers(out *gomail.File) {
	name := fileName(f.Name)
	kind := f.Type
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		kind = "application/octet-stream"
	}
	out.Name = "attachment"
	out.Header.Set("Content-Type", kind)
	out.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// fileName keeps the last part of a path and shortens it before its extension.
func fileName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		name = "attachment"
	}
	runes := []rune(name)
	if len(runes) <= maxFileName {
		return name
	}
	ext := []rune(filepath.Ext(name))
	if len(ext) > 10 {
		ext = nil
	}
	return string(runes[:maxFileName-len(ext)]) + string(ext)
}

// checkLines is the last guard: what would be refused or changed on the way is
// never stored.
func checkLines(raw []byte) error {
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n')
		if end < 1 || raw[end-1] != '\r' {
			return errors.New("compose letter: a line does not end with CRLF")
		}
		if line := raw[:end-1]; len(line) > maxLine || bytes.IndexByte(line, '\r') >= 0 {
			return errors.New("compose letter: a line is over 998 bytes or holds a bare CR")
		}
		raw = raw[end+1:]
	}
	return nil
}
