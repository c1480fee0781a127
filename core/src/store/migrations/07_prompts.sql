-- What an entry answers, and the care session that it is about.
ALTER TABLE row ADD COLUMN prompt TEXT;
ALTER TABLE row ADD COLUMN session TEXT;
