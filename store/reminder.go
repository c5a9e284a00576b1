package store

import "license.kz/pometka/rules"

// Stage is one reminder of one request: each is given once.
type Stage struct {
	Number     string
	Stage      string     // "10", "5", … "0", "-1", …, "review:1", "new"
	ClockStart rules.Date // a moved clock starts the stages anew
}

// Recomputed is a request whose terms were counted again.
type Recomputed struct {
	Number string
	Terms  []Term
	ActBy  rules.Date
}
