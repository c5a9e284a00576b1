package mailbox

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile returns letters that are built to cost as much as they can.
func hostile() map[string]string {
	rep := strings.Repeat
	mixed := head + "Content-Type: multipart/mixed; boundary=q\r\n\r\n"
	text := head + "Content-Type: text/plain; "
	all := map[string]string{
		"empty lines":       head + "\r\n" + rep("\n", 8<<20),
		"two hyphens":       mixed + rep("--\n", 2<<20),
		"nearly boundaries": mixed + "--q\r\nContent-Type: image/png\r\n\r\n" + rep("--q1\n", 2<<20),
		"large attachment":  mixed + "--q\r\nContent-Type: image/png\r\n\r\n" + rep(rep("A", 76)+"\r\n", 200_000),
		"header lines":      rep("a:\n", 4<<20) + "\r\nx",
		"long subject":      "Subject: " + rep("я", 4<<20) + "\r\n\r\nx",
		"encoded words":     "Subject: " + rep("=?utf-8?q?=d0?= ", 1<<18) + "\r\n\r\nx",
		"open words":        "Subject: " + rep("=?a?q?", 1<<18) + "\r\n\r\nx",
		"many fields":       rep("X-A: =?utf-8?q?=d0=d0?=\n", 10_000) + "\r\nx",
		"many senders":      rep("From: (((((((((\"\"\"\"<<<<<\r\n", 10_000) + "\r\nx",
		"references":        "References: " + rep("<a@b>", 50<<10) + "\r\n\r\nx",
		"parameters":        text + rep("a=b; ", 50<<10) + "\r\n\r\nx",
		"sections":          text + rep("a*1*=b'; ", 30<<10) + "\r\n\r\nx",
		"parts":             mixed + rep("--q\r\n\r\nx\r\n", 1<<19),
		"part headers":      mixed + rep("--q\r\n"+rep("a: b\r\n", 1000)+"\r\nx\r\n", 1000),
		"utf-7":             text + "charset=utf-7\r\n\r\n" + rep("+", 2<<20),
		"gb18030":           text + "charset=gb18030\r\n\r\n" + rep("\x81\x30", 1<<20),
		"windows-1251":      text + "charset=windows-1251\r\n\r\n" + rep("\xcf\xf0\xe8\xe2\xe5\xf2 ", 1<<19),
		"undeclared":        head + "\r\n" + rep("\xcf\xf0\xe8\xe2\xe5\xf2 ", 1<<19),
		"quoted-printable":  head + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + rep("=", 2<<20),
		"short base64":      head + "Content-Transfer-Encoding: base64\r\n\r\n" + rep("A\n", 2<<20),
		"uuencode":          head + "Content-Transfer-Encoding: uuencode\r\n\r\nbegin 6\n" + rep("M", 2<<20),
		"flowed":            text + "format=flowed\r\n\r\n" + rep("> \n", 2<<20),
		"flowed, deep":      text + "format=flowed\r\n\r\n" + rep(rep(">", 1000)+"\na\n", 2000),
		"letters in letter": head + rep("Content-Type: message/rfc822\r\n\r\n", 50_000),
		"digest":            head + "Content-Type: multipart/digest; boundary=q\r\n\r\n" + rep("--q\r\n\r\nSubject: a\r\n\r\nx\r\n", 1<<17),
		"senders within":    mixed + rep("--q\r\nContent-Type: message/rfc822\r\n\r\n"+rep("From: =?utf-8?q?a?= <a@b.kz>\r\n", 1000)+"\r\nx\r\n", 100),
		"encoded letters":   mixed + rep("--q\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"+rep("QUFB", 50_000)+"\r\n", 50),
		"many HTML parts":   mixed + rep("--q\r\nContent-Type: text/html\r\n\r\n"+rep("<i>", 10_000)+"\r\n", 600),
		"alternatives":      head + "Content-Type: multipart/alternative; boundary=q\r\n\r\n" + rep("--q\r\n\r\n"+rep("1 ", 30_000)+"\r\n", 300),
	}
	for _, c := range []string{"<", "(", `"`, "a ", "=?", "[@[", `(a"`, "a@[", "<a>", "a@b.kz,", ":", "\\", "=?utf-8?q?", "@"} {
		all["addresses "+c] = "From: " + rep(c, maxHeader/len(c)) + "\r\n\r\nx"
	}
	for _, c := range []string{"<", "<div>", "<blockquote>", "<blockquote>a", "</div>", "<b></i>", "<a " + rep("b=c ", 1000) + ">", "<table><tr><td>x",
		"&amp;", "<!--", "<p style='" + rep("a:b;", 1000) + "'>", "<ol><li>x", "<a href=http://a/b>x</a>", "<p hidden>x", " ", "<a b='", "<script>",
		"<pre>\n", "<br>", "<b>", "<title>", "<svg>x", "<textarea>\n", "<li>"} {
		all["html "+c[:min(len(c), 20)]] = head + "Content-Type: text/html\r\n\r\n" + rep(c, (2<<20)/len(c))
	}
	var deep strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	all["multiparts in multiparts"] = head + deep.String()
	all["html, wrong ends"] = head + "Content-Type: text/html\r\n\r\n" + rep("<b>", 1000) + rep("</i>", 1<<19)
	all["html, empty lines"] = head + "Content-Type: text/html\r\n\r\n<pre>" + rep("\n", 1<<20)
	return all
}

// Whatever comes in, reading it takes a bounded amount of memory and gives a
// bounded result.
func TestLimits(t *testing.T) {
	const most = 32 << 20
	for name, raw := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m := Parse(strings.NewReader(raw))
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > most {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
		if len(m.Text) > TextLimit || !utf8.ValidString(m.Text) || !utf8.ValidString(m.Subject) {
			t.Errorf("%s: text of %d bytes", name, len(m.Text))
		}
		if len(m.Parts) > maxParts+1 || len(m.Attachments) > maxParts || len(m.Embedded) > maxEmbedded || len(m.From) > maxAddresses {
			t.Errorf("%s: %d parts, %d attachments, %d letters", name, len(m.Parts), len(m.Attachments), len(m.Embedded))
		}
	}
}

func TestLimitTroubles(t *testing.T) {
	all := hostile()
	for name, trouble := range map[string]string{
		"multiparts in multiparts": TroubleTooDeep, "letters in letter": TroubleTooDeep, "parts": TroubleTooManyParts,
		"long subject": TroubleHeaderLong, "many fields": TroubleHeaderLong, "windows-1251": TroubleTruncated, "two hyphens": TroubleTruncated,
	} {
		if m := parse(all[name]); !slices.Contains(m.Troubles, trouble) {
			t.Errorf("%s: troubles %v, want %s", name, m.Troubles, trouble)
		}
	}
	if m := parse(all["windows-1251"]); !m.Cut {
		t.Error("a text cut at the limit does not say so")
	}
	m := parse(all["large attachment"])
	if len(m.Attachments) != 1 || m.Attachments[0].Size < 15_599_990 || m.Attachments[0].Size > 15_600_000 {
		t.Errorf("large attachment: %v", m.Attachments)
	}
}

// endless never ends.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.n += int64(len(p))
	return len(p), nil
}

func TestEndlessLetter(t *testing.T) {
	tail := new(endless)
	m := Parse(io.MultiReader(strings.NewReader(head+"\r\nyes "), tail))
	if tail.n > maxLetter || !slices.Contains(m.Troubles, TroubleTruncated) || !strings.HasPrefix(m.Text, "yes a") {
		t.Errorf("%d bytes read, troubles %v", tail.n, m.Troubles)
	}
}
