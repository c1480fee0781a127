-- Changes that were written here and that no peer has yet: what the next sync sends without opening documents.
CREATE INDEX entry_unsent ON entry (log, number) WHERE kind = 0 AND state = 0 AND payload IS NOT NULL;
