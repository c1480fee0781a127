-- What an entry answers, and the care session that it is about.
ALTER TABLE row ADD COLUMN prompt TEXT;
ALTER TABLE row ADD COLUMN session TEXT;
-- When things that fade first came here from the partner's phone.
CREATE TABLE received (
    document    INTEGER PRIMARY KEY REFERENCES document (id),
    received_ms INTEGER NOT NULL
) STRICT;
