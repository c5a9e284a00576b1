package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// chunkSize is how much of a letter one row holds, in bytes. The design says 256 KiB. But
// SQLite copies a row twice on its way into the file, and keeps that memory: rows of that
// size cost a process two megabytes more.
const chunkSize = 64 << 10

// formerChunk is what a row holds by the design, and held at first: such letters are read.
const formerChunk = 256 << 10

// codec packs and unpacks chunks. Each is a frame of its own, so nothing is kept
// between two calls, and several may unpack at once. A register has its own: a
// shared one would tie the clocks of tests together.
type codec struct {
	pack   *zstd.Encoder
	unpack *zstd.Decoder
}

func newCodec() (*codec, error) {
	// What is attached is letters of base64 without a repetition: packed only because it takes
	// six bits of eight.
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(64<<10), zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true), zstd.WithAllLitEntropyCompression(true))
	if err != nil {
		return nil, err
	}
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(readers), zstd.WithDecoderMaxMemory(4*formerChunk))
	if err != nil {
		return nil, err
	}
	return &codec{pack, unpack}, nil
}

// stored describes bytes that lie in chunks.
type stored struct {
	size, pieces        int64
	rawSHA256, asStored string
}

// pieceRoom is what writing a letter needs. A piece that cannot be packed becomes
// hardly larger.
type pieceRoom struct{ piece, packed [chunkSize + 64]byte }

// pieceRooms keeps one, for letters are written one after the other. A sync.Pool
// would lose it at every collection of garbage.
var pieceRooms = make(chan *pieceRoom, 1)

func takePieceRoom() *pieceRoom {
	select {
	case room := <-pieceRooms:
		return room
	default:
		return new(pieceRoom)
	}
}

func (room *pieceRoom) release() {
	select {
	case pieceRooms <- room:
	default:
	}
}

// writeChunks stores the bytes of r in table, piece by piece, for owner. If there are none, one
// empty piece is stored: that is not the same as no piece.
func (t *tx) writeChunks(ctx context.Context, table string, owner int64, r io.Reader) (stored, error) {
	var s stored
	raw, kept := sha256.New(), sha256.New()
	room := takePieceRoom()
	defer room.release()
	piece, packed := room.piece[:chunkSize], room.packed[:0]
	for no := 0; ; no++ {
		n, err := io.ReadFull(r, piece)
		if n > 0 || no == 0 {
			raw.Write(piece[:n])
			packed = t.pack.EncodeAll(piece[:n], packed[:0])
			kept.Write(packed)
			s.size += int64(n)
			s.pieces++
			if _, err := t.ExecContext(ctx, "INSERT INTO "+table+" (owner, no, data) VALUES (?, ?, ?)", owner, no, packed); err != nil {
				return s, fmt.Errorf("write %s: %w", table, err)
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return s, fmt.Errorf("read spooled letter: %w", err)
		}
	}
	s.rawSHA256, s.asStored = hex.EncodeToString(raw.Sum(nil)), hex.EncodeToString(kept.Sum(nil))
	return s, nil
}

// readChunks writes the bytes of owner to w and returns what they are. Each
// piece is a query of its own: a slow w keeps no transaction open.
func (c *codec) readChunks(ctx context.Context, q querier, table string, owner int64, w io.Writer) (stored, error) {
	var s stored
	raw, kept := sha256.New(), sha256.New()
	var packed, piece []byte
	whole := chunkSize // the size of every piece but the last
	for no := 0; ; no++ {
		full := no == 0 || len(piece) == whole // the piece before
		err := q.QueryRowContext(ctx, "SELECT data FROM "+table+" WHERE owner = ? AND no = ?", owner, no).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return s, fmt.Errorf("read %s: %w", table, err)
		}
		kept.Write(packed)
		if piece, err = c.unpack.DecodeAll(packed, piece[:0]); err != nil {
			return s, fmt.Errorf("%w: %s of %d, piece %d: %w", ErrDamaged, table, owner, no, err)
		}
		if no == 0 && len(piece) > chunkSize {
			whole = formerChunk
		}
		if !full || len(piece) > whole || no > 0 && len(piece) == 0 {
			return s, fmt.Errorf("%w: %s of %d is cut in other pieces than it was", ErrDamaged, table, owner)
		}
		raw.Write(piece)
		s.size += int64(len(piece))
		s.pieces++
		if _, err := w.Write(piece); err != nil {
			return s, err
		}
	}
	s.rawSHA256, s.asStored = hex.EncodeToString(raw.Sum(nil)), hex.EncodeToString(kept.Sum(nil))
	return s, nil
}

// Raw writes the letter byte for byte as it was received. It returns
// ErrNotFound when there are no bytes (they could not be had, or were purged)
// and ErrDamaged when they are not those that were received; w has seen them
// by then.
func (db *DB) Raw(ctx context.Context, letterID int64, w io.Writer) error {
	var want sql.NullString
	err := db.read.QueryRowContext(ctx, `SELECT raw_sha256 FROM letters WHERE id = ?`, letterID).Scan(&want)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read letter %d: %w", letterID, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("read letter %d: %w", letterID, explain(err))
	}
	s, err := db.readChunks(ctx, db.read, "letter_chunks", letterID, w)
	if err == nil && want.String != s.rawSHA256 { // it may have been purged meanwhile
		err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM letter_chunks WHERE owner = ?`, letterID).Scan(&s.pieces)
	}
	switch {
	case err != nil:
		return fmt.Errorf("read letter %d: %w", letterID, explain(err))
	case !want.Valid, s.pieces == 0:
		return fmt.Errorf("read bytes of letter %d: %w", letterID, ErrNotFound)
	case want.String != s.rawSHA256:
		return fmt.Errorf("read letter %d: %w: its bytes are not those that were received", letterID, ErrDamaged)
	}
	return nil
}
