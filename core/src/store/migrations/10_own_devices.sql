-- Other rosters of the epoch that counts.
CREATE TABLE roster_rival (
    person BLOB NOT NULL CHECK (length(person) = 32),
    bytes  BLOB NOT NULL,
    PRIMARY KEY (person, bytes)
) STRICT, WITHOUT ROWID;

-- Of a bond that this person has left: does what was written together stay?
ALTER TABLE bond ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));

-- This person's other devices, from when this one first heard of them.
CREATE TABLE own_device (
    device   BLOB PRIMARY KEY CHECK (length(device) = 32),
    since_ms INTEGER NOT NULL,
    private  INTEGER NOT NULL CHECK (private IN (0, 1, 2)),
    seen     INTEGER NOT NULL CHECK (seen IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Documents as they would be with what removed devices wrote to them.
CREATE TABLE aside (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    kind     INTEGER NOT NULL,
    person   BLOB NOT NULL CHECK (length(person) = 32),
    stored   BLOB NOT NULL
) STRICT;
