package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// shapes makes letters of every build that mail programs have, with what
// decides about them at any place in them, in any coding: just before, on and
// behind the borders up to which a text is read.
type shapes struct{ *rand.Rand }

func (s shapes) of(choices ...string) string { return choices[s.IntN(len(choices))] }

// borders are where reading a text stops for a while, in bytes.
var borders = []int{0, 100, 5 << 10, 7 << 10, 14 << 10, 64 << 10}

func (s shapes) letter(n int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: shape%d@mail.example\r\nTo: info@license.kz\r\nMessage-ID: <shape-%d@mail.example>\r\nMIME-Version: 1.0\r\n", n, n)
	b.WriteString(s.of("", "Subject: Hello\r\n", "Subject: Re: Hello\r\n", "Subject: Fwd: 1\r\n", "Subject:\r\n", "Subject: =?utf-8?B?0JLQvtC/0YDQvtGB?=\r\n", "Subject: =?utf-8?B?0J/QtdGA0YHQvtC90LDQu9GM0L3Ri9C1INC00LDQvdC90YvQtQ==?=\r\n"))
	b.WriteString(s.of("", "", "", "", "", "In-Reply-To: <x@mail.example>\r\n", "List-Id: <l.mail.example>\r\n", "Precedence: bulk\r\n", "Auto-Submitted: auto-generated\r\n"))
	b.WriteString(s.build(2))
	return b.Bytes()
}

// build is an entity: its header fields, a blank line and its body.
func (s shapes) build(depth int) string {
	if depth == 0 {
		return s.text()
	}
	sub := func() string { return s.build(depth - 1) }
	switch s.IntN(17) {
	case 0, 1, 2:
		return s.text()
	case 3:
		return s.html()
	case 4:
		return alternative(s.text(), s.html())
	case 5: // Outlook
		return mixed(multipart("related", []string{alternative(s.text(), s.html()), s.image()}), s.file())
	case 6: // Apple
		return mixed(s.text(), s.image(), s.text())
	case 7:
		return mixed(s.image(), s.file(), s.text())
	case 8:
		return mixed(s.text(), "Content-Type: message/rfc822\r\n\r\nFrom: f@mail.example\r\nSubject: x\r\n"+sub())
	case 9:
		return "Content-Type: message/rfc822\r\n\r\nFrom: f@mail.example\r\nSubject: x\r\n" + sub()
	case 10:
		return multipart("signed", []string{sub(), "Content-Type: application/pgp-signature\r\n\r\nxx"})
	case 11:
		return mixed(sub(), sub())
	case 12:
		return multipart("digest", []string{"\r\nFrom: f@mail.example\r\nSubject: x\r\n" + sub()})
	case 13, 14:
		return mixed(append([]string{s.brief()}, s.files()...)...)
	case 15:
		return mixed(append([]string{multipart(s.of("related", "mixed", "alternative"), append([]string{s.brief()}, s.files()...))}, s.files()...)...)
	}
	return alternative(s.text(), multipart("related", []string{s.html(), s.image()}), "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR")
}

func (s shapes) image() string {
	size := []int{30, 3000, 9000, 90_000}[s.IntN(4)]
	return "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: " + s.of("inline", "attachment; filename=a.png") + "\r\n\r\n" + wrapped(base64.StdEncoding.EncodeToString(make([]byte, size)))
}

func (s shapes) file() string {
	name := s.of("a.pdf", "scan.pdf", "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(markRU+".pdf"))+"?=")
	return "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\nx"
}

// brief is a text that leaves it to what is attached to say what is wanted.
func (s shapes) brief() string {
	plain := "Content-Type: text/plain; charset=utf-8\r\n\r\n" + s.of("См. вложение.", "", "Добрый день! Направляю документы, о которых мы с Вами вчера говорили по телефону.")
	if s.IntN(3) > 0 {
		return plain
	}
	return alternative(plain, "Content-Type: text/html; charset=utf-8\r\n\r\n"+s.of("<p>См. вложение.", "<style>"+strings.Repeat("p{margin:0}", 8000)+"</style>"))
}

// files are what is attached, a large one first, with what decides about the
// letter, perhaps, in the name of one behind, or in something that is no file.
func (s shapes) files() []string {
	big := "Content-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped(base64.StdEncoding.EncodeToString(make([]byte, 250_000)))
	list := []string{s.of(big, big, s.image(), s.file())}
	for range s.IntN(4) * s.IntN(4) {
		list = append(list, s.of(s.file(), s.file(), s.image(), big,
			"Content-Type: application/pdf; name*=windows-1251''%CE%F2%E7%FB%E2%20%F1%EE%E3%EB%E0%F1%E8%FF%20%ED%E0%20%EE%E1%F0%E0%E1%EE%F2%EA%F3%20%EF%E5%F0%F1%EE%ED%E0%EB%FC%ED%FB%F5%20%E4%E0%ED%ED%FB%F5.pdf\r\n\r\nx",
			"Content-Type: application/octet-stream;\r\n\tname=\"a.bin\"\r\nContent-Disposition: attachment;\r\n  filename=\""+markRU+".doc\"\r\n\r\nx",
			"Content-Disposition: attachment; filename=претензия.pdf\r\n\r\nx",
			"\r\n"+demandRU, "Content-Type: text/plain; charset=utf-8\r\n\r\nОтправлено с телефона",
			"Content-Type: text/plain; charset=utf-8; name=a.txt\r\nContent-Disposition: attachment\r\n\r\n"+demandRU,
			"Content-Type: message/rfc822\r\n\r\nFrom: f@mail.example\r\nSubject: x\r\n\r\n"+demandRU,
			"Content-Type: application/octet-stream; name=a.eml\r\n\r\nFrom: f@mail.example\r\nSubject: x\r\n\r\n"+demandRU,
			mixed("Content-Type: text/plain; charset=utf-8\r\n\r\n"+demandRU)))
	}
	return list
}

// words are a text with, perhaps, a demand that begins at most this many bytes
// behind a border, or in front of it.
func (s shapes) words(weight float64) string {
	at := borders[s.IntN(len(borders))] + s.IntN(241) - 120
	filler := s.of("Погода сегодня хорошая, солнце.\n", "> Погода была хорошая.\n", "Weather is fine today.\n", "\n", "слово ", "a\n")
	demand := s.of(demandRU, demandRU, "Отзываю согласие на обработку персональных данных.", "Please delete my personal data.", "Менің дербес деректерімді жойыңыз.", "Вопрос о цене.", "Нет претензий.")
	one := max(1, int(float64(len(filler))*weight))
	return strings.Repeat(filler, max(0, at/one)) + "\n" + demand + "\n" + strings.Repeat(filler, s.IntN(40))
}

func (s shapes) text() string {
	charset := s.of("utf-8", "utf-8", "windows-1251", "koi8-r", "iso-8859-5", "", "x-unknown", "utf-16le")
	code, weight := s.coding(charset)
	return "Content-Type: text/plain" + parameter("charset", charset) + s.of("", "; format=flowed") + "\r\n" + code(s.words(weight))
}

func (s shapes) html() string {
	code, weight := s.coding("utf-8")
	words := s.words(weight)
	switch s.IntN(4) {
	case 0:
		words = "<style>" + strings.Repeat("p{margin:0}", s.IntN(2000)) + "</style>" + words
	case 1:
		words = strings.ReplaceAll(words, "\n", "<br>\r\n")
	case 2:
		words = "<div><blockquote>" + words[:len(words)/2] + "</blockquote>" + words[len(words)/2:]
	}
	return "Content-Type: text/html; charset=utf-8\r\n" + code("<html><body>"+words+"</body></html>")
}

func parameter(name, value string) string {
	if value == "" {
		return ""
	}
	return "; " + name + "=" + value
}

var encoders = map[string]encoding.Encoding{
	"windows-1251": charmap.Windows1251, "koi8-r": charmap.KOI8R, "iso-8859-5": charmap.ISO8859_5, "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
}

// coding is a way to write a text, with the bytes that one of UTF-8 becomes.
func (s shapes) coding(charset string) (code func(string) string, weight float64) {
	in := func(text string) string {
		if e := encoders[charset]; e != nil {
			out, _ := encoding.ReplaceUnsupported(e.NewEncoder()).String(text)
			return out
		}
		return text
	}
	narrow := 1.0
	if charset != "utf-8" && charset != "utf-16le" && encoders[charset] != nil {
		narrow = 0.55
	}
	way := s.IntN(4)
	if charset == "utf-16le" {
		way = 2
	}
	switch way {
	case 0:
		return func(t string) string { return "Content-Transfer-Encoding: 8bit\r\n\r\n" + crlf(in(t)) }, narrow
	case 1:
		return func(t string) string {
			var b bytes.Buffer
			w := quotedprintable.NewWriter(&b)
			w.Write([]byte(in(t)))
			w.Close()
			return "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b.String()
		}, 3 * narrow
	case 2:
		width := []int{4, 60, 64, 76, 77, 998, 1 << 20}[s.IntN(7)]
		return func(t string) string {
			raw := base64.StdEncoding.EncodeToString([]byte(in(t)))
			var b strings.Builder
			for len(raw) > width {
				b.WriteString(raw[:width] + "\r\n")
				raw = raw[width:]
			}
			return "Content-Transfer-Encoding: base64\r\n\r\n" + b.String() + raw
		}, 1.36 * narrow
	}
	return func(t string) string { return "\r\n" + crlf(in(t)) }, narrow
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}
