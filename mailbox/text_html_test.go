package mailbox

import (
	"strings"
	"testing"
)

func TestHTMLText(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"paragraphs":          {"<p>one</p><p>two</p>", "one\n\ntwo"},
		"open paragraphs":     {"<p>one<p>two", "one\n\ntwo"},
		"divs":                {"<div>one</div><div>two</div>", "one\ntwo"},
		"empty line":          {"<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"},
		"breaks":              {"one<br>two<br/>three<br><br>four", "one\ntwo\nthree\n\nfour"},
		"white space":         {"<p>  one \n\t two  </p>", "one two"},
		"inline":              {"Пре<b>тен</b>зия", "Претензия"},
		"inline, blank":       {"one <b>two</b> three", "one two three"},
		"entities":            {"&laquo;&#1054;&#x442;&#1079;&raquo; &amp;lt; &nbsp;x&shy;y", "«Отз» &lt;  x\u00ady"},
		"style and script":    {"<style>p{content:'no'}</style><script>no()</script><p>yes</p>", "yes"},
		"comment":             {"<!-- no --><p>yes<!-- <b>no</b> --></p>", "yes"},
		"conditional":         {"<!--[if mso]><p>no</p><![endif]--><![if !mso]>yes<![endif]>", "yes"},
		"title":               {"<head><title>no</title></head><body>yes</body>", "yes"},
		"display none":        {"<div style='display:none'>no<div>no</div></div>yes", "yes"},
		"display none, long":  {`<span style="color:red; DISPLAY : none !important">no</span>yes`, "yes"},
		"visibility":          {"<span style='visibility:hidden'>no</span>yes", "yes"},
		"font size":           {"<span style='font-size:0px'>no</span>yes", "yes"},
		"font size, inner":    {"<div style='font-size:0'><p style='font-size:14px'>yes</p></div>", "yes"},
		"preheader":           {"<div style='max-height:0px;overflow:hidden'>no</div>yes", "yes"},
		"opacity":             {"<div style='opacity:0'>no</div><div style='opacity:0.9'>yes</div>", "yes"},
		"hidden":              {"<p hidden>no</p>yes", "yes"},
		"all is hidden":       {"<div style='display:none'>yes</div>", "yes"},
		"quotation":           {"<p>new</p><blockquote>old<br>words</blockquote><p>after</p>", "new\n\n> old\n> words\n\nafter"},
		"two levels":          {"new<blockquote>old<blockquote>older</blockquote></blockquote>", "new\n\n> old\n>\n> > older"},
		"quoted paragraphs":   {"<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"},
		"indentation":         {"<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>mine</blockquote>", "mine"},
		"Outlook's quotation": {"<blockquote style='border:none;border-left:solid #CCCCCC 1.0pt;padding:0cm'>old</blockquote>", "> old"},
		"open quotation":      {"new<blockquote>old", "new\n\n> old"},
		"link":                {"<a href='https://a.kz/x'>here</a>.", "here <https://a.kz/x>."},
		"link names itself":   {"<a href='https://a.kz/'>a.kz</a>", "a.kz"},
		"mail link":           {"<a href='mailto:a@b.kz'>write</a>", "write"},
		"link of a picture":   {"<a href='https://a.kz/x'><img src=x></a>yes", "yes"},
		"script link":         {"<a href='javascript:no()'>yes</a>", "yes"},
		"table":               {"<table><tr><td>Имя</td><td>Иван</td></tr><tr><td>Тел</td><td>1</td></tr></table>", "Имя\tИван\nТел\t1"},
		"open cells":          {"<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "a\tb\nc\td\n\ne"},
		"list":                {"<ul><li>a</li><li>b</li></ul><ol><li>c<li>d</ol>", "- a\n- b\n\n1. c\n2. d"},
		"preformatted":        {"<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd"},
		"text area":           {"<textarea>a\nb</textarea>", "a\nb"},
		"noscript":            {"<noscript><p>yes</p></noscript>", "yes"},
		"Word":                {"<p class=MsoNormal><span lang=RU>Прошу<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>", "Прошу"},
		"no tags":             {"a < b & c > d", "a < b & c > d"},
		"cut tag":             {"yes<a href='", "yes"},
		"stray ends":          {"</div></p>yes</blockquote></b>", "yes"},
		"nothing":             {"", ""},
		"unclosed comment":    {"yes<!-- no", "yes"},
	} {
		if got := cleanText(htmlText(c.html)); got != c.want {
			t.Errorf("%s: %q is read as %q, want %q", name, c.html, got, c.want)
		}
	}
}

// Replies as web mail and mail programs write them: what is quoted is marked,
// the line that introduces it stands in front, what is new is not marked.
func TestHTMLReplies(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"Gmail": {`<div dir="ltr">Согласен</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">пн, 5 янв. 2026 г. в 10:00, I-License &lt;<a href="mailto:info@license.kz">info@license.kz</a>&gt;:<br></div>` +
			`<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div>Старый<br>текст</div></blockquote></div>`,
			"Согласен\n\nпн, 5 янв. 2026 г. в 10:00, I-License <info@license.kz>:\n\n> Старый\n> текст"},
		"Outlook": {`<div class=WordSection1><p class=MsoNormal><span lang=RU>Согласен<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>` +
			`<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b><span lang=RU>From:</span></b> I-License &lt;info@license.kz&gt; <br><b>Sent:</b> Monday<br></p></div><p class=MsoNormal>Старый</p></div>`,
			"Согласен\n\nFrom: I-License <info@license.kz>\nSent: Monday\n\nСтарый"},
		"Mail.ru": {`<div>Согласен</div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Понедельник, 5 января 2026, 10:00 +05:00 от I-License:<br><div>Старый</div></blockquote>`,
			"Согласен\n\n> Понедельник, 5 января 2026, 10:00 +05:00 от I-License:\n> Старый"},
		"Apple": {`<html><body>Согласен<br><div><br><blockquote type="cite"><div>5 янв. 2026 г., в 10:00, I-License написал(а):</div><br class=""><div>Старый</div></blockquote></div></body></html>`,
			"Согласен\n\n> 5 янв. 2026 г., в 10:00, I-License написал(а):\n>\n> Старый"},
	} {
		if got := cleanText(htmlText(c.html)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestHTMLDepth(t *testing.T) {
	s := strings.Repeat("<div>", 5000) + "<blockquote>old</blockquote>" + strings.Repeat("</div>", 5000) + "new"
	if got := cleanText(htmlText(s)); !strings.HasSuffix(got, "\nnew") || !strings.Contains(got, "old") {
		t.Errorf("deep HTML is read as %q", got)
	}
	if got := htmlText(strings.Repeat("<p>длинный текст</p>", 10000)); len(got) < TextLimit || len(got) > TextLimit+100 {
		t.Errorf("long HTML gives %d bytes", len(got))
	}
}

func TestMetaCharset(t *testing.T) {
	for html, want := range map[string]string{
		`<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">`: "windows-1251",
		`<META CHARSET='koi8-r'>`:                      "koi8-r",
		`<?xml version="1.0" encoding="utf-8"?>`:       "utf-8",
		`<p>charset=utf-8</p>`:                         "",
		strings.Repeat(" ", 5000) + `<meta charset=x>`: "",
	} {
		if got := metaCharset([]byte(html)); got != want {
			t.Errorf("%.60q declares %q, want %q", html, got, want)
		}
	}
}

func TestFlowed(t *testing.T) {
	for name, c := range map[string]struct {
		in, want string
		delsp    bool
	}{
		"joined":        {"one \ntwo\nthree", "one two\nthree\n", false},
		"deleted blank": {"over \ntake\n", "overtake\n", true},
		"quoted":        {"> one \n> two\nmine", "> one two\nmine\n", false},
		"depth changes": {"> one \nmine", "> one \nmine\n", false},
		"deep":          {">> a \n>> b\n> c", "> > a b\n> c\n", false},
		"stuffed":       {" >not quoted\n", ">not quoted\n", false},
		"signature":     {"text \n-- \nIvan", "text \n-- \nIvan\n", false},
	} {
		if got := flowed(c.in, c.delsp); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
