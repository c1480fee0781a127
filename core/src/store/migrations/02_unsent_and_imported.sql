-- Changes that were written here and that no peer has yet: what the next sync sends without opening documents.
CREATE INDEX entry_unsent ON entry (log, number) WHERE kind = 0 AND state = 0 AND payload IS NOT NULL;

-- What imports have brought here, as 16 bytes of a hash: an entry that was deleted since is not brought again.
CREATE TABLE imported (
    source BLOB PRIMARY KEY CHECK (length(source) = 16)
) STRICT, WITHOUT ROWID;
