package desk

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"license.kz/pometka/store"
)

// room makes the disk one on which so many bytes of a letter fit.
func (r *rig) room(bytes int64) {
	r.testOnlyRoom = func(size int64) error {
		if size > bytes {
			return fmt.Errorf("spool letter: %w", store.ErrFull)
		}
		return nil
	}
}

// threeOnSmallDisk lays a request of 3 MB between two small ones.
func (r *rig) threeOnSmallDisk(t *testing.T) {
	t.Helper()
	for i, size := range []int{1, 3 << 20, 1} {
		id := fmt.Sprintf("%d@one.example", i+1)
		r.put(t, "INBOX", mail{from: id, subject: withdrawalMark, id: id, body: "Отзываю согласие.\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", size/72)}, now)
	}
}

// A letter that does not fit on the disk is kept in part, answered as any other, and stops
// none behind it. When there is room again, it is no second request, wherever it lies.
func TestLetterOverTheDisk(t *testing.T) {
	r := newRig(t)
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.threeOnSmallDisk(t)
	r.room(2 << 20)
	p, f := r.pass(t)
	if p.Registered != 3 || f.Sent != 3 {
		t.Fatalf("%+v %+v, want three requests and three answers", p, f)
	}
	if said := log.String(); strings.Count(said, "does not fit on the disk") != 1 || !strings.Contains(said, "folder=INBOX uid=2") {
		t.Errorf("the log: %s", said)
	}
	for _, q := range r.all(t) {
		l := q.Letters[0]
		if l.Cut != (l.Place.UID == 2) {
			t.Errorf("letter %d: kept in part %v", l.Place.UID, l.Cut)
		}
		var kept bytes.Buffer
		if err := r.Store.Raw(t.Context(), l.ID, &kept); err != nil || kept.Len() > 70<<10 || !strings.HasPrefix(kept.String(), "Return-Path: <"+l.FromAddr) {
			t.Errorf("letter %d: %d bytes kept, %v", l.Place.UID, kept.Len(), err)
		}
	}
	r.room(1 << 40)
	r.threeOnSmallDisk(t) // staff copies them
	if p, f := r.pass(t); p.Seen != 3 || p.Registered != 0 || p.Joined != 0 || f.Sent != 0 {
		t.Errorf("copied, with room: %+v %+v", p, f)
	}
}

// Where not even the beginning of a large letter fits, the disk is full: the pass ends at the
// letter, which is taken in whole when there is room again.
func TestLetterOnFullDisk(t *testing.T) {
	r := newRig(t)
	r.threeOnSmallDisk(t)
	r.room(100 << 10)
	for range 2 {
		if p, err := r.Poll(t.Context()); !errors.Is(err, store.ErrFull) || len(r.all(t)) != 1 {
			t.Fatalf("%+v, %d requests, %v; want the first, and that the disk is full", p, len(r.all(t)), err)
		}
	}
	r.room(1 << 40)
	if p, _ := r.pass(t); p.Registered != 2 {
		t.Errorf("with room: %+v", p)
	}
	for _, q := range r.all(t) {
		if q.Letters[0].Cut {
			t.Errorf("%s: kept in part", q.Number)
		}
	}
}
