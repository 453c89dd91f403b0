-- Version 2: heads of the log that were made public, and who cosigned them.
--
-- Both tables are primary and only ever added to: what a witness signed cannot be made again, and
-- two heads that disagree are the proof that somebody rewrote the log.

PRAGMA user_version = 2;

-- A head of the log, signed by the log's key.
CREATE TABLE checkpoint (
	id INTEGER PRIMARY KEY, -- in the order in which they came
	size INTEGER NOT NULL CHECK (size > 0), -- how many records it covers
	root BLOB NOT NULL CHECK (length(root) = 32), -- of the Merkle tree over them
	published INTEGER, -- when this store made it, microseconds since 1970 UTC; NULL if it came
		-- from outside and this store did not make it
	note BLOB NOT NULL CHECK (length(note) BETWEEN 1 AND 65000), -- text and the log's signature
	UNIQUE (size, root)
) STRICT;

-- A witness's signature over a checkpoint.
CREATE TABLE cosignature (
	id INTEGER PRIMARY KEY, -- in the order in which they came
	checkpoint INTEGER NOT NULL REFERENCES checkpoint (id), -- over which
	line BLOB NOT NULL CHECK (length(line) BETWEEN 1 AND 1000), -- as it stands in the note
	imported INTEGER NOT NULL, -- when it came, microseconds since 1970 UTC
	UNIQUE (checkpoint, line)
) STRICT;

CREATE TRIGGER checkpoint_is_added_once BEFORE INSERT ON checkpoint
WHEN EXISTS (SELECT 1 FROM checkpoint
	WHERE id = NEW.id OR (size = NEW.size AND root = NEW.root))
BEGIN
	SELECT RAISE(ABORT, 'a checkpoint is added once');
END;
CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint
BEGIN
	SELECT RAISE(ABORT, 'a checkpoint is never changed');
END;
CREATE TRIGGER checkpoint_is_never_deleted BEFORE DELETE ON checkpoint
BEGIN
	SELECT RAISE(ABORT, 'a checkpoint is never deleted');
END;
CREATE TRIGGER cosignature_is_added_once BEFORE INSERT ON cosignature
WHEN EXISTS (SELECT 1 FROM cosignature
	WHERE id = NEW.id OR (checkpoint = NEW.checkpoint AND line = NEW.line))
BEGIN
	SELECT RAISE(ABORT, 'a cosignature is added once');
END;
CREATE TRIGGER cosignature_is_never_changed BEFORE UPDATE ON cosignature
BEGIN
	SELECT RAISE(ABORT, 'a cosignature is never changed');
END;
CREATE TRIGGER cosignature_is_never_deleted BEFORE DELETE ON cosignature
BEGIN
	SELECT RAISE(ABORT, 'a cosignature is never deleted');
END;
