-- Entries that arrived long ago: stretches of logs, without what the documents tell.
CREATE TABLE segment (
    id      INTEGER PRIMARY KEY,
    log     INTEGER NOT NULL REFERENCES log (id),
    number  INTEGER NOT NULL CHECK (number >= 1),
    arrival INTEGER NOT NULL,
    count   INTEGER NOT NULL CHECK (count >= 1),
    head    BLOB NOT NULL CHECK (length(head) = 32),
    entries BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX segment_number ON segment (log, number);
CREATE INDEX segment_arrival ON segment (log, arrival);

-- Which entries of a document stand in segments.
CREATE TABLE segment_document (
    document INTEGER NOT NULL REFERENCES document (id),
    log      INTEGER NOT NULL REFERENCES log (id),
    numbers  BLOB NOT NULL,
    told     BLOB,
    PRIMARY KEY (document, log)
) STRICT;
