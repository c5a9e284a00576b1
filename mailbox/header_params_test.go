package mailbox

import (
	"strings"
	"testing"
)

func TestParameters(t *testing.T) {
	for name, c := range map[string]struct{ raw, value, key, want string }{
		"plain":              {"text/plain; charset=utf-8", "text/plain", "charset", "utf-8"},
		"quoted":             {`text/plain; charset="utf-8"`, "text/plain", "charset", "utf-8"},
		"upper case":         {"TEXT/PLAIN; CHARSET=UTF-8", "text/plain", "charset", "UTF-8"},
		"blanks":             {"text/plain ;charset = utf-8 ; x=y", "text/plain", "charset", "utf-8"},
		"folded":             {"text/plain;\r\n\tcharset=utf-8", "text/plain", "charset", "utf-8"},
		"comment":            {"text/plain (a letter); charset=utf-8", "text/plain", "charset", "utf-8"},
		"no semicolon":       {"text/plain charset=utf-8", "text/plain", "charset", ""},
		"unclosed quote":     {`text/plain; charset="utf-8`, "text/plain", "charset", "utf-8"},
		"semicolon in quote": {`multipart/mixed; boundary="a;b"`, "multipart/mixed", "boundary", "a;b"},
		"equals sign":        {"multipart/mixed; boundary=a=b", "multipart/mixed", "boundary", "a=b"},
		"blanks unquoted":    {"attachment; filename=my letter.pdf", "attachment", "filename", "my letter.pdf"},
		"encoded word":       {`attachment; filename="=?utf-8?B?0LDQutGCLnBkZg==?="`, "attachment", "filename", "акт.pdf"},
		"encoded, unquoted":  {"attachment; filename==?utf-8?B?0LDQutGCLnBkZg==?=", "attachment", "filename", "акт.pdf"},
		"two encoded words":  {"attachment; filename=\"=?utf-8?B?0LDQ?=\r\n =?utf-8?B?utGCLnBkZg==?=\"", "attachment", "filename", "акт.pdf"},
		"extended":           {"attachment; filename*=UTF-8''%D0%B0%D0%BA%D1%82.pdf", "attachment", "filename", "акт.pdf"},
		"with language":      {"attachment; filename*=utf-8'ru'%D0%B0%D0%BA%D1%82.pdf", "attachment", "filename", "акт.pdf"},
		"windows-1251":       {"attachment; filename*=windows-1251''%E0%EA%F2.pdf", "attachment", "filename", "акт.pdf"},
		"koi8-r":             {"attachment; filename*=koi8-r''%C1%CB%D4.pdf", "attachment", "filename", "акт.pdf"},
		"no charset":         {"attachment; filename*=''%D0%B0%D0%BA%D1%82.pdf", "attachment", "filename", "акт.pdf"},
		"sections":           {"attachment; filename*0=\"long \"; filename*1=name.pdf", "attachment", "filename", "long name.pdf"},
		"extended sections":  {"attachment; filename*0*=utf-8''%D0%B0; filename*1*=%D0%BA; filename*2=t.pdf", "attachment", "filename", "акt.pdf"},
		"cut in a character": {"attachment; filename*0*=utf-8''%D0%B0%D0; filename*1*=%BA.pdf", "attachment", "filename", "ак.pdf"},
		"sections backwards": {"attachment; filename*1*=%BA.pdf; filename*0*=utf-8''%D0%B0%D0", "attachment", "filename", "ак.pdf"},
		"encoded sections":   {"attachment; filename*0=\"=?utf-8?B?0LDQ\"; filename*1=\"utGCLnBkZg==?=\"", "attachment", "filename", "акт.pdf"},
		"both forms":         {"attachment; filename=a.pdf; filename*=utf-8''%D0%B0.pdf", "attachment", "filename", "а.pdf"},
		"both, other order":  {"attachment; filename*=utf-8''%D0%B0.pdf; filename=a.pdf", "attachment", "filename", "а.pdf"},
		"raw UTF-8":          {`attachment; filename="акт.pdf"`, "attachment", "filename", "акт.pdf"},
		"raw windows-1251":   {"attachment; filename=\"\xe4\xee\xe3\xee\xe2\xee\xf0 \xef\xee\xe4\xef\xe8\xf1\xe0\xed.pdf\"", "attachment", "filename", "договор подписан.pdf"},
		"Windows path":       {`attachment; filename="C:\docs\a.pdf"`, "attachment", "filename", `C:\docs\a.pdf`},
		"bad percent":        {"attachment; filename*=utf-8''100%.pdf", "attachment", "filename", "100%.pdf"},
		"section number":     {"attachment; filename*999999999999=a; filename=b", "attachment", "filename", "b"},
		"line end":           {"attachment; filename*=utf-8''a%0D%0Ab", "attachment", "filename", "a b"},
		"nothing":            {"", "", "charset", ""},
		"only semicolons":    {";;;;", "", "charset", ""},
		"quoted type":        {`"text/html"; charset=x`, "text/html", "charset", "x"},
	} {
		p := newParser(new(Message), strings.NewReader(""))
		value, params := p.parameters([]byte(c.raw))
		if value != c.value || params.get(c.key) != c.want {
			t.Errorf("%s: %q is read as %q, %s=%q, want %q, %q", name, c.raw, value, c.key, params.get(c.key), c.value, c.want)
		}
	}
}
