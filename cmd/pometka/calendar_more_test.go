package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"license.kz/pometka/rules"
)

// What an administrator brings in keeps the rights of the file and the link to
// it: the daemon, who reads it, is another user.
func TestReplacedFileKeepsItsRights(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "calendar.csv"), filepath.Join(dir, "link.csv")
	read := func(want string, mode fs.FileMode) {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || string(data) != want || info.Mode().Perm() != mode {
			t.Errorf("%q with %s, want %q with %s: %v", data, info.Mode(), want, mode, err)
		}
	}
	if err := replaceFile(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	read("new", 0o644)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(link, []byte("newer")); err != nil {
		t.Fatal(err)
	}
	read("newer", 0o640)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became a file: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
		t.Errorf("left over: %v, %v", files, err)
	}
}

// A holiday that the operator took away is a working day with a reason: in the
// trace and on the wall calendar.
func TestRemovedHolidayIsExplained(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{
		"": "calendar: {days: [{date: 2026-12-16, kind: remove, name: больше не праздник, act: Закон № 1}]}\n",
	})
	for _, c := range []struct{ args, want string }{
		{"explain --kind access_request --received 2026-12-15", "     1  16.12.2026  ср  рабочий день: больше не праздник [1]"},
		{"calendar 2026", "16.12.2026 ср     рабочий день: больше не праздник ["},
	} {
		out := i.call(t, strings.Fields(c.args)...).well(t).out
		if !strings.Contains(out, c.want) || !strings.Contains(out, "] Закон № 1\n") {
			t.Errorf("%s: no %q in\n%s", c.args, c.want, out)
		}
	}
}

// Of days that are what they were, by another act, the list of changes says nothing.
func TestImportNamesWhatChanged(t *testing.T) {
	calendar := func(file string) *rules.Calendar {
		c, err := rules.NewCalendar(rules.CalendarOptions{File: []byte("date,kind,name_ru,source\n" + file), FileName: "days.csv"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	out := &bytes.Buffer{}
	a := &app{words: mustWords(t), lang: rules.RU, streams: streams{out: out}}
	a.printChanges(calendar("2028-02-01,dayoff,Отдых,Закон 1\n"), calendar("2028-02-01,dayoff,Отдых,Закон 2\n2028-02-02,dayoff,Отдых,Закон 2\n"))
	if text := out.String(); strings.Contains(text, "01.02.2028") || !strings.Contains(text, "02.02.2028") {
		t.Errorf("%s", text)
	}
}
