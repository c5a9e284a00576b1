package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// The day of receipt of a letter that made two requests is set for both in one
// command; whoever names one of them is told of the other, which does not move.
func TestSetReceivedOfOneLetter(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	raw := strings.Replace(string(withdrawal(1)), "Прошу исполнить.", "Отзываю согласие и прошу удалить мои персональные данные.", 1)
	if err := box.Put("INBOX", []byte(raw), time.Now()); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	day := rules.DateIn(time.Now(), time.UTC).AddDays(-5)
	one := i.call(t, "set", "1", fmt.Sprintf("received=%s", day), "--why", "пришло раньше").well(t)
	if !strings.Contains(one.out, "-000002 – из того же письма") {
		t.Errorf("the other is not named:\n%s", one.out)
	}
	fits80(t, "set", one.out)
	if got := i.explained(t, "2").ReceivedOn; got == day {
		t.Errorf("the other moved to %s", got)
	}
	both := i.call(t, "set", "1", "2", fmt.Sprintf("received=%s", day.AddDays(1)), "--why", "пришло раньше").well(t)
	if strings.Contains(both.out, "из того же письма") {
		t.Errorf("both are named:\n%s", both.out)
	}
	for _, n := range []string{"1", "2"} {
		if got := i.explained(t, n).ReceivedOn; got != day.AddDays(1) {
			t.Errorf("%s: received %s", n, got)
		}
		if h := i.call(t, "show", n).well(t).out; !strings.Contains(h, "день получения – было") {
			t.Errorf("%s: the history does not tell:\n%s", n, h)
		}
	}
}
