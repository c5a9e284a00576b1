-- The register of pometka, schema 1.
--
-- Read it in this order: a message is seen (folders, messages); a likely one is
-- kept as a letter (letters, letter_chunks); a letter makes or joins requests
-- (requests, request_letters, terms); letters of ours go out through the outbox;
-- whatever happens is an event of the history (events, event_rows, event_details).
--
-- Forms: an instant is UTC text with milliseconds, 2026-11-22T20:45:00.000Z; a
-- date is YYYY-MM-DD and belongs to no zone; a digest is SHA-256 in hex; a column
-- that holds JSON says so. NULL means "none" or "not known". What is personal
-- stands in tables named *_private, in the *_chunks and in event_details only:
-- forgetting a person deletes those rows.
--
-- The history vouches for every row. Each covered row names in `event` the event
-- that wrote it last, and event_rows keeps its digest as of that event. The
-- digest of a row is SHA-256 over its columns without NULLs, sorted by name, each
-- as "name TAB type TAB length in bytes TAB value LF", type i (integer, decimal),
-- t (text, UTF-8) or b (blob). So a column that is added later disturbs nothing.
-- Its marks are the first two bytes of the SHA-256 of each of these lines (after
-- the salt, where the row has one): they tell which column was changed.
-- docs/audit.md has all of it, exact to the byte.

-- Small facts. `events` and `head` (number and digest of the last event) change
-- with every event; `key` is the secret of the tokens in our Message-IDs, and its
-- SHA-256 is what the first event follows.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;

-- ---------------------------------------------------------------- intake

-- Folders that are read, and how far. uidvalidity is NULL until the first pass
-- begins (a letter registered by hand may name a folder that nobody watches).
CREATE TABLE folders (
	id          INTEGER PRIMARY KEY,
	event       INTEGER NOT NULL,
	name        TEXT NOT NULL UNIQUE,
	uidvalidity INTEGER,
	first_uid   INTEGER NOT NULL, -- where intake began; below is no gap
	last_uid    INTEGER NOT NULL, -- up to here every UID is accounted for
	first_pass  INTEGER NOT NULL  -- 1 until the first pass has ended
) STRICT;

-- The ledger: one row for every message ever seen, never changed and never
-- removed, so that the last id is their number. For mail that is no request it
-- is all that is kept. An event covers the rows that name it by
-- one digest over their digests, in the order of id, not row by row; marks, over
-- the columns other than id and marks, then tell which of them was changed.
CREATE TABLE messages (
	id            INTEGER PRIMARY KEY,
	event         INTEGER NOT NULL,
	folder        INTEGER NOT NULL REFERENCES folders (id),
	uidvalidity   INTEGER NOT NULL,
	uid           INTEGER NOT NULL,
	size          INTEGER NOT NULL,
	internal_date TEXT,
	header_digest TEXT, -- over size, raw Message-ID, Date, From, Subject
	verdict       TEXT NOT NULL,
	reason_code   TEXT NOT NULL,
	marks         BLOB NOT NULL,
	UNIQUE (folder, uidvalidity, uid)
) STRICT;
CREATE INDEX messages_by_header ON messages (substr(header_digest, 1, 16)) WHERE header_digest IS NOT NULL;
CREATE INDEX messages_by_event ON messages (event);
CREATE INDEX messages_of_note ON messages (verdict, internal_date) WHERE verdict <> 'none';

-- Letters kept whole: those of requests, of review cases, and what came by post.
CREATE TABLE letters (
	id            INTEGER PRIMARY KEY,
	event         INTEGER NOT NULL,
	message       INTEGER REFERENCES messages (id), -- NULL: came another way
	via           TEXT,    -- how: file, post, courier, counter, phone; NULL: by e-mail
	size          INTEGER NOT NULL,
	received_at   TEXT NOT NULL,
	date_header   TEXT,    -- what the sender claims
	raw_sha256    TEXT,    -- of the letter as received; NULL: its bytes were not to be had
	stored_sha256 TEXT,    -- of its chunks, one after the other
	junk          INTEGER NOT NULL,
	cut           INTEGER NOT NULL, -- the server kept the rest
	trust         TEXT NOT NULL,
	language      TEXT NOT NULL,
	verdict       TEXT NOT NULL,
	confidence    TEXT NOT NULL,
	prescribed    INTEGER NOT NULL,
	reason_code   TEXT NOT NULL,
	answer_code   TEXT NOT NULL, -- why no acknowledgement was queued
	troubles      TEXT, -- JSON array of codes
	filed         TEXT, -- how it was filed in the mailbox: keyword, move, gone; NULL: it was not
	filed_folder  INTEGER REFERENCES folders (id), -- where a move put it; NULL: it lies where it came, or nowhere
	filed_validity INTEGER, -- UIDVALIDITY and UID there, as COPYUID told them; NULL: it did not
	filed_uid     INTEGER
) STRICT;
CREATE INDEX letters_by_message ON letters (message) WHERE message IS NOT NULL;
CREATE INDEX letters_filed ON letters (filed_folder, filed_validity, filed_uid) WHERE filed_uid IS NOT NULL;
CREATE INDEX letters_unfiled ON letters (coalesce(filed, '')) WHERE message IS NOT NULL AND coalesce(filed, '') NOT IN ('move', 'gone');
CREATE INDEX letters_by_raw ON letters (raw_sha256) WHERE raw_sha256 IS NOT NULL;

CREATE TABLE letters_private (
	id          INTEGER PRIMARY KEY REFERENCES letters (id),
	event       INTEGER NOT NULL,
	salt        BLOB NOT NULL, -- 16 random bytes: the digest betrays nothing once they are gone
	subject     TEXT NOT NULL, -- empty of what came on paper: it is worded for its reader
	from_addr   TEXT NOT NULL,
	from_name   TEXT NOT NULL,
	from_folded TEXT NOT NULL, -- address and name in small letters, and those of the writer, for filters
	sender      TEXT NOT NULL, -- the address in small letters
	reply_to    TEXT NOT NULL,
	writer      TEXT, -- the address of whose letter it is, where our staff passed it on
	writer_name TEXT,
	writer_key  TEXT, -- the address in small letters
	message_id  TEXT NOT NULL,
	in_reply_to TEXT NOT NULL,
	refs        TEXT, -- JSON array of Message-IDs
	marker      TEXT NOT NULL,
	reason_args TEXT, -- JSON array
	text_digest TEXT, -- of the new text, folded: tells a repeated letter
	attachments TEXT, -- JSON array of {name, type, size}
	text        TEXT NOT NULL -- the new text
) STRICT;
CREATE INDEX letters_private_by_sender ON letters_private (sender);
CREATE INDEX letters_private_by_writer ON letters_private (writer_key) WHERE writer_key IS NOT NULL;
CREATE INDEX letters_private_by_text ON letters_private (text_digest) WHERE text_digest IS NOT NULL;
CREATE INDEX letters_private_by_from ON letters_private (from_folded);
CREATE INDEX letters_private_by_message_id ON letters_private (message_id);

-- The letter byte for byte: pieces of 64 KiB (chunkSize), each one zstd frame.
CREATE TABLE letter_chunks (
	owner INTEGER NOT NULL REFERENCES letters (id),
	no    INTEGER NOT NULL,
	data  BLOB NOT NULL,
	PRIMARY KEY (owner, no)
) STRICT;

-- ---------------------------------------------------------------- requests

-- The last number given for a prefix and a year of receipt. Numbers are never
-- freed.
CREATE TABLE counters (
	id     INTEGER PRIMARY KEY,
	event  INTEGER NOT NULL,
	prefix TEXT NOT NULL,
	year   INTEGER NOT NULL,
	last   INTEGER NOT NULL,
	UNIQUE (prefix, year)
) STRICT;

CREATE TABLE requests (
	id             INTEGER PRIMARY KEY,
	event          INTEGER NOT NULL,
	number         TEXT NOT NULL UNIQUE, -- LK-2026-000123
	prefix         TEXT NOT NULL,
	year           INTEGER NOT NULL,
	no             INTEGER NOT NULL,
	revision       INTEGER NOT NULL, -- grows with every change
	kind           TEXT NOT NULL,    -- '' in review
	candidates     TEXT,             -- JSON array of kinds
	status         TEXT NOT NULL CHECK (status IN
		('review', 'open', 'in_progress', 'waiting', 'done', 'refused', 'dismissed')),
	letter         INTEGER NOT NULL REFERENCES letters (id), -- the one that made it
	received_at    TEXT NOT NULL,
	received_on    TEXT NOT NULL, -- in the operator's zone; terms run from it
	registered_at  TEXT NOT NULL,
	act_by         TEXT,          -- the earliest term in force
	consumer       INTEGER,       -- NULL: not known
	documents      TEXT,          -- date on which proving documents got on file
	waits          TEXT,          -- JSON array of {from, to}
	assignee       TEXT NOT NULL,
	policy         TEXT NOT NULL, -- the edition in force at receipt
	policy_edition TEXT,
	policy_digest  TEXT NOT NULL,
	possibly       TEXT,          -- JSON array of numbers it may belong to
	outcome_code   TEXT,
	steps          TEXT           -- JSON array of {id, done}
) STRICT;
CREATE INDEX requests_by_urgency ON requests (act_by, number);
CREATE INDEX requests_by_status ON requests (status, act_by);
CREATE INDEX requests_by_no ON requests (no, year);
CREATE INDEX requests_by_receipt ON requests (received_on);
CREATE INDEX requests_by_letter ON requests (letter);

CREATE TABLE requests_private (
	id           INTEGER PRIMARY KEY REFERENCES requests (id),
	event        INTEGER NOT NULL,
	salt         BLOB NOT NULL,
	sender       TEXT, -- the person's address, where staff found it out: else that of the letter
	sender_key   TEXT, -- in small letters
	outcome_args TEXT  -- JSON array
) STRICT;
CREATE INDEX requests_private_by_sender ON requests_private (sender_key) WHERE sender_key IS NOT NULL;

-- The letters of a request, in the order in which they came.
CREATE TABLE request_letters (
	id      INTEGER PRIMARY KEY,
	event   INTEGER NOT NULL,
	request INTEGER NOT NULL REFERENCES requests (id),
	pos     INTEGER NOT NULL, -- from 1: the letter that made it
	letter  INTEGER NOT NULL REFERENCES letters (id),
	UNIQUE (request, pos),
	UNIQUE (letter, request)
) STRICT;

-- The terms of a request as last computed. The id says whose and which, so that
-- those of a request lie side by side and need no index.
CREATE TABLE terms (
	id          INTEGER PRIMARY KEY CHECK (id = request * 100 + pos AND pos BETWEEN 0 AND 99),
	event       INTEGER NOT NULL,
	request     INTEGER NOT NULL REFERENCES requests (id),
	pos         INTEGER NOT NULL,
	term        TEXT NOT NULL, -- policy, law, consumer, target
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL, -- JSON {ru, kk, en}
	basis       TEXT NOT NULL, -- JSON {ru, kk, en}
	source      TEXT NOT NULL, -- policy, law, target
	condition   TEXT NOT NULL,
	days        INTEGER NOT NULL,
	unit        TEXT NOT NULL, -- working, calendar
	from_date   TEXT,          -- the count starts on the day after
	day_one     TEXT,
	due         TEXT,
	provisional INTEGER NOT NULL, -- a year without a published calendar was computed
	named       INTEGER NOT NULL, -- a letter to the sender may name it
	checked     TEXT           -- when the clause was last compared with the text in force
) STRICT;

CREATE TABLE notes (
	id      INTEGER PRIMARY KEY,
	event   INTEGER NOT NULL,
	request INTEGER NOT NULL REFERENCES requests (id),
	at      TEXT NOT NULL,
	actor   TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_request ON notes (request);

CREATE TABLE notes_private (
	id    INTEGER PRIMARY KEY REFERENCES notes (id),
	event INTEGER NOT NULL,
	salt  BLOB NOT NULL,
	text  TEXT NOT NULL
) STRICT;

-- Addresses that marketing must leave out, as SHA-256 of the normalised address:
-- they outlive the forgetting of the letter.
CREATE TABLE suppressions (
	id      INTEGER PRIMARY KEY,
	event   INTEGER NOT NULL,
	address TEXT NOT NULL UNIQUE,
	request INTEGER NOT NULL REFERENCES requests (id), -- the first that asked for it
	since   TEXT NOT NULL
) STRICT;

-- ---------------------------------------------------------------- outbox

-- Letters of ours. Their bytes are made at the first try and never change.
CREATE TABLE outbox (
	id            INTEGER PRIMARY KEY,
	event         INTEGER NOT NULL,
	purpose       TEXT NOT NULL,
	state         TEXT NOT NULL CHECK (state IN
		('queued', 'sending', 'sent', 'failed', 'uncertain', 'held', 'dropped')),
	letter        INTEGER REFERENCES letters (id), -- the one it answers
	message_id    TEXT NOT NULL,
	language      TEXT NOT NULL,
	attempts      INTEGER NOT NULL, -- tries begun
	refusals      INTEGER NOT NULL, -- of these, what the letter itself was put off by, since it was queued
	created_at    TEXT NOT NULL,
	queued_at     TEXT NOT NULL, -- queued, released or resent
	next_attempt  TEXT NOT NULL,
	sent_at       TEXT,
	reason_code   TEXT,
	reply_code    INTEGER, -- SMTP
	enhanced_code TEXT,    -- RFC 3463
	address_key   TEXT,    -- HMAC-SHA-256 of the folded address, for the caps
	domain_key    TEXT,    -- and of its domain
	raw_size      INTEGER,
	raw_sha256    TEXT,
	stored_sha256 TEXT
) STRICT;
CREATE INDEX outbox_by_turn ON outbox (state, next_attempt);
CREATE INDEX outbox_by_purpose ON outbox (purpose, queued_at);
CREATE INDEX outbox_by_address ON outbox (address_key, created_at) WHERE address_key IS NOT NULL;
CREATE INDEX outbox_by_domain ON outbox (domain_key, created_at) WHERE domain_key IS NOT NULL;
CREATE INDEX outbox_by_message_id ON outbox (message_id);
CREATE INDEX outbox_by_letter ON outbox (letter, purpose) WHERE letter IS NOT NULL;

CREATE TABLE outbox_private (
	id          INTEGER PRIMARY KEY REFERENCES outbox (id),
	event       INTEGER NOT NULL,
	salt        BLOB NOT NULL,
	recipient   TEXT NOT NULL,
	data        TEXT NOT NULL, -- JSON, what the letter is made from
	reason_args TEXT,          -- JSON array
	reply       TEXT NOT NULL  -- the server's last words
) STRICT;

-- What was sent, byte for byte, as letter_chunks.
CREATE TABLE outbox_chunks (
	owner INTEGER NOT NULL REFERENCES outbox (id),
	no    INTEGER NOT NULL,
	data  BLOB NOT NULL,
	PRIMARY KEY (owner, no)
) STRICT;

CREATE TABLE outbox_requests (
	id      INTEGER PRIMARY KEY,
	event   INTEGER NOT NULL,
	mail    INTEGER NOT NULL REFERENCES outbox (id),
	request INTEGER NOT NULL REFERENCES requests (id),
	UNIQUE (mail, request)
) STRICT;
CREATE INDEX outbox_requests_by_request ON outbox_requests (request);

-- Each stage of reminding is reached once, unless the clock starts anew or the day
-- to act by is another one: what was told of a day says nothing of the next.
CREATE TABLE reminders (
	id          INTEGER PRIMARY KEY,
	event       INTEGER NOT NULL,
	request     INTEGER NOT NULL REFERENCES requests (id),
	stage       TEXT NOT NULL,
	clock_start TEXT NOT NULL,
	act_by      TEXT NOT NULL, -- '' where the stage is of no day
	mail        INTEGER NOT NULL REFERENCES outbox (id),
	at          TEXT NOT NULL,
	UNIQUE (request, stage, clock_start, act_by)
) STRICT;

-- ---------------------------------------------------------------- history

-- Append-only; no column is personal. digest is the row's digest without the
-- column digest itself; prev is the digest of the event before. state is how its
-- request stood after an event that changed it, as JSON: what was open and
-- overdue on a day long past can be told although the details are forgotten.
CREATE TABLE events (
	seq    INTEGER PRIMARY KEY,
	at     TEXT NOT NULL,
	actor  TEXT NOT NULL, -- login of the person, or pometka
	code   TEXT NOT NULL,
	number TEXT NOT NULL, -- of the request; '' if of none
	detail TEXT NOT NULL, -- SHA-256 (salt, body) of event_details; '' if it has none
	state  TEXT NOT NULL, -- '' if the request stayed as it was, or there is none
	rows   TEXT NOT NULL, -- SHA-256 over the lines "tbl TAB row TAB digest TAB marks LF" of
	                      -- event_rows (by tbl, row; marks in hex), then the digests of its
	                      -- ledger rows, LF after each
	prev   TEXT NOT NULL,
	marks  BLOB NOT NULL, -- over the columns above
	digest TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_number ON events (number, seq) WHERE number <> '';

-- The rows that an event wrote, with their digest after it; '' says that the
-- event removed the row (a chunk counts as its owner's: all chunks at once).
CREATE TABLE event_rows (
	event  INTEGER NOT NULL,
	tbl    TEXT NOT NULL,
	row    INTEGER NOT NULL,
	digest TEXT NOT NULL,
	marks  BLOB NOT NULL,
	PRIMARY KEY (event, tbl, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_rows_removed ON event_rows (tbl, row, event) WHERE digest = '';
CREATE INDEX event_rows_of_mail ON event_rows (row, event) WHERE tbl = 'outbox';

-- What changed, before and after: personal.
CREATE TABLE event_details (
	event INTEGER PRIMARY KEY,
	salt  BLOB NOT NULL,
	body  TEXT NOT NULL -- JSON
) STRICT;

-- ---------------------------------------------------------------- search

-- What staff search in: one row for each request, its rowid the request's id,
-- its words the forms of all words of number, sender, subject, text and notes,
-- each once. It is derived (store/index.go makes it anew), no part of the
-- history, and forgetting a request takes its words away: with secure-delete
-- nothing of a removed row stays in the index. meta.search tells its state. The
-- latest requests are missing until their chunk of the mailbox has been read.
CREATE VIRTUAL TABLE search USING fts5 (words, detail = none, columnsize = 0, tokenize = 'ascii');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
INSERT INTO meta (name, value) VALUES ('search', 'whole 3');
