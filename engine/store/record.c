/*
 * Records with their payloads and salts: the only rows of the store that nothing can replace.
 */
#include <stdlib.h>
#include <string.h>

#include "store/handle.h"
#include "store/path.h"
#include "store/statement.h"

void tro_stored_record_done(tro_stored_record *record)
{
	if (record == NULL) {
		return;
	}
	free(record->note);
	free(record->payload);
	memset(record, 0, sizeof(*record));
}

/* Where the next record of the log, and of the case, goes. */
static tro_status find_ends(uint64_t *out_position, uint64_t *out_seq, tro_store *store,
	const char *case_id, tro_err *err)
{
	TRO_STATEMENT(ends, store,
		"SELECT (SELECT coalesce(max(position) + 1, 0) FROM record),"
		" (SELECT coalesce(max(seq) + 1, 0) FROM record WHERE case_id = :case_id)");
	bool row = false;

	tro_bind_text(&ends, ":case_id", case_id);
	tro_status status = tro_statement_row(&ends, &row, err);

	if (status == TRO_OK) {
		*out_position = tro_column_u64(&ends, 0);
		*out_seq = tro_column_u64(&ends, 1);
	}
	return status;
}

static tro_status insert_record(tro_store *store, uint64_t position, const char *case_id,
	const tro_stored_record *record, tro_err *err)
{
	TRO_STATEMENT(insert, store,
		"INSERT INTO record (position, case_id, seq, note)"
		" VALUES (:position, :case_id, :seq, :note)");

	tro_bind_u64(&insert, ":position", position);
	tro_bind_text(&insert, ":case_id", case_id);
	tro_bind_u64(&insert, ":seq", record->seq);
	tro_bind_blob(&insert, ":note", record->note, record->note_len);
	return tro_statement_run(&insert, err);
}

/* A payload of no bytes is a payload: SQLite takes a NULL pointer for NULL. */
static const char *payload_bytes(const tro_stored_record *record)
{
	return record->payload_len > 0 ? record->payload : "";
}

static tro_status insert_payload(
	tro_store *store, uint64_t position, const tro_stored_record *record, tro_err *err)
{
	if (!record->has_payload && !record->has_payload_salt) {
		return TRO_OK;
	}
	TRO_STATEMENT(insert, store,
		"INSERT INTO payload (position, bytes, salt) VALUES (:position, :bytes, :salt)");

	tro_bind_u64(&insert, ":position", position);
	if (record->has_payload) {
		tro_bind_blob(&insert, ":bytes", payload_bytes(record), record->payload_len);
	}
	if (record->has_payload_salt) {
		tro_bind_blob(&insert, ":salt", record->payload_salt, sizeof(record->payload_salt));
	}
	return tro_statement_run(&insert, err);
}

static tro_status insert_outcome_salt(
	tro_store *store, uint64_t position, const tro_stored_record *record, tro_err *err)
{
	if (!record->has_outcome_salt) {
		return TRO_OK;
	}
	TRO_STATEMENT(insert, store,
		"INSERT INTO outcome_salt (position, salt) VALUES (:position, :salt)");

	tro_bind_u64(&insert, ":position", position);
	tro_bind_blob(&insert, ":salt", record->outcome_salt, sizeof(record->outcome_salt));
	return tro_statement_run(&insert, err);
}

static bool column_equals(
	const tro_statement *statement, int column, bool has, const void *bytes, size_t len)
{
	size_t stored_len = 0;
	const void *stored = tro_column_bytes(statement, column, &stored_len);

	if (!has || tro_column_is_null(statement, column)) {
		return has == !tro_column_is_null(statement, column);
	}
	return stored != NULL && stored_len == len && memcmp(stored, bytes, len) == 0;
}

/* What nobody can make again is looked at once more before anybody relies on it. */
static tro_status read_back(tro_store *store, uint64_t position, const char *case_id,
	const tro_stored_record *record, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT record.case_id, record.seq, record.note, payload.bytes, payload.salt,"
		" outcome_salt.salt FROM record"
		" LEFT JOIN payload ON payload.position = record.position"
		" LEFT JOIN outcome_salt ON outcome_salt.position = record.position"
		" WHERE record.position = :position");
	bool row = false;

	tro_bind_u64(&find, ":position", position);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status != TRO_OK) {
		return status;
	}
	bool same = row && column_equals(&find, 0, true, case_id, strlen(case_id)) &&
		    tro_column_u64(&find, 1) == record->seq &&
		    column_equals(&find, 2, true, record->note, record->note_len) &&
		    column_equals(&find, 3, record->has_payload, payload_bytes(record),
			    record->payload_len) &&
		    column_equals(&find, 4, record->has_payload_salt, record->payload_salt,
			    sizeof(record->payload_salt)) &&
		    column_equals(&find, 5, record->has_outcome_salt, record->outcome_salt,
			    sizeof(record->outcome_salt));

	if (!same) {
		store->failed = true;
		return tro_store_damaged(store, err,
			"record %llu of case %s was not read back as it was written",
			(unsigned long long)record->seq, case_id);
	}
	return TRO_OK;
}

static tro_status insert_all(tro_store *store, uint64_t position, const char *case_id,
	const tro_stored_record *record, tro_err *err)
{
	tro_status status = insert_record(store, position, case_id, record, err);

	if (status == TRO_OK) {
		status = insert_payload(store, position, record, err);
	}
	if (status == TRO_OK) {
		status = insert_outcome_salt(store, position, record, err);
	}
	return status == TRO_OK ? read_back(store, position, case_id, record, err) : status;
}

tro_status tro_store_record_append(tro_store *store, const char *case_id,
	const tro_stored_record *record, uint64_t *out_position, tro_err *err)
{
	uint64_t position = 0;
	uint64_t seq = 0;
	tro_status status = tro_store_require_write(store, err);

	if (status == TRO_OK) {
		status = tro_store_check_case_id(case_id, err);
	}
	if (status == TRO_OK) {
		status = find_ends(&position, &seq, store, case_id, err);
	}
	if (status == TRO_OK && seq != record->seq) {
		return tro_err_set(err, TRO_CHANGED,
			"the next record of case %s is %llu, not %llu: somebody else has changed "
			"the "
			"case; look at it and try again",
			case_id, (unsigned long long)seq, (unsigned long long)record->seq);
	}
	if (status == TRO_OK) {
		status = insert_all(store, position, case_id, record, err);
	}
	if (status == TRO_OK && out_position != NULL) {
		*out_position = position;
	}
	return status;
}

tro_status tro_store_record_put(
	tro_store *store, const char *case_id, const tro_stored_record *record, tro_err *err)
{
	tro_status status = TRO_OK;

	if (!store->in_memory) {
		return tro_err_set(err, TRO_USAGE,
			"records of %s are added at its end and nowhere else", store->path);
	}
	status = tro_store_check_case_id(case_id, err);
	return status == TRO_OK ? insert_all(store, record->position, case_id, record, err)
				: status;
}

static tro_status copy_salt(
	uint8_t out[32], bool *out_has, const tro_statement *find, int column, tro_err *err)
{
	*out_has = !tro_column_is_null(find, column);
	return *out_has ? tro_column_32(out, find, column, err) : TRO_OK;
}

/* Columns: position, seq, note, payload bytes, payload salt, outcome salt. */
static tro_status copy_row(tro_stored_record *out, const tro_statement *find, tro_err *err)
{
	tro_stored_record record = {
		.position = tro_column_u64(find, 0), .seq = tro_column_u64(find, 1)};
	tro_status status = tro_column_copy(&record.note, &record.note_len, find, 2, err);

	if (status == TRO_OK && !tro_column_is_null(find, 3)) {
		status = tro_column_copy(&record.payload, &record.payload_len, find, 3, err);
		record.has_payload = status == TRO_OK;
	}
	if (status == TRO_OK) {
		status = copy_salt(record.payload_salt, &record.has_payload_salt, find, 4, err);
	}
	if (status == TRO_OK) {
		status = copy_salt(record.outcome_salt, &record.has_outcome_salt, find, 5, err);
	}
	if (status != TRO_OK) {
		tro_stored_record_done(&record);
		return status;
	}
	*out = record;
	return TRO_OK;
}

tro_status tro_store_record_get(
	tro_stored_record *out, tro_store *store, const char *case_id, uint64_t seq, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT record.position, record.seq, record.note, payload.bytes, payload.salt,"
		" outcome_salt.salt FROM record"
		" LEFT JOIN payload ON payload.position = record.position"
		" LEFT JOIN outcome_salt ON outcome_salt.position = record.position"
		" WHERE record.case_id = :case_id AND record.seq = :seq");
	bool row = false;
	tro_status status = TRO_OK;

	*out = (tro_stored_record){0};
	if (seq <= INT64_MAX) {
		tro_bind_text(&find, ":case_id", case_id);
		tro_bind_u64(&find, ":seq", seq);
		status = tro_statement_row(&find, &row, err);
	}
	if (status == TRO_OK && !row) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no record %llu of case %s",
			(unsigned long long)seq, case_id);
	}
	return status == TRO_OK ? copy_row(out, &find, err) : status;
}

tro_status tro_store_record_at(
	tro_stored_record *out, tro_store *store, uint64_t position, char case_id[65], tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT record.position, record.seq, record.note, payload.bytes, payload.salt,"
		" outcome_salt.salt, record.case_id FROM record"
		" LEFT JOIN payload ON payload.position = record.position"
		" LEFT JOIN outcome_salt ON outcome_salt.position = record.position"
		" WHERE record.position = :position");
	bool row = false;
	tro_status status = TRO_OK;

	*out = (tro_stored_record){0};
	case_id[0] = '\0';
	if (position <= INT64_MAX) {
		tro_bind_u64(&find, ":position", position);
		status = tro_statement_row(&find, &row, err);
	}
	if (status == TRO_OK && !row) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no record at position %llu",
			(unsigned long long)position);
	}
	if (status == TRO_OK) {
		size_t len = 0;
		const char *id = tro_column_bytes(&find, 6, &len);

		if (id == NULL) {
			return tro_err_nomem(err);
		}
		bool good = len <= TRO_STORE_CASE_ID_MAX && memchr(id, '\0', len) == NULL;

		if (good) {
			memcpy(case_id, id, len);
			case_id[len] = '\0';
		}
		if (!good || tro_store_check_case_id(case_id, NULL) != TRO_OK) {
			case_id[0] = '\0';
			return tro_store_damaged(store, err,
				"the record at position %llu has a malformed case id",
				(unsigned long long)position);
		}
		status = copy_row(out, &find, err);
	}
	return status;
}

tro_status tro_store_last_note(
	tro_buf *out, uint64_t *out_count, tro_store *store, const char *case_id, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT seq, note FROM record WHERE case_id = :case_id ORDER BY seq DESC LIMIT 1");
	bool row = false;
	size_t len = 0;

	*out_count = 0;
	tro_bind_text(&find, ":case_id", case_id);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status != TRO_OK || !row) {
		return status;
	}
	const void *note = tro_column_bytes(&find, 1, &len);

	if (note == NULL) {
		return tro_err_nomem(err);
	}
	*out_count = tro_column_u64(&find, 0) + 1;
	tro_buf_put(out, note, len);
	return tro_buf_status(out, err);
}

tro_status tro_store_note_before(tro_buf *out, uint64_t *out_count, tro_store *store,
	const char *case_id, uint64_t position, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT seq, note FROM record WHERE case_id = :case_id AND position < :position"
		" ORDER BY seq DESC LIMIT 1");
	bool row = false;
	size_t len = 0;

	*out_count = 0;
	tro_bind_text(&find, ":case_id", case_id);
	tro_bind_u64(&find, ":position", position > INT64_MAX ? INT64_MAX : position);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status != TRO_OK || !row) {
		return status;
	}
	const void *note = tro_column_bytes(&find, 1, &len);

	if (note == NULL) {
		return tro_err_nomem(err);
	}
	*out_count = tro_column_u64(&find, 0) + 1;
	tro_buf_put(out, note, len);
	return tro_buf_status(out, err);
}

tro_status tro_store_case_count(uint64_t *out, tro_store *store, const char *case_id, tro_err *err)
{
	uint64_t position = 0;
	tro_status status = find_ends(&position, out, store, case_id, err);

	if (status == TRO_OK && *out == 0) {
		return tro_err_set(err, TRO_NOT_FOUND, "there is no case %s", case_id);
	}
	return status;
}

tro_status tro_store_log_size(uint64_t *out, tro_store *store, tro_err *err)
{
	TRO_STATEMENT(find, store, "SELECT coalesce(max(position) + 1, 0) FROM record");
	bool row = false;
	tro_status status = tro_statement_row(&find, &row, err);

	if (status == TRO_OK) {
		*out = tro_column_u64(&find, 0);
	}
	return status;
}

/* ---- searching ---- */

void tro_positions_done(tro_positions *positions)
{
	free(positions->list);
	*positions = (tro_positions){0};
}

static tro_status add_position(tro_positions *io, uint64_t position, tro_err *err)
{
	if (io->count == io->room) {
		size_t room = io->room == 0 ? 64 : 2 * io->room;
		uint64_t *list = realloc(io->list, room * sizeof(*list));

		if (list == NULL) {
			return tro_err_nomem(err);
		}
		io->list = list;
		io->room = room;
	}
	io->list[io->count++] = position;
	return TRO_OK;
}

/* SQLite counts to INT64_MAX; no text: NULL, which leaves the parameter as it is. */
static void bind_search(tro_statement *find, const tro_record_search *search)
{
	const char *const texts[] = {search->either, search->other, search->also};
	static const char *const names[] = {":either", ":other", ":also"};

	tro_bind_text(find, ":first_case", search->first_case);
	tro_bind_text(find, ":last_case", search->last_case);
	tro_bind_u64(find, ":from_seq", search->from_seq);
	tro_bind_u64(find, ":end_seq", search->end_seq > INT64_MAX ? INT64_MAX : search->end_seq);
	tro_bind_u64(find, ":from_position", search->from_position);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		tro_bind_blob(find, names[i], texts[i], texts[i] == NULL ? 0 : strlen(texts[i]));
	}
}

/* The index on cases leads, whatever the position: hence its plus sign. What is NULL is no reason
 * to leave a record out. */
tro_status tro_store_search(
	tro_positions *io, tro_store *store, const tro_record_search *search, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT position FROM record"
		" WHERE case_id BETWEEN :first_case AND :last_case"
		" AND seq >= :from_seq AND seq < :end_seq AND +position >= :from_position"
		" AND (:either IS NULL OR (SELECT instr(bytes, :either) > 0"
		"  OR instr(bytes, :other) > 0"
		"  FROM payload WHERE payload.position = record.position) IS NOT 0)"
		" AND (:also IS NULL OR (SELECT instr(bytes, :also) > 0"
		"  FROM payload WHERE payload.position = record.position) IS NOT 0)");
	bool row = false;

	bind_search(&find, search);
	tro_status status = tro_statement_row(&find, &row, err);

	while (status == TRO_OK && row) {
		status = add_position(io, tro_column_u64(&find, 0), err);
		if (status == TRO_OK) {
			status = tro_statement_row(&find, &row, err);
		}
	}
	return status;
}

/* The first case id after last, so that no statement is open while the callback runs. What cannot
 * be one (tro_store_check_case_id; more bytes than characters: not ASCII, or a NUL) is passed over.
 */
static tro_status next_case(char **out, tro_store *store, const char *last, tro_err *err)
{
	TRO_STATEMENT(find, store,
		"SELECT min(case_id) FROM record WHERE case_id > :last"
		" AND length(case_id) = length(CAST(case_id AS BLOB))"
		" AND length(case_id) <= 64 AND case_id NOT GLOB '*[^-A-Za-z0-9_.]*'"
		" AND case_id NOT GLOB '.*'");
	bool row = false;
	size_t len = 0;

	*out = NULL;
	tro_bind_text(&find, ":last", last);
	tro_status status = tro_statement_row(&find, &row, err);

	if (status == TRO_OK && row && !tro_column_is_null(&find, 0)) {
		status = tro_column_copy(out, &len, &find, 0, err);
	}
	return status;
}

tro_status tro_store_each_case(tro_store *store,
	tro_status (*each)(void *user, const char *case_id, tro_err *err), void *user, tro_err *err)
{
	char *id = NULL;
	tro_status status = next_case(&id, store, "", err);

	while (status == TRO_OK && id != NULL) {
		char *last = id;

		status = each(user, id, err);
		if (status == TRO_OK) {
			status = next_case(&id, store, last, err);
			free(last);
		}
	}
	if (status != TRO_OK) {
		free(id);
	}
	return status;
}
