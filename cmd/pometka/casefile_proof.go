package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"io"
	"strings"

	"license.kz/pometka/store"
)

// packedCheck is casefile/check.py, which checks a casefile without pometka; see packed.go.
//
//go:embed casefile/check.py.z
var packedCheck []byte

// addProof puts in what check.py checks.
func (f *casefile) addProof(ctx context.Context) error {
	if err := f.add("proof/check.py", func(w io.Writer) error {
		files, err := unpackFiles(packedCheck)
		if err == nil {
			_, err = w.Write(files[0])
		}
		return err
	}); err != nil {
		return err
	}
	return f.addProofs(ctx, 0, store.ProofRows, store.ProofEntries, store.ProofDetails)
}

func (f *casefile) addProofs(ctx context.Context, seal int64, parts ...string) error {
	for _, part := range parts {
		if err := f.add("proof/"+part+".jsonl", func(w io.Writer) error {
			return f.d.Store.Proof(ctx, f.Request.Number, part, seal, func(line []byte) error {
				_, err := w.Write(append(line, '\n'))
				return err
			})
		}); err != nil {
			return err
		}
	}
	return nil
}

// addSeal binds all that was put in to the history: the event that is made here
// keeps the digest of their digests. After it come only the chain up to this
// event, its detail, and the digests of all files.
func (f *casefile) addSeal(ctx context.Context) (seal store.Event, err error) {
	a, err := f.actor()
	if err != nil {
		return seal, err
	}
	sums := sha256.Sum256([]byte(strings.Join(f.sums, "")))
	if seal, err = f.d.SealCase(ctx, f.Case, hex.EncodeToString(sums[:]), a); err != nil {
		return seal, err
	}
	if err := f.addProofs(ctx, seal.Seq, store.ProofChain, store.ProofSeal); err != nil {
		return seal, err
	}
	return seal, f.addText("SHA256SUMS", strings.Join(f.sums, ""))
}
