package mailbox

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

// tlv makes an element of definite length, indef one without.
func tlv(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	switch n := len(body); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	default:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
	}
}

func indef(tag byte, parts ...[]byte) []byte {
	return append(append([]byte{tag, 0x80}, bytes.Join(parts, nil)...), 0, 0)
}

func TestSignedLetter(t *testing.T) {
	inner := []byte("Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xf0\xd2\xcf\xdb\xd5 \xcf\xd4\xd7\xc5\xd4\xc9\xd4\xd8\r\n" +
		"--q\r\nContent-Type: application/pdf\r\n\r\nxx\r\n--q--\r\n")
	oid := func(b []byte) []byte { return b }
	pieces := [][]byte{tlv(4, inner[:50]), tlv(4, inner[50:120]), tlv(4, inner[120:])}
	certificates := tlv(0xa0, tlv(0x30, tlv(4, []byte("not this"))))
	der := tlv(0x30, oid(signedData), tlv(0xa0, tlv(0x30, tlv(2, []byte{1}), tlv(0x31), tlv(0x30, oid(plainData), tlv(0xa0, tlv(4, inner))), certificates)))
	ber := indef(0x30, oid(signedData), indef(0xa0, indef(0x30, tlv(2, []byte{1}), tlv(0x31), indef(0x30, oid(plainData), indef(0xa0, indef(0x24, pieces...))), certificates)))
	detached := tlv(0x30, oid(signedData), tlv(0xa0, tlv(0x30, tlv(2, []byte{1}), tlv(0x31), tlv(0x30, oid(plainData)), certificates)))
	enveloped := tlv(0x30, []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"), tlv(0xa0, tlv(0x30, oid(plainData), tlv(0xa0, tlv(4, inner)))))
	for name, c := range map[string]struct {
		object    []byte
		text      string
		encrypted bool
	}{
		"definite":   {der, "Прошу ответить", false},
		"indefinite": {ber, "Прошу ответить", false},
		"cut":        {der[:150], "Прошу", false},
		"detached":   {detached, "", true},
		"encrypted":  {enveloped, "", true},
		"nonsense":   {[]byte("nonsense"), "", true},
		"nothing":    {nil, "", true},
		"cut early":  {der[:20], "", true},
	} {
		m := parse(head + "Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(c.object) + "\r\n")
		if !strings.HasPrefix(m.Text, c.text) || (c.text == "") != (m.Text == "") || slices.Contains(m.Troubles, TroubleEncrypted) != c.encrypted {
			t.Errorf("%s: text %q, troubles %v", name, m.Text, m.Troubles)
		}
		if len(m.Attachments) == 0 || m.Attachments[0].Name != "smime.p7m" {
			t.Errorf("%s: attachments %v", name, m.Attachments)
		}
	}
}

func FuzzSignedContent(f *testing.F) {
	f.Add(append(append([]byte{0x30, 0x80}, signedData...), append(plainData, 0xa0, 0x80, 0x24, 0x80, 4, 2, 'a', 'b')...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, _ := signedContent(b); len(out) > len(b) {
			t.Errorf("%d bytes enclose %d", len(b), len(out))
		}
	})
}
