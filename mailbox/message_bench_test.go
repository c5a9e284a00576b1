package mailbox

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// sampleLetter is a letter of a usual mail program, of about that many bytes:
// a text with its HTML, and an attachment that fills the rest.
func sampleLetter(size int) string {
	text := strings.Repeat("Прошу исправить мой номер телефона на +7 701 000 00 00, старый больше не работает. ", 12)
	encoded := func(s string) string {
		var out strings.Builder
		for b := base64.StdEncoding.EncodeToString([]byte(s)); len(b) > 0; b = b[min(76, len(b)):] {
			out.WriteString(b[:min(76, len(b))] + "\r\n")
		}
		return out.String()
	}
	var h strings.Builder
	for i := range 4 {
		fmt.Fprintf(&h, "Received: from mx%d.example.kz (mx%d.example.kz [192.0.2.%d])\r\n\tby mx%d.desk.kz with ESMTPS id a1b2c3d4e5f6\r\n\tfor <info@desk.kz>; Mon, 5 Jan 2026 10:00:0%d +0500\r\n", i, i, i, i+1, i)
	}
	h.WriteString("Authentication-Results: mx.desk.kz; spf=pass smtp.mailfrom=ivan@example.kz; dkim=pass header.d=example.kz; dmarc=pass header.from=example.kz\r\n" +
		"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.kz; s=mail;\r\n\th=From:To:Subject:Date;\r\n\tbh=" + strings.Repeat("abcd", 11) + ";\r\n\tb=" + strings.Repeat("abcd", 80) + "\r\n" +
		"Return-Path: <ivan@example.kz>\r\nFrom: =?utf-8?B?0JjQstCw0L0g0J/QtdGC0YDQvtCy?= <ivan@example.kz>\r\nTo: info@desk.kz\r\n" +
		"Subject: =?utf-8?B?0JDQutGC0YPQsNC70LjQt9Cw0YbQuNGPINC/0LXRgNGB0L7QvdCw0LvRjA==?=\r\n =?utf-8?B?0L3Ri9GFINC00LDQvdC90YvRhQ==?=\r\n" +
		"Date: Mon, 5 Jan 2026 09:59:59 +0500\r\nMessage-ID: <a1b2c3@example.kz>\r\nReferences: <1@desk.kz> <2@desk.kz>\r\nIn-Reply-To: <2@desk.kz>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=\"----=_Part_1\"\r\n\r\n")
	body := "------=_Part_1\r\nContent-Type: multipart/alternative; boundary=\"----=_Part_2\"\r\n\r\n" +
		"------=_Part_2\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded(text) +
		"\r\n------=_Part_2\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded("<html><body><p>"+text+"</p></body></html>") +
		"\r\n------=_Part_2--\r\n------=_Part_1\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n"
	rest := max(0, size-h.Len()-len(body)-30)
	return h.String() + body + encoded(strings.Repeat("\x00\x01\x02", rest/4)) + "------=_Part_1--\r\n"
}

// htmlLetter is a letter of HTML alone, in quoted-printable.
func htmlLetter(size int) string {
	line := "<div style=3D\"font-family:Arial;font-size:14px\"><p>=CF=F0=EE=F8=F3 =E8=F1=EF=F0=E0=E2=E8=F2=FC =\r\n=ED=EE=EC=E5=F0 =F2=E5=EB=E5=F4=EE=ED=E0.</p></div>\r\n"
	return head + "Content-Type: text/html; charset=windows-1251\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat(line, size/len(line))
}

func BenchmarkParse(b *testing.B) {
	for name, raw := range map[string]string{"20KB": sampleLetter(20 << 10), "20KB-html": htmlLetter(20 << 10), "5MB": sampleLetter(5 << 20)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				Parse(strings.NewReader(raw))
			}
		})
	}
}

func BenchmarkParseHeader(b *testing.B) {
	raw := sampleLetter(20 << 10)
	header := []byte(raw[:strings.Index(raw, "\r\n\r\n")+4])
	b.ReportAllocs()
	b.SetBytes(int64(len(header)))
	for b.Loop() {
		ParseHeader(header)
	}
}

func BenchmarkParsePrefix(b *testing.B) {
	raw := sampleLetter(20 << 10)
	n := strings.Index(raw, "\r\n\r\n") + 4
	b.ReportAllocs()
	for b.Loop() {
		ParsePrefix([]byte(raw[:n]), []byte(raw[n:n+8192]))
	}
}

func BenchmarkHeaderDigest(b *testing.B) {
	raw := sampleLetter(20 << 10)
	header := []byte(raw[:strings.Index(raw, "\r\n\r\n")+4])
	b.ReportAllocs()
	for b.Loop() {
		HeaderDigest(20<<10, header)
	}
}

// BenchmarkHostile shows the dearest letters; each may cost 50 ms.
func BenchmarkHostile(b *testing.B) {
	for name, raw := range hostile() {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(strings.NewReader(raw))
			}
		})
	}
}
