-- What figures over years read of sessions, without taking apart what sessions say.
CREATE TABLE session (
    document  INTEGER PRIMARY KEY REFERENCES document (id),
    place     INTEGER NOT NULL REFERENCES place (id),
    id        TEXT NOT NULL,
    at_ms     INTEGER,
    began_ms  INTEGER,
    ended_ms  INTEGER,
    done      TEXT NOT NULL,
    situation TEXT NOT NULL
) STRICT;
-- Its rows are made when the file is next opened, as all derived ones are.
DELETE FROM meta WHERE name = 'derived_version';
