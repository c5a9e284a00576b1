package mailbox

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const head = "From: a@b.kz\r\nSubject: x\r\nMIME-Version: 1.0\r\n"

// want is what must be read of a letter, however broken.
type want struct {
	text     string
	troubles []string
	files    int
}

func check(t *testing.T, name, raw string, w want) {
	t.Helper()
	for _, r := range []io.Reader{strings.NewReader(raw), iotest.OneByteReader(strings.NewReader(raw)), iotest.DataErrReader(strings.NewReader(raw))} {
		m := Parse(r)
		if m.Text != w.text || !slices.Equal(m.Troubles, w.troubles) || len(m.Attachments) != w.files {
			t.Errorf("%s: text %.99q, troubles %v, attachments %v; want %q, %v, %d", name, m.Text, m.Troubles, m.Attachments, w.text, w.troubles, w.files)
		}
		if len(m.From) != 1 || m.From[0].Addr != "a@b.kz" || m.Subject != "x" {
			t.Errorf("%s: from %v, subject %q", name, m.From, m.Subject)
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	for name, c := range map[string]struct {
		raw string
		want
	}{
		"no body":            {head, want{}},
		"no blank line":      {"From: a@b.kz\r\nSubject: x\r\nHello,\r\nthis is it.\r\n", want{text: "Hello,\nthis is it.", troubles: []string{TroubleHeaderLine}}},
		"mbox":               {"From a@b.kz Mon Jan  5 10:00:00 2026\r\n" + head + "\r\nyes", want{text: "yes", troubles: []string{TroubleHeaderLine}}},
		"bare line feeds":    {strings.ReplaceAll(head, "\r", "") + "\nyes\n\nand more\n", want{text: "yes\n\nand more"}},
		"only returns":       {strings.ReplaceAll(head, "\r\n", "\r") + "\ryes\r\rand more\r", want{text: "yes\n\nand more"}},
		"doubled returns":    {strings.ReplaceAll(head+"\r\nyes\r\n\r\nand more\r\n", "\r\n", "\r\r\n"), want{text: "yes\n\nand more"}},
		"bare returns":       {head + "\r\nyes\rno", want{text: "yes\nno"}},
		"byte order mark":    {head + "\r\n\ufeffyes", want{text: "yes"}},
		"mark at the top":    {"\ufeff" + head + "\r\nyes", want{text: "yes"}},
		"empty lines first":  {"\r\n\r\n" + head + "\r\nyes", want{text: "yes"}},
		"NUL":                {head + "\r\ny\x00es\x1b[2J", want{text: "yes[2J"}},
		"unknown encoding":   {head + "Content-Transfer-Encoding: 9bit\r\n\r\nyes", want{text: "yes", troubles: []string{TroubleEncodingUnknown}}},
		"8 bit":              {head + "Content-Transfer-Encoding: 8 bit\r\n\r\nда", want{text: "да"}},
		"base64 with stuff":  {head + "Content-Transfer-Encoding: Base64 ; x\r\n\r\n0LTQsA==\r\n", want{text: "да"}},
		"base64, footer":     {head + "Content-Transfer-Encoding: base64\r\n\r\n0LTQsA==\r\n\r\n-- \r\n*** checked ***\r\n", want{text: "да", troubles: []string{TroubleEncodingBroken}}},
		"base64, one bad":    {head + "Content-Transfer-Encoding: base64\r\n\r\n0LTQsC!wg0LTQsCwg0LTQsA\r\n", want{text: "да, да, да", troubles: []string{TroubleEncodingBroken}}},
		"base64 it is not":   {head + "Content-Transfer-Encoding: base64\r\n\r\nПрошу ответить на письмо.\r\n", want{text: "Прошу ответить на письмо.", troubles: []string{TroubleEncodingBroken}}},
		"nor in English":     {head + "Content-Transfer-Encoding: base64\r\n\r\nPlease delete my data\r\nThank you\r\n", want{text: "Please delete my data\nThank you", troubles: []string{TroubleEncodingBroken}}},
		"words only":         {head + "Content-Transfer-Encoding: base64\r\n\r\nplease delete everything\r\nthank you very much\r\nyours Ivan\r\n", want{text: "please delete everything\nthank you very much\nyours Ivan", troubles: []string{TroubleEncodingBroken}}},
		"type in brackets":   {head + "Content-Type: <html>\r\n\r\n<p>yes</p>", want{text: "yes"}},
		"bracket behind":     {head + "Content-Type: text/plain>\r\n\r\nyes", want{text: "yes"}},
		"a blank first":      {" X-Lost: 1\r\n\tand more\r\n" + head + "\r\nyes", want{text: "yes"}},
		"base64, cut":        {head + "Content-Transfer-Encoding: base64\r\n\r\n0LTQs\r\n", want{text: "д"}},
		"base64, indented":   {head + "Content-Transfer-Encoding: base64\r\n\r\n 0LTQ\r\n\tsA==\r\n", want{text: "да"}},
		"quoted-printable":   {head + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=D0=B4=\r\n=d0=b0 = =ZZ =\r\n", want{text: "да = =ZZ"}},
		"uuencode":           {head + "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n$T+30L ``\r\n`\r\nend\r\n", want{text: "да"}},
		"unknown charset":    {head + "Content-Type: text/plain; charset=x-martian\r\n\r\nда", want{text: "да", troubles: []string{TroubleCharsetUnknown}}},
		"no charset":         {head + "Content-Type: text/plain\r\n\r\n\xcf\xf0\xee\xf8\xf3 \xee\xf2\xe2\xe5\xf2\xe8\xf2\xfc", want{text: "Прошу ответить", troubles: []string{TroubleCharsetGuessed}}},
		"type without slash": {head + "Content-Type: html\r\n\r\n<p>yes</p>", want{text: "yes"}},
		"nonsense type":      {head + "Content-Type: ;;;\r\n\r\nyes", want{text: "yes"}},
		"html, no charset":   {head + "Content-Type: text/html\r\n\r\n<meta charset=windows-1251><p>\xe4\xe0</p>", want{text: "да"}},
		"an attached text":   {head + "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nyes", want{text: "yes", files: 1}},
		"a picture alone":    {head + "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA", want{files: 1}},
		"encrypted":          {head + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nxx", want{files: 1, troubles: []string{TroubleEncrypted}}},
		"enriched":           {head + "Content-Type: text/enriched\r\n\r\n<bold>yes</bold> <<no><color><param>red</param>!</color>", want{text: "yes <no>!"}},
	} {
		check(t, name, c.raw, c.want)
	}
}

func TestBrokenMultiparts(t *testing.T) {
	mixed := head + "Content-Type: multipart/mixed; boundary=q\r\n\r\n"
	plain := "Content-Type: text/plain\r\n\r\n"
	pdf := "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
	for name, c := range map[string]struct {
		raw string
		want
	}{
		"in order":             {mixed + "pre\r\n--q\r\n" + plain + "yes\r\n--q\r\n" + pdf + "--q--\r\npost\r\n", want{text: "yes", files: 1}},
		"not closed":           {mixed + "--q\r\n" + plain + "yes\r\n--q\r\n" + pdf, want{text: "yes", files: 1}},
		"cut in a boundary":    {mixed + "--q\r\n" + plain + "yes\r\n--", want{text: "yes\n--"}},
		"blanks behind":        {mixed + "--q  \r\n" + plain + "yes\r\n--q-- \t\r\n", want{text: "yes"}},
		"bare line feeds":      {strings.ReplaceAll(mixed+"--q\r\n"+plain+"yes\r\n--q--\r\n", "\r", ""), want{text: "yes"}},
		"no part header":       {mixed + "--q\r\n\r\nyes\r\n--q--\r\n", want{text: "yes"}},
		"no blank line":        {mixed + "--q\r\nContent-Type: text/plain\r\nyes, it is\r\n--q--\r\n", want{text: "yes, it is", troubles: []string{TroubleHeaderLine}}},
		"bad part header":      {mixed + "--q\r\nnonsense\r\n" + plain + "yes\r\n--q\r\n" + pdf + "--q--\r\n", want{text: "yes", files: 1, troubles: []string{TroubleHeaderLine}}},
		"no boundary":          {head + "Content-Type: multipart/mixed\r\n\r\n--q\r\n" + plain + "yes\r\n--q\r\n" + pdf + "--q--\r\n", want{text: "yes", files: 1, troubles: []string{TroubleBoundary}}},
		"wrong boundary":       {head + "Content-Type: multipart/mixed; boundary=other\r\n\r\n--q\r\n" + plain + "yes\r\n--q\r\n" + pdf + "--q--\r\n", want{text: "yes", files: 1, troubles: []string{TroubleBoundary}}},
		"no parts":             {mixed + "yes, just text\r\n", want{text: "yes, just text", troubles: []string{TroubleBoundary}}},
		"no parts, html":       {mixed + "<html><p>yes</p></html>\r\n", want{text: "yes", troubles: []string{TroubleBoundary}}},
		"encoded multipart":    {head + "Content-Type: multipart/mixed; boundary=q\r\nContent-Transfer-Encoding: base64\r\n\r\n--q\r\n" + plain + "yes\r\n--q--\r\n", want{text: "yes"}},
		"parts after close":    {mixed + "--q\r\n" + plain + "yes\r\n--q--\r\n--q\r\n" + plain + "and\r\n--q--\r\n", want{text: "yes"}},
		"like a boundary":      {mixed + "--q\r\n" + plain + "--\r\n--qq\r\n-- \r\nIvan\r\n--q--\r\n", want{text: "--\n--qq\n-- \nIvan"}},
		"inner not closed":     {mixed + "--q\r\nContent-Type: multipart/mixed; boundary=w\r\n\r\n--w\r\n" + plain + "yes\r\n--q\r\n" + pdf + "--q--\r\n", want{text: "yes", files: 1}},
		"inner begins so":      {mixed + "--q\r\nContent-Type: multipart/mixed; boundary=q1\r\n\r\n--q1\r\n" + plain + "yes\r\n--q1--\r\n--q\r\n" + pdf + "--q--\r\n", want{text: "yes", files: 1}},
		"no type, boundary":    {head + "Content-Type: ; boundary=q\r\n\r\n--q\r\n" + plain + "yes\r\n--q--\r\n", want{text: "yes"}},
		"text behind close":    {mixed + "--q\r\n" + plain + "yes\r\n--q-- this is the epilogue\r\nno\r\n", want{text: "yes"}},
		"other case":           {head + "Content-Type: multipart/mixed; boundary=abc\r\n\r\n--ABC\r\n" + plain + "yes\r\n--ABC--\r\n", want{text: "yes", troubles: []string{TroubleBoundary}}},
		"a long boundary":      {head + "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 5000) + "\r\n\r\n--" + strings.Repeat("b", 5000) + "\r\n" + plain + "yes\r\n--" + strings.Repeat("b", 5000) + "--\r\n", want{text: "yes"}},
		"no letter inside":     {mixed + "--q\r\n" + plain + "yes\r\n--q\r\nContent-Type: message/rfc822\r\n\r\nnot a letter\r\n--q--\r\n", want{text: "yes", files: 1}},
		"two texts":            {mixed + "--q\r\n" + plain + "one\r\n\r\n--q\r\n" + pdf + "--q\r\n" + plain + "two\r\n--q--\r\n", want{text: "one\n\ntwo", files: 1}},
		"attached text":        {mixed + "--q\r\n" + plain + "one\r\n--q\r\nContent-Disposition: attachment\r\n" + plain + "two\r\n--q--\r\n", want{text: "one", files: 1}},
		"calendar":             {mixed + "--q\r\n" + plain + "one\r\n--q\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n--q--\r\n", want{text: "one", files: 1}},
		"TNEF":                 {mixed + "--q\r\n" + plain + "one\r\n--q\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22\x00\r\n--q--\r\n", want{text: "one", files: 1}},
		"Apple's two halves":   {mixed + "--q\r\n" + plain + "one\r\n--q\r\nContent-Disposition: inline; filename=a.pdf\r\n" + pdf + "--q\r\n" + plain + "two\r\n--q--\r\n", want{text: "one\n\ntwo", files: 1}},
		"a boundary of blanks": {head + "Content-Type: multipart/mixed; boundary=\"q w\"\r\n\r\n--q w\r\n" + plain + "yes\r\n--q w--\r\n", want{text: "yes"}},
	} {
		check(t, name, c.raw, c.want)
	}
}

func TestAlternatives(t *testing.T) {
	long := strings.Repeat("Прошу исправить мой номер телефона. ", 12)
	for name, c := range map[string]struct{ plain, html, want string }{
		"plain":             {long, "<p>other</p>", strings.TrimSpace(long)},
		"empty plain":       {"", "<p>yes</p>", "yes"},
		"blank plain":       {" \r\n\t\r\n", "<p>yes</p>", "yes"},
		"empty HTML":        {"yes", "<p></p>", "yes"},
		"both short":        {"Прошу ответить", "<p>Прошу ответить</p>", "Прошу ответить"},
		"a stub":            {"Ваша почтовая программа не показывает HTML.", "<p>" + long + "</p>", strings.TrimSpace(long)},
		"a long stub":       {"Это письмо в формате HTML, а Ваша почтовая программа его не показывает: откройте его в браузере.", "<p>" + long + "</p>", strings.TrimSpace(long)},
		"a sign of nothing": {"[image: logo.png]", "<p>" + long + "</p>", strings.TrimSpace(long)},
	} {
		raw := head + "Content-Type: multipart/alternative; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + c.plain +
			"\r\n--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + c.html + "\r\n--q--\r\n"
		m := parse(raw)
		if m.Text != c.want || len(m.Attachments) != 0 || len(m.Parts) != 3 {
			t.Errorf("%s: text %q, want %q; attachments %v, parts %v", name, m.Text, c.want, m.Attachments, m.Parts)
		}
	}
}

// A letter that comes to nothing says so; one with nothing in it does not.
func TestUnreadable(t *testing.T) {
	const from = "From: a@b.kz\r\n"
	for raw, want := range map[string]bool{
		"":                    true,
		"\x00\x01\x02\xff":    true,
		"no header at all":    true,
		from + "\r\n":         false,
		from + "\r\nnonsense": false,
		from + "Subject: x\r\nContent-Type: multipart/encrypted; boundary=q\r\n\r\n--q--\r\n":      false,
		from + "Content-Type: multipart/encrypted; boundary=q\r\n\r\n--q\r\nContent-Type: a/b\r\n": true,
		from + "Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n":                                 false,
		from + "Content-Type: image/png\r\n\r\nxx":                                                 false,
	} {
		if got := slices.Contains(parse(raw).Troubles, TroubleUnreadable); got != want {
			t.Errorf("%q: unreadable is %v, troubles %v", raw, got, parse(raw).Troubles)
		}
	}
}

func TestReadError(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(head+"\r\nthe beginning"), iotest.ErrReader(errors.New("line dropped")))
	m := Parse(broken)
	if m.Text != "the beginning" || !slices.Contains(m.Troubles, TroubleReading) {
		t.Errorf("text %q, troubles %v", m.Text, m.Troubles)
	}
}

// A field in an indented first line goes on from nothing and is none: a server that is
// asked for fields does not give it, and a letter must not look otherwise whole.
func TestIndentedFirstLine(t *testing.T) {
	rest := "From: a@b.kz\r\nMessage-ID: <1@b.kz>\r\n\r\nyes"
	m := parse(" Subject: x\r\n\ty\r\n" + rest)
	if m.Subject != "" || len(m.From) != 1 || m.Text != "yes" {
		t.Errorf("subject %q, from %v, text %q", m.Subject, m.From, m.Text)
	}
	if HeaderDigest(1, []byte(" Subject: x\r\n\ty\r\n"+rest)) != HeaderDigest(1, []byte(rest)) {
		t.Error("the digest is that of another letter")
	}
}
