package rules

import (
	"strings"
	"sync"
)

// wordCache remembers what the lexicon found behind words: letters share most
// of their words. It is bounded and safe for concurrent use; what it holds
// never changes an answer.
type wordCache struct {
	mu    sync.RWMutex
	words map[string][]found
}

// mostCached bounds the cache; when it is full it starts anew.
const mostCached = 1 << 13

func (c *wordCache) put(word string, f []found) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.words == nil || len(c.words) >= mostCached {
		c.words = make(map[string][]found)
	}
	c.words[strings.Clone(word)] = f
}
