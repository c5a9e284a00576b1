package store

import (
	"crypto/sha256"
	"slices"
)

// marks are two bytes for each column that is not NULL, in the order of the
// digest, without the columns that are left out: the beginning of the SHA-256
// of what the digest says of it, after the row's salt if it has one. They tell
// which column was changed, and nothing once the salt is gone.
func (r *record) marks(without ...string) []byte {
	marks := make([]byte, 0, 2*len(r.order))
	for _, i := range r.order {
		if r.values[i] != nil && !slices.Contains(without, r.names[i]) {
			marks = append(marks, r.markOf(i)...)
		}
	}
	return marks
}

func (r *record) markOf(i int) []byte {
	r.text = r.text[:0]
	if at := slices.Index(r.names, "salt"); at >= 0 {
		salt, _ := r.values[at].([]byte)
		r.text = append(r.text, salt...)
	}
	r.text = appendColumn(r.text, r.names[i], r.values[i])
	sum := sha256.Sum256(r.text)
	return sum[:2]
}

// differs names the columns that are not as the marks say. If columns were set to NULL, it
// names all those that may have been, by what stands before and behind them; nothing, if too
// much was changed to tell.
func (r *record) differs(marks []byte, without ...string) []string {
	var names []string // in the order of the digest, whether NULL or not
	var now []string   // their marks; "" for NULL
	filled := 0
	for _, i := range r.order {
		if slices.Contains(without, r.names[i]) {
			continue
		}
		names, now = append(names, r.names[i]), append(now, "")
		if r.values[i] != nil {
			now[len(now)-1] = string(r.markOf(i))
			filled++
		}
	}
	var kept []string
	for i := 0; i+2 <= len(marks); i += 2 {
		kept = append(kept, string(marks[i:i+2]))
	}
	wrong, same := compareMarks(now, kept)
	if 2*same < min(filled, len(kept)) || same == 0 {
		// The salt is in front of each. Two bytes are alike by chance now and then,
		// in a row of twenty columns once in two hundred.
		if at := slices.Index(names, "salt"); at >= 0 && (same == 0 || wrong[at]) {
			return []string{"salt"}
		}
		return nil
	}
	var out []string
	for i, name := range names {
		if wrong[i] {
			out = append(out, name)
		}
	}
	return out
}

// compareMarks lays the marks of columns along those that were kept of them, as many
// alike as can be, and tells which columns are not; same is how many are. A mark
// that was kept and is not found belongs to a column between its neighbours:
// to each that is there with another mark, else to each that is NULL now.
func compareMarks(now, kept []string) (wrong []bool, same int) {
	n, m := len(now), len(kept)
	best := make([][]int, n+1) // of the columns from i on and the marks from j on
	for i := range best {
		best[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if now[i] == kept[j] {
				best[i][j] = max(best[i][j], 1+best[i+1][j+1])
			}
		}
	}
	wrong = make([]bool, n)
	for i, j := 0, 0; i < n || j < m; i, j = i+1, j+1 {
		from, lost := i, j
		for (i < n || j < m) && !(i < n && j < m && now[i] == kept[j] && best[i][j] == 1+best[i+1][j+1]) {
			if i < n && (j == m || best[i+1][j] == best[i][j]) {
				i++
			} else {
				j++
			}
		}
		filled := false
		for k := from; k < i; k++ {
			wrong[k] = now[k] != ""
			filled = filled || wrong[k]
		}
		for k := from; k < i && !filled && j > lost; k++ {
			wrong[k] = true
		}
	}
	return wrong, best[0][0]
}
