package store

import "time"

// Break is one place at which the register is not what its history says.
type Break struct {
	Table  string    // of the row, or "events" for the chain itself
	Row    int64     // its id; 0 for the whole table
	Event  int64     // the event that vouches for the row; 0 if none does
	Since  time.Time // the instant of that event: sound until then
	Number string    // of the request, where the event names one
	What   string    // changed, removed, added, reordered, cut; for staff the rest says where
}
