package rules

import "testing"

// Slots that share a bit of a mask are told apart all the same.
func TestMayMeetTellsSlotsApart(t *testing.T) {
	p := pattern{lead: 2, need: bitOf(2), slots: []int32{2}, not: []int32{5}}
	var has groupSet
	has.add(2 + 64)
	if p.mayMeet(&has) {
		t.Error("another group with the same bit counts as the one that is needed")
	}
	has.add(2)
	has.add(5 + 64)
	if !p.mayMeet(&has) {
		t.Error("another group with the same bit counts as the forbidden one")
	}
	has.add(5)
	if p.mayMeet(&has) {
		t.Error("a forbidden group does not count")
	}
}
