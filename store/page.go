package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What a page of the file is, as far as it tells which of its bytes are in use;
// the names of the first three are those of dbstat.
const (
	pageLeaf     = "leaf"
	pageInternal = "internal"
	pageOverflow = "overflow"
	pageTrunk    = "trunk" // of the list of free pages
	pageFree     = "free"
)

// blank overwrites with zeros what stands in a page and belongs to nothing: rows
// that were deleted, or lay there before they were moved. used is the number of
// bytes after the link of an overflow page, or of free pages that a trunk names.
// The format is that of https://sqlite.org/fileformat2.html. A page that does not
// follow it is left alone.
func blank(page []byte, no int64, kind string, used int) error {
	switch kind {
	case pageFree:
		clear(page)
		return nil
	case pageOverflow:
		return blankFrom(page, 4+used)
	case pageTrunk:
		return blankFrom(page, 8+4*used)
	case pageLeaf, pageInternal:
		return blankTree(page, treeHead(no))
	}
	return fmt.Errorf("%w: page %d is a %q", ErrDamaged, no, kind)
}

var (
	errPage   = errors.New("a page does not follow the format")
	errEnough = errors.New("enough was found")
)

// treeHead is where the header of a page of a tree stands: in the first page of
// the file behind that of the file.
func treeHead(no int64) int {
	if no == 1 {
		return 100
	}
	return 0
}

func blankFrom(page []byte, end int) error {
	if end < 0 || end > len(page) {
		return errPage
	}
	clear(page[end:])
	return nil
}

// blankTree keeps of a page of a tree its header, the pointers to its cells, the
// cells, and the first four bytes of each free block, which chain them.
func blankTree(page []byte, head int) error {
	be := binary.BigEndian
	kind, cells := page[head], int(be.Uint16(page[head+3:]))
	pointers := head + 8
	if kind == treeTable || kind == treeIndex {
		pointers += 4 // to the page right of all cells
	}
	end := pointers + 2*cells
	if end > len(page) {
		return errPage
	}
	kept := make([]bool, len(page))
	keep := func(at, size int) bool {
		if at < end || size < 0 || at+size > len(page) {
			return false
		}
		for i := at; i < at+size; i++ {
			if kept[i] {
				return false
			}
			kept[i] = true
		}
		return true
	}
	for i := range cells {
		at := int(be.Uint16(page[pointers+2*i:]))
		size, ok := cellSize(page, at, kind)
		if !ok || !keep(at, size) {
			return errPage
		}
	}
	for at := int(be.Uint16(page[head+1:])); at != 0; {
		if !keep(at, 4) {
			return errPage
		}
		next := int(be.Uint16(page[at:]))
		if next != 0 && next <= at {
			return errPage
		}
		at = next
	}
	for i := end; i < len(page); i++ {
		if !kept[i] {
			page[i] = 0
		}
	}
	return nil
}

// The kinds of pages of a tree, by the first byte of their header.
const (
	treeIndex     = 2
	treeTable     = 5
	treeIndexLeaf = 10
	treeTableLeaf = 13
)

// cellSize is how many bytes of the page a cell takes, without what of its
// content lies in overflow pages.
func cellSize(page []byte, at int, kind byte) (size int, ok bool) {
	if at < 8 || at >= len(page)-3 {
		return 0, false
	}
	pos := at
	if kind == treeIndex || kind == treeTable {
		pos += 4 // to the page left of the cell
	}
	payload, n := sqliteVarint(page[pos:])
	if pos += n; n == 0 {
		return 0, false
	}
	most := len(page) - 35
	switch kind {
	case treeTable: // the number was the key, and there is no content
		return pos - at, true
	case treeTableLeaf:
		_, n := sqliteVarint(page[pos:])
		if pos += n; n == 0 {
			return 0, false
		}
	case treeIndex, treeIndexLeaf:
		most = (len(page)-12)*64/255 - 23
	default:
		return 0, false
	}
	if payload > 1<<40 {
		return 0, false
	}
	local := int(payload)
	if local > most {
		least := (len(page)-12)*32/255 - 23
		if local = least + (local-least)%(len(page)-4); local > most {
			local = least
		}
		local += 4 // to the first overflow page
	}
	// A cell has at least four bytes, so that a free block fits into its place.
	return max(pos-at+local, 4), true
}

// sqliteVarint reads a number of one to nine bytes; n is 0 where it is cut off.
func sqliteVarint(b []byte) (v uint64, n int) {
	for n < len(b) && n < 8 {
		v = v<<7 | uint64(b[n]&0x7f)
		if n++; b[n-1] < 0x80 {
			return v, n
		}
	}
	if n < len(b) && n == 8 {
		return v<<8 | uint64(b[n]), 9
	}
	return 0, 0
}
