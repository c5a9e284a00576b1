package main

import (
	"strings"
	"testing"
	"time"
)

// Overdue is said of a term of the policy or of the law alone, and once one has
// passed that is the day which staff sees, not the target that came before it.
func TestOverdueIsOfPolicyAndLaw(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{
		"": "deadlines: {targets: {claim: 1, consent_withdrawal: 1}}\nreminders: {days_before: [1, 0]}\n" + outOfHours(),
	})
	paper := func(kind string, daysAgo int) {
		day := time.Now().In(almaty).AddDate(0, 0, -daysAgo).Format(time.DateOnly)
		i.call(t, "register", "--paper", "--kind", kind, "--received", day, "--from", "Орлов", "--why", "пришло почтой").well(t)
	}
	paper("claim", 60)
	paper("consent_withdrawal", 10) // no row of days off is that long: the target has passed, the law's 15 days have not

	queue := demoList(t, i.config) // the most urgent first

	for _, width := range []string{"80", "150"} {
		t.Setenv("COLUMNS", width)
		lines := strings.Split(i.call(t, "list").well(t).out, "\n")
		late, missed := lineWith(t, lines, queue[0].Number), lineWith(t, lines, queue[1].Number)
		if !strings.Contains(late, "закон") || strings.Contains(late, "цель") || !strings.Contains(late, "просрочено") {
			t.Errorf("%s columns, a term of the law has passed: %q", width, late)
		}
		if !strings.Contains(missed, "цель") || strings.Contains(missed, "просрочено") {
			t.Errorf("%s columns, a target was missed: %q", width, missed)
		}
	}
	for lang, word := range map[string]string{"ru": "просрочено", "en": "overdue"} {
		if out := i.call(t, "--lang", lang, "show", queue[1].Number).well(t).out; strings.Contains(out, word) {
			t.Errorf("a missed target is called overdue:\n%s", out)
		}
	}
	told := strings.Join(strings.Fields(i.call(t, "remind", "--dry-run").well(t).out), " ")
	// What stands behind the word in the brackets is of the year: whether its calendar is published.
	late, missed, _ := strings.Cut(told[strings.Index(told, "№ LK-"):], "№ "+queue[1].Number)
	if !strings.Contains(late, "Просрочено на") || !strings.Contains(late, "(закон") {
		t.Errorf("the reminder does not say which term has passed: %s", late)
	}
	if !strings.Contains(missed, "Цель пропущена") || !strings.Contains(missed, "(цель") {
		t.Errorf("the reminder does not say that a target was missed: %s", missed)
	}
	i.call(t, "remind").well(t)
	for lang, letter := range map[string]string{"ru": "  письмо 1\n", "kk": "  1-хат\n", "en": "  letter 1\n"} {
		if out := i.call(t, "--lang", lang, "history", queue[0].Number).well(t).out; strings.Count(out, letter) != 1 || strings.Contains(out, "purpose") {
			t.Errorf("the history does not name the reminder's letter, which tells of two stages, once:\n%s", out)
		}
	}
}

// lineWith is the line that holds what.
func lineWith(t *testing.T, lines []string, what string) string {
	t.Helper()
	for _, line := range lines {
		if strings.Contains(line, what) {
			return line
		}
	}
	t.Fatalf("no line with %q in %q", what, lines)
	return ""
}
