package store

import (
	"context"
	"encoding/binary"
)

// stillThere tells which of some pages are of the same kind as when they were found, although
// their bytes have changed since: every letter that comes changes a dozen pages. A page of a
// tree must stand as far below the root as it did. Of a trunk, used is set anew. The caller
// is in a transaction that writes, so that nothing changes meanwhile.
func stillThere(ctx context.Context, q querier, changed map[int64]*leftover) (still map[int64]bool, err error) {
	still = map[int64]bool{}
	trees, trunks := map[string]map[int64]int{}, false
	for no, l := range changed {
		switch l.kind {
		case pageTrunk:
			trunks = true
		case pageLeaf, pageInternal:
			if trees[l.tree] == nil {
				trees[l.tree] = map[int64]int{}
			}
			trees[l.tree][no] = l.depth
		}
	}
	if trunks {
		if err := eachTrunk(ctx, q, func(no int64, _ []byte, names int) error {
			if l := changed[no]; l != nil && l.kind == pageTrunk {
				l.used, still[no] = names, true
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	for tree, wanted := range trees {
		root := int64(1)
		if tree != "sqlite_schema" {
			if err := q.QueryRowContext(ctx, `SELECT rootpage FROM sqlite_schema WHERE name = ?`, tree).Scan(&root); err != nil {
				return nil, err
			}
		}
		deepest := 0
		for _, depth := range wanted {
			deepest = max(deepest, depth)
		}
		if err := findInTree(ctx, q, root, 0, deepest, func(no int64, depth int) {
			if at, ok := wanted[no]; ok && at == depth {
				still[no] = true
			}
		}); err != nil {
			return nil, err
		}
	}
	return still, nil
}

// findInTree calls f with a page of a tree and with all pages below it, down to the depth
// deepest. The pages at that depth are not read, since the few pages above name them.
func findInTree(ctx context.Context, q querier, no int64, depth, deepest int, f func(no int64, depth int)) error {
	f(no, depth)
	if depth == deepest {
		return nil
	}
	page, err := readPage(ctx, q, no)
	if err != nil {
		return err
	}
	for _, child := range childrenOf(page, no) {
		if err := findInTree(ctx, q, child, depth+1, deepest, f); err != nil {
			return err
		}
	}
	return nil
}

// childrenOf lists the pages to which the cells of an inner page lead, and what
// stands right of all cells.
func childrenOf(page []byte, no int64) []int64 {
	head := treeHead(no)
	if kind := page[head]; kind != treeTable && kind != treeIndex {
		return nil
	}
	cells := int(binary.BigEndian.Uint16(page[head+3:]))
	children := make([]int64, 0, cells+1)
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[head+12+2*i:]))
		children = append(children, int64(binary.BigEndian.Uint32(page[at:])))
	}
	return append(children, int64(binary.BigEndian.Uint32(page[head+8:])))
}
