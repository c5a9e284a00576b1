package templates

// words are what the letters are given in the sample data, in one language: the keys
// sample.* of the catalogue. They follow the built-in policy, so that a preview looks like
// the real letter.
type words Lang

// say is called, not copied to each place that calls it.
//
//go:noinline
func (w words) say(key string) string { return text(Lang(w), "sample."+key) }
