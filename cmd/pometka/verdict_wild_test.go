package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// wild makes letters that no mail program should: parts within parts with
// boundaries that are missing, doubled, closed too early or too often, or begin
// like one another, heads without a blank line behind them, line ends of all
// kinds, and what decides anywhere among it.
type wild struct {
	shapes
	open []string // boundaries of the multiparts around the place at hand

	headers bool // are spoiled as well
}

func (w *wild) letter(n int) []byte {
	w.open = nil
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: wild%d@mail.example\r\nTo: info@license.kz\r\nMessage-ID: <wild-%d@mail.example>\r\nMIME-Version: 1.0\r\n", n, n)
	b.WriteString(w.of("Subject: Hello\r\n", "Subject: Hello\r\n", "Subject: Fwd: 1\r\n", "Subject:\r\n", "", "Subject: Re: =?utf-8?B?0JLQvtC/0YDQvtGB?=\r\n"))
	b.WriteString(w.of("", "", "", "", "In-Reply-To: <x@mail.example>\r\n", "Precedence: bulk\r\n"))
	raw := []byte(w.header(b.String()) + w.part(3))
	switch w.IntN(12) {
	case 0:
		raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	case 1: // here and there
		raw = w.mixEnds(raw)
	case 2: // cut anywhere
		raw = raw[:len(raw)-w.IntN(len(raw)/4+1)]
	}
	return raw
}

// header spoils a header, or leaves it as it is.
func (w *wild) header(good string) string {
	subject := w.of("Subject : "+markRU, "SUBJECT:"+markRU, "Subject:\r\n "+markRU, "Subject:\r\n\t\r\n "+markRU, "Subject\t: "+markRU, "Subject: Re:\r\n\r "+markRU,
		" Subject: "+markRU, "Subject: x\x00"+markRU, "Subject: x\r\nSubject: "+markRU, "Subject: "+strings.Repeat(" ", 3000)+markRU, "subject:"+strings.Repeat("\r\n a", 2000)+" "+markRU,
		"X-Subject: "+markRU, "Subject; "+markRU, "Subject: =?utf-8?Q?=D0=9E?=\r\n =?utf-8?Q?=D1=82=D0=B7=D1=8B=D0=B2?= =?utf-8?Q?_=D1=81=D0=BE=D0=B3=D0=BB=D0=B0=D1=81=D0=B8=D1=8F?=")
	n := 8
	if w.headers {
		n = w.IntN(n)
	}
	switch n {
	case 0:
		return good + subject + "\r\n"
	case 1:
		return subject + "\r\n" + good
	case 2:
		return "From MAILER Sun Nov 29 10:00:00 2026\r\n" + good + subject + "\r\n"
	case 3:
		return good + w.of("no colon in this line\r\n", ": no name\r\n", "X-Y\r\n", "\tcontinued\r\n", " \r\n", "X: a\rb\r\n", "\x80\xff: z\r\n") + subject + "\r\n"
	case 4: // of fields that are not asked for, and of those that are
		return good + strings.Repeat(w.of("X-Padding: ", "Received: ", "References: ", "To: ")+strings.Repeat("a@b.kz ", 12)+"\r\n", w.IntN(1500)) + subject + "\r\n"
	}
	return good
}

func (w *wild) mixEnds(raw []byte) []byte {
	var out []byte
	for _, line := range bytes.SplitAfter(raw, []byte("\r\n")) {
		if body, ended := bytes.CutSuffix(line, []byte("\r\n")); ended && w.IntN(3) == 0 {
			line = append(append([]byte{}, body...), '\n')
		}
		out = append(out, line...)
	}
	return out
}

// part is an entity, its header first.
func (w *wild) part(depth int) string {
	if depth > 0 && w.IntN(5) > 1 {
		return w.multi(depth)
	}
	switch w.IntN(14) {
	case 0, 1, 2:
		return w.brief()
	case 3:
		return w.text()
	case 4:
		return w.html()
	case 5:
		return w.file()
	case 6:
		return w.image()
	case 7: // found large in front of what decides
		return "Content-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped(base64.StdEncoding.EncodeToString(make([]byte, 3000+w.IntN(70_000))))
	case 8:
		if depth > 0 {
			return w.of("Content-Type: message/rfc822\r\n\r\n", "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", "Content-Type: application/octet-stream; name=a.eml\r\n\r\n") +
				"From: f@mail.example\r\nSubject: " + w.of("x", markRU) + "\r\n" + w.part(depth-1)
		}
		return "Content-Type: message/rfc822\r\n\r\nSubject: x"
	case 9: // no blank line, no header, nothing at all
		return w.of("Content-Type: text/plain; charset=utf-8\r\n"+demandRU, "\r\n"+demandRU, demandRU, "\r\n", "", "Content-Type: text/plain")
	case 10:
		return "Content-Type: text/plain; charset=utf-8" + w.of("", "; name=a.txt", "; format=flowed") + "\r\nContent-Disposition: " + w.of("inline", "attachment", "attachment; filename*0*=utf-8''%D0%9E%D1%82%D0%B7; filename*1*=%D1%8B%D0%B2.txt") + "\r\n\r\n" + w.of(demandRU, "x")
	case 11: // names in pieces
		return "Content-Type: application/pdf;\r\n name*0*=utf-8''%D0%9E%D1%82%D0%B7%D1%8B%D0%B2%20;\r\n name*1*=%D1%81%D0%BE%D0%B3%D0%BB%D0%B0%D1%81%D0%B8%D1%8F%20;\r\n name*2=\"na obrabotku.pdf\"\r\nContent-Disposition: attachment;\r\n filename*1*=%D1%81%D0%BE%D0%B3%D0%BB%D0%B0%D1%81%D0%B8%D1%8F%20%D0%BD%D0%B0%20%D0%BE%D0%B1%D1%80%D0%B0%D0%B1%D0%BE%D1%82%D0%BA%D1%83%20%D0%BF%D0%B5%D1%80%D1%81%D0%BE%D0%BD%D0%B0%D0%BB%D1%8C%D0%BD%D1%8B%D1%85%20%D0%B4%D0%B0%D0%BD%D0%BD%D1%8B%D1%85.pdf;\r\n filename*0*=UTF-8''%D0%9E%D1%82%D0%B7%D1%8B%D0%B2%20\r\n\r\nx"
	case 12: // an encoding that is none, or another than it says
		return "Content-Type: text/plain; charset=" + w.of("utf-8", "windows-1251", "x") + "\r\nContent-Transfer-Encoding: " + w.of("base64", "x-uuencode", "quoted-printable", "none", "8 bit") + "\r\n\r\n" + w.of(demandRU, "begin 644 a.txt\r\n"+uu(demandRU)+"`\r\nend", base64.StdEncoding.EncodeToString([]byte(demandRU)))
	}
	return "Content-Type: text/plain; charset=utf-8\r\n\r\n" + w.of(demandRU, "--\r\n"+demandRU, "-- \r\n"+demandRU, "----Original Message----\r\n"+demandRU)
}

// uu encodes a text as uuencode does, without its first and last line.
func uu(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := min(len(s), 45)
		line := s[:n]
		s = s[n:]
		b.WriteByte(byte(32 + n))
		for len(line) > 0 {
			var g [3]byte
			line = line[copy(g[:], line):]
			for _, v := range [...]byte{g[0] >> 2, g[0]<<4&0x30 | g[1]>>4, g[1]<<2&0x3c | g[2]>>6, g[2] & 0x3f} {
				b.WriteByte(32 + v)
			}
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// multi is a multipart with its flaws.
func (w *wild) multi(depth int) string {
	bound := w.of(fmt.Sprintf("b%d", w.IntN(1000)), "=_x y", strings.Repeat("z", 60), "b", "---=")
	if n := len(w.open); n > 0 && w.IntN(5) == 0 { // one begins like the other, or is the same
		bound = w.open[n-1] + w.of("", "", "a", "-", "--", " ")
	}
	declared := "; boundary=\"" + bound + "\""
	switch w.IntN(12) {
	case 0:
		declared = ""
	case 1:
		declared = "; boundary=wrong"
	case 2:
		declared = "; Boundary = " + strings.ReplaceAll(bound, " ", "_") + " ; x=y"
	}
	w.open = append(w.open, bound)
	defer func() { w.open = w.open[:len(w.open)-1] }()
	var b strings.Builder
	b.WriteString("Content-Type: multipart/" + w.of("mixed", "mixed", "mixed", "alternative", "related", "report", "signed", "digest", "x-odd") + declared + "\r\n\r\n")
	b.WriteString(w.of("", "", "This is a multi-part message in MIME format.\r\n\r\n", demandRU+"\r\n", "--\r\n", "--"+bound+"--\r\n"))
	for range w.IntN(5) {
		b.WriteString(w.of("--", "--", "--", "--", "--", "--", "--", "--", "\r\n--", "---", "-- ", ""))
		b.WriteString(bound + w.of("", "", "", "", "", "", " ", "\t", "--", "-", "x") + "\r\n" + w.part(depth-1) + w.of("\r\n", "\r\n", "\r\n", "\r\n", "", "\r\n\r\n"))
	}
	switch w.IntN(6) {
	case 0: // no end
	case 1: // and something behind it
		b.WriteString("--" + bound + "--\r\n" + w.of(demandRU, "--"+bound+"\r\n"+w.part(depth-1)+"\r\n--"+bound+"--", w.part(0)) + "\r\n")
	default:
		b.WriteString("--" + bound + "--" + w.of("", "\r\n", "\r\n", " \r\n", "x\r\n"))
	}
	return b.String()
}
