package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// brokenLetter is a request that something is wrong with.
type brokenLetter struct {
	what string
	raw  []byte
	flaw string // of its name in the Maildir
	none bool   // nobody could find a request in it
}

// brokenLetters are requests as programs and networks leave them; size is that
// of the largest line, in bytes.
func brokenLetters(size int) []brokenLetter {
	const askRU = "Прошу исполнить."
	subject := "Subject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(markRU)) + "?=\r\n"
	plain := "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	nested := func(depth int) string {
		var b strings.Builder
		for i := range depth {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		return b.String() + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + askRU + "\r\n"
	}
	itself := func(depth int) string {
		return strings.Repeat("Content-Type: message/rfc822\r\n\r\nSubject: Fwd\r\n", depth) + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + askRU
	}
	letters := []brokenLetter{
		{what: "NUL bytes", raw: []byte(subject + "X-Nul: a\x00b\r\n" + plain + askRU + "\x00\x00 end\x00\r\n")},
		{what: "bare CR and bare LF", raw: []byte(strings.ReplaceAll(subject, "\r\n", "\n") + strings.ReplaceAll(plain, "\r\n", "\n") + askRU + "\ra\rb\n\rc\r\r\n")},
		{what: "a header of two megabytes", raw: []byte(subject + strings.Repeat("X-Filler: "+strings.Repeat("a", 988)+"\r\n", 2000) + plain + askRU + "\r\n")},
		{what: "ten thousand parts in each other", raw: []byte(subject + "MIME-Version: 1.0\r\n" + nested(10_000))},
		{what: "a boundary that never comes", raw: []byte(subject + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"never\"\r\n\r\n--other\r\n" + askRU + "\r\n--other--\r\n")},
		{what: "base64 without end", raw: []byte(subject + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(askRU+strings.Repeat(" слова", 40_000))) + "!!*")},
		{what: "addresses that are no UTF-8", raw: []byte("From: \"\xcf\xf0\xe8\xe2\xe5\xf2\" <p\xff\xfe@mail.example>\r\nReply-To: \xc3\x28 <\xe2\x28\xa1@mail.example>\r\n" + subject + plain + askRU + "\r\n")},
		{what: "a wrong size in the name of its file", raw: []byte(subject + plain + askRU + strings.Repeat("\nПогода сегодня хорошая.", 3000) + "\n"), flaw: ",S=100000,W=400000"},
		{what: "a size that is too small", raw: []byte(subject + plain + askRU + strings.Repeat("\nПогода сегодня хорошая.", 3000) + "\n"), flaw: ",S=100,W=105"},
		{what: "nothing at all", raw: nil, none: true},
		{what: "a line without end", raw: []byte(subject + plain + askRU + " " + strings.Repeat("x", size) + "\r\n")},
		{what: "a charset that nobody knows", raw: []byte(subject + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"x-martian-9\"\r\n\r\n" + askRU + "\r\n")},
		{what: "letters in letters", raw: []byte(subject + "MIME-Version: 1.0\r\n" + itself(300))},
		{what: "no end of the header", raw: []byte(subject + "X-Last: 1\r\n" + askRU + "\r\n")},
		{what: "no header", raw: []byte("\r\n" + markRU + "\r\n" + demandRU + "\r\n")},
		{what: "a line of a mailbox file first", raw: []byte("From p@mail.example Sat Nov 28 10:00:00 2026\n" + strings.ReplaceAll(subject+plain, "\r\n", "\n") + askRU + "\n")},
		{what: "everything twice", raw: []byte(subject + plain[:len(plain)-2] + "From: second@mail.example\r\nSubject: Hello\r\nContent-Type: image/png\r\n\r\n" + askRU + "\r\n")},
		{what: "an encoding that nobody knows", raw: []byte(subject + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n" + askRU + "\r\n")},
	}
	for i, l := range letters {
		if len(l.raw) > 0 && l.what != "no header" && !bytes.HasPrefix(l.raw, []byte("From")) {
			letters[i].raw = append(fmt.Appendf(nil, "Return-Path: <broken%[1]d@mail.example>\r\nFrom: broken%[1]d@mail.example\r\nTo: info@license.kz\r\nMessage-ID: <broken%[1]d@mail.example>\r\n", i), l.raw...)
		}
	}
	return letters
}
