CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE place (
    id    INTEGER PRIMARY KEY,
    space INTEGER NOT NULL CHECK (space IN (0, 1, 2)),
    bond  BLOB NOT NULL CHECK (length(bond) = iif(space = 0, 0, 16)),
    owner BLOB NOT NULL CHECK (length(owner) = iif(space = 2, 0, 32)),
    UNIQUE (space, bond, owner)
) STRICT;

CREATE TABLE log (
    id      INTEGER PRIMARY KEY,
    log     BLOB NOT NULL UNIQUE CHECK (length(log) = 16),
    place   INTEGER NOT NULL REFERENCES place (id),
    person  BLOB NOT NULL CHECK (length(person) = 32),
    device  BLOB NOT NULL CHECK (length(device) = 32),
    nonce   BLOB NOT NULL CHECK (length(nonce) = 16),
    count   INTEGER NOT NULL CHECK (count >= 0),
    head    BLOB NOT NULL CHECK (length(head) = 32),
    frozen  INTEGER NOT NULL CHECK (frozen IN (0, 1)),
    writing INTEGER NOT NULL CHECK (writing IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX log_writing ON log (place) WHERE writing = 1;

CREATE TABLE document (
    id       INTEGER PRIMARY KEY,
    place    INTEGER NOT NULL REFERENCES place (id),
    document BLOB NOT NULL CHECK (length(document) = 16),
    kind     INTEGER NOT NULL,
    buried   INTEGER NOT NULL CHECK (buried IN (0, 1)),
    stored   BLOB CHECK (buried = 0 OR stored IS NULL),
    UNIQUE (place, document)
) STRICT;

CREATE TABLE entry (
    arrival  INTEGER PRIMARY KEY,
    log      INTEGER NOT NULL REFERENCES log (id),
    number   INTEGER NOT NULL CHECK (number >= 1),
    document INTEGER NOT NULL REFERENCES document (id),
    kind     INTEGER NOT NULL CHECK (kind IN (0, 1)),
    digest   BLOB NOT NULL CHECK (length(digest) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    sequence INTEGER NOT NULL,
    last_op  INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    payload  BLOB,
    UNIQUE (log, number)
) STRICT;
CREATE INDEX entry_document ON entry (document);
CREATE INDEX entry_digest ON entry (document, substr(digest, 1, 4));
CREATE INDEX entry_unusual ON entry (document) WHERE state = 1 OR state >= 10 OR kind = 1;

CREATE TABLE tag (
    log        INTEGER NOT NULL REFERENCES log (id),
    number     INTEGER NOT NULL,
    key_number INTEGER NOT NULL,
    mac        BLOB NOT NULL CHECK (length(mac) = 16),
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreed (
    peer   BLOB NOT NULL CHECK (length(peer) = 32),
    turn   INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (peer, turn)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster (
    person BLOB PRIMARY KEY CHECK (length(person) = 32),
    bytes  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bond (
    bond       BLOB PRIMARY KEY CHECK (length(bond) = 16),
    state      INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
    partner    BLOB NOT NULL CHECK (length(partner) = 32),
    name       TEXT NOT NULL,
    offered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE peer_device (
    noise_key BLOB PRIMARY KEY CHECK (length(noise_key) = 32),
    bond      BLOB NOT NULL CHECK (length(bond) = 16),
    device    BLOB NOT NULL CHECK (length(device) = 32),
    record    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE row (
    document       INTEGER PRIMARY KEY REFERENCES document (id),
    place          INTEGER NOT NULL REFERENCES place (id),
    kind           INTEGER NOT NULL,
    when_ms        INTEGER NOT NULL,
    offset_seconds INTEGER,
    zone           TEXT,
    all_day        INTEGER NOT NULL CHECK (all_day IN (0, 1)),
    favourite      INTEGER NOT NULL CHECK (favourite IN (0, 1)),
    kept           INTEGER NOT NULL CHECK (kept IN (0, 1)),
    mood           TEXT,
    title          TEXT NOT NULL,
    preview        TEXT NOT NULL,
    published      BLOB CHECK (length(published) = 16),
    source         TEXT
) STRICT;
CREATE INDEX row_when ON row (kind, when_ms, document);
CREATE INDEX row_published ON row (published) WHERE published IS NOT NULL;
CREATE INDEX row_source ON row (source) WHERE source IS NOT NULL;

CREATE TABLE row_tag (
    tag      TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES row (document),
    PRIMARY KEY (tag, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX row_tag_document ON row_tag (document);

CREATE TABLE words (
    document INTEGER PRIMARY KEY REFERENCES row (document),
    text     TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
    text, content = 'words', content_rowid = 'document', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);
