-- When things that fade first came here from the partner's phone.
CREATE TABLE received (
    document    INTEGER PRIMARY KEY REFERENCES document (id),
    received_ms INTEGER NOT NULL
) STRICT;
