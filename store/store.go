// Package store keeps the register: requests, their terms and letters, the
// ledger of every message ever seen, the outbox and the append-only history,
// in one SQLite file. It is the only room with SQL.
//
// One exported method is one transaction. The package never reads a clock:
// every instant is an argument. Nothing here decides a rule or words a text.
package store
