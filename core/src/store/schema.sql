-- The tables of a vault as they are in the present version. New files are made by `migrations/`, one step after the other;
-- a test holds that the steps lead here. Read this page, write a step.
--
-- How ids are kept: what people and phones are called outside (16 or 32 bytes) stands once, in the table that owns it, and
-- small integers point there. Numbers of 64 bits without a sign are kept as the signed integer with the same bits.

-- This phone and its secrets, one value a name (see identity.rs):
--   person, phrase, device_seed, install_mark, installs, own_key, own_key_number, earlier_own_keys
-- and of the store itself:
--   derived_version   which version of the code made the derived tables
--   purge             there, while words of deleted documents may still be in the search index or the write-ahead log
--   segments_until    there, once entries went into segments: up to which arrival rows were looked at
--   posts             there, once a mailbox was used: which lanes are written and read, and how far
--   unconfirmed       there, while logs of this person's were heard of that a removed device could have made (unconfirmed.rs)
--   private_lock      there, while Private is under a second key: what its documents are sealed with, wrapped in that key
--   private_check     beside it: tells whether a data key is the one, and nothing else of it
--   private_stamp     drawn anew by each commit that lists something of Private in the second file
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Where documents live and what a log may write (the engine's `Place`). The bond is empty for Private, the owner for Joint.
CREATE TABLE place (
    id    INTEGER PRIMARY KEY,
    space INTEGER NOT NULL CHECK (space IN (0, 1, 2)),
    bond  BLOB NOT NULL CHECK (length(bond) = iif(space = 0, 0, 16)),
    owner BLOB NOT NULL CHECK (length(owner) = iif(space = 2, 0, 32)),
    UNIQUE (space, bond, owner)
) STRICT;

-- Who writes where: the parts of each log's opening, and how far it goes here.
CREATE TABLE log (
    id      INTEGER PRIMARY KEY,
    log     BLOB NOT NULL UNIQUE CHECK (length(log) = 16),
    place   INTEGER NOT NULL REFERENCES place (id),
    person  BLOB NOT NULL CHECK (length(person) = 32),
    device  BLOB NOT NULL CHECK (length(device) = 32),
    nonce   BLOB NOT NULL CHECK (length(nonce) = 16),
    count   INTEGER NOT NULL CHECK (count >= 0),
    head    BLOB NOT NULL CHECK (length(head) = 32),   -- the running hash after `count` entries
    frozen  INTEGER NOT NULL CHECK (frozen IN (0, 1)), -- two contents were seen for one number
    writing INTEGER NOT NULL CHECK (writing IN (0, 1)) -- this install writes it
) STRICT;
CREATE UNIQUE INDEX log_writing ON log (place) WHERE writing = 1;

-- One document each, for ever: a deleted one stays as `buried` and nothing brings it back.
CREATE TABLE document (
    id       INTEGER PRIMARY KEY,
    place    INTEGER NOT NULL REFERENCES place (id),
    document BLOB NOT NULL CHECK (length(document) = 16),
    kind     INTEGER NOT NULL,                            -- 0 while its beginning is not here
    buried   INTEGER NOT NULL CHECK (buried IN (0, 1)),
    stored   BLOB CHECK (buried = 0 OR stored IS NULL),   -- what Automerge saves; none while its beginning is not here;
                                                          -- of Private, under a second key, sealed
    UNIQUE (place, document)
) STRICT;

-- Every entry of every log, in the order of arrival. Its row stays small: the payload is here only while the document can't
-- hold it, until a peer has what was written here, and for tombstones.
CREATE TABLE entry (
    arrival  INTEGER PRIMARY KEY,
    log      INTEGER NOT NULL REFERENCES log (id),
    number   INTEGER NOT NULL CHECK (number >= 1),
    document INTEGER NOT NULL REFERENCES document (id),
    kind     INTEGER NOT NULL CHECK (kind IN (0, 1)),     -- change, tombstone
    digest   BLOB NOT NULL CHECK (length(digest) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32),     -- the log's running hash after it
    sequence INTEGER NOT NULL,
    last_op  INTEGER NOT NULL,
    state    INTEGER NOT NULL,                            -- 0 applied, 1 waiting, 2 buried, 10 + reason: set aside
    payload  BLOB,
    UNIQUE (log, number)
) STRICT;
CREATE INDEX entry_document ON entry (document);
-- Four bytes of a hash are enough to tell the changes of one document apart; the rest is compared in the row.
CREATE INDEX entry_digest ON entry (document, substr(digest, 1, 4));
CREATE INDEX entry_unusual ON entry (document) WHERE state = 1 OR state >= 10 OR kind = 1;
-- Changes that were written here and that no peer has yet: what the next sync sends without opening documents.
CREATE INDEX entry_unsent ON entry (log, number) WHERE kind = 0 AND state = 0 AND payload IS NOT NULL;

-- Entries that arrived long ago: stretches of logs, without what the documents tell (segments/mod.rs).
CREATE TABLE segment (
    id      INTEGER PRIMARY KEY,
    log     INTEGER NOT NULL REFERENCES log (id),
    number  INTEGER NOT NULL CHECK (number >= 1),       -- of its first entry
    arrival INTEGER NOT NULL,                           -- of its last entry
    count   INTEGER NOT NULL CHECK (count >= 1),
    head    BLOB NOT NULL CHECK (length(head) = 32),    -- the log's running hash after its last entry
    entries BLOB NOT NULL                               -- number, arrival and document of each (segments/form.rs)
) STRICT;
CREATE UNIQUE INDEX segment_number ON segment (log, number);
CREATE INDEX segment_arrival ON segment (log, arrival);

-- Which entries of a document stand in segments.
CREATE TABLE segment_document (
    document INTEGER NOT NULL REFERENCES document (id),
    log      INTEGER NOT NULL REFERENCES log (id),
    numbers  BLOB NOT NULL,                             -- number and sequence number of each
    told     BLOB,                                      -- of a document that can't be asked: digest and last operation of each
    PRIMARY KEY (document, log)
) STRICT;

-- What vouches for a log up to a number, to the person's own devices.
CREATE TABLE tag (
    log        INTEGER NOT NULL REFERENCES log (id),
    number     INTEGER NOT NULL,
    key_number INTEGER NOT NULL,
    mac        BLOB NOT NULL CHECK (length(mac) = 16),
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;

-- The version vectors last agreed with a peer, the two newest.
CREATE TABLE agreed (
    peer   BLOB NOT NULL CHECK (length(peer) = 32),
    turn   INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (peer, turn)
) STRICT, WITHOUT ROWID;

-- Signed lists of devices, one a person, as the bytes that were signed.
CREATE TABLE roster (
    person BLOB PRIMARY KEY CHECK (length(person) = 32),
    bytes  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Other rosters of the epoch that counts, where two devices signed one without having heard of each other.
CREATE TABLE roster_rival (
    person BLOB NOT NULL CHECK (length(person) = 32),
    bytes  BLOB NOT NULL,
    PRIMARY KEY (person, bytes)
) STRICT, WITHOUT ROWID;

-- Pairings.
CREATE TABLE bond (
    bond       BLOB PRIMARY KEY CHECK (length(bond) = 16),
    state      INTEGER NOT NULL CHECK (state IN (0, 1, 2)), -- offered, held, parted
    partner    BLOB NOT NULL CHECK (length(partner) = 32),
    name       TEXT NOT NULL,                               -- what the partner wants to be called
    offered_at INTEGER NOT NULL,                            -- milliseconds since 1970
    kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1))  -- parted: what was written together stays
) STRICT, WITHOUT ROWID;

-- Devices to talk to under a bond, the partner's and one's own others, as the records that they signed.
CREATE TABLE peer_device (
    noise_key BLOB PRIMARY KEY CHECK (length(noise_key) = 32),
    bond      BLOB NOT NULL CHECK (length(bond) = 16),
    device    BLOB NOT NULL CHECK (length(device) = 32),
    record    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- This person's other devices, from when this one first heard of them (see devices/mod.rs).
CREATE TABLE own_device (
    device   BLOB PRIMARY KEY CHECK (length(device) = 32),
    since_ms INTEGER NOT NULL,                              -- milliseconds since 1970, by this phone's clock
    private  INTEGER NOT NULL CHECK (private IN (0, 1, 2)), -- Private: waits, passes, was refused
    seen     INTEGER NOT NULL CHECK (seen IN (0, 1))        -- the person has seen that it is there
) STRICT, WITHOUT ROWID;

-- Documents as they would be with what removed devices wrote to them, for their person to look at.
CREATE TABLE aside (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    kind     INTEGER NOT NULL,
    person   BLOB NOT NULL CHECK (length(person) = 32),     -- whose devices
    stored   BLOB NOT NULL                                  -- of Private, under a second key, sealed
) STRICT;

-- What must stay of documents that others deleted while Private was locked (see private.rs): copied to Private, and gone from
-- here, when it is unlocked.
CREATE TABLE unkept (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    kind     INTEGER NOT NULL,
    deleter  BLOB NOT NULL CHECK (length(deleter) = 32),
    heads    BLOB NOT NULL CHECK (length(heads) % 32 = 0),   -- that the deleter had seen; none where `stored` holds nothing but what must stay
    stored   BLOB NOT NULL
) STRICT;

-- What imports have brought here, as 16 bytes of a hash: an entry that was deleted since is not brought again.
CREATE TABLE imported (
    source BLOB PRIMARY KEY CHECK (length(source) = 16)
) STRICT, WITHOUT ROWID;

-- When a living record of the partner's that fades (see docs/record.rs) was first here, by this phone's clock. It follows from
-- no document, and nothing makes it again.
CREATE TABLE received (
    document    INTEGER PRIMARY KEY REFERENCES document (id),
    received_ms INTEGER NOT NULL                              -- milliseconds since 1970
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Derived. Everything below follows from the documents; it can be dropped and made again at any time and comes out the same.
-- Nothing here depends on the present moment.

-- What a list shows of a living document.
CREATE TABLE row (
    document       INTEGER PRIMARY KEY REFERENCES document (id),
    place          INTEGER NOT NULL REFERENCES place (id),
    kind           INTEGER NOT NULL,
    when_ms        INTEGER NOT NULL,                             -- milliseconds since 1970, UTC
    offset_seconds INTEGER,                                      -- what to add for the local time there
    zone           TEXT,
    all_day        INTEGER NOT NULL CHECK (all_day IN (0, 1)),
    favourite      INTEGER NOT NULL CHECK (favourite IN (0, 1)),
    kept           INTEGER NOT NULL CHECK (kept IN (0, 1)),      -- kept here when the other deleted what it stood in
    mood           TEXT,
    title          TEXT NOT NULL,
    preview        TEXT NOT NULL,
    published      BLOB CHECK (length(published) = 16),          -- of a working copy: its shared document in Mine
    source         TEXT,                                         -- where it was imported from: the id there
    prompt         TEXT,                                         -- what it answers: question:<id> or words:<words>
    session        TEXT                                          -- the care session that it is about
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

-- What is searched, as it was written: title, text and tags, a line feed between; snippets are cut from here. The index is
-- given the same folded (see words.rs) and keeps no text.
CREATE TABLE words (
    document INTEGER PRIMARY KEY REFERENCES row (document),
    text     TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = '', tokenize = 'unicode61 remove_diacritics 0'
);
-- A leaf of the index then fits into one page: 4096 bytes less what SQLCipher and SQLite need of it.
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);

-- What somebody says of one item of their preferences; one person's item can stand in Private and in Mine.
CREATE TABLE preference (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    place    INTEGER NOT NULL REFERENCES place (id),
    item     TEXT NOT NULL,              -- its name, such as stance/holding-hands/receive
    stance   INTEGER,                    -- the strictest that stands there (see docs/preference.rs); none: not said
    until_ms INTEGER,                    -- of a "not now" with an end
    choices  TEXT NOT NULL,              -- in rising order, U+001F between them
    note     TEXT NOT NULL
) STRICT;
CREATE INDEX preference_item ON preference (item, place);

-- What is noted in a fixed form: check-ins, sessions, rituals and the like (see docs/record.rs).
CREATE TABLE record (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    place    INTEGER NOT NULL REFERENCES place (id),
    what     TEXT NOT NULL,              -- its name up to the slash, such as check-in
    id       TEXT NOT NULL,              -- what is behind the slash
    of       TEXT,                       -- the field of this name: what it belongs to
    at_ms    INTEGER,                    -- the field "at": when it happened, milliseconds since 1970
    content  TEXT NOT NULL               -- all that it says, as JSON
) STRICT;
CREATE INDEX record_id ON record (what, id);
CREATE INDEX record_of ON record (what, of) WHERE of IS NOT NULL;
CREATE INDEX record_at ON record (what, at_ms);
-- What figures over years read of check-ins: the index alone answers them.
CREATE INDEX record_levels ON record (
    what, at_ms, id, place, of, content -> '$.fields.moment[0]', content -> '$.fields.closeness[0]',
    content -> '$.fields.calm[0]', content -> '$.fields.energy[0]', content -> '$.fields.comfort[0]',
    content -> '$.fields.drop[0]'
) WHERE what = 'check-in';

-- What figures over years read of sessions: a few words of what their records say.
CREATE TABLE session (
    document  INTEGER PRIMARY KEY REFERENCES document (id),
    place     INTEGER NOT NULL REFERENCES place (id),
    id        TEXT NOT NULL,             -- as its record has it, and so "at"
    at_ms     INTEGER,
    began_ms  INTEGER,                   -- milliseconds since 1970; none: it has not begun
    ended_ms  INTEGER,                   -- none: it has not ended
    done      TEXT NOT NULL,             -- the activities of steps that were done, in rising order, U+001F between them
    situation TEXT NOT NULL              -- the names of what it came after, in the same form
) STRICT;
