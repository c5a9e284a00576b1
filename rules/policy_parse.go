package rules

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"sort"
	"sync"

	"go.yaml.in/yaml/v3"
)

// packedPolicy is the built-in policy, in a quarter of its size. After a change of
// the file: go test ./rules -run TestDataIsPacked -update
//
//go:embed policy-license-kz.yaml.z
var packedPolicy []byte

// BuiltInSource returns the text of the built-in policy file, the model for
// an operator's own.
func BuiltInSource() []byte { return unpacked(packedPolicy) }

// BuiltIn returns the built-in policy. It is read once, its words when the first
// letter comes: that they hold is proved by a test.
func BuiltIn() *Policy { return builtIn() }

var builtIn = sync.OnceValue(func() *Policy {
	whole := unpacked(packedPolicy)
	first, words := cutWords(whole)
	b := &policyReader{data: whole, first: first, later: words}
	p, err := b.read()
	if err != nil {
		panic("read the built-in policy: " + err.Error())
	}
	p.source = nil
	return p
})

// cutWords cuts a file in the order of the built-in one: words, speech, and what is said
// of a kind in words, nine tenths of it, are for letters alone, and most commands read
// none. The words behind are whole again.
func cutWords(whole []byte) (first, words []byte) {
	from, to := bytes.Index(whole, []byte("\nwords:\n"))+1, bytes.Index(whole, []byte("\nkinds:\n"))+1
	first = slices.Clone(whole[:from])
	keys, out := wordKeys(), false
	for line := range bytes.Lines(whole[to:]) {
		if deep := bytes.HasPrefix(line, []byte("     ")) || len(bytes.TrimSpace(line)) == 0; !deep {
			key, _, _ := bytes.Cut(bytes.TrimPrefix(line, []byte("    ")), []byte(":"))
			out = slices.Contains(keys, string(key))
		}
		if !out {
			first = append(first, line...)
		}
	}
	return first, whole[from:]
}

// wordKeys are the keys of a kind that are for letters alone.
func wordKeys() []string {
	keys := []string{"examples", "doubtful", "not"}
	for _, l := range new(matcher).lists(new(rawKind)) {
		keys = append(keys, l.key)
	}
	return keys
}

// The shape of a policy file. Each type mirrors one level of the file; what
// the keys mean is told in the built-in file itself.
type (
	rawPolicy struct {
		Policy   string              `yaml:"policy"`
		Edition  string              `yaml:"edition"`
		Drafts   map[Lang]Text       `yaml:"drafts"`
		Operator rawOperator         `yaml:"operator"`
		Review   rawReview           `yaml:"review"`
		Target   Text                `yaml:"target_basis"`
		Together [][]Kind            `yaml:"together"`
		Words    map[string]rawWords `yaml:"words"`
		Speech   rawSpeech           `yaml:"speech"`
		Kinds    []rawKind           `yaml:"kinds"`
	}
	rawReview struct {
		Target int  `yaml:"target"`
		Name   Text `yaml:"name"`
	}
	rawWords struct {
		RU []string `yaml:"ru"`
		KK []string `yaml:"kk"`
		EN []string `yaml:"en"`
	}
	rawSpeech struct {
		Questions []string `yaml:"questions"`
		Wonders   []string `yaml:"wonders"`
		Impatient []string `yaml:"impatient"`
		Polite    []string `yaml:"polite"`
		Ordinary  []string `yaml:"ordinary"`
		Cancels   []string `yaml:"cancels"`
		Rethinks  []string `yaml:"rethinks"`
		Insists   []string `yaml:"insists"`
		Thanks    []string `yaml:"thanks"`
		Automatic []string `yaml:"automatic"`
		Absence   []string `yaml:"absence"`
		Personal  []string `yaml:"personal"`
		Unnamed   []string `yaml:"unnamed"`
		Refers    []string `yaml:"refers"`
		Papers    []string `yaml:"papers"`
		Titles    []string `yaml:"titles"`
		Enclosed  []string `yaml:"enclosed"`
		Opaque    []string `yaml:"opaque"`
		About     []string `yaml:"about"`
		Own       []string `yaml:"own"`
		Trade     []string `yaml:"trade"`
		Firms     []string `yaml:"firms"`
		Footers   []string `yaml:"footers"`
		Notice    []string `yaml:"notice"`
		Expects   []string `yaml:"expects"`
	}
	rawOperator struct {
		Name    Text     `yaml:"name"`
		Address string   `yaml:"address"`
		BIN     string   `yaml:"bin"`
		Forms   []string `yaml:"forms"`
	}
	rawKind struct {
		ID       Kind      `yaml:"id"`
		Register string    `yaml:"register"`
		Claim    bool      `yaml:"claim"`
		PassedOn bool      `yaml:"passed_on"`
		Suppress bool      `yaml:"suppress"`
		Name     Text      `yaml:"name"`
		Formal   Text      `yaml:"formal"`
		Will     Text      `yaml:"will"`
		Clause   Text      `yaml:"clause"`
		Marks    []rawMark `yaml:"marks"`
		Demands  []string  `yaml:"demands"`
		Subject  []string  `yaml:"subject"`
		Beside   []string  `yaml:"beside"`
		Includes []string  `yaml:"includes"`
		Traces   []string  `yaml:"traces"`
		Topic    []string  `yaml:"topic"`
		Bare     []string  `yaml:"bare"`
		Counter  []string  `yaml:"counter"`
		Other    []string  `yaml:"elsewhere"`
		Opposite []string  `yaml:"opposite"`
		Told     []string  `yaml:"told"`
		Examples []string  `yaml:"examples"`
		Doubtful []string  `yaml:"doubtful"`
		Not      []string  `yaml:"not"`
		Terms    []rawTerm `yaml:"terms"`
		Steps    []rawStep `yaml:"steps"`
	}
	rawMark struct {
		Text       string `yaml:"text"`
		Prescribed bool   `yaml:"prescribed"`
		Ordinary   bool   `yaml:"ordinary"`
	}
	rawTerm struct {
		ID        string `yaml:"id"`
		Name      Text   `yaml:"name"`
		Source    Source `yaml:"source"`
		Days      int    `yaml:"days"`
		Unit      Unit   `yaml:"unit"`
		Basis     Text   `yaml:"basis"`
		From      string `yaml:"from"`
		To        string `yaml:"to"`
		Condition string `yaml:"condition"`
		Until     string `yaml:"until"`
		Waiting   string `yaml:"waiting"`
		Named     bool   `yaml:"named"`
		Checked   string `yaml:"checked"`
		CheckedBy string `yaml:"checked_by"`
	}
	rawStep struct {
		ID   string `yaml:"id"`
		Text Text   `yaml:"text"`
	}
)

// ParsePolicy reads a policy file. It is strict: an unknown key, a wrong
// type, a missing or contradictory value is an error. All problems are
// reported at once, each a PolicyFault, joined with errors.Join.
func ParsePolicy(data []byte) (*Policy, error) {
	b := &policyReader{data: slices.Clone(data)}
	b.first = b.data
	p, err := b.read()
	if p == nil {
		return nil, err
	}
	p.recognise()
	if err := b.problems(); err != nil {
		return nil, err
	}
	return p, nil
}

// read reads all of the file but what recognition needs. No Policy: what the
// file holds is no policy at all.
func (b *policyReader) read() (*Policy, error) {
	dec := yaml.NewDecoder(bytes.NewReader(b.first))
	dec.KnownFields(true)
	var raw rawPolicy
	var types *yaml.TypeError
	switch err := dec.Decode(&raw); {
	case errors.As(err, &types):
		for _, s := range types.Errors {
			b.errs = append(b.errs, yamlFault(s))
		}
	case errors.Is(err, io.EOF):
		return nil, &PolicyFault{1, "missing", []string{"policy"}}
	case err != nil:
		return nil, yamlFault(err.Error())
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		b.fail(nil, "second")
	}
	p := b.policy(&raw)
	sum := sha256.Sum256(b.data)
	p.Digest, p.source = hex.EncodeToString(sum[:]), b.data
	return p, b.problems()
}

// problems are those found so far, by line, joined.
func (b *policyReader) problems() error {
	sort.SliceStable(b.errs, func(i, k int) bool { return b.errs[i].Line < b.errs[k].Line })
	var errs []error
	for _, f := range b.errs {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

// policyReader turns the raw file into a Policy and collects what is wrong.
type policyReader struct {
	data  []byte     // the whole file
	first []byte     // what read reads of it
	later []byte     // what recognition reads of it; nil: nothing more
	lang  Lang       // in which each text must stand
	root  *yaml.Node // nil until a line is looked for
	errs  []*PolicyFault
}

// path leads to a place in the file: keys as strings, positions in lists as ints.
type path []any

//go:noinline
func (p path) with(steps ...any) path { return append(slices.Clip(p), steps...) }

// key is the last key that the path names.
func (p path) key() string {
	for _, step := range slices.Backward(p) {
		if s, ok := step.(string); ok {
			return s
		}
	}
	return ""
}

// fail notes a problem at the place that the path leads to, or at the nearest
// place above it that exists.
//
//go:noinline
func (b *policyReader) fail(at path, code string, args ...string) {
	b.errs = append(b.errs, &PolicyFault{b.line(at), code, args})
}

func (b *policyReader) line(at path) int {
	if b.root == nil {
		b.root = &yaml.Node{}
		var file yaml.Node
		if err := yaml.Unmarshal(b.data, &file); err == nil && len(file.Content) > 0 {
			b.root = file.Content[0]
		}
	}
	n := b.root
	line := n.Line
	for _, step := range at {
		var next *yaml.Node
		switch s := step.(type) {
		case string:
			for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
				if n.Content[i].Value == s {
					next, line = n.Content[i+1], n.Content[i].Line
				}
			}
		case int:
			if n.Kind == yaml.SequenceNode && s < len(n.Content) {
				next = n.Content[s]
				line = next.Line
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}
