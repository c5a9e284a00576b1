package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

const (
	markRU   = "Отзыв согласия на обработку персональных данных"
	demandRU = "Прошу удалить мои персональные данные."
)

// hardLetters are letters whose verdict hangs on something that does not stand
// at their beginning: behind many bytes, in another part, or just where reading
// ends.
func hardLetters() [][]byte {
	filler := func(visible int) string {
		return strings.Repeat("Погода сегодня хорошая, солнце.\n", visible/28+1)
	}
	blob := base64.StdEncoding.EncodeToString(make([]byte, 250_000))
	image := "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + blob
	named := func(name string) string {
		return "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"" + mime.BEncoding.Encode("utf-8", name) + "\"\r\n\r\nx"
	}
	letter := func(head, text string) string {
		return "Content-Type: message/rfc822\r\n\r\nFrom: a@mail.example\r\n" + head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text
	}
	plain := func(s string) string { return "Content-Type: text/plain; charset=utf-8\r\n\r\n" + s }
	html := func(s string) string { return "Content-Type: text/html; charset=utf-8\r\n\r\n" + s }
	long := filler(400)
	bodies := []string{
		mixed(plain("См. вложение."), image, named(markRU+".pdf")),
		mixed(plain(long), image, named(markRU+".pdf")),
		mixed(plain("https://disk.example/"+strings.Repeat("x", 300)), image, named(markRU+".pdf")),
		mixed(plain("Переслано."), image, letter("Subject: x\r\n", demandRU)),
		mixed(plain(long), image, letter("Subject: x\r\n", demandRU)),
		mixed(plain(long), letter("Subject: x\r\n"+strings.Repeat("X-Field: "+strings.Repeat("a", 90)+"\r\n", 120), demandRU)),
		mixed(alternative(plain(long), html("<p>"+strings.Repeat("<b></b>", 2000)+long)), letter("Subject: x\r\n", demandRU)),
		mixed(plain("Здравствуйте."), image, plain(demandRU)),
		mixed(plain(long), image, plain(demandRU)),
		plain(strings.Repeat("> Погода сегодня хорошая, солнце.\r\n", 300) + "\r\n" + demandRU),
		plain(strings.Repeat("\r\n", 40_000) + demandRU),
		plain(strings.Repeat(" \r\n", 4_000) + demandRU),
		html("<style>" + strings.Repeat("p{margin:0}", 3000) + "</style><p>" + demandRU),
		alternative(plain("Откройте HTML."), html(strings.Repeat("<p style=\"margin:0\"></p>", 600)+"<p>"+demandRU)),
		alternative(plain(filler(300)), html("<p>"+demandRU)),
		mixed(alternative(plain(""), html("<p>См. ниже")), image, html("<p>"+demandRU)),
		named(markRU + ".pdf"), // nothing but a file
		"Content-Type: multipart/mixed; boundary=late\r\n\r\n" + filler(6000) + "\r\n--late\r\n" + plain(demandRU) + "\r\n--late--\r\n",
		mixed(plain("См. вложение."), image) + "\r\n--mixed-2\r\n" + plain(demandRU) + "\r\n--mixed-2--\r\n",
		alternative(html("<p>"+filler(4000)), plain(demandRU)),
		alternative(mixed(html("<p>"+filler(100)), image), plain(demandRU)),
		mixed(plain(long), letter("Subject: x\r\n", demandRU+"\r\n"+filler(9000))),
		mixed(alternative(plain(long))+strings.Repeat("to be ignored\r\n", 30_000), plain(demandRU)),
		mixed(plain("См. вложение."), named("scan.pdf")+strings.Repeat("x\r\n", 30_000)+"--mixed-3----\r\nx", letter("Subject: x\r\n", demandRU)), // where servers see the end
	}
	var out [][]byte
	for i, b := range bodies {
		out = append(out, person(i, b))
		out = append(out, person(i, "Subject: Fwd: письмо\r\n"+b))
	}
	for _, b := range []string{ // a demand on paper
		image, named("scan.pdf"), mixed(plain(""), image), mixed(html("<br>"), image, named("scan.pdf")), mixed(plain("См. вложение."), image, named("заявление.pdf")),
		mixed(plain(long), image), mixed(plain("Добрый день! Прилагаю своё заявление."), image),
	} {
		for _, subject := range []string{"", "Заявление", "Счёт"} {
			out = append(out, person(len(out), "Subject: "+mime.BEncoding.Encode("utf-8", subject)+"\r\n"+b))
		}
	}
	for _, name := range []string{"Received", "References", "To"} { // longer than is read of it first
		field := name + ": " + strings.Repeat("<a@mail.example> ", 6) + "\r\n"
		out = append(out, person(len(out), "Subject: Hello\r\n"+strings.Repeat(field, 900)+"Subject: x\r\n"+plain("Добрый день.")))
		out = append(out, person(len(out), "Subject: Hello\r\n"+strings.Repeat(field, 900)+html("<p>"+demandRU)))
	}
	for visible := 1600; visible <= 2200; visible += 40 {
		text := []rune(filler(visible))
		s := strings.TrimRight(string(text[:visible+visible/8]), " \n") + "\n\n" + demandRU + "\n\n" + filler(300)
		for j, b := range encodings(s) {
			out = append(out, person(visible+j, b))
		}
	}
	return out
}

func person(n int, body string) []byte {
	subject := "Subject: Hello\r\n"
	if strings.HasPrefix(body, "Subject: ") {
		subject = ""
	}
	return fmt.Appendf(nil, "From: person%d@mail.example\r\nTo: info@license.kz\r\nMessage-ID: <hard-%d-%d@mail.example>\r\nMIME-Version: 1.0\r\n%s%s", n, n, len(body), subject, body)
}

func multipart(kind string, parts []string) string {
	b := fmt.Sprintf("%s-%d", kind, len(parts))
	return "Content-Type: multipart/" + kind + "; boundary=" + b + "\r\n\r\n--" + b + "\r\n" + strings.Join(parts, "\r\n--"+b+"\r\n") + "\r\n--" + b + "--\r\n"
}

func mixed(parts ...string) string { return multipart("mixed", parts) }

func alternative(parts ...string) string { return multipart("alternative", parts) }

// encodings gives a text in the forms in which letters come.
func encodings(s string) []string {
	var qp bytes.Buffer
	w := quotedprintable.NewWriter(&qp)
	w.Write([]byte(s))
	w.Close()
	cp1251, _ := charmap.Windows1251.NewEncoder().String(s)
	head := func(charset, encoding string) string {
		return "Content-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n"
	}
	return []string{
		head("utf-8", "8bit") + s, head("utf-8", "quoted-printable") + qp.String(), head("windows-1251", "8bit") + cp1251,
		head("utf-8", "base64") + wrapped(base64.StdEncoding.EncodeToString([]byte(s))),
		mixed(head("utf-8", "base64")+wrapped(base64.StdEncoding.EncodeToString([]byte(s))), "Content-Type: image/png\r\n\r\n"+strings.Repeat("x", 9000)),
	}
}

func wrapped(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return b.String() + s
}
