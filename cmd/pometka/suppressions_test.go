package main

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// TestSuppressions: who opted out and was told so is left out, as a list for
// people, for a spreadsheet and for programs; a mailing list is held against
// it in whatever form it comes, also when the letters are gone.
func TestSuppressions(t *testing.T) {
	i := withLetters(t, "")
	optOut := i.dated(t, "opt_out")
	if out := i.call(t, "suppressions").well(t).out; !strings.Contains(out, "Всего 0 адресов") {
		t.Errorf("before: %s", out)
	}
	i.call(t, "close", optOut.Number, "done", "--why", "исключён", "--step", "all").well(t)
	var list []suppressionJSON
	if err := json.Unmarshal([]byte(i.call(t, "suppressions", "--format", "json").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Address != optOut.From || list[0].Number != optOut.Number || list[0].Kind != "opt_out" || list[0].Since == "" {
		t.Errorf("json: %+v", list)
	}
	body, marked := strings.CutPrefix(i.call(t, "suppressions", "--format", "csv").well(t).out, csvMark)
	r := csv.NewReader(strings.NewReader(body))
	r.Comma = csvComma
	if table, err := r.ReadAll(); err != nil || !marked || len(table) != 2 || table[1][0] != optOut.From || table[1][1] != list[0].SHA256 {
		t.Errorf("csv: %v %v", table, err)
	}
	mailing := "\ufeffname;email\r\n\"Ли; Д.\";\"Дмитрий <" + strings.ToUpper(optOut.From) + ">\"\r\nНикто;other@mail.example\r\n\r\n mailto:" + optOut.From + " \r\n=cmd|x@y\xff\r\n"
	for n := range 2 { // before and after the letter is forgotten
		got := i.typed(t, mailing, "suppressions", "--match", "-", "--format", "json").well(t)
		var found []suppressionJSON
		if err := json.Unmarshal([]byte(got.out), &found); err != nil {
			t.Fatal(err)
		}
		if len(found) != 2 || found[0].Line != 2 || found[0].Address != strings.ToUpper(optOut.From) || found[1].Line != 5 || !strings.Contains(got.err, "отправлять нельзя: 2") {
			t.Errorf("found: %+v\n%s", found, got.err)
		}
		if n == 0 {
			i.typed(t, "", "forget", optOut.From, "--why", "по просьбе", "--yes").well(t)
		}
	}
	if out := i.call(t, "suppressions").well(t).out; strings.Contains(out, optOut.From) || !strings.Contains(out, "адрес удалён, отпечаток "+list[0].SHA256[:16]) {
		t.Errorf("forgotten: %s", out)
	}
	for _, c := range []struct {
		args  []string
		stdin string
		want  string
	}{
		{[]string{"--format", "xlsx"}, "", "есть csv и json"},
		{[]string{"--match", "/no/such"}, "", "не прочитать"},
		{[]string{"--match", t.TempDir()}, "", "не файл"},
		{[]string{"--match", "-"}, "\xff\xfea\x00@\x00b\x00", "UTF-8"},
	} {
		if r := i.typed(t, c.stdin, append([]string{"suppressions"}, c.args...)...); r.code != exitUsage || !strings.Contains(r.err, c.want) {
			t.Errorf("suppressions %v: exit %d, want %q:\n%s", c.args, r.code, c.want, r.err)
		}
	}
	i.call(t, "audit", "verify").well(t)
}
