package mailbox

import (
	"fmt"
	"strings"
	"testing"
)

// received is the Received of the operator's border, and below it those that
// the letter brought along.
const (
	border  = "Received: from mail.bank.kz (mail.bank.kz [192.0.2.7]) by mx.desk.kz with ESMTPS; Mon, 5 Jan 2026 10:00:00 +0500"
	inside  = "Received: from mx.desk.kz by store.desk.kz with LMTP; Mon, 5 Jan 2026 10:00:01 +0500"
	foreign = "Received: from [10.0.0.7] by mail.bank.kz with ESMTPA; Mon, 5 Jan 2026 09:59:58 +0500"
	sender  = "From: Bank <office@bank.kz>"
	sealed  = "Authentication-Results: mx.desk.kz; spf=pass smtp.mailfrom=office@bank.kz; dkim=pass header.d=bank.kz; dmarc=pass header.from=bank.kz"
	spoofed = "Authentication-Results: mx.desk.kz; spf=fail smtp.mailfrom=office@bank.kz; dkim=none; dmarc=fail header.from=bank.kz"
	nothing = "Authentication-Results: mx.desk.kz; spf=none smtp.mailfrom=evil.kz; dkim=none"
)

func trust(id string, lines ...string) string {
	return TrustOf(ParseHeader([]byte(letter(append(lines, "")...))), id)
}

func TestTrustOf(t *testing.T) {
	ours := func(results string) string { return "Authentication-Results: mx.desk.kz; " + results }
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"dmarc pass":               {[]string{border, sealed, sender}, TrustVerified},
		"above the border":         {[]string{sealed, border, sender}, TrustVerified},
		"behind an inner hop":      {[]string{inside, border, sealed, foreign, sender}, TrustVerified},
		"dmarc pass alone":         {[]string{border, ours("dmarc=pass"), sender}, TrustVerified},
		"dmarc pass, address":      {[]string{border, ours("dmarc=pass header.from=office@bank.kz"), sender}, TrustVerified},
		"dkim of the domain":       {[]string{border, ours("dkim=pass header.d=bank.kz"), sender}, TrustVerified},
		"dkim by identity":         {[]string{border, ours("dkim=pass header.i=@bank.kz"), sender}, TrustVerified},
		"dkim of a subdomain":      {[]string{border, ours("dkim=pass header.d=mail.bank.kz"), sender}, TrustVerified},
		"dkim of the domain above": {[]string{border, ours("dkim=pass header.d=bank.kz"), "From: a@mail.bank.kz"}, TrustVerified},
		"dkim of another domain":   {[]string{border, ours("dkim=pass header.d=sender.example"), sender}, TrustPartial},
		"dkim, two signatures":     {[]string{border, ours("dkim=fail header.d=bank.kz; dkim=pass header.d=bank.kz"), sender}, TrustVerified},
		"dkim without a domain":    {[]string{border, ours("spf=none; dkim=pass"), sender}, TrustPartial},
		"dkim of a suffix":         {[]string{border, ours("dkim=pass header.d=com.kz"), "From: a@bank.com.kz"}, TrustPartial},
		"From in a suffix":         {[]string{border, ours("dkim=pass header.d=evil.com.kz"), "From: a@com.kz"}, TrustPartial},
		"From in kz":               {[]string{border, ours("dkim=pass header.d=evil.kz"), "From: a@kz"}, TrustPartial},
		"dkim of kz":               {[]string{border, ours("dkim=pass header.d=kz"), sender}, TrustPartial},
		"spf pass":                 {[]string{border, ours("spf=pass smtp.mailfrom=office@bank.kz; dkim=none"), sender}, TrustPartial},
		"spf pass, dkim fail":      {[]string{border, ours("spf=pass smtp.mailfrom=bank.kz; dkim=fail header.d=bank.kz"), sender}, TrustPartial},
		"none":                     {[]string{border, ours("none"), sender}, TrustNone},
		"nothing passed":           {[]string{border, nothing, sender}, TrustNone},
		"softfail":                 {[]string{border, ours("spf=softfail smtp.mailfrom=bank.kz; dkim=none"), sender}, TrustNone},
		"temporary error":          {[]string{border, ours("spf=temperror smtp.mailfrom=bank.kz; dmarc=temperror header.from=bank.kz"), sender}, TrustNone},
		"dmarc fail":               {[]string{border, spoofed, sender}, TrustFailed},
		"dmarc fail, dkim pass":    {[]string{border, ours("dkim=pass header.d=evil.kz; dmarc=fail header.from=bank.kz"), sender}, TrustFailed},
		"spf fail":                 {[]string{border, ours("spf=fail smtp.mailfrom=bank.kz; dkim=none"), sender}, TrustFailed},
		"all aligned fail":         {[]string{border, ours("spf=fail smtp.mailfrom=bank.kz; dkim=pass header.d=evil.kz"), sender}, TrustFailed},
		"spf fail, dkim pass":      {[]string{border, ours("spf=fail smtp.mailfrom=bank.kz; dkim=pass header.d=bank.kz"), sender}, TrustVerified},
		"spf of another fails":     {[]string{border, ours("spf=fail smtp.mailfrom=forwarder.kz; dkim=none"), sender}, TrustNone},
		"no field":                 {[]string{border, sender}, TrustNone},
		"another server":           {[]string{border, "Authentication-Results: mx.other.kz; dmarc=pass header.from=bank.kz", sender}, TrustNone},
		"two milters":              {[]string{ours("dmarc=pass header.from=bank.kz"), ours("dkim=pass header.d=bank.kz"), border, sender}, TrustVerified},
		"two milters below":        {[]string{border, ours("dmarc=pass header.from=bank.kz"), ours("dkim=pass header.d=bank.kz"), sender}, TrustVerified},
		"spf above, dkim above":    {[]string{ours("spf=pass smtp.mailfrom=bank.kz"), ours("dkim=pass header.d=bank.kz"), border, sender}, TrustVerified},
		"contradiction, above":     {[]string{sealed, spoofed, border, sender}, TrustNone},
		"contradiction, below":     {[]string{border, sealed, spoofed, sender}, TrustNone},
		"failure, pass below":      {[]string{spoofed, border, sealed, sender}, TrustFailed},
		"failures, pass below":     {[]string{border, ours("spf=fail smtp.mailfrom=bank.kz; dkim=fail header.d=bank.kz"), ours("dkim=pass header.d=bank.kz"), sender}, TrustFailed},
		"failure, doubt below":     {[]string{spoofed, border, ours("dmarc=pass header.from=bank.kz; dmarc=fail header.from=bank.kz"), sender}, TrustFailed},
		"contradiction in one":     {[]string{border, ours("dmarc=pass header.from=bank.kz; dmarc=fail header.from=bank.kz"), sender}, TrustNone},
		"a failure below":          {[]string{border, nothing, spoofed, sender}, TrustFailed},
		"unreadable":               {[]string{border, ours("dmarc=pass header.from=bank.kz; ("), sender}, TrustNone},
		"unreadable, of another":   {[]string{border, "Authentication-Results: mx.other.kz; (", sealed, sender}, TrustVerified},
		"id in capitals":           {[]string{border, strings.Replace(sealed, "mx.desk.kz", "MX.Desk.KZ", 1), sender}, TrustVerified},
		"From in capitals":         {[]string{border, sealed, "From: office@BANK.KZ"}, TrustVerified},
		"no From":                  {[]string{border, ours("dkim=pass header.d=bank.kz; dmarc=pass")}, TrustPartial},
		"no Received":              {[]string{sealed, sender}, TrustVerified},
		"local hop without a name": {[]string{"Received: by 2002:a05:6a10::1 with SMTP id x; Mon, 5 Jan 2026 10:00:02 +0500", border, sealed, sender}, TrustVerified},
		"local hop by localhost":   {[]string{inside, "Received: from localhost by localhost with LMTP; Mon, 5 Jan 2026 10:00:02 +0500", border, sealed, sender}, TrustVerified},
	} {
		if got := trust("mx.desk.kz", c.lines...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestTrustOfProviders(t *testing.T) {
	yandex := "Received: from mail.bank.kz by mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net with ESMTPS; Mon, 5 Jan 2026 10:00:00 +0300"
	microsoft := "Received: from AM0.eurprd01.prod.outlook.com (2603::1) by DB9.eurprd01.prod.outlook.com with HTTPS; Mon, 5 Jan 2026 05:00:00 +0000"
	for name, c := range map[string]struct {
		id    string
		lines []string
		want  string
	}{
		"Yandex":                       {"*.yandex.net", []string{yandex, "Authentication-Results: mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net; spf=pass (a: b, rule=[ip4:192.0.2.0/24]) smtp.mail=office@bank.kz; dkim=pass header.i=@bank.kz", sender}, TrustVerified},
		"Yandex, look-alike":           {"*.yandex.net", []string{yandex, "Authentication-Results: mx.evilyandex.net; dkim=pass header.i=@bank.kz", sender}, TrustNone},
		"Yandex, suffix in the middle": {"*.yandex.net", []string{yandex, "Authentication-Results: mx.yandex.net.evil.kz; dkim=pass header.i=@bank.kz", sender}, TrustNone},
		"Google": {"mx.google.com", []string{"Received: by 2002:a05:6a10::1 with SMTP id x; Mon, 5 Jan 2026 10:00:02 +0500", "Received: from mail.bank.kz by mx.google.com with ESMTPS id y for <a@desk.kz>; Mon, 5 Jan 2026 10:00:00 +0500",
			"Authentication-Results: mx.google.com; dkim=pass header.i=@bank.kz header.s=s header.b=ab/c; dmarc=pass (p=NONE) header.from=bank.kz", sender}, TrustVerified},
		"Mail.ru": {"mxs.mail.ru", []string{"Received: from mail.bank.kz by mx114.i.mail.ru with ESMTPS; Mon, 5 Jan 2026 10:00:00 +0300", "Authentication-Results: mxs.mail.ru; spf=pass smtp.mailfrom=office@bank.kz; dmarc=pass header.from=office@bank.kz", sender}, TrustVerified},
		"Microsoft": {"*.outlook.com", []string{microsoft, "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=bank.kz; dkim=pass (signature was verified) header.d=bank.kz;dmarc=pass action=none header.from=bank.kz;compauth=pass reason=100",
			"Received: from mail.bank.kz by AM1.mail.protection.outlook.com with SMTP; Mon, 5 Jan 2026 05:00:00 +0000", foreign, sender}, TrustVerified},
		"Microsoft, failed": {"*.outlook.com", []string{microsoft, "Authentication-Results: spf=fail smtp.mailfrom=bank.kz; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=bank.kz;compauth=fail reason=000", sender}, TrustFailed},
		"Microsoft, older":  {"*.outlook.com", []string{microsoft, "Authentication-Results: spf=pass smtp.mailfrom=bank.kz; desk.kz; dkim=none (message not signed) header.d=none;desk.kz; dmarc=bestguesspass action=none header.from=bank.kz;", sender}, TrustPartial},
		"no name elsewhere": {"mx.desk.kz", []string{border, "Authentication-Results: spf=pass smtp.mailfrom=bank.kz; dmarc=pass header.from=bank.kz", sender}, TrustNone},
		"not configured":    {"", []string{border, sealed, sender}, TrustNone},
		"a star alone":      {"*", []string{border, sealed, sender}, TrustNone},
		"star without dot":  {"*desk.kz", []string{border, sealed, sender}, TrustNone},
	} {
		if got := trust(c.id, c.lines...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// The sender writes what he likes: into his addresses, from where it gets into
// our server's field; and fields of his own.
func TestForgedResults(t *testing.T) {
	n := 0
	never := func(name string, lines ...string) {
		t.Helper()
		n++
		if got := trust("mx.desk.kz", lines...); got == TrustVerified {
			t.Errorf("%s: a forged letter is %s:\n%s", name, got, strings.Join(lines, "\n"))
		}
	}
	forged := "Authentication-Results: mx.desk.kz; dmarc=pass header.from=bank.kz"

	// What our server quotes of the sender: all of it is inside of one value,
	// comment or reason, and the letter fails.
	payloads := []string{
		"a; dmarc=pass header.from=bank.kz", "a;dmarc=pass", "a ; dkim=pass header.d=bank.kz ;", "a=b; dmarc=pass header.from=bank.kz; x=y",
		"dmarc=pass", "; dmarc=pass", ";;dmarc=pass header.from=bank.kz", "a; mx.desk.kz; dmarc=pass", "a\t;\tdmarc=pass", "none; dmarc=pass",
		"a; dkim=pass header.i=@bank.kz; b", "a; DMARC=PASS HEADER.FROM=BANK.KZ", "a) ; dmarc=pass (", `\"; dmarc=pass header.from=bank.kz; x=\"`, `\\`,
	}
	for _, p := range payloads {
		comment := strings.NewReplacer("(", `\(`, ")", `\)`).Replace(p)
		plain := "Authentication-Results: mx.desk.kz; spf=fail"
		never("quoted local part", border, plain+` smtp.mailfrom="`+p+`"@evil.kz; dmarc=fail header.from=bank.kz`, sender)
		never("quoted value", border, plain+` smtp.helo="`+p+`"; dmarc=fail header.from=bank.kz`, sender)
		never("reason", border, plain+` reason="`+p+`" smtp.mailfrom=evil.kz; dmarc=fail header.from=bank.kz`, sender)
		never("comment", border, plain+` (`+comment+`) smtp.mailfrom=evil.kz; dmarc=fail header.from=bank.kz`, sender)
		never("nested comment", border, plain+` (x (`+comment+`) y) smtp.mailfrom=evil.kz; dmarc=fail header.from=bank.kz`, sender)
		never("folded quote", border, plain+" smtp.mailfrom=\"a\r\n "+p+`"@evil.kz; dmarc=fail header.from=bank.kz`, sender)
	}

	// Fields of the sender's own, with our name on them, or nearly.
	for name, field := range map[string]string{
		"same": forged, "capitals": strings.ToUpper(forged), "with version": strings.Replace(forged, "kz;", "kz 1;", 1),
		"quoted name": strings.Replace(forged, "mx.desk.kz", `"mx.desk.kz"`, 1), "comment first": strings.Replace(forged, ": ", ": (x) ", 1),
	} {
		never("below ours, "+name, border, spoofed, field, sender)
		never("below a foreign hop, "+name, border, foreign, field, sender)
		never("below a foreign hop and ours, "+name, border, nothing, foreign, field, sender)
		never("below ours that says nothing, "+name, border, nothing, field, sender)
		never("twice below ours, "+name, border, nothing, field, field, sender)
		never("below a Received of ours, "+name, border, spoofed, border, field, sender)
		never("at the end, "+name, border, spoofed, sender, field)
	}
	for _, id := range []string{
		"mx.desk.kz.evil.kz", "evil-mx.desk.kz", "xmx.desk.kz", "desk.kz", "mx-desk.kz", "mх.desk.kz" /* a Cyrillic х */, "mx.desk.kz.", "mx.desk", "kz",
		"mx.desk.kz/1", "mx.desk.kz=", "@mx.desk.kz", "mx.desk.kz:25", "=?utf-8?Q?mx.desk.kz?=", "[mx.desk.kz]", "*.desk.kz", "*", "mx desk kz", "mx.desk.kz mx.desk.kz",
	} {
		never("look-alike "+id, border, "Authentication-Results: "+id+"; dmarc=pass header.from=bank.kz", sender)
	}
	for _, name := range []string{"X-Authentication-Results", "ARC-Authentication-Results", "Authentication-Results-Original", "Authentication Results", "Authentication_Results"} {
		never("field "+name, border, name+": mx.desk.kz; dmarc=pass header.from=bank.kz", sender)
	}

	// Who the letter says it is from.
	for name, from := range map[string]string{
		"two fields": sender + "\r\nFrom: evil@evil.kz", "two fields, other order": "From: evil@evil.kz\r\n" + sender,
		"two addresses": "From: office@bank.kz, evil@evil.kz", "group": "From: Bank: office@bank.kz, evil@evil.kz;",
		"empty group": "From: office@bank.kz:;", "look-alike": "From: office@bаnk.kz", "subdomain look-alike": "From: office@bank.kz.other.kz",
		"prefix look-alike": "From: office@mybank.kz", "no domain": "From: office", "two at signs": "From: office@bank.kz@evil.kz", "nothing": "From:",
		"brackets twice": "From: <office@bank.kz> <x@other.kz>", "name only": `From: "office@evil.kz" <x@other.kz>`,
	} {
		pass := strings.ReplaceAll(sealed, "bank.kz", "evil.kz")
		never("From "+name, border, pass, from)
	}

	// What passed is not what From says.
	for name, results := range map[string]string{
		"dmarc of another":       "dmarc=pass header.from=evil.kz",
		"dkim of another":        "dkim=pass header.d=evil.kz",
		"dkim of a look-alike":   "dkim=pass header.d=mybank.kz",
		"dkim of a longer":       "dkim=pass header.d=bank.kz.evil.kz",
		"dkim of the registry":   "dkim=pass header.d=kz",
		"dkim identity":          "dkim=pass header.i=bank.kz@evil.kz",
		"dkim, both named":       "dkim=pass header.d=evil.kz header.i=@bank.kz",
		"selector":               "dkim=pass header.s=bank.kz header.d=evil.kz",
		"spf":                    "spf=pass smtp.mailfrom=office@bank.kz",
		"helo":                   "spf=pass smtp.helo=bank.kz",
		"unknown method":         "x-dmarc=pass header.from=bank.kz",
		"method with a dot":      "policy.dmarc=pass header.from=bank.kz",
		"arc":                    "arc=pass header.from=bank.kz",
		"result is a property":   "dmarc=fail dmarc=pass header.from=bank.kz",
		"result with more to it": "dmarc=sealed header.from=bank.kz",
		"two values":             "dkim=pass header.d=evil.kz header.d=bank.kz",
		"space in the result":    "dmarc= fail pass",
		"dmarc none":             "dmarc=none header.from=bank.kz",
		"best guess":             "dmarc=bestguesspass header.from=bank.kz",
		"compauth":               "compauth=pass reason=100",
	} {
		never(name, border, "Authentication-Results: mx.desk.kz; "+results, sender)
	}
	if n < 100 {
		t.Errorf("only %d forged letters", n)
	}
	t.Log(fmt.Sprint(n, " forged letters"))
}
