#!/usr/bin/env python3
"""Checks a register of pometka without pometka: python3 verify.py REGISTER.db [HEAD]
HEAD is a head of the chain that was written down earlier. audit.md says what is checked.
Exit code 0: all is whole, 4: something is not as it was written."""
import sqlite3
import sys
from hashlib import sha256

COVERED = """counters folders letters letters_private notes notes_private outbox outbox_private
outbox_requests reminders request_letters requests requests_private suppressions terms""".split()
hexed = lambda data: sha256(data).hexdigest().encode()
KEYS = dict(dict.fromkeys(COVERED, "id"), event_details="event", letter_chunks="owner", outbox_chunks="owner")
GONE = "SELECT 1 FROM event_rows WHERE digest = '' AND tbl = ? AND row = ?"
wrong = []

class Text(bytes): """A value of type TEXT, to be told from a BLOB."""

def bad(*what):
    wrong.append(print(*(w.decode(errors="replace") if isinstance(w, bytes) else w for w in what)))

def line(name, value):
    kind = {int: b"i", Text: b"t", bytes: b"b"}.get(type(value), b"?")
    value = value if isinstance(value, bytes) else str(value).encode()
    return b"%s\t%s\t%d\t%s\n" % (name.encode(), kind, len(value), value)

def digest(row, *without):
    return hexed(b"".join(line(n, row[n]) for n in sorted(row.keys()) if row[n] is not None and n not in without))

def check(ask, head):
    for found in ask("""SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok' UNION ALL
            SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('trigger', 'view')"""):
        bad("in the file, but not of pometka:", found[0])
    meta = {bytes(name): value for name, value in ask("SELECT name, value FROM meta")}
    used = {b"policy:" + r[0] for r in ask("SELECT policy_digest FROM requests WHERE length(policy_digest) = 64")}
    for name in used.union(n for n in meta if n.lower().startswith(b"policy:")):
        name == b"policy:" + hexed(meta.get(name, b"")) or bad(name, "in meta is not the text of this edition")
    prev, last, known = hexed(meta.get(b"key", b"")), 0, not head
    for e in ask("SELECT * FROM events ORDER BY seq"):  # the chain, and what only it covers
        seq = e["seq"]
        seq == last + 1 and e["prev"] == prev and digest(e, "digest") == e["digest"] or bad("event", seq, "is changed, or not in its place")
        last, prev = seq, digest(e, "digest")
        known = known or prev.startswith(head.lower().encode())
        rows = [b"%s\t%d\t%s\t%s\n" % (*r[:3], r[3].hex().encode()) for r in
                ask("SELECT tbl, row, digest, marks FROM event_rows WHERE event = ? ORDER BY tbl, row", seq)]
        rows += [digest(r) + b"\n" for r in ask("SELECT * FROM messages WHERE event = ? ORDER BY id", seq)]
        hexed(b"".join(rows)) == e["rows"] or bad("event", seq, "wrote other rows than event_rows and messages have")
        d = ask("SELECT salt, body FROM event_details WHERE event = ?", seq).fetchone()
        kept = len(d[0]) == 16 and hexed(d[0] + d[1]) == e["detail"] if d else not e["detail"] or ask(GONE, "event_details", seq).fetchone()
        kept or bad("event", seq, "has another detail, or lacks it")
    (meta.get(b"head"), meta.get(b"events")) == (prev, b"%d" % last) or bad("the history does not end where meta says")
    known or bad("this head is not in the history:", head)
    alive = dict.fromkeys(KEYS, 0)  # the rows: each is as its last event left it
    for tbl, row, event, want in ask("SELECT tbl, row, max(event), digest FROM event_rows GROUP BY tbl, row"):
        tbl = tbl.decode(errors="replace")
        r = ask("SELECT * FROM %s WHERE %s = ? LIMIT 1" % (tbl, KEYS[tbl]), row).fetchone() if tbl in KEYS else None
        whole = bool(r) == bool(want) and (not r or r["event"] == event and digest(r) == want)
        whole or bad(tbl, row, "is not as event", event, "left it")
        alive[tbl] = alive.get(tbl, 0) + bool(want)
    for tbl in COVERED:
        ask("SELECT count(*) FROM " + tbl).fetchone()[0] == alive[tbl] or bad(tbl, "has other rows than events know")
    for tbl, chunks in ("letters", "letter_chunks"), ("outbox", "outbox_chunks"):  # the letters
        for owner, want in ask("SELECT id, stored_sha256 FROM " + tbl):
            stored, n = sha256(), 0
            for n, (no, data) in enumerate(ask("SELECT no, data FROM %s WHERE owner = ? ORDER BY no" % chunks, owner), 1):
                stored.update(data if no == n - 1 and data[:4] == b"\x28\xb5\x2f\xfd" else b"in another place, or no zstd frame")
            if (stored.hexdigest().encode() if n else None) != want and (n or not ask(GONE, chunks, owner).fetchone()):
                bad(chunks, owner, "holds other bytes than were stored")
    return last, prev.decode()

def main(path, head=""):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    db.text_factory, db.row_factory = Text, sqlite3.Row
    try:
        end = check(lambda query, *args: db.execute(query, args), head)
    except (sqlite3.Error, LookupError, TypeError, ValueError) as e:
        bad("cannot be read as a register:", e)
    print("%d places are not as they were written" % len(wrong) if wrong else "whole: %d events, head %s" % end)
    return 4 if wrong else 0

sys.exit(main(*sys.argv[1:3]))
