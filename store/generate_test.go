package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// TestGenerate makes the large register of the benchmarks, for trying the
// whole program on it: 100,000 requests and 1,000,000 ledger rows, where
// POMETKA_LARGE says, unless it is there. It takes some minutes.
//
//	POMETKA_LARGE=/tmp/large/pometka.db go test ./store -run Generate -timeout 1h
func TestGenerate(t *testing.T) {
	path := os.Getenv("POMETKA_LARGE")
	if path == "" {
		t.Skip("POMETKA_LARGE=FILE names where the large register is, or is made")
	}
	if _, err := os.Stat(path); err == nil {
		t.Skip("it is there")
	}
	ok(t, large(t, filepath.Clean(path), 100_000, 1_000_000).Close())
}

// large makes a register of n requests and m ledger rows, received from 2024
// on. One in a hundred, the latest, is still in work; the rest is closed.
func large(tb testing.TB, path string, requests, ledger int) *DB {
	tb.Helper()
	ctx, db := context.Background(), openAt(tb, path)
	if _, err := db.writer.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		tb.Fatal(err)
	}
	for done := 0; done < ledger; {
		rows := make([]Seen, min(500, ledger-done))
		for i := range rows {
			rows[i] = seen(uint32(1_000_000 + done + i))
		}
		done += len(rows)
		ok(tb, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: rows[len(rows)-1].UID}, rows, t0))
	}
	w := newWriters()
	for i := range requests {
		a := w.letter(i, requests)
		raw := db.Spool()
		fmt.Fprintf(raw, "From: %s\r\nSubject: x\r\n\r\n%s", a.Letter.FromAddr, a.Letter.Text)
		a.Raw, a.Letter.Size = raw, raw.Size()
		done := must[Admitted](tb)(db.Admit(ctx, a, a.Letter.ReceivedAt.Add(time.Minute)))
		raw.Discard()
		w.work(tb, db, done.Numbers[0], a, i)
	}
	if _, err := db.writer.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		tb.Fatal(err)
	}
	return db
}

func seen(uid uint32) Seen {
	return Seen{
		UID: uid, Size: int64(uid), InternalDate: t0.Add(time.Duration(uid) * time.Second),
		HeaderDigest: fmt.Sprintf("%016x%048x", uint64(uid)*0x9e3779b97f4a7c15, uid), Verdict: rules.None, ReasonCode: "plain",
	}
}

// writers write letters: of some 4000 word forms, the frequent ones often.
type writers struct {
	*rand.Rand
	words []string
	often *rand.Zipf
}

func newWriters() *writers {
	r := rand.New(rand.NewPCG(6, 2026))
	w := &writers{Rand: r}
	stems := strings.Fields(`прош прекрат обработк персональн данн отзыв соглас лицензи договор компани сайт телефон адрес почт
		рассылк уведомлен реклам предложен услуг нов специальн ответ срок закон стать республик казахстан граждан удал измен фамили
		документ паспорт копи заявлен претензи деньг оплат счет возврат возмещен ущерб неустойк суд прав потребител директор
		менеджер сотрудник звонок письм сообщен электронн ящик баз хранен передач треть лиц основан причин прошл год месяц недел`)
	endings := strings.Fields("а ы у ой е ам ами ах ов ом ого ому ый ая ое ые ых ым ить ил ила или ите ить ется ал ать ение ения ением")
	for _, s := range stems {
		for _, e := range endings {
			w.words = append(w.words, s+e)
		}
	}
	r.Shuffle(len(w.words), func(i, j int) { w.words[i], w.words[j] = w.words[j], w.words[i] })
	w.often = rand.NewZipf(r, 1.1, 4, uint64(len(w.words)-1))
	return w
}

var (
	surnames = strings.Fields("Иванов Петров Сидоров Ким Ахметов Нурланов Сериков Тлеубаев Оспанов Жумабаев Кузнецов Попов Смагулов Омаров Цой Бекова Шмидт")
	given    = strings.Fields("Айгүл Серік Мария Иван Дмитрий Гүлнар Ержан Ольга Анна Тимур Асель Павел Әлия Нұрлан Светлана")
)

// letter is the letter number i of n.
func (w *writers) letter(i, n int) Admission {
	var text strings.Builder
	for range 40 + w.IntN(160) {
		text.WriteString(w.words[w.often.Uint64()])
		text.WriteString([]string{" ", " ", " ", " ", ", ", ". ", ".\n"}[w.IntN(7)])
	}
	kind := []rules.Kind{"consent_withdrawal", "opt_out", "data_correction", "claim", "erasure"}[w.IntN(5)]
	on := day("2024-01-01").AddDays(i * 1050 / n)
	at := on.Time().Add(4*time.Hour + time.Duration(i%30000)*time.Second)
	a := letterOf(uint32(i + 1))
	a.Letter.FromAddr = fmt.Sprintf("a%d@example.kz", i+1)
	a.Letter.FromName = given[w.IntN(len(given))] + " " + surnames[w.IntN(len(surnames))]
	a.Letter.Subject = w.words[w.often.Uint64()] + " " + w.words[w.often.Uint64()]
	a.Letter.Text = fmt.Sprintf("%s Договор %d.", text.String(), i+1)
	a.Letter.ReceivedAt, a.Letter.DateHeader = at, at.Add(-time.Minute)
	a.Possibly, a.Letter.Attachments, a.Letter.Troubles = nil, nil, nil
	status := StatusDone
	if i >= n-n/100 {
		status = []Status{StatusReview, StatusOpen, StatusInProgress, StatusWaiting}[i%4]
	}
	r := NewRequest{Kind: kind, Status: status, ReceivedOn: on, ActBy: on.AddDays(21), Terms: terms(on.AddDays(45).String(), on.AddDays(21).String())}
	if status == StatusReview {
		r.Kind, r.Candidates, r.ActBy, r.Terms = "", []rules.Kind{kind}, on.AddDays(1), terms(on.AddDays(1).String())
	}
	a.Requests = []NewRequest{r}
	a.Ack.To = a.Letter.FromAddr
	return a
}

// work leaves traces of staff on every tenth request.
func (w *writers) work(tb testing.TB, db *DB, number string, a Admission, i int) {
	if i%10 != 0 {
		return
	}
	who := []string{"aigul", "serik", "olga"}[w.IntN(3)]
	must[Request](tb)(db.Change(context.Background(), becoming(tb, db, Change{
		Number: number, Note: "Звонили заявителю, " + w.words[w.often.Uint64()], Event: Event{Actor: who, Code: "taken"},
	}, func(r *Request) { r.Assignee = who }), a.Letter.ReceivedAt.Add(time.Hour)))
}
