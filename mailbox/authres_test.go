package mailbox

import (
	"maps"
	"testing"
)

func TestParseAuthResults(t *testing.T) {
	type props = map[string]string
	for name, c := range map[string]struct {
		value  string
		id     string
		method string // of the last result
		result string
		reason string
		props  props
		count  int
	}{
		"none":              {"mx.a.kz; none", "mx.a.kz", "", "", "", nil, 0},
		"version":           {"mx.a.kz 1; spf=pass", "mx.a.kz", "spf", "pass", "", props{}, 1},
		"one":               {"mx.a.kz; spf=pass smtp.mailfrom=b.kz", "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "b.kz"}, 1},
		"folded":            {"mx.a.kz;\r\n\tspf=pass\r\n\tsmtp.mailfrom=b.kz", "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "b.kz"}, 1},
		"two":               {"mx.a.kz; spf=fail; dkim=pass header.d=b.kz", "mx.a.kz", "dkim", "pass", "", props{"header.d": "b.kz"}, 2},
		"upper case":        {"MX.a.kz; SPF=Pass SMTP.MailFrom=B.kz", "MX.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "B.kz"}, 1},
		"comments":          {"(a) mx.a.kz (b (c) d) 1 (e); (f) spf (g) = (h) pass (i; dmarc=pass) smtp.mailfrom (j) = (k) b.kz (l)", "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "b.kz"}, 1},
		"comment, quoted )": {`mx.a.kz; spf=pass (a \) ; b=c) smtp.helo=x`, "mx.a.kz", "spf", "pass", "", props{"smtp.helo": "x"}, 1},
		"reason":            {`mx.a.kz; dkim=fail reason="bad; dmarc=pass" header.d=b.kz`, "mx.a.kz", "dkim", "fail", "bad; dmarc=pass", props{"header.d": "b.kz"}, 1},
		"quoted id":         {`"mx.a.kz"; spf=pass`, "mx.a.kz", "spf", "pass", "", props{}, 1},
		"quoted value":      {`mx.a.kz; spf=pass smtp.mailfrom="a b;c=d"`, "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "a b;c=d"}, 1},
		"quoted local":      {`mx.a.kz; spf=pass smtp.mailfrom="a b;c=d"@b.kz`, "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "a b;c=d@b.kz"}, 1},
		"escaped quote":     {`mx.a.kz; spf=pass smtp.mailfrom="a\"; x=y"@b.kz`, "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": `a"; x=y@b.kz`}, 1},
		"VERP":              {"mx.a.kz; spf=pass smtp.mailfrom=prvs=1=a+c=d@b.kz", "mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "prvs=1=a+c=d@b.kz"}, 1},
		"base64":            {"mx.a.kz; dkim=pass header.b=ab/+c== header.s=k", "mx.a.kz", "dkim", "pass", "", props{"header.b": "ab/+c==", "header.s": "k"}, 1},
		"method version":    {"mx.a.kz; dkim/1=pass", "mx.a.kz", "dkim", "pass", "", props{}, 1},
		"last semicolon":    {"mx.a.kz; spf=pass;", "mx.a.kz", "spf", "pass", "", props{}, 1},
		"empty value":       {"mx.a.kz; spf=none smtp.mailfrom=; dkim=none", "mx.a.kz", "dkim", "none", "", props{}, 2},
		"Google": {"mx.google.com; dkim=pass header.i=@b.kz header.s=s1 header.b=\"ab/c\"; spf=pass (google.com: domain of a@b.kz designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@b.kz; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=b.kz",
			"mx.google.com", "dmarc", "pass", "", props{"header.from": "b.kz"}, 3},
		"Mail.ru": {"mxs.mail.ru; spf=pass (mx1.mail.ru: domain of b.kz designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@b.kz smtp.helo=m.b.kz; dkim=pass header.d=b.kz; dmarc=pass header.from=a@b.kz",
			"mxs.mail.ru", "dmarc", "pass", "", props{"header.from": "a@b.kz"}, 3},
		"Yandex": {"mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net; spf=pass (mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net: domain of b.kz designates 192.0.2.1 as permitted sender, rule=[ip4:192.0.2.0/24]) smtp.mail=a@b.kz; dkim=pass header.i=@b.kz",
			"mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net", "dkim", "pass", "", props{"header.i": "@b.kz"}, 2},
		"Microsoft": {"spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=b.kz; dkim=pass (signature was verified)\r\n header.d=b.kz;dmarc=pass action=none\r\n header.from=b.kz;compauth=pass reason=100",
			"", "compauth", "pass", "100", props{}, 4},
		"Microsoft, older": {"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.kz; license.kz; dkim=none (message not signed) header.d=none;license.kz; dmarc=bestguesspass action=none header.from=b.kz;",
			"", "dmarc", "bestguesspass", "", props{"action": "none", "header.from": "b.kz"}, 3},
		"rspamd": {`mx.a.kz; dkim=pass header.d=b.kz header.s=mail header.b="x/y+z="; dmarc=pass (policy=none) header.from=b.kz; spf=pass (mx.a.kz: domain of a@b.kz designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@b.kz`,
			"mx.a.kz", "spf", "pass", "", props{"smtp.mailfrom": "a@b.kz"}, 3},
		"OpenDMARC": {"mx.a.kz; dmarc=none (p=none dis=none) header.from=b.kz", "mx.a.kz", "dmarc", "none", "", props{"header.from": "b.kz"}, 1},
	} {
		a, err := ParseAuthResults(c.value)
		if err != nil || a.ServID != c.id || len(a.Results) != c.count {
			t.Errorf("%s: %+v, %v", name, a, err)
			continue
		}
		if c.count == 0 {
			continue
		}
		r := a.Results[c.count-1]
		if r.Method != c.method || r.Result != c.result || r.Reason != c.reason || !maps.Equal(r.Properties, c.props) {
			t.Errorf("%s: last result %+v", name, r)
		}
	}
}

func TestParseAuthResultsRefuses(t *testing.T) {
	for _, value := range []string{
		"", " ", "(only a comment)", ";", "; spf=pass", "mx.a.kz spf=pass", "mx.a.kz 2; spf=pass", "mx.a.kz; spf", "mx.a.kz; =pass", "mx.a.kz; spf=",
		"mx.a.kz; none none", "mx.a.kz; spf=pass b.kz", "mx.a.kz; spf=pass (", "mx.a.kz; spf=pass ((a)", "mx.a.kz; spf=pass )", "mx.a.kz; spf=pass smtp.mailfrom=a)b",
		`mx.a.kz; spf=pass smtp.mailfrom="a`, `mx.a.kz; spf=pass smtp.mailfrom="a\`, `mx.a.kz; spf=pass smtp.mailfrom=a\"b`, `"mx.a.kz; spf=pass`,
		"mx.a.kz; spf.x=pass", "mx.a.kz; dkim=pass header.d=a.kz header.d=b.kz", "mx.a.kz; spf=pass =x", "mx.a.kz; spf=pass header.=x=y z",
		"mx.a.kz; a.kz; spf=pass", "mx.a.kz\x00; spf=pass", "mx.a.kz; (a) b (c", "mx.a.kz;; x y",
	} {
		if a, err := ParseAuthResults(value); err == nil {
			t.Errorf("%q is read as %+v", value, a)
		}
	}
}
