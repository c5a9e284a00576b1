package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

var day = time.Date(2026, 11, 16, 10, 15, 0, 0, time.FixedZone("+05", 5*3600))

func startSandbox(t testing.TB, folders ...string) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "пароль \"1\"", Folders: folders})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func server(t testing.TB, addr string, ca []byte) mailbox.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return mailbox.Server{Host: host, Port: n, TLS: mailbox.TLSImplicit, CA: ca, Username: "info@license.kz",
		Secret: secret("пароль \"1\""), Timeout: 5 * time.Second}
}

func secret(s string) mailbox.Secret {
	return func(context.Context) (string, error) { return s, nil }
}

func openReader(t testing.TB, s *sandbox.Sandbox) *mailbox.Reader {
	t.Helper()
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, s.IMAPAddr, s.CA)})
	t.Cleanup(func() { r.Close() })
	return r
}

func letter(n int) []byte {
	return fmt.Appendf(nil, "Message-ID: <%d@example.kz>\r\nFrom: a%d@example.kz\r\nTo: info@license.kz\r\nSubject: letter %d\r\nDate: Mon, 16 Nov 2026 10:00:00 +0500\r\nX-Noise: no\r\n\r\nText of letter %d.\r\n", n, n, n, n)
}

func put(t testing.TB, s *sandbox.Sandbox, folder string, raw []byte, at time.Time) {
	t.Helper()
	if err := s.Put(folder, raw, at); err != nil {
		t.Fatal(err)
	}
}

func TestReaderFetchesHeadsTextsAndLetters(t *testing.T) {
	s := startSandbox(t)
	for n := range 3 {
		put(t, s, "INBOX", letter(n+1), day.Add(time.Duration(n)*time.Hour))
	}
	r, ctx := openReader(t, s), t.Context()
	st, err := r.Examine(ctx, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	if st.UIDNext != 4 || st.Messages != 3 || st.UIDValidity == 0 {
		t.Fatalf("state %+v", st)
	}
	var heads []mailbox.Head
	err = r.Heads(ctx, 2, 0, func(chunk []mailbox.Head) error {
		heads = append(heads, chunk...)
		texts, err := r.Texts(ctx, []uint32{2, 3, 77}, 9)
		if err != nil {
			return err
		}
		if len(texts) != 2 || string(texts[2]) != "Text of l" {
			t.Errorf("texts %v", texts)
		}
		var raw bytes.Buffer
		n, cut, err := r.Fetch(ctx, 3, &raw)
		if err != nil || cut || n != int64(raw.Len()) || !bytes.Equal(raw.Bytes(), letter(3)) {
			t.Errorf("fetch: %d bytes, cut %v, %v", n, cut, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(heads) != 2 || heads[0].UID != 2 || heads[1].UID != 3 {
		t.Fatalf("heads %+v", heads)
	}
	h := heads[0]
	if h.Err != nil || h.Size != int64(len(letter(2))) || !h.InternalDate.Equal(day.Add(time.Hour)) {
		t.Errorf("head %+v", h)
	}
	if !strings.Contains(string(h.Header), "Subject: letter 2\r\n") || strings.Contains(string(h.Header), "X-Noise") {
		t.Errorf("header %q", h.Header)
	}
	if _, _, err := r.Fetch(ctx, 77, new(bytes.Buffer)); !errors.Is(err, mailbox.ErrGone) {
		t.Errorf("fetch of a message that is gone: %v", err)
	}
}

func TestHeadsComeInChunksInOrder(t *testing.T) {
	s := startSandbox(t)
	const total = 1234
	for n := range total {
		put(t, s, "INBOX", letter(n), day)
	}
	r, ctx := openReader(t, s), t.Context()
	if _, err := r.Examine(ctx, "INBOX"); err != nil {
		t.Fatal(err)
	}
	next, chunks := uint32(1), 0
	err := r.Heads(ctx, 1, 0, func(chunk []mailbox.Head) error {
		chunks++
		uids := make([]uint32, 0, len(chunk))
		for _, h := range chunk {
			if h.UID != next || h.Err != nil {
				t.Fatalf("got UID %d (%v), want %d", h.UID, h.Err, next)
			}
			next++
			uids = append(uids, h.UID)
		}
		texts, err := r.Texts(ctx, uids, 100)
		if len(texts) != len(uids) {
			t.Errorf("%d texts of %d", len(texts), len(uids))
		}
		return err
	})
	if err != nil || next != total+1 || chunks != 3 {
		t.Fatalf("%d heads in %d chunks: %v", next-1, chunks, err)
	}
	seen := uint32(0)
	err = r.Stamps(ctx, 1, 0, func(st mailbox.Stamp) error {
		seen++
		if st.UID != seen || !st.InternalDate.Equal(day) {
			t.Fatalf("stamp %+v, want UID %d", st, seen)
		}
		return nil
	})
	if err != nil || seen != total {
		t.Fatalf("%d stamps: %v", seen, err)
	}
}

func TestHeadsEndWithTheErrorOfYield(t *testing.T) {
	s := startSandbox(t)
	for n := range 1100 {
		put(t, s, "INBOX", letter(n), day)
	}
	r, ctx := openReader(t, s), t.Context()
	if _, err := r.Examine(ctx, "INBOX"); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if err := r.Heads(ctx, 1, 0, func([]mailbox.Head) error { return stop }); err != stop {
		t.Errorf("got %v", err)
	}
	if _, err := r.Examine(ctx, "INBOX"); err != nil {
		t.Errorf("the connection did not survive: %v", err)
	}
}

func TestExamineSeesWhatCame(t *testing.T) {
	s := startSandbox(t, "Спам", "Отправленные")
	r, ctx := openReader(t, s), t.Context()
	for round := range uint32(25) {
		for _, folder := range []string{"INBOX", "INBOX", "Спам"} {
			st, err := r.Examine(ctx, folder)
			if err != nil {
				t.Fatal(err)
			}
			if st.UIDNext != round+1 || st.Messages != round {
				t.Fatalf("round %d: %s is %+v", round, folder, st)
			}
		}
		put(t, s, "INBOX", letter(1), day)
		put(t, s, "Спам", letter(2), day)
	}
}

func TestFolders(t *testing.T) {
	s := startSandbox(t, "Спам", "Отправленные", "Архив/2026")
	ctx := t.Context()
	r := openReader(t, s)
	got, err := r.Folders(ctx)
	if err != nil || len(got) != 2 || got[0] != (mailbox.Folder{Name: "INBOX"}) || got[1] != (mailbox.Folder{Name: "Спам", Junk: true}) {
		t.Errorf("folders %+v, %v", got, err)
	}
	if name, err := r.SentFolder(ctx); err != nil || name != "Отправленные" {
		t.Errorf("sent folder %q, %v", name, err)
	}
	r = mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, s.IMAPAddr, s.CA), Folders: []string{"inbox", "Архив/2026", "Договоры"}})
	defer r.Close()
	if _, err = r.Folders(ctx); err == nil || !strings.Contains(err.Error(), `"Договоры"`) || !strings.Contains(err.Error(), "imap.folders") {
		t.Errorf("missing folder: %v", err)
	}
}

// copies are letters that were sent.
func copies(numbers ...int) (list []mailbox.Copy) {
	for _, n := range numbers {
		list = append(list, mailbox.Copy{MessageID: fmt.Sprintf("<%d@example.kz>", n), Raw: letter(n), At: day})
	}
	return list
}

// A copy is stored once, whoever stored it, however the folder is open.
func TestKeep(t *testing.T) {
	s := startSandbox(t)
	r, ctx := openReader(t, s), t.Context()
	count := func(want int) {
		t.Helper()
		st, err := r.Examine(ctx, "Sent")
		if err != nil || int(st.Messages) != want {
			t.Errorf("%d copies, want %d: %v", st.Messages, want, err)
		}
	}
	for _, c := range []struct {
		open string
		keep []mailbox.Copy
		want int
	}{{"INBOX", copies(7), 1}, {"Sent", copies(7, 8, 9), 3}, {"Sent", copies(7, 9), 3}, {"INBOX", copies(10, 8, 11), 5}, {"INBOX", nil, 5}} {
		if _, err := r.Examine(ctx, c.open); err != nil {
			t.Fatal(err)
		}
		if err := r.Keep(ctx, "Sent", c.keep); err != nil {
			t.Fatal(err)
		}
		count(c.want)
	}
	put(t, s, "Sent", letter(12), day) // by the provider, while the folder is open
	if err := r.Keep(ctx, "Sent", copies(12, 13)); err != nil {
		t.Fatal(err)
	}
	count(7)
	if err := r.Keep(ctx, "No such", copies(14, 15)); err == nil {
		t.Error("copies in a folder that does not exist: no error")
	}
	if _, err := r.Examine(ctx, "INBOX"); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
	count(7)
}

func TestFetchCutsWhatIsTooLarge(t *testing.T) {
	s := startSandbox(t)
	head := "Subject: large\r\nFrom: a@example.kz\r\n\r\n"
	raw := []byte(head + strings.Repeat("0123456789abcdef\r\n", 20_000))
	put(t, s, "INBOX", raw, day)
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, s.IMAPAddr, s.CA), MaxSize: 100_000})
	defer r.Close()
	ctx := t.Context()
	if _, err := r.Examine(ctx, "INBOX"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, cut, err := r.Fetch(ctx, 1, &b)
	want := raw[:len(head)+mailbox.CutText]
	if err != nil || !cut || n != int64(len(want)) || !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%d bytes, cut %v, %v", n, cut, err)
	}
}
