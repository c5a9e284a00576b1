-- Where a move put a letter; NULL: it lies where it came, or nowhere.
ALTER TABLE letters ADD COLUMN filed_folder INTEGER REFERENCES folders (id);
-- UIDVALIDITY and UID there, as COPYUID told them; NULL: it did not.
ALTER TABLE letters ADD COLUMN filed_validity INTEGER;
ALTER TABLE letters ADD COLUMN filed_uid INTEGER;
CREATE INDEX letters_filed ON letters (filed_folder, filed_validity, filed_uid) WHERE filed_uid IS NOT NULL;
