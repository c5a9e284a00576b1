package mailbox

import (
	"slices"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	list := func(pairs ...string) (l []Address) {
		for i := 0; i < len(pairs); i += 2 {
			l = append(l, Address{pairs[i], pairs[i+1]})
		}
		return l
	}
	for name, c := range map[string]struct {
		raw    string
		want   []Address
		strict bool
	}{
		"bare":                    {"a@b.kz", list("", "a@b.kz"), true},
		"in brackets":             {"<a@b.kz>", list("", "a@b.kz"), true},
		"name":                    {"Ivan Petrov <a@b.kz>", list("Ivan Petrov", "a@b.kz"), true},
		"quoted name":             {`"Petrov, Ivan" <a@b.kz>`, list("Petrov, Ivan", "a@b.kz"), true},
		"escaped quote":           {`"Ivan \"Vanya\" P." <a@b.kz>`, list(`Ivan "Vanya" P.`, "a@b.kz"), true},
		"no blank":                {"Ivan<a@b.kz>", list("Ivan", "a@b.kz"), true},
		"several":                 {"a@b.kz, Ivan <c@d.kz>,e@f.kz", list("", "a@b.kz", "Ivan", "c@d.kz", "", "e@f.kz"), true},
		"empty members":           {",a@b.kz,,", list("", "a@b.kz"), true},
		"semicolons of Outlook":   {"a@b.kz; c@d.kz", list("", "a@b.kz", "", "c@d.kz"), true},
		"group":                   {"Staff: a@b.kz, Ivan <c@d.kz>;", list("", "a@b.kz", "Ivan", "c@d.kz"), true},
		"empty group":             {"undisclosed-recipients:;", nil, false},
		"name in a comment":       {"a@b.kz (Ivan Petrov)", list("Ivan Petrov", "a@b.kz"), true},
		"nested comment":          {"a@b.kz (Ivan (the first) P)", list("Ivan (the first) P", "a@b.kz"), true},
		"encoded name":            {"=?utf-8?B?0JjQstCw0L0=?= <a@b.kz>", list("Иван", "a@b.kz"), true},
		"encoded name in quotes":  {`"=?utf-8?B?0JjQstCw0L0=?=" <a@b.kz>`, list("Иван", "a@b.kz"), true},
		"two words joined":        {"=?utf-8?B?0JjQstA=?= =?utf-8?B?sNC9?= <a@b.kz>", list("Иван", "a@b.kz"), true},
		"encoded and plain":       {"=?utf-8?B?0JjQstCw0L0=?= Petrov <a@b.kz>", list("Иван Petrov", "a@b.kz"), true},
		"comma in an encoded one": {"=?utf-8?Q?=D0=98,_P?= <a@b.kz>", list("И, P", "a@b.kz"), true},
		"blanks in an encoded":    {"=?utf-8?Q?Ivan <the> P?= <a@b.kz>", list("Ivan <the> P", "a@b.kz"), true},
		"comma inside base64":     {"=?utf-8?B?0JjQstCw0L0sINCf?= <a@b.kz>", list("Иван, П", "a@b.kz"), true},
		"address as name":         {`"a@b.kz" <c@d.kz>`, list("a@b.kz", "c@d.kz"), true},
		"address as plain name":   {"a@b.kz <c@d.kz>", list("a@b.kz", "c@d.kz"), true},
		"apostrophe":              {"O'Neil <o'neil@b.kz>", list("O'Neil", "o'neil@b.kz"), true},
		"plus and dots":           {"<a.b+c=d@e.f.kz>", list("", "a.b+c=d@e.f.kz"), true},
		"quoted local part":       {`"a b"@c.kz`, list("", `"a b"@c.kz`), true},
		"quoted, in brackets":     {`X <"a b"@c.kz>`, list("X", `"a b"@c.kz`), true},
		"route":                   {"<@x.kz,@y.kz:a@b.kz>", list("", "a@b.kz"), true},
		"domain literal":          {"a@[192.0.2.1]", list("", "a@[192.0.2.1]"), true},
		"domain literal, v6":      {"a@[IPv6:2001:db8::1]", list("", "a@[IPv6:2001:db8::1]"), true},
		"UTF-8 name":              {"Иван <a@b.kz>", list("Иван", "a@b.kz"), true},
		"UTF-8 domain":            {"<a@почта.қаз>", list("", "a@почта.қаз"), true},
		"windows-1251 name":       {"\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2 <a@b.kz>", list("Иван Петров", "a@b.kz"), true},
		"koi8-r name":             {"\xe9\xd7\xc1\xce \xf0\xc5\xd4\xd2\xcf\xd7 <a@b.kz>", list("Иван Петров", "a@b.kz"), true},
		"folded":                  {"Ivan\r\n Petrov\r\n <a@b.kz>", list("Ivan Petrov", "a@b.kz"), true},
		"two at signs":            {"Ivan <a@@b>, x", list("Ivan", "", "x", ""), false},
		"name without brackets":   {`Company "X" a@b.kz`, list("Company X", "a@b.kz"), false},
		"no closing bracket":      {"Ivan <a@b.kz", list("Ivan", "a@b.kz"), false},
		"double brackets":         {"Ivan <<a@b.kz>>", list("Ivan", "a@b.kz"), false},
		"mailto":                  {"<mailto:a@b.kz>", list("", "a@b.kz"), false},
		"blanks around at":        {"a @ b.kz", list("", "a@b.kz"), false},
		"blanks inside":           {"Ivan < a@b.kz >", list("Ivan", "a@b.kz"), true},
		"unclosed quote":          {`"Ivan <a@b.kz>`, list("Ivan", "a@b.kz"), false},
		"unclosed comment":        {"(Ivan <a@b.kz>", list("Ivan", "a@b.kz"), false},
		"colon in the name":       {"Re: Ivan <a@b.kz>", list("Ivan", "a@b.kz"), true},
		"final dot":               {"<a@b.kz.>", list("", "a@b.kz"), false},
		"everything encoded":      {"=?utf-8?B?0JjQstCw0L0gPGFAYi5rej4=?=", list("Иван", "a@b.kz"), false},
		"an encoded address":      {"=?utf-8?B?YXR0YWNrZXJAZXZpbC5jb20=?=", list("attacker@evil.com", ""), false},
		"encoded local part":      {"=?utf-8?q?=40attacker.com?=@microsoft.com", list("@attacker.com @microsoft.com", ""), false},
		"percent hack":            {"user%attacker.com@microsoft.com", list("", "user%attacker.com@microsoft.com"), true},
		"encoded, no brackets":    {"=?gb2312?B?086yyZjl?= user@ldkf.com.tw", list("游采樺", "user@ldkf.com.tw"), false},
		"no address at all":       {"Ivan Petrov", list("Ivan Petrov", ""), false},
		"null":                    {"<>", nil, false},
		"nothing":                 {"", nil, false},
		"NUL":                     {"Ivan\x00 <a@b.kz>", list("Ivan", "a@b.kz"), true},
		"line end in the address": {"<a@b.kz\r\n\r\nBcc:x>", nil, false},
		"control in the address":  {"<a\x01@b.kz>", nil, false},
		"two in brackets":         {"Ivan <a@b.kz> <c@d.kz>", list("Ivan", "c@d.kz"), false},
		"address twice":           {"a@b.kz <a@b.kz>", list("a@b.kz", "a@b.kz"), true},
		"a local name":            {"root", list("root", ""), false},
		"Exchange":                {"/O=ORG/CN=IVAN", list("/O=ORG/CN=IVAN", ""), false},
	} {
		if strings.Contains(name, "line end in") {
			c.raw = "<a@b.kz\n \n Bcc:x>"
		}
		p := newParser(new(Message), strings.NewReader(""))
		got, strict := p.addresses([]byte(c.raw))
		if !slices.Equal(got, c.want) || strict != c.strict {
			t.Errorf("%s: %q is read as %q %v, want %q %v", name, c.raw, got, strict, c.want, c.strict)
		}
	}
}

func TestSenderTrouble(t *testing.T) {
	for raw, want := range map[string]bool{
		"From: a@b.kz":                      false,
		"From: Ivan <a@@b>, x":              true,
		"From: ":                            true,
		"From: a@b.kz\r\nFrom: c@d.kz":      false,
		"Subject: no From at all":           false,
		"From: a@b.kz\r\nTo: Ivan <a@@b>":   false,
		"From: undisclosed-recipients:;":    true,
		"From: =?utf-8?B?PGFAYi5rej4=?=":    true,
		"From: Ivan\x00 <a@b.kz>\r\nX-A: b": false,
	} {
		m := ParseHeader([]byte(raw + "\r\n\r\n"))
		if got := slices.Contains(m.Troubles, TroubleSender); got != want {
			t.Errorf("%q: sender unparsed is %v, From %q", raw, got, m.From)
		}
	}
	if m := ParseHeader([]byte("From: a@b.kz\r\nFrom: c@d.kz\r\n\r\n")); len(m.From) != 2 {
		t.Errorf("of two From fields %q is left", m.From)
	}
}
