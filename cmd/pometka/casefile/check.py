#!/usr/bin/env python3
"""Checks this casefile without pometka: unpack it, then run in its folder

    python3 proof/check.py [HEAD]

HEAD is a head of the operator's chain that somebody else wrote down earlier.
Exit code 0: everything here is as it was written; 4: something is not."""
import glob
import json
import sys
from hashlib import sha256
from os import path

HERE = path.dirname(path.abspath(__file__))
wrong = []

def bad(*what):
    wrong.append(what)
    print(*what)

def read(name):
    file = path.join(HERE, name + ".jsonl")
    for text in open(file, encoding="utf-8") if path.exists(file) else []:
        line = json.loads(text)
        yield line["table"], line["row"]

def lines(row, *without):  # docs: name TAB type TAB length TAB value LF, sorted by name
    for name in sorted(n for n in row if n not in without):
        value = row[name]
        kind, data = ("i", str(value).encode()) if isinstance(value, int) else ("b", bytes.fromhex(value["hex"])) if isinstance(value, dict) else ("t", value.encode())
        yield b"%s\t%s\t%d\t%s\n" % (name.encode(), kind.encode(), len(data), data)

def digest(row, *without):
    return sha256(b"".join(lines(row, *without))).hexdigest()

def main(head=""):
    entries, ledger, events, kept, prev, known = {}, {}, {}, set(), None, not head
    for _, e in read("entries"):
        entries.setdefault(e["event"], []).append(e)
    for table, row in read("rows"):
        if table == "messages":
            ledger.setdefault(row["event"], []).append(row)
            continue
        if digest(row) not in [e["digest"] for e in entries.get(row["event"], []) if (e["tbl"], e["row"]) == (table, row["id"])]:
            bad(table, row["id"], "is not as its event left it")
        if table in ("letters", "outbox") and "raw_sha256" in row:
            kept.add(row["raw_sha256"])
    for _, e in read("chain"):
        if digest(e, "digest") != e["digest"] or prev not in (None, e["prev"]):
            bad("event", e["seq"], "is changed, or does not follow the one before")
        prev, known = e["digest"], known or e["digest"].startswith(head.lower())
        if e["seq"] in entries or e["seq"] in ledger:
            rows = b"".join(b"%s\t%d\t%s\t%s\n" % (r["tbl"].encode(), r["row"], r["digest"].encode(), r["marks"]["hex"].encode()) for r in entries.get(e["seq"], []))
            rows += b"".join(digest(m).encode() + b"\n" for m in ledger.get(e["seq"], []))
            if sha256(rows).hexdigest() != e["rows"]:
                bad("event", e["seq"], "wrote other rows than these")
        events[e["seq"]] = e["detail"]
    for _, d in read("details"):
        if sha256(bytes.fromhex(d["salt"]["hex"]) + d["body"].encode()).hexdigest() != events.get(d["event"]):
            bad("event", d["event"], "has another detail")
    for file in sorted(glob.glob(path.join(HERE, "..", "letters", "*.eml")) + glob.glob(path.join(HERE, "..", "sent", "*.eml"))):
        if sha256(open(file, "rb").read()).hexdigest() not in kept:
            bad(path.basename(file), "is not the letter that was received or sent")
    if not known:
        bad("this head is not in the chain from the first event of the case on:", head)
    print("%d things are not as they were written" % len(wrong) if wrong else "whole: %d events, head %s" % (len(events), prev))
    return 4 if wrong else 0

sys.exit(main(*sys.argv[1:2]))
