#!/usr/bin/env python3
"""Checks this casefile without pometka: unpack it, then run in its folder

    python3 proof/check.py [HEAD]

HEAD is a head of the operator's chain that somebody else wrote down, at best the
one that was printed when this casefile was made: then not a byte of it can differ.
Prints what is proved of the request, and each of its events.
Exit code 0: everything here is as it was written; 4: something is not."""
import glob
import json
import os
import sys
from datetime import datetime
from hashlib import sha256
from os import path

HERE = path.dirname(path.abspath(__file__))
CASE = path.dirname(HERE)
OF_CASE = """letters letters_private notes notes_private outbox outbox_private request_letters
requests requests_private suppressions terms""".split()
wrong = []

def bad(*what):
    wrong.append(what)
    print("WRONG:", *what)

def read(name):
    file = path.join(HERE, name + ".jsonl")
    for text in open(file, encoding="utf-8") if path.exists(file) else []:
        line = json.loads(text)
        yield line["table"], line["row"]

def load(name):
    with open(path.join(CASE, name), encoding="utf-8") as file:
        return json.load(file)

def lines(row, *without):  # name TAB type TAB length TAB value LF, sorted by name
    for name in sorted(n for n in row if n not in without):
        value = row[name]
        kind, data = ("i", str(value).encode()) if isinstance(value, int) else ("b", bytes.fromhex(value["hex"])) if isinstance(value, dict) else ("t", value.encode())
        yield b"%s\t%s\t%d\t%s\n" % (name.encode(), kind.encode(), len(data), data)

def digest(row, *without):
    return sha256(b"".join(lines(row, *without))).hexdigest()

def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() // 1

def sum_of(file):
    with open(path.join(CASE, file), "rb") as opened:
        return sha256(opened.read()).hexdigest()

def chain(number, head, entries, ledger):
    """Every event follows the one before, and those of the case wrote what stands here."""
    own, prev, known, e = {}, None, not head, {}
    told = load("case.json")["head"]
    read_at = None  # the last event when the casefile was made
    for _, e in read("chain"):
        seq = e["seq"]
        if digest(e, "digest") != e["digest"] or prev not in (None, e["prev"]):
            bad("event", seq, "is changed, or does not follow the one before")
        prev, known = e["digest"], known or e["digest"].startswith(head.lower())
        if (seq, prev) == (told["event"], told["head"]):
            read_at = seq
        if e["number"] == number:
            own[seq] = e
        if seq in entries or seq in ledger or seq in own:
            rows = b"".join(b"%s\t%d\t%s\t%s\n" % (r["tbl"].encode(), r["row"], r["digest"].encode(), r["marks"]["hex"].encode()) for r in entries.pop(seq, []))
            rows += b"".join(digest(m).encode() + b"\n" for m in ledger.pop(seq, []))
            if sha256(rows).hexdigest() != e["rows"]:
                bad("event", seq, "wrote other rows than these")
    for seq in {*entries, *ledger}:
        bad("event", seq, "is not in the chain, and vouches for nothing")
    if not known:
        bad("this head is not in the chain from the first event of the case on:", head)
    if read_at is None:
        bad("case.json tells another head")
    own.pop(e.get("seq"), None)  # the seal
    return own, e

def letters(rows, gone):
    """Each letter is here byte for byte, or its removal is on record; and no other is."""
    places = {r["letter"]: "letters/%d.eml" % r["pos"] for r in rows["request_letters"].values()}
    here = {file: sum_of(file) for file in (path.relpath(f, CASE).replace("\\", "/") for f in glob.glob(path.join(CASE, "*", "*.eml")))}
    kept = set()
    for table, chunks in ("letters", "letter_chunks"), ("outbox", "outbox_chunks"):
        for row in rows[table].values():
            want, file = row.get("raw_sha256"), places.get(row["id"]) if table == "letters" else None
            found = want in (here.values() if table == "outbox" else [here.get(file)])
            if want and not found and (chunks, row["id"]) not in gone:
                bad(file or "a letter sent", "is missing, or is not what was received or sent:", want)
            kept.add(want)
    for file, is_ in here.items():
        if is_ not in kept or file.startswith("letters/") and file not in places.values():
            bad(file, "is not a letter that was received or sent")

def sealed(number, seal):
    """Every file is in SHA256SUMS, and that list is the one which the last event keeps."""
    kept, listed = b"", set()
    for line in open(path.join(CASE, "SHA256SUMS"), "rb"):
        want, file = line.decode().rstrip("\n").split("  ", 1)
        listed.add(file)
        if not path.exists(path.join(CASE, file)) or sum_of(file) != want:
            bad(file, "is missing, or is not the file that was packed")
        if file not in ("proof/chain.jsonl", "proof/seal.jsonl"):  # which were made after it
            kept += line
    for folder, _, files in os.walk(CASE):
        for file in (path.relpath(path.join(folder, f), CASE).replace(os.sep, "/") for f in files):
            if file not in listed and file != "SHA256SUMS":
                (bad if "/" in file and not path.basename(file).startswith(".") else print)(file, "is not of this casefile")
    detail = next((row for _, row in read("seal")), None)
    if seal["code"] != "casefile" or seal["number"] != number or not detail or detail_of(detail) != seal["detail"]:
        bad("the chain does not end with the seal of this casefile")
    elif json.loads(detail["body"])["more"]["sha256sums"] != sha256(kept).hexdigest():
        bad("SHA256SUMS is not the list that event", seal["seq"], "sealed: a file or a line was changed, left out or added")

def detail_of(row):
    return sha256(bytes.fromhex(row["salt"]["hex"]) + row["body"].encode()).hexdigest()

def retold(request, rows, own, details):
    """What case.json and history.json tell is what is proved."""
    case, history = load("case.json"), load("history.json")
    told = {name: case[name] or "" for name in ("number", "kind", "status", "received_on", "act_by", "assignee")}
    proved = {name: request.get(name, "") for name in told}
    told["candidates"], proved["candidates"] = case["candidates"], json.loads(request.get("candidates", "[]"))
    told["content_removed_at"] = [instant(at) for at in case["content_removed_at"]]
    proved["content_removed_at"] = [instant(e["at"]) for e in own.values() if e["code"] in ("purged", "forgotten")]
    for name in "received_at", "registered_at":
        told[name], proved[name] = instant(case[name]), instant(request[name])
    told.update(steps=case["steps"], policy=case["policy"]["sha256"], sent=[m["sha256"] for m in case["sent"]],
                terms=[(t["id"], t["days"], t["due"] or "") for t in case["terms"]])
    proved.update(steps=json.loads(request.get("steps", "[]")), policy=request["policy_digest"],
                  sent=[m.get("raw_sha256", "") for _, m in sorted(rows["outbox"].items())],
                  terms=[(t["term"], t["days"], t.get("due", "")) for _, t in sorted(rows["terms"].items())])
    for name in told:
        if told[name] != proved[name]:
            bad("case.json tells another", name)
    for letter, place in zip(case["letters"], sorted(rows["request_letters"].values(), key=lambda p: p["pos"])):
        private = rows["letters_private"].get(place["letter"], {})
        if any(letter[name] != private.get(column, "") for name, column in (("from", "from_addr"), ("name", "from_name"), ("subject", "subject"), ("text", "text"))):
            bad("case.json tells another letter:", place["pos"])
    if len(case["letters"]) != len(rows["request_letters"]) or [h["event"] for h in history] != list(own):
        bad("case.json or history.json tells of other letters or events")
    if path.exists(path.join(CASE, "policy", "policy.yaml")) and sum_of("policy/policy.yaml") != request["policy_digest"]:
        bad("policy/policy.yaml is not the edition that the request names")
    for h in history:
        e, body = own.get(h["event"]), details.get(h["event"])
        if not e or (h["digest"], h["actor"], h["code"], instant(h["at"])) != (e["digest"], e["actor"], e["code"], instant(e["at"])) \
                or h.get("detail") != (json.loads(body) if body else None):
            bad("history.json tells event", h["event"], "otherwise")

def check(head):
    rows = {t: {} for t in OF_CASE}
    entries, ledger, vouched, gone, details = {}, {}, {}, set(), {}
    for _, e in read("entries"):
        entries.setdefault(e["event"], []).append(e)
        vouched[e["tbl"], e["row"]] = e["event"], e["digest"]  # the last one: they are in the order of events
        gone.discard((e["tbl"], e["row"])) if e["digest"] else gone.add((e["tbl"], e["row"]))
    for table, row in read("rows"):
        if table == "messages":
            ledger.setdefault(row["event"], []).append(row)
            continue
        if vouched.get((table, row["id"])) != (row["event"], digest(row)):
            bad(table, row["id"], "is not as its last event left it")
        rows.setdefault(table, {})[row["id"]] = row
    request = next(iter(rows["requests"].values()), {"number": None})
    own, seal = chain(request["number"], head, entries, ledger)
    for (table, row), (event, want) in vouched.items():
        if want and event in own and table in OF_CASE and row not in rows[table]:
            bad(table, row, "is missing")
    for _, d in read("details"):
        details[d["event"]] = d["body"]
        if detail_of(d) != own.get(d["event"], {}).get("detail"):
            bad("event", d["event"], "has another detail")
    for seq, e in own.items():
        if e["detail"] and seq not in details and ("event_details", seq) not in gone:
            bad("event", seq, "lacks its detail")
    letters(rows, gone)
    sealed(request["number"], seal)
    retold(request, rows, own, details)
    print(*(request.get(name) or "-" for name in ("number", "kind", "status")), "received", request.get("received_on"), "act by", request.get("act_by", "-"))
    for seq, e in own.items():
        print(e["at"], e["code"], e["actor"], "event", seq)
    return seal["digest"]

def main(head=""):
    try:
        last = check(head)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as e:
        bad("cannot be read:", repr(e))
    print("%d things are not as they were written" % len(wrong) if wrong else "whole, head %s" % last)
    return 4 if wrong else 0

sys.exit(main(*sys.argv[1:2]))
