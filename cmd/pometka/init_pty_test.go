//go:build linux

package main

import (
	"maps"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// initDialogue is what is shown before each answer, by language.
var initDialogue = map[string][]string{
	"ru": {"на который пишут", "Название", "начинаются", "Номер провайдера", "Сервер IMAP", "Сервер SMTP", "Имя для входа", "Пароль", "ответственного", "Что дальше?", "Создано"},
	"kk": {"Адамдар жазатын", "Ұйымның", "неден басталады", "Провайдердің нөмірі", "IMAP сервері", "SMTP сервері", "Кіру аты", "құпиясөзі", "жауаптының", "Енді не", "Жасалды"},
	"en": {"people write", "organisation", "begin with", "Number of the provider", "IMAP server", "SMTP server", "Name to log in", "Password of", "who answers", "What now?", "Made"},
}

// A person at a terminal is asked in each language; a wrong answer is asked
// again, a wrong password too; what was typed as a password is never seen.
func TestInitAsks(t *testing.T) {
	for lang, words := range initDialogue {
		t.Run(lang, func(t *testing.T) {
			box := startSandbox(t)
			i, _ := newInit(t, box)
			x := i.onTerminal(t, "init", "--ca-file", filepath.Join(i.dir, "ca.pem"), "--lang", lang)
			screen := ""
			step := func(keys, want string) { t.Helper(); screen += x.enter(t, keys, want) }
			screen += x.await(t, words[0])
			step("info\n", words[0])
			step("info@license.kz\n", words[1])
			step("\n", words[3])
			step("9\n", words[3])
			step("6\n", words[4])
			step(box.IMAPAddr+"\n", words[5])
			step(box.SMTPAddr+"\n", words[7])
			step("hunter2\n", words[9])
			step("1\n", words[4])
			step("\n", words[6])
			step("\n", words[7])
			step("sandbox\n", words[5])
			step("\n", words[6])
			step("\n", words[7])
			step("sandbox\n", words[10])
			if err := x.Wait(); err != nil {
				t.Fatalf("%v:\n%s", err, screen)
			}
			x.restored(t)
			fits80(t, "init", strings.ReplaceAll(screen, "\r", ""))
			if strings.Contains(screen, "hunter2") {
				t.Errorf("the password was shown:\n%s", screen)
			}
			i.call(t, "config", "check").well(t)
			i.call(t, "run", "--once").well(t)
			i.publish(t)
			i.call(t, "doctor").well(t)
		})
	}
}

// Where one of the two passwords lies in its file already, the other is asked
// for, and both log-ins are tried with what they have.
func TestInitAsksForTheOther(t *testing.T) {
	box := startSandbox(t)
	i, flags := newInit(t, box)
	writeFile(t, filepath.Join(i.dir, "imap-password"), "sandbox\n", 0o600)
	x := i.onTerminal(t, append(flags, "--lang", "en", "--name", "X")...)
	x.await(t, "Password of")
	screen := x.enter(t, "sandbox\n", "Made")
	if err := x.Wait(); err != nil || strings.Contains(screen, "  ! ") {
		t.Fatalf("%v:\n%s", err, screen)
	}
	i.call(t, "run", "--once").well(t)
}

// Everything is asked where the command line says nothing. Ctrl-C, Ctrl-D and
// SIGTERM end it at any question; nothing is written then, and the terminal is
// as it was.
func TestInitStops(t *testing.T) {
	box := startSandbox(t)
	for name, stop := range map[string]func(*terminal){
		"Ctrl-C": func(x *terminal) { x.master.WriteString("\x03") },
		"Ctrl-D": func(x *terminal) { x.master.WriteString("\x04") },
		"term":   func(x *terminal) { x.Process.Signal(syscall.SIGTERM) },
	} {
		for question, answers := range map[string][]string{
			"Language":         nil,
			"Номер провайдера": {"ru\n", "info@license.kz\n", "\n", "\n"},
			"Пароль для":       {"ru\n", "info@license.kz\n", "\n", "\n", "1\n", "\n"},
		} {
			t.Run(name+" at "+question, func(t *testing.T) {
				i, _ := newInit(t, box)
				before := i.folder(t)
				x := i.onTerminal(t, "init")
				x.await(t, "Language")
				for n, keys := range answers {
					x.enter(t, keys, []string{"пишут", "Название", "номера", "Номер провайдера", "Имя для входа", "Пароль для"}[n])
				}
				x.await(t, question)
				stop(x)
				x.await(t, "прервано")
				if x.Wait(); x.ProcessState.ExitCode() != exitFailed {
					t.Errorf("ended with %v", x.ProcessState)
				}
				x.restored(t)
				if after := i.folder(t); !maps.Equal(before, after) {
					t.Errorf("the folder changed: %q", after)
				}
			})
		}
	}
}
