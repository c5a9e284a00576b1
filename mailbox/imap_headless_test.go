package mailbox_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// headless says that some letters have no header, or nothing at all.
func headless(t *testing.T, mute bool, uids ...uint32) *fakeIMAP {
	return startFake(t, 6, script{message: func(c *talk, uid uint32, items string) bool {
		for _, u := range uids {
			if u != uid || !strings.Contains(items, "[HEADER") && !(mute && hasBody(items)) {
				continue
			}
			out := []string{fmt.Sprintf("UID %d", uid)}
			if strings.Contains(items, "RFC822.SIZE") {
				out = append(out, fmt.Sprintf("RFC822.SIZE %d", len(letter(int(uid)))))
			}
			if strings.Contains(items, "INTERNALDATE") {
				out = append(out, `INTERNALDATE "16-Nov-2026 10:15:00 +0500"`)
			}
			for _, m := range section.FindAllStringSubmatch(items, -1) {
				out = append(out, "BODY"+m[1]+" NIL")
			}
			c.say("* %d FETCH (%s)\r\n", uid, strings.Join(out, " "))
			return true
		}
		return false
	}})
}

// A header that comes as NIL is read out of the letter itself, which is asked for once; so
// is the beginning of a letter that is too large.
func TestHeaderThatIsNil(t *testing.T) {
	f := headless(t, false, 3, 4)
	r := f.reader(t, 5*time.Second)
	heads, err := pass(t, r, 1)
	if err != nil || len(heads) != 6 {
		t.Fatalf("%d letters, %v", len(heads), err)
	}
	for _, h := range heads {
		raw := letter(int(h.UID))
		want, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		if h.Err != nil || string(h.Header) != string(want)+"\r\n\r\n" || h.Size != int64(len(raw)) || h.InternalDate.IsZero() {
			t.Errorf("letter %d: %q, %d bytes of %v, %v", h.UID, h.Header, h.Size, h.InternalDate, h.Err)
		}
	}
	wholes := 0
	for _, cmd := range f.commands() {
		if strings.Contains(cmd, "BODY.PEEK[]") {
			wholes++
		}
	}
	if wholes != 2 {
		t.Errorf("%d letters were asked for: %q", wholes, f.commands())
	}
	same := 0
	err = r.Identities(t.Context(), 1, 6, func(heads []mailbox.Head) error {
		for _, h := range heads {
			if bytes.Contains(h.Header, []byte("Message-ID")) {
				same++
			}
		}
		return nil
	})
	if err != nil || same != 6 {
		t.Errorf("%d letters can be told from others, %v", same, err)
	}

	o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), MaxSize: 100}
	o.TLS = mailbox.TLSNone
	small := mailbox.NewReader(o)
	defer small.Close()
	if _, err := small.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, cut, err := small.Fetch(t.Context(), 3, &got); err != nil || !cut || !bytes.Equal(got.Bytes(), letter(3)) {
		t.Errorf("cut %t, %q, %v", cut, got.Bytes(), err)
	}
}

// That a letter of long ago cannot be read is no news when letters are only compared.
func TestIdentitiesKeepQuiet(t *testing.T) {
	f := headless(t, true, 5)
	var log bytes.Buffer
	o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Log: slog.New(slog.NewTextHandler(&log, nil))}
	o.TLS = mailbox.TLSNone
	r := mailbox.NewReader(o)
	defer r.Close()
	all := 0
	count := func(heads []mailbox.Head) error { all += len(heads); return nil }
	for name, ask := range map[string]func(context.Context, uint32, uint32, func([]mailbox.Head) error) error{"compared": r.Identities, "read": r.Heads} {
		all = 0
		log.Reset()
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		if err := ask(t.Context(), 1, 6, count); err != nil || all < 5 {
			t.Fatalf("%d letters, %v", all, err)
		}
		if said := strings.Contains(log.String(), "cannot be read"); said != (name == "read") {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}
