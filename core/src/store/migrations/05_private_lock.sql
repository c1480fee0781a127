-- What must stay of documents that others deleted while Private was locked.
CREATE TABLE unkept (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    kind     INTEGER NOT NULL,
    deleter  BLOB NOT NULL CHECK (length(deleter) = 32),
    heads    BLOB NOT NULL CHECK (length(heads) % 32 = 0),
    stored   BLOB NOT NULL
) STRICT;
