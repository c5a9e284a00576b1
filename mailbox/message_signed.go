package mailbox

import "bytes"

// isCMS reports whether a part is a CMS object (RFC 8551, 3.2): a letter inside of
// a signature, or inside of an encryption.
func isCMS(kind string) bool {
	return kind == "application/pkcs7-mime" || kind == "application/x-pkcs7-mime"
}

// cms reads a CMS object, an attachment otherwise. The letter inside of a
// signature is read as if it were not signed: nothing is verified here.
func (p *parser) cms(fields []field, a Attachment) (part, stop) {
	enc, _ := transferOf(fields)
	size := sizer{t: enc}
	var raw []byte
	at := p.src.body(func(b []byte) {
		raw = keep(raw, b, p.budget.raw)
		size.add(b)
	})
	p.budget.raw -= len(raw)
	a.Size = size.size()
	p.attach(a)
	raw, _ = enc.decode(raw, nil)
	content, signed := signedContent(raw)
	if !signed || p.budget.depth >= maxDepth {
		p.m.trouble(TroubleEncrypted)
		return part{cut: at == atEnd && p.prefix}, at
	}
	p.budget.depth++
	defer func() { p.budget.depth-- }()
	sub := *p
	sub.src = newSource(bytes.NewReader(content), int64(len(content))+1)
	head, rest := sub.header(maxPartHeader)
	t, _ := sub.entity(head, rest)
	sub.src.release()
	t.cut = t.cut || at == atEnd && p.prefix
	return t, at
}

// The object identifiers of signed and of plain data, with tag and length
// (RFC 5652, 4 and 5.1).
var (
	signedData = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
	plainData  = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
)

// signedContent returns what a SignedData object encloses. The octet string may
// come in pieces and without its length, as BER allows and mail programs do;
// of an object that was cut, what is there is returned.
func signedContent(der []byte) ([]byte, bool) {
	if n := bytes.Index(der[:min(len(der), 64)], signedData); n < 0 {
		return nil, false
	}
	n := bytes.Index(der[:min(len(der), 4096)], plainData)
	if n < 0 {
		return nil, false
	}
	// [0] EXPLICIT OCTET STRING follows the identifier of the content, except
	// where the signature is detached.
	rest, _, _ := berHeader(der[n+len(plainData):])
	if len(rest) == 0 || rest[0] != 0x04 && rest[0] != 0x24 {
		return nil, false
	}
	return octets(rest, nil, 0), true
}

// octets appends the octet string at the beginning of b, piece by piece.
func octets(b, out []byte, depth int) []byte {
	for len(b) > 1 {
		tag := b[0]
		body, length, indefinite := berHeader(b)
		switch {
		case tag == 0x04:
			end := min(length, len(body))
			out = append(out, body[:end]...)
			b = body[end:]
		case tag == 0x24 && depth < 4 && indefinite:
			return octets(body, out, depth+1)
		case tag == 0x24 && depth < 4:
			return octets(body[:min(length, len(body))], out, depth+1)
		default: // the end of the pieces
			return out
		}
		if depth == 0 {
			break
		}
	}
	return out
}

// berHeader passes over a tag and its length (X.690 8.1.3).
func berHeader(b []byte) (body []byte, length int, indefinite bool) {
	if len(b) < 2 {
		return nil, 0, false
	}
	switch n := int(b[1]); {
	case n == 0x80:
		return b[2:], 0, true
	case n < 0x80:
		return b[2:], n, false
	case n&0x7f > 4 || len(b) < 2+n&0x7f:
		return nil, 0, false
	default:
		for _, c := range b[2 : 2+n&0x7f] {
			length = length<<8 | int(c)
		}
		return b[2+n&0x7f:], length, false
	}
}
