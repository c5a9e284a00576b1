package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// letterOverLimit has two files, the first of some size in KiB.
func letterOverLimit(kib int) []byte {
	file := func(name string, kib int) string {
		return fmt.Sprintf("--q\r\nContent-Type: application/pdf; name=%[1]s\r\nContent-Disposition: attachment; filename=%[1]s\r\n\r\n", name) +
			strings.Repeat(strings.Repeat("x", 62)+"\r\n", kib*16)
	}
	return []byte("From: a@one.example\r\nTo: info@license.kz\r\nMessage-ID: <1@one.example>\r\nDate: " + time.Now().Format(time.RFC1123Z) +
		"\r\nSubject: " + encodedMark + "\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу исполнить.\r\n" +
		file("passport.pdf", kib) + file("trust.pdf", 1) + "--q--\r\n")
}

const encodedMark = "=?utf-8?Q?=D0=9E=D1=82=D0=B7=D1=8B=D0=B2_=D1=81=D0=BE=D0=B3=D0=BB=D0=B0=D1=81=D0=B8=D1=8F_=D0=BD=D0=B0?=\r\n" +
	" =?utf-8?Q?_=D0=BE=D0=B1=D1=80=D0=B0=D0=B1=D0=BE=D1=82=D0=BA=D1=83?=\r\n" +
	" =?utf-8?Q?_=D0=BF=D0=B5=D1=80=D1=81=D0=BE=D0=BD=D0=B0=D0=BB=D1=8C=D0=BD=D1=8B=D1=85?=\r\n" +
	" =?utf-8?Q?_=D0=B4=D0=B0=D0=BD=D0=BD=D1=8B=D1=85?="

// Of a letter over imap.max_size everything that shows it, saves it or puts it in evidence
// says that this is only the beginning, which file is no whole one, and where the letter lies.
// Of one that is here whole nothing says so.
func TestCutLetterIsSaidToBe(t *testing.T) {
	const whole, beginning = "UID 1", true
	for _, c := range []struct {
		kib int
		cut bool
	}{{300, beginning}, {10, !beginning}} {
		box := startSandbox(t)
		i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  max_size: 100KB\n"})
		raw := letterOverLimit(c.kib)
		if err := box.Put("INBOX", raw, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		i.call(t, "run", "--once").well(t)
		for lang, broken := range map[string]string{"ru": "файл не целый", "kk": "файл толық емес", "en": "not the whole file"} {
			say := func(what, screen string, want ...string) {
				t.Helper()
				for _, w := range want {
					if strings.Contains(strings.Join(strings.Fields(screen), " "), w) != c.cut {
						t.Errorf("%s %s, cut %t: %q:\n%s", what, lang, c.cut, w, screen)
					}
				}
				fits80(t, what, screen)
			}
			dir := t.TempDir()
			say("attachments", i.call(t, "--lang", lang, "attachments", "1").well(t).out, broken, whole)
			say("attachments --save", i.call(t, "--lang", lang, "attachments", "1", "--save", filepath.Join(dir, "files")).well(t).out, broken, whole)
			say("show", i.call(t, "--lang", lang, "show", "1").well(t).out, broken)
			listed := i.call(t, "--lang", lang, "attachments", "1", "--json").well(t)
			say("attachments --json", listed.err, whole)
			var files []fileJSON
			if err := json.Unmarshal([]byte(listed.out), &files); err != nil || files[0].Cut != c.cut || len(files) != 2 && !c.cut {
				t.Errorf("%+v, %v", files, err)
			}
			r := i.call(t, "--lang", lang, "raw", "1", "-o", "-").well(t)
			say("raw", r.err, whole)
			if all := r.out == string(raw); all == c.cut || !strings.HasPrefix(string(raw), r.out) {
				t.Errorf("raw: %d bytes of %d", len(r.out), len(raw))
			}
			path := filepath.Join(dir, "case.zip")
			i.call(t, "--lang", lang, "casefile", "1", "-o", path).well(t)
			archive := unzipped(t, path)
			say("README.txt", archive["README.txt"], whole)
			if page := archive["index.html"]; strings.Contains(page, whole) != c.cut || strings.Contains(page, broken) != c.cut {
				t.Errorf("%s, cut %t: index.html:\n%s", lang, c.cut, page)
			}
			if said := strings.Contains(archive["case.json"], `"cut": true`); said != c.cut {
				t.Errorf("cut %t: case.json:\n%s", c.cut, archive["case.json"])
			}
		}
		var shown showJSON
		if err := json.Unmarshal([]byte(i.call(t, "show", "1", "--json").well(t).out), &shown); err != nil || shown.Cut != c.cut || shown.Attachments[0].Cut != c.cut {
			t.Errorf("show --json: %+v, %v", shown, err)
		}
	}
}
