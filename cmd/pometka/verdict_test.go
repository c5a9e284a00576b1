package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// TestSameVerdict holds the way over IMAP, which reads as little of a letter
// as it can, against classify, which reads all of it: both give every letter
// the same verdict. POMETKA_EXAMPLES=DIR adds the letters of DIR/eml.
func TestSameVerdict(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  since: all\n", "": "acknowledge:\n  enabled: false\n"})
	raws := append(verdictLetters(t), hardLetters()...)
	seed := rand.Uint64()
	t.Log(seed)
	for w, n := (&wild{shapes: shapes{rand.New(rand.NewPCG(seed, 16))}}), 0; n < 150; n++ {
		if raw := w.letter(n); headed(raw) {
			raws = append(raws, raw)
		}
	}
	for _, raw := range raws {
		if err := box.Put("INBOX", raw, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	sameVerdict(t, i, raws)
}

// headed: the letter begins with a header as it should be. Of any other the embedded
// server gives nothing.
func headed(raw []byte) bool {
	for line := range bytes.Lines(raw) {
		switch trimmed := bytes.TrimRight(line, "\r\n"); {
		case len(trimmed) == 0:
			return len(line) > 0 && line[len(line)-1] == '\n'
		case trimmed[0] != ' ' && trimmed[0] != '\t' && bytes.IndexByte(trimmed, ':') < 1:
			return false
		}
	}
	return false
}

// TestSameVerdictOfShapes does the same over a real server, with letters of any
// build. POMETKA_LONG=1 tries thousands.
func TestSameVerdictOfShapes(t *testing.T) {
	rounds := 1
	if os.Getenv("POMETKA_LONG") != "" {
		rounds = 30
	}
	for range rounds {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := startDovecot(t)
			i := r.install(t, r.Port, "  since: all\n")
			s := shapes{rand.New(rand.NewPCG(seed, 15))}
			w := wild{shapes: s, headers: true}
			raws, letters := make([][]byte, 300), make([]dovecot.Letter, 300)
			for n := range raws {
				if raws[n] = s.letter(n); n%2 == 0 {
					raws[n] = w.letter(n)
				}
				letters[n] = dovecot.Letter{Raw: raws[n], At: dovecot.At(n)}
			}
			r.Drop(letters, nil)
			sameVerdict(t, i, raws)
		})
	}
}

// TestSameVerdictOfLarge does the same with letters that are not read whole: a short
// text leaves it to the names of what is attached, and the deciding one stands behind
// more than imap.max_size.
func TestSameVerdictOfLarge(t *testing.T) {
	r := startDovecot(t)
	i := r.install(t, r.Port, "  since: all\n  max_size: 1MB\n")
	scan := "Content-Type: image/jpeg; name=scan.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped(base64.StdEncoding.EncodeToString(make([]byte, 1<<20)))
	brief := "Content-Type: text/plain; charset=utf-8\r\n\r\nСм. вложение."
	raws := [][]byte{
		person(2, mixed(brief, scan, "Content-Type: application/pdf; name*=utf-8''"+url.PathEscape(markRU+".pdf")+"\r\n\r\nx")),
		person(3, mixed(brief, scan, "Content-Type: application/pdf; name=scan.pdf\r\n\r\nx")),
		person(4, mixed("Content-Type: text/plain; charset=utf-8\r\n\r\n"+demandRU, scan)),
	}
	letters := make([]dovecot.Letter, len(raws))
	for n, raw := range raws {
		letters[n] = dovecot.Letter{Raw: raw, At: dovecot.At(n)}
	}
	r.Drop(letters, nil)
	sameVerdict(t, i, raws)
}

// sameVerdict takes in what lies in INBOX, the letters in this order, and
// compares.
func sameVerdict(t *testing.T, i installation, raws [][]byte) {
	t.Helper()
	for line := range strings.Lines(i.call(t, "run", "--once").well(t).err) {
		if strings.Contains(line, "mixed up") {
			t.Errorf("a letter was said to be another: %s", line)
			_, after, _ := strings.Cut(line, "uid=")
			if n, err := strconv.Atoi(strings.TrimSpace(after)); err == nil {
				keepLetter(t, n, raws[n-1])
			}
		}
	}
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	got := map[uint32][]rules.Kind{} // kinds or candidates by UID
	verdict := map[uint32]rules.Verdict{}
	for _, r := range list {
		for _, l := range r.Letters {
			got[l.UID] = append(append(got[l.UID], r.Candidates...), r.Kind)
			verdict[l.UID] = rules.Request
			if r.Status == store.StatusReview {
				verdict[l.UID] = rules.Review
			}
		}
	}
	c, err := (&app{words: mustWords(t), lang: rules.RU, configFlag: i.config}).newClassifier()
	if err != nil {
		t.Fatal(err)
	}
	tally := map[rules.Verdict]int{}
	for n, raw := range raws {
		line := c.message(mailbox.Parse(bytes.NewReader(raw)))
		kinds, registered := got[uint32(n+1)]
		v := verdict[uint32(n+1)]
		if !registered {
			v = rules.None
		}
		if tally[v]++; v != line.Verdict {
			t.Errorf("letter %d %.100q: %s over IMAP, %s by classify (%s)", n+1, line.Subject, v, line.Verdict, line.ReasonCode)
			keepLetter(t, n+1, raw)
			continue
		}
		for _, k := range line.Kinds {
			if !slices.Contains(kinds, k) {
				t.Errorf("letter %d %q: %v over IMAP, %v by classify", n+1, line.Subject, kinds, line.Kinds)
			}
		}
	}
	t.Logf("%v", tally)
}

// keepLetter writes a letter that was judged in two ways to POMETKA_KEEP=DIR.
func keepLetter(t *testing.T, n int, raw []byte) {
	t.Helper()
	if dir := os.Getenv("POMETKA_KEEP"); dir != "" {
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%s-%d.eml", filepath.Base(t.Name()), n)), string(raw), 0o600)
	}
}

func verdictLetters(t *testing.T) [][]byte {
	t.Helper()
	names, err := filepath.Glob("demo/*.eml")
	if err != nil || len(names) == 0 {
		t.Fatal("no letters of the demo", err)
	}
	if dir := os.Getenv("POMETKA_EXAMPLES"); dir != "" {
		more, err := filepath.Glob(filepath.Join(dir, "eml", "*.eml"))
		if err != nil || len(more) == 0 {
			t.Fatalf("no letters in %s/eml: %v", dir, err)
		}
		names = append(names, more...)
	}
	raws := make([][]byte, len(names))
	for i, name := range names {
		if raws[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return raws
}
