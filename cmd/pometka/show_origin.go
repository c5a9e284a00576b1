package main

import (
	"strconv"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Where a request came from, and what went out to the person beside the outbox:
// paper, letters that staff passed on, answers from a mail program.

// nameAndAddress is how a person is named; what came on paper has no address.
func nameAndAddress(name, addr string) string {
	switch {
	case name == "":
		return addr
	case addr == "":
		return name
	}
	return name + " <" + addr + ">"
}

// receivedText words when a letter was received; of paper the day is known alone.
func (a *app) receivedText(d *desk.Desk, l store.Letter) string {
	at := l.ReceivedAt.In(d.Zone)
	if l.DayOnly(d.Zone) {
		return templates.Date(string(a.lang), at)
	}
	return templates.DateTime(string(a.lang), at)
}

// printOrigin tells by which way a request came, whose letter it is where staff
// passed it on, and when the person was answered last.
func (a *app) printOrigin(d *desk.Desk, r store.Request) {
	row := func(key, value string) {
		if value != "" {
			a.printf("%s", labelled(a.t(key), templates.Safe(value), a.width()))
		}
	}
	first := r.Letters[0]
	if first.Via != "" {
		row("show.via", a.t("register.via."+string(first.Via)))
	}
	if first.Writer != "" || first.WriterName != "" {
		row("show.writer", a.t("show.writer.text", templates.Safe(nameAndAddress(first.WriterName, first.Writer))))
	}
	row("show.sender", r.Sender)
	if !r.AnsweredAt.IsZero() {
		row("show.answered", templates.DateTime(string(a.lang), r.AnsweredAt.In(d.Zone)))
	}
}

// placeText words where a letter lies; "" for what came another way.
func (a *app) placeText(l store.Letter) string {
	key := "show.place.text"
	switch {
	case l.Place.Folder == "":
		return ""
	case l.Filed.UID != 0:
		key = "show.place.filed"
	case l.Filed.Folder != "":
		key = "show.place.filed_somewhere"
	}
	return a.t(key, l.Place.Folder, strconv.FormatUint(uint64(l.Place.UID), 10), l.Filed.Folder, strconv.FormatUint(uint64(l.Filed.UID), 10))
}
