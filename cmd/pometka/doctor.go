package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/templates"
)

// doctor looks at everything that can be wrong, for real: it reads the files,
// logs in at the servers, asks the clock. Each area is looked at on its own and
// at the same time as the others, within areaLimit, so that no fault hides
// another and a silent server delays nobody.

// areaLimit bounds one area, and silence the wait for one answer of a server.
const (
	areaLimit = time.Minute
	silence   = 10 * time.Second
)

// level is how grave a finding is.
type level string

const (
	levelGood level = "good" // looked at, and as it should be
	levelNote level = "note" // worth knowing; nothing has to be done at once
	levelMend level = "mend" // has to be mended: exit code 4
)

// finding is one thing that the doctor found. Codes are stable: scripts may
// depend on them.
type finding struct {
	Area   string `json:"area"`
	Code   string `json:"code"`
	Level  level  `json:"level"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// doctorJSON is what doctor --json prints.
type doctorJSON struct {
	Well     bool      `json:"well"`
	Mend     int       `json:"mend"`
	Findings []finding `json:"findings"`
}

// patient is what the areas look at. They only read it.
type patient struct {
	*app          // cfg is never nil: without a file it holds the defaults
	read     bool // there is a file, and it is YAML
	problems []Problem
	ctx      context.Context // of the whole visit, for what must outlive an area
	send     bool
}

// doctorArea is one part of the look.
type doctorArea struct {
	name string
	look func(*ward, context.Context)
}

// ward collects the findings of one area.
type ward struct {
	*patient
	area string
	list []finding
}

func (a *app) doctorCommand() *cobra.Command {
	send := false
	c := a.withJSON(&cobra.Command{
		Use: "doctor", Short: a.t("help.doctor"), Long: a.t("help.doctor.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.doctor(c.Context(), send) },
	})
	c.Flags().BoolVar(&send, "send", false, a.t("help.flag.doctor_send"))
	return c
}

// doctorAreas are looked at all at once and told in this order.
var doctorAreas = []doctorArea{
	{"config", (*ward).configFile},
	{"secrets", (*ward).secrets},
	{"store", (*ward).store},
	{"access", (*ward).access},
	{"backup", (*ward).backups},
	{"daemon", (*ward).daemon},
	{"time", (*ward).time},
	{"calendar", (*ward).calendar},
	{"policy", (*ward).policy},
	{"templates", (*ward).templates},
	{"imap", (*ward).imap},
	{"smtp", (*ward).smtp},
	{"people", (*ward).people},
}

func (a *app) doctor(ctx context.Context, send bool) error {
	p := a.admit(ctx)
	p.send = send
	found := make([][]finding, len(doctorAreas))
	var looking sync.WaitGroup
	for i, ar := range doctorAreas {
		looking.Go(func() { found[i] = p.look(ctx, ar) })
	}
	looking.Wait()
	out := doctorJSON{Findings: []finding{}}
	for _, list := range found {
		for _, f := range list {
			if f.Level == levelMend {
				out.Mend++
			}
			out.Findings = append(out.Findings, f)
		}
	}
	out.Well = out.Mend == 0
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := a.printDoctor(out); err != nil {
		return err
	}
	if !out.Well {
		return silently(exitWanting)
	}
	return nil
}

// look runs one area to its end, or gives it up: a file on a dead network disk
// keeps even a call without a network waiting.
func (p *patient) look(ctx context.Context, ar doctorArea) []finding {
	limited, cancel := context.WithTimeout(ctx, areaLimit)
	defer cancel()
	done := make(chan []finding, 1)
	go func() {
		w := &ward{patient: p, area: ar.name}
		defer func() {
			if r := recover(); r != nil {
				w.as(levelMend, ar.name+".broken", "broken", fmt.Sprint(r))
			}
			done <- w.list
		}()
		ar.look(w, limited)
	}()
	select {
	case list := <-done:
		return list
	case <-limited.Done():
	}
	select {
	case list := <-done: // what was found until then
		return list
	case <-time.After(2 * time.Second):
		w := &ward{patient: p, area: ar.name}
		w.as(levelMend, ar.name+".silent", "silent")
		return w.list
	}
}

// add notes a finding: the catalogue has its sentence under "doctor.CODE" and
// what to do under "doctor.CODE.do", both with the same arguments. Arguments
// come from files and servers and are made harmless.
//
//go:noinline
func (w *ward) add(l level, code string, args ...any) { w.as(l, code, code, args...) }

// as is add with the words of another code. Moments are worded as people write
// them, in the office's zone.
func (w *ward) as(l level, code, words string, args ...any) {
	for i, v := range args {
		switch v := v.(type) {
		case string:
			args[i] = templates.Safe(v)
		case time.Time:
			args[i] = templates.DateTime(string(w.lang), v.In(w.cfg.Calendar.Zone))
		}
	}
	f := finding{Area: w.area, Code: code, Level: l, Text: w.t("doctor."+words, args...)}
	if key := "doctor." + words + ".do"; l != levelGood && w.words.Has(key) {
		f.Remedy = w.t(key, args...)
	}
	w.list = append(w.list, f)
}

func (a *app) printDoctor(d doctorJSON) error {
	if a.json {
		return a.printJSON(d)
	}
	a.printFindings(a.out, d.Findings)
	if d.Well {
		a.printf("\n%s\n", a.t("doctor.well"))
		return nil
	}
	a.printf("\n%s\n", a.t("doctor.unwell", d.Mend))
	return nil
}

// printFindings prints what was found, area by area: what must be mended is
// marked with "!", what is worth knowing with "-".
func (a *app) printFindings(to io.Writer, list []finding) {
	area, w := "", a.width()
	for _, f := range list {
		if f.Area != area {
			area = f.Area
			fmt.Fprintf(to, "%s\n", a.t("doctor.area."+area))
		}
		sign := map[level]string{levelGood: "+", levelNote: "-", levelMend: "!"}[f.Level]
		for i, line := range wrap(f.Text, w-4) {
			if i > 0 {
				sign = " "
			}
			fmt.Fprintf(to, "  %s %s\n", sign, line)
		}
		if f.Remedy == "" {
			continue
		}
		for i, line := range wrap(f.Remedy, w-6) {
			arrow := "→"
			if i > 0 {
				arrow = " "
			}
			fmt.Fprintf(to, "    %s %s\n", arrow, line)
		}
	}
}
