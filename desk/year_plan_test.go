package desk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// plan is the office in which a simulated year passes: what a configuration
// can make of reminders.
type plan struct {
	jumps     bool // whether the clock is ever wrong
	proves    bool // it has everything in it that a year may bring
	days      int  // how long it lasts
	week      int
	zone      string
	hours     Hours
	stages    []int
	officerAt int
	officer   string
	always    bool
	lang      rules.Lang
	staff     []Member
	fires     []time.Duration // of reminders.schedule, each day
}

// usual is the office of the built-in configuration.
func usual(jumps bool) plan {
	return plan{
		jumps: jumps, proves: !jumps, days: 365, week: 5, zone: "Asia/Almaty", hours: Hours{9 * time.Hour, 18 * time.Hour}, stages: []int{10, 5, 3, 1, 0}, officerAt: 1,
		officer: "officer@license.kz", lang: rules.RU, fires: []time.Duration{9 * time.Hour},
	}
}

// anyPlan is another office: other weeks, hours, stages, people.
func anyPlan(r *rand.Rand, days int) plan {
	p := plan{days: days, week: 5 + r.IntN(2), officerAt: r.IntN(6), always: r.IntN(4) == 0, lang: pick(r, rules.RU, rules.KK, rules.EN)}
	p.hours = pick(r, Hours{9 * time.Hour, 18 * time.Hour}, Hours{8*time.Hour + 30*time.Minute, 17 * time.Hour}, Hours{10 * time.Hour, 14 * time.Hour}, Hours{}, Hours{7 * time.Hour, 23 * time.Hour})
	for range r.IntN(6) {
		p.stages = append(p.stages, r.IntN(16))
	}
	if r.IntN(4) > 0 {
		p.officer = "officer@license.kz"
	}
	for range 1 + r.IntN(2) {
		p.fires = append(p.fires, pick(r, 6*time.Hour, 9*time.Hour, 11*time.Hour+30*time.Minute, 13*time.Hour))
	}
	slices.Sort(p.fires)
	p.zone = pick(r, "Asia/Almaty", "Asia/Aqtau", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Kiritimati", "Africa/Cairo")
	begin := rules.Date{Year: 2026, Month: 1, Day: 5}
	for i := range r.IntN(5) {
		m := Member{Name: fmt.Sprint("Member ", i), Address: fmt.Sprintf("m%d@license.kz", i), Login: fmt.Sprint("m", i), Language: pick(r, "", rules.RU, rules.KK, rules.EN)}
		if r.IntN(2) == 0 {
			m.AbsentFrom = begin.AddDays(r.IntN(days))
			m.AbsentTo = m.AbsentFrom.AddDays(r.IntN(60))
		}
		if r.IntN(3) > 0 {
			m.Deputy = fmt.Sprint("Member ", r.IntN(5)) // it may be nobody, the member itself, or go round in a circle
		}
		p.staff = append(p.staff, m)
	}
	if p.officer != "" && r.IntN(3) == 0 && len(p.staff) > 0 {
		p.officer = p.staff[0].Address
	}
	return p
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// next is reminders.schedule.
func (p plan) next(t time.Time) time.Time {
	for day := 0; ; day++ {
		for _, f := range p.fires {
			at := time.Date(t.Year(), t.Month(), t.Day()+day, 0, 0, 0, 0, t.Location()).Add(f)
			if at.After(t) {
				return at
			}
		}
	}
}

// lead is how many working days ahead of its day a request is first told of.
func (p plan) lead() int { return max(soonDays, slices.Max(append([]int{0}, p.stages...))) }

// away reports whether an address is that of a member who is absent although
// there is somebody to stand in.
func (y *year) away(addr string, on rules.Date) bool {
	m, ok := y.member(addr)
	if !ok || !m.absent(on) {
		return false
	}
	_, there := y.present(m, on)
	return there
}

// ask lets one of the corrections that are not late wait for a person who never answers.
func (y *year) ask() {
	open, err := y.Store.Requests(y.t.Context(), store.Filter{Kinds: []rules.Kind{"data_correction"}, Status: []store.Status{store.StatusOpen}})
	if err != nil {
		y.t.Fatal(err)
	}
	for _, q := range open {
		if q.ActBy.Before(y.Today()) {
			continue
		}
		if _, err := y.Wait(y.t.Context(), q.Number, forDocuments, Actor{Login: "clerk"}); err != nil {
			y.t.Fatal(err)
		}
		return
	}
}
