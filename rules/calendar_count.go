package rules

import (
	"encoding/binary"
	"math/bits"
	"sort"
)

// dayCount is a set of days, by their numbers, that knows how many of them come before
// a day and which is the n-th. A bit for a day takes a fiftieth of the memory that the
// numbers would.
type dayCount struct {
	bits   []uint64
	passed []uint16 // how many come before each element of bits, and in all
}

// newDayCount makes an empty set for n days.
func newDayCount(n int) *dayCount {
	words := n/64 + 1 // the day behind the last is asked for, too
	return &dayCount{bits: make([]uint64, words), passed: make([]uint16, words+1)}
}

// dayCountOf makes a set of eight days a byte.
func dayCountOf(days []byte) *dayCount {
	c := newDayCount(len(days)*8 - 1)
	for i := range c.bits {
		c.bits[i] = binary.LittleEndian.Uint64(days[8*i:])
	}
	c.count()
	return c
}

// has reports whether the i-th day is in.
func (c *dayCount) has(i int) bool { return c.bits[i/64]&(1<<(i%64)) != 0 }

// set puts a day in or out. count must follow.
func (c *dayCount) set(i int, in bool) {
	if c.bits[i/64] &^= 1 << (i % 64); in {
		c.bits[i/64] |= 1 << (i % 64)
	}
}

func (c *dayCount) count() {
	for i, w := range c.bits {
		c.passed[i+1] = c.passed[i] + uint16(bits.OnesCount64(w))
	}
}

// all is how many days there are.
func (c *dayCount) all() int { return int(c.passed[len(c.bits)]) }

// before is how many days come before the i-th.
func (c *dayCount) before(i int) int {
	return int(c.passed[i/64]) + bits.OnesCount64(c.bits[i/64]&(1<<(i%64)-1))
}

// nth is the number of the n-th day, n from 0 to all()-1.
func (c *dayCount) nth(n int) int {
	i := sort.Search(len(c.bits), func(i int) bool { return int(c.passed[i+1]) > n })
	w := c.bits[i]
	for range n - int(c.passed[i]) {
		w &= w - 1
	}
	return i*64 + bits.TrailingZeros64(w)
}
