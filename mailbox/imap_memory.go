package mailbox

import (
	"encoding/json"
	"maps"
	"slices"
)

// lesson is the form of a memory outside this process.
type lesson struct {
	Folder   string         `json:"folder"`
	Validity uint32         `json:"uidvalidity"`
	Strikes  map[uint32]int `json:"strikes,omitempty"`
	Breaks   map[uint32]brk `json:"breaks,omitempty"`
	Width    uint32         `json:"width,omitempty"`
	Headless int            `json:"headless,omitempty"`
	Listless bool           `json:"listless,omitempty"`
	Omitted  int            `json:"omitted,omitempty"`
	Withheld withheld       `json:"held,omitzero"`
	Junk     []string       `json:"junk,omitempty"` // of no folder: see Reader.junk
}

// brk is how a message broke off, over one connection after the other. It is the
// message's own fault when that happens at the same place each time; a server
// that is killed while it sends a long letter stops anywhere.
type brk struct {
	At    int64 `json:"at"`    // the place, in bytes
	Times int   `json:"times"` // there, in a row
	All   int   `json:"all"`
}

func (b brk) hopeless() bool { return b.Times >= tries || b.All >= 3*tries }

// broke counts that, and reports whether the message is given up.
func (r *Reader) broke(uid uint32, at int64) bool {
	b := r.breaks[uid]
	if b.All > 0 && b.At == at {
		b.Times++
	} else {
		b.At, b.Times = at, 1
	}
	b.All++
	r.breaks[uid] = b
	return b.hopeless()
}

// Memory is what the Reader has learned of messages that silence the server, and which
// folders of junk there are, as text; "" when it is nothing. A message is given up after three passes only, so
// that what the first of them learned must outlive a process that makes one.
func (r *Reader) Memory() string {
	var all []lesson
	for _, folder := range slices.Sorted(maps.Keys(r.memories)) {
		m := r.memories[folder]
		if m.width != 0 || m.headless != 0 || m.listless || m.omitted != 0 || m.withheld.UID != 0 || len(m.strikes) > 0 || len(m.breaks) > 0 {
			all = append(all, lesson{folder, m.validity, m.strikes, m.breaks, m.width, m.headless, m.listless, m.omitted, m.withheld, nil})
		}
	}
	if len(r.junk) > 0 && len(r.o.Folders) == 0 {
		all = append(all, lesson{Junk: r.junk})
	}
	if len(all) == 0 {
		return ""
	}
	text, err := json.Marshal(all)
	if err != nil { // there is nothing in it that could not be written
		return ""
	}
	return string(text)
}

// Remember takes in what Memory of an earlier Reader gave. What it cannot read
// is learned anew.
func (r *Reader) Remember(text string) {
	var all []lesson
	if json.Unmarshal([]byte(text), &all) != nil {
		return
	}
	for _, k := range all {
		if k.Junk != nil {
			r.junk = k.Junk
			continue
		}
		m := &memory{validity: k.Validity, strikes: k.Strikes, breaks: k.Breaks, width: min(k.Width, ChunkSize), headless: k.Headless, listless: k.Listless, omitted: k.Omitted, withheld: k.Withheld}
		if m.strikes == nil {
			m.strikes = map[uint32]int{}
		}
		if m.breaks == nil {
			m.breaks = map[uint32]brk{}
		}
		r.memories[k.Folder] = m
	}
}

// memory is what a Reader remembers about the troubles of one folder.
type memory struct {
	validity uint32
	strikes  map[uint32]int // how often in a row a message silenced the server
	breaks   map[uint32]brk // how it broke off
	width    uint32         // of the next window; shrinks after silence
	headless int            // how often in a row the server could not say the heads of parts
	listless bool           // its folders cannot be listed while letters are read
	withheld withheld       // nothing else could be had either
	omitted  int            // how many passes in a row ended because it left messages out
}

// recall makes folder the current one. What was remembered of it is void when
// its UIDs mean other messages now.
func (r *Reader) recall(folder string, st FolderState) {
	m := r.memories[folder]
	if m == nil || m.validity != st.UIDValidity {
		m = &memory{validity: st.UIDValidity, strikes: map[uint32]int{}, breaks: map[uint32]brk{}}
		r.memories[folder] = m
	}
	r.folder, r.state, r.memory = folder, st, m
	r.sizes, r.ahead = sizes{}, ahead{}
}
