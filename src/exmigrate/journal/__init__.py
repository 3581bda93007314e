"""The journal: an append-only, hash-chained record of a run behind one port, with a lease; SQLite and memory adapters."""
