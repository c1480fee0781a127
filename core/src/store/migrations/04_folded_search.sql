-- The index takes words that were folded before, title and text apart; it keeps no text and reads none.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = '', tokenize = 'unicode61 remove_diacritics 0'
);
INSERT INTO search (search, rank) VALUES ('pgsz', 3900);
