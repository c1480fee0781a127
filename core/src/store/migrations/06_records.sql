-- What is noted in a fixed form: check-ins, sessions, rituals and the like.
CREATE TABLE record (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    place    INTEGER NOT NULL REFERENCES place (id),
    what     TEXT NOT NULL,
    id       TEXT NOT NULL,
    of       TEXT,
    at_ms    INTEGER,
    content  TEXT NOT NULL
) STRICT;
CREATE INDEX record_id ON record (what, id);
CREATE INDEX record_of ON record (what, of) WHERE of IS NOT NULL;
CREATE INDEX record_at ON record (what, at_ms);
