-- Schema of tro.db, version 1.
--
-- Primary tables (record, payload, outcome_salt, node, blob) are the truth and can only be added
-- to; what a lawful erasure destroys can be deleted, and never put back or changed. Projections
-- (the rest) are views of the truth and can be dropped and rebuilt from it.
--
-- Words about a person stand in columns of rowid tables that no index covers, so that they live in
-- leaf pages alone and an erasure finds them. There is no full-text index, which could not erase.

PRAGMA application_id = 1414680403; -- "TROS", in big-endian ASCII
PRAGMA user_version = 1;

-- Each act on each case, as signed.
CREATE TABLE record (
	position INTEGER PRIMARY KEY CHECK (position >= 0), -- in the log of all records: 0, 1, 2 ...
	case_id TEXT NOT NULL CHECK (length(CAST (case_id AS BLOB)) BETWEEN 1 AND 64), -- random, or
		-- registry, log, access-<date>
	seq INTEGER NOT NULL CHECK (seq >= 0), -- within the case: 0, 1, 2 ...
	note BLOB NOT NULL CHECK (length(note) BETWEEN 1 AND 65000), -- the signed note, all bytes
	UNIQUE (case_id, seq)
) STRICT;

-- The event's data, to which the record commits; deleted by an erasure.
CREATE TABLE payload (
	position INTEGER PRIMARY KEY REFERENCES record (position), -- of the record
	bytes BLOB, -- what the commitment is over; NULL if the record has a salt alone
	salt BLOB CHECK (length(salt) = 32), -- key of the commitment; NULL if there is none
	CHECK (bytes IS NOT NULL OR salt IS NOT NULL)
) STRICT;

-- Keys of the commitments to the session after each record; deleted by an erasure.
CREATE TABLE outcome_salt (
	position INTEGER PRIMARY KEY REFERENCES record (position), -- of the record
	salt BLOB NOT NULL CHECK (length(salt) = 32) -- key of the commitment
) STRICT;

-- Full nodes of the Merkle tree over all records (RFC 9162 section 2.1).
CREATE TABLE node (
	level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 63), -- 0 for leaf hashes
	number INTEGER NOT NULL CHECK (number >= 0), -- from the left within the level
	hash BLOB NOT NULL CHECK (length(hash) = 32), -- SHA-256
	PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- Bytes known by their hash: adopted definitions and built filings; a filing's are deleted by an
-- erasure.
CREATE TABLE blob (
	id INTEGER PRIMARY KEY, -- no meaning outside
	sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32), -- of the bytes
	bytes BLOB NOT NULL -- as adopted or built
) STRICT;

-- Projection: the session after a case's head record, so that opening need not replay.
CREATE TABLE snapshot (
	id INTEGER PRIMARY KEY, -- no meaning outside
	case_id TEXT NOT NULL UNIQUE, -- whose session
	seq INTEGER NOT NULL CHECK (seq >= 0), -- of the record after which it stands
	bytes BLOB NOT NULL -- the session in its canonical form
) STRICT;

-- Projection: one row a case, for lists.
CREATE TABLE case_index (
	id INTEGER PRIMARY KEY, -- no meaning outside
	case_id TEXT NOT NULL UNIQUE, -- which case
	title TEXT NOT NULL, -- for people
	workflow TEXT NOT NULL, -- name of the definition it was opened under
	states TEXT NOT NULL, -- shown text
	head_hash TEXT NOT NULL, -- hex of the SHA-256 of the head note
	count INTEGER NOT NULL CHECK (count >= 0), -- of its records
	created INTEGER NOT NULL, -- time of its first record, microseconds since 1970 UTC
	updated INTEGER NOT NULL, -- time of its head record, microseconds since 1970 UTC
	finished INTEGER NOT NULL CHECK (finished IN (0, 1)) -- 1 when every matter is in a final state
) STRICT;

-- Projection: one row a matter.
CREATE TABLE matter_index (
	id INTEGER PRIMARY KEY, -- no meaning outside
	case_id TEXT NOT NULL REFERENCES case_index (case_id), -- whose matter
	matter TEXT NOT NULL, -- which matter
	definition TEXT NOT NULL, -- name of the definition it runs on
	states TEXT NOT NULL, -- shown text
	finished INTEGER NOT NULL CHECK (finished IN (0, 1)), -- 1 when in a final state
	UNIQUE (case_id, matter)
) STRICT;

-- Projection: timers that run.
CREATE TABLE timer_index (
	id INTEGER PRIMARY KEY, -- no meaning outside
	case_id TEXT NOT NULL REFERENCES case_index (case_id), -- whose timer
	matter TEXT NOT NULL, -- whose timer within the case
	timer TEXT NOT NULL, -- which timer
	event TEXT NOT NULL, -- what it posts when it fires
	due INTEGER NOT NULL, -- microseconds since 1970 UTC
	UNIQUE (case_id, matter, timer)
) STRICT;
CREATE INDEX timer_index_due ON timer_index (due, case_id, matter, timer);

-- Projection: filings that were made.
CREATE TABLE filing_index (
	id INTEGER PRIMARY KEY, -- no meaning outside
	case_id TEXT NOT NULL REFERENCES case_index (case_id), -- whose filing
	filing TEXT NOT NULL, -- which filing
	name TEXT NOT NULL, -- of the file
	recipient TEXT NOT NULL, -- whom it is for
	matter TEXT NOT NULL, -- which matter made it
	seq INTEGER NOT NULL CHECK (seq >= 0), -- of the record that made it
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32), -- of its bytes, which are a blob
	size INTEGER NOT NULL CHECK (size >= 0), -- bytes
	UNIQUE (case_id, filing)
) STRICT;

-- Records are added at the end, one after the other, and then never touched. The triggers before
-- an insertion also stop REPLACE, which deletes without asking the triggers before a deletion.
CREATE TRIGGER record_at_the_end BEFORE INSERT ON record
WHEN NEW.position IS NOT (SELECT coalesce(max(position) + 1, 0) FROM record)
	OR NEW.seq IS NOT (SELECT coalesce(max(seq) + 1, 0) FROM record WHERE case_id = NEW.case_id)
BEGIN
	SELECT RAISE(ABORT, 'a record is added at the end of the log and of its case');
END;
CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
BEGIN
	SELECT RAISE(ABORT, 'a record is never changed');
END;
CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
BEGIN
	SELECT RAISE(ABORT, 'a record is never deleted');
END;

-- Payloads and salts come with their record and may be erased: not changed, not put back.
CREATE TRIGGER payload_comes_with_its_record BEFORE INSERT ON payload
WHEN NEW.position IS NOT (SELECT max(position) FROM record)
	OR EXISTS (SELECT 1 FROM payload WHERE position = NEW.position)
BEGIN
	SELECT RAISE(ABORT, 'a payload comes with its record');
END;
CREATE TRIGGER payload_is_never_changed BEFORE UPDATE ON payload
BEGIN
	SELECT RAISE(ABORT, 'a payload is never changed');
END;
CREATE TRIGGER outcome_salt_comes_with_its_record BEFORE INSERT ON outcome_salt
WHEN NEW.position IS NOT (SELECT max(position) FROM record)
	OR EXISTS (SELECT 1 FROM outcome_salt WHERE position = NEW.position)
BEGIN
	SELECT RAISE(ABORT, 'a salt comes with its record');
END;
CREATE TRIGGER outcome_salt_is_never_changed BEFORE UPDATE ON outcome_salt
BEGIN
	SELECT RAISE(ABORT, 'a salt is never changed');
END;

-- A full node never changes.
CREATE TRIGGER node_is_added_once BEFORE INSERT ON node
WHEN EXISTS (SELECT 1 FROM node WHERE level = NEW.level AND number = NEW.number)
BEGIN
	SELECT RAISE(ABORT, 'a node of the tree is added once');
END;
CREATE TRIGGER node_is_never_changed BEFORE UPDATE ON node
BEGIN
	SELECT RAISE(ABORT, 'a node of the tree is never changed');
END;
CREATE TRIGGER node_is_never_deleted BEFORE DELETE ON node
BEGIN
	SELECT RAISE(ABORT, 'a node of the tree is never deleted');
END;

-- A blob is what its hash says: it may be erased, not changed.
CREATE TRIGGER blob_is_added_once BEFORE INSERT ON blob
WHEN EXISTS (SELECT 1 FROM blob WHERE sha256 = NEW.sha256 OR id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'a blob is added once');
END;
CREATE TRIGGER blob_is_never_changed BEFORE UPDATE ON blob
BEGIN
	SELECT RAISE(ABORT, 'a blob is never changed');
END;
