#!/usr/bin/env python3
"""Checks a register of pometka without pometka: python3 verify.py REGISTER.db [HEAD]
HEAD is a head of the chain that was written down earlier. audit.md says what is checked.
Exit code 0: all is whole, 4: something is not as it was written."""
import sqlite3
import sys
from hashlib import sha256

COVERED = """counters folders letters letters_private notes notes_private outbox outbox_private
outbox_requests reminders request_letters requests requests_private suppressions terms""".split()
KEYS = {"event_details": "event", "letter_chunks": "owner", "outbox_chunks": "owner"}
GONE = "SELECT 1 FROM event_rows WHERE digest = '' AND tbl = ? AND row = ?"
wrong = []

class Text(bytes):
    """A value of type TEXT, to be told from a BLOB."""

def line(name, value):
    kind = "i" if isinstance(value, int) else "t" if isinstance(value, Text) else "b"
    value = str(value).encode() if kind == "i" else value
    return b"%s\t%s\t%d\t%s\n" % (name.encode(), kind.encode(), len(value), value)

def digest(row, *without):
    named = sorted(n for n in row.keys() if row[n] is not None and n not in without)
    return sha256(b"".join(line(n, row[n]) for n in named)).hexdigest().encode()

def main(path, head=""):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    db.text_factory, db.row_factory = Text, sqlite3.Row
    ask = lambda query, *args: db.execute(query, args)
    bad = lambda *what: (wrong.append(what), print(*what))
    meta = dict((bytes(r[0]), r[1]) for r in ask("SELECT name, value FROM meta"))
    prev, last, known = sha256(meta.get(b"key", b"")).hexdigest().encode(), 0, False

    for e in ask("SELECT * FROM events ORDER BY seq"):  # the chain, and what only it covers
        seq = e["seq"]
        if seq != last + 1 or e["prev"] != prev or digest(e, "digest") != e["digest"]:
            bad("event", seq, "is changed, or not in its place")
        last, prev = seq, digest(e, "digest")
        known = known or prev.startswith(head.lower().encode())
        rows = sha256()
        for r in ask("SELECT tbl, row, digest, marks FROM event_rows WHERE event = ? ORDER BY tbl, row", seq):
            rows.update(b"%s\t%d\t%s\t%s\n" % (r[0], r[1], r[2], r[3].hex().encode()))
        for r in ask("SELECT * FROM messages WHERE event = ? ORDER BY id", seq):
            rows.update(digest(r) + b"\n")
        if rows.hexdigest().encode() != e["rows"]:
            bad("event", seq, "wrote other rows than those in event_rows and messages")
        d = ask("SELECT salt, body FROM event_details WHERE event = ?", seq).fetchone()
        if d and (len(d[0]) != 16 or sha256(d[0] + d[1]).hexdigest().encode() != e["detail"]):
            bad("event", seq, "has another detail")
        if e["detail"] and not d and not ask(GONE, "event_details", seq).fetchone():
            bad("event", seq, "lacks its detail")
    if meta.get(b"head") != prev or meta.get(b"events") != b"%d" % last:
        bad("the history does not end where meta says")
    if not known and head:
        bad("this head is not in the history:", head)

    alive = dict.fromkeys(COVERED, 0)  # the rows: each is as its last event left it
    for tbl, row, event, want in ask("SELECT tbl, row, max(event), digest FROM event_rows GROUP BY tbl, row"):
        tbl = tbl.decode()
        r = ask("SELECT * FROM %s WHERE %s = ? LIMIT 1" % (tbl, KEYS.get(tbl, "id")), row).fetchone()
        if bool(r) != bool(want) or r and (r["event"] != event or digest(r) != want):
            bad(tbl, row, "is not as event", event, "left it")
        alive[tbl] = alive.get(tbl, 0) + bool(want)
    for tbl in COVERED:
        if ask("SELECT count(*) FROM " + tbl).fetchone()[0] != alive[tbl]:
            bad(tbl, "has rows that no event knows, or lacks some")
    for tbl, chunks in ("letters", "letter_chunks"), ("outbox", "outbox_chunks"):  # the letters
        for r in ask("SELECT id, stored_sha256 FROM " + tbl):
            pieces = [p[0] for p in ask("SELECT data FROM %s WHERE owner = ? ORDER BY no" % chunks, r[0])]
            stored = sha256(b"".join(pieces)).hexdigest().encode() if pieces else None
            if stored != r[1] and not (not pieces and ask(GONE, chunks, r[0]).fetchone()):
                bad(chunks, r[0], "holds other bytes than were stored")
    print("%d places are not as they were written" % len(wrong) if wrong else "whole: %d events, head %s" % (last, prev.decode()))
    return 4 if wrong else 0

sys.exit(main(*sys.argv[1:3]))
