-- What somebody says of one item of their preferences.
CREATE TABLE preference (
    document INTEGER PRIMARY KEY REFERENCES document (id),
    place    INTEGER NOT NULL REFERENCES place (id),
    item     TEXT NOT NULL,
    stance   INTEGER,
    until_ms INTEGER,
    choices  TEXT NOT NULL,
    note     TEXT NOT NULL
) STRICT;
CREATE INDEX preference_item ON preference (item, place);
