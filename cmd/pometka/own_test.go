package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Everybody at a public provider is somebody else: a desk whose mailbox lies there
// takes no letter from a neighbour for one of its staff's.
func TestOwnDomainOfAPublicProvider(t *testing.T) {
	inRussian(t)
	dir := t.TempDir()
	letter, config := filepath.Join(dir, "1.eml"), filepath.Join(dir, "config.yaml")
	const mark = "Subject: =?utf-8?B?0J7RgtC30YvQsiDRgdC+0LPQu9Cw0YHQuNGPINC90LAg0L7QsdGA0LDQsdC+0YLQutGDINC/0LXRgNGB0L7QvdCw0LvRjNC90YvRhSDQtNCw0L3QvdGL0YU=?=\n\nx\n"
	for _, c := range []struct{ from, config, want string }{
		{"a@mail.kz", "operator: {name: Firma, address: Firma@Mail.kz}\n", "обращение: отзыв согласия"},
		{"a@post.example", "operator: {name: Firma, address: firma@post.example}\nacknowledge:\n  caps: {public_providers: [post.example]}\n", "обращение: отзыв согласия"},
		{"a@mail.kz", "operator: {name: Firma, address: firma@mail.kz}\nacknowledge:\n  caps: {public_providers: [post.example]}\n", "обращение: отзыв согласия"},
		{"a@mail.kz", "operator: {name: Firma, address: info@firma.kz, aliases: [a@mail.kz]}\n", "не обращение"},
		{"a@firma.kz", "operator: {name: Firma, address: info@firma.kz}\n", "не обращение"},
	} {
		writeFile(t, config, c.config, 0o600)
		writeFile(t, letter, "Return-Path: <"+c.from+">\nFrom: "+c.from+"\nTo: firma@mail.kz\nMessage-ID: <1@mail.example>\n"+mark, 0o600)
		if out := pometka(t, "--config", config, "classify", letter).well(t).out; !strings.Contains(out, " "+c.want) {
			t.Errorf("%s to %s\n%s", c.from, c.config, out)
		}
	}
}
