#!/usr/bin/env python3
"""Counts the deadlines of 2020-2027 straight from calendar-kz.csv.

    python3 testdata/due.py calendar-kz.csv > testdata/due.txt

It shares nothing with the Go code: no index, no rules, no policy file. Every
day is looked at one after the other, as one would with a wall calendar. One
line a day of receipt: the date, then by how many days later than it the terms
end that are named in the first line (wd: working days, cd: calendar days).
"""
import csv
import sys
from datetime import date, timedelta

OFF = {"holiday", "dayoff", "observed-dayoff", "transferred-dayoff"}
DAY = timedelta(days=1)

listed = {}
with open(sys.argv[1], encoding="utf-8", newline="") as f:
    for row in csv.DictReader(f):
        listed[date.fromisoformat(row["date"])] = row["kind"]

# The thirtieth working day after the end of 2027 lies in February 2028, which
# the file does not list: 1 and 2 January are a Saturday and a Sunday, so that
# 3 and 4 January are off, and 7 January is Christmas.
for d in (3, 4, 7):
    listed[date(2028, 1, d)] = "dayoff"


def works(d):
    kind = listed.get(d)
    if kind == "transferred-workday":
        return True
    return d.weekday() < 5 and kind not in OFF


def working(received, n):
    d = received
    while n:
        d += DAY
        n -= works(d)
    return d


def calendar(received, n):
    d = received + n * DAY
    while not works(d):
        d += DAY
    return d


TERMS = [("wd", n) for n in (1, 3, 15, 30)] + [("cd", 10)]
print("date", *(f"{n}{unit}" for unit, n in TERMS))
day = date(2020, 1, 1)
while day.year < 2028:
    ends = [(working if unit == "wd" else calendar)(day, n) for unit, n in TERMS]
    print(day, *((end - day).days for end in ends))
    day += DAY
