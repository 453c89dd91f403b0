/*
 * Holds and erasures of a case: what stands against one, what is left after one, what it takes to
 * find again what was erased, and what nobody can pass off as one.
 */
#define _GNU_SOURCE /* memmem */
#include "case_world.h"

#include <tro/keeping.h>
#include <tro/verify.h>

#include "case/erasure.h"
#include "case/keeping.h"
#include "crypto/crypto.h"
#include "ledger/note.h"
#include "store/erasure.h"
#include "suite.h"

#define PHONE "+447700900123"
#define SPELLED "07700 900123"

static world w;
static tro_verdict verdict;
static tro_verify_summary summary;
static char photo_path[128];

/* The case's records. */
enum { CREATED, FACTS, NOTED, PHOTOED, DULL, CONTESTED, DECIDED, END };

static void setup(void)
{
	open_world(&w);
	new_case(&w);
	(void)snprintf(photo_path, sizeof(photo_path), "%s/photo.txt", test_dir);
	write_file(photo_path, "a note on the windscreen: " SPELLED, 38);
	CHECK_OK(ACT(&w, ADA, "facts", "phone", SPELLED, "reason", "Nobody was looking"));
	CHECK_OK(ACT(&w, ADA, "note", "text", "Called 07700-900123 at noon"));
	CHECK_OK(ACT(&w, ADA, "photo", "file", photo_path, "ref", "P1"));
	CHECK_OK(ACT(&w, ADA, "note", "text", "a dull day"));
}

static void decide(void)
{
	w.role = "warden";
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_OK(ACT(&w, JOAN, "decide", "outcome", "allowed"));
}

static void teardown(void)
{
	close_world(&w);
}

static tro_status keep(int who, const char *event, ...)
{
	va_list list;

	va_start(list, event);
	arguments a = read_arguments(list);

	va_end(list);
	tro_command command = command_of(&w, event, &a);

	return tro_case_keep(w.c, &command, w.signer[who], &w.result, w.findings, &err);
}

#define KEEP(who, ...) keep(who, __VA_ARGS__, NULL)

static char seq_text[24];

static const char *last_seq(void)
{
	(void)snprintf(seq_text, sizeof(seq_text), "%llu", (unsigned long long)w.result.seq);
	return seq_text;
}

static void verify(void)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
}

#define CHECK_VERDICT(expected)                                                                    \
	do {                                                                                       \
		verify();                                                                          \
		if (verdict != (expected)) {                                                       \
			show_findings(&w);                                                         \
		}                                                                                  \
		ck_assert_str_eq(tro_verdict_name(verdict), tro_verdict_name(expected));           \
	} while (0)

static const char parts[] = "/case/facts/phone\n/case/photos/photo[ref = 'P1']\n/case/log/entry[1]";

/* Ada proposes, Ben does it; what NULL for the whole case. */
static void erase(const char *what)
{
	if (what != NULL) {
		CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No longer needed", "what", what));
	} else {
		CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No longer needed"));
	}
	CHECK_OK(KEEP(BEN, "erase", "proposal", last_seq()));
}

/* ---- every file of the store ---- */

static void read_store(tro_buf *out)
{
	char *const roots[] = {store_dir, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	tro_buf_clear(out);
	ck_assert_ptr_nonnull(tree);
	for (FTSENT *entry = fts_read(tree); entry != NULL; entry = fts_read(tree)) {
		if (entry->fts_info == FTS_F) {
			read_file(out, entry->fts_path);
		}
	}
	(void)fts_close(tree);
}

static bool bytes_hold(const tro_buf *bytes, const char *text)
{
	return memmem(bytes->ptr, bytes->len, text, strlen(text)) != NULL;
}

static const char *const spellings[] = {"7700900123", "07700 900123", "07700-900123",
	"+44 7700 900123", "900123", "on the windscreen", "at noon"};

/* ---- guessing ---- */

typedef struct digests {
	uint8_t (*list)[32];
	size_t count;
} digests;

static void add_digest(digests *d, const uint8_t digest[32])
{
	if ((d->count & (d->count - 1)) == 0) {
		d->list = realloc(d->list, (d->count == 0 ? 1 : 2 * d->count) * sizeof(*d->list));
		ck_assert_ptr_nonnull(d->list);
	}
	memcpy(d->list[d->count++], digest, 32);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

/* Every run of 64 hex digits. */
static void add_hex(digests *d, const char *bytes, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		bool digit = (bytes[i] >= '0' && bytes[i] <= '9') ||
			     (bytes[i] >= 'a' && bytes[i] <= 'f') ||
			     (bytes[i] >= 'A' && bytes[i] <= 'F');
		char lower[64];
		uint8_t digest[32];

		run = digit ? run + 1 : 0;
		if (run < 64) {
			continue;
		}
		for (size_t n = 0; n < 64; n++) {
			char c = bytes[i - 63 + n];

			lower[n] = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
		}
		ck_assert(tro_hex_decode(digest, 32, lower, 64));
		add_digest(d, digest);
	}
}

static void add_query(digests *d, const char *sql)
{
	tro_buf out = TRO_BUF_INIT;

	ck_assert_int_eq(shell(&out, in_store("tro.db"), sql), 0);
	add_hex(d, out.ptr, out.len);
	tro_buf_done(&out);
}

/* All hashes and commitments in the store, in hex and in bytes, and all keys that it still has. */
static void collect(digests *hashes, digests *salts)
{
	tro_buf bytes = TRO_BUF_INIT;
	uint8_t none[32] = {0};

	*hashes = *salts = (digests){0};
	add_query(hashes, "SELECT hex(sha256) FROM blob UNION SELECT hex(sha256) FROM filing_index "
			  "UNION SELECT hex(hash) FROM node");
	add_query(salts, "SELECT hex(salt) FROM payload UNION ALL SELECT hex(salt) FROM "
			 "outcome_salt");
	/* Last, because whoever closes a file loses all of the process's locks on it: another
	 * program would then take the log for one that nobody uses. */
	read_store(&bytes);
	add_hex(hashes, bytes.ptr, bytes.len);
	add_digest(salts, none);
	qsort(hashes->list, hashes->count, 32, by_bytes);
	tro_buf_done(&bytes);
}

static bool is_known(const digests *hashes, const uint8_t digest[32])
{
	return bsearch(digest, hashes->list, hashes->count, 32, by_bytes) != NULL;
}

/* Everything that held the number, as it was: an attacker knows all but three digits of it. */
typedef struct materials {
	tro_buf list[64];
	size_t count;
} materials;

static void add_material(materials *m, const char *bytes, size_t len)
{
	tro_buf kept = TRO_BUF_INIT;

	tro_buf_put(&kept, bytes, len);
	if (bytes_hold(&kept, "900123")) {
		ck_assert_uint_lt(m->count, 64);
		m->list[m->count++] = kept;
	} else {
		tro_buf_done(&kept);
	}
}

static void remember(materials *m)
{
	tro_replay replay;
	tro_buf bytes = TRO_BUF_INIT;
	tro_filing_info filing;

	*m = (materials){.count = 0};
	CHECK_OK(tro_replay_begin(&replay, w.registry, w.id, &err));
	for (uint64_t seq = 0; seq < w.c->count; seq++) {
		tro_stored_record stored;

		CHECK_OK(tro_store_record_get(&stored, w.registry->store, w.id, seq, &err));
		CHECK_OK(tro_replay_next(&replay, &stored, &err));
		add_material(m, stored.payload, stored.payload_len);
		tro_buf_clear(&bytes);
		session_bytes(&bytes, replay.session);
		add_material(m, bytes.ptr, bytes.len);
		tro_stored_record_done(&stored);
	}
	tro_replay_end(&replay);
	for (size_t i = 0; tro_case_filing_at(w.c, i, &filing); i++) {
		tro_buf_clear(&bytes);
		CHECK_OK(tro_case_filing_read(&bytes, w.c, filing.id, &err));
		add_material(m, bytes.ptr, bytes.len);
	}
	tro_buf_clear(&bytes);
	read_file(&bytes, photo_path);
	add_material(m, bytes.ptr, bytes.len);
	tro_buf_done(&bytes);
	ck_assert_uint_gt(m->count, 8);
}

static void set_number(tro_buf *bytes, int number)
{
	char digits[16];

	(void)snprintf(digits, sizeof(digits), "%03d", number);
	for (char *at = bytes->ptr;
		(at = memmem(at, bytes->len - (size_t)(at - bytes->ptr), "900", 3)) != NULL;
		at += 3) {
		if ((size_t)(at - bytes->ptr) + 6 <= bytes->len) {
			memcpy(at + 3, digits, 3);
		}
	}
}

/* How many of the 1,000 numbers some hash or commitment that is left confirms. */
static size_t confirmed(const materials *m, const digests *hashes, const digests *salts)
{
	size_t found = 0;

	for (int number = 0; number < 1000; number++) {
		bool hit = false;

		for (size_t i = 0; i < m->count && !hit; i++) {
			tro_buf guess = TRO_BUF_INIT;
			uint8_t digest[32];

			tro_buf_put(&guess, m->list[i].ptr, m->list[i].len);
			set_number(&guess, number);
			tro_sha256(digest, guess.ptr, guess.len);
			hit = is_known(hashes, digest);
			for (size_t s = 0; s < salts->count && !hit; s++) {
				CHECK_OK(tro_hmac_sha256(
					digest, salts->list[s], 32, guess.ptr, guess.len, &err));
				hit = is_known(hashes, digest);
			}
			tro_buf_done(&guess);
		}
		found += hit;
	}
	return found;
}

static const char *const erasures[] = {NULL, parts};

START_TEST(no_byte_is_left_and_no_guess_is_confirmed)
{
	materials m;
	digests hashes;
	digests salts;
	tro_buf store = TRO_BUF_INIT;

	decide();
	remember(&m);
	collect(&hashes, &salts);
	ck_assert_uint_eq(confirmed(&m, &hashes, &salts), 1);
	free(hashes.list);
	free(salts.list);
	erase(erasures[_i]);
	read_store(&store);
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		ck_assert_msg(!bytes_hold(&store, spellings[i]), "%s is left", spellings[i]);
	}
	collect(&hashes, &salts);
	ck_assert_uint_eq(confirmed(&m, &hashes, &salts), 0);
	for (size_t i = 0; i < m.count; i++) {
		tro_buf_done(&m.list[i]);
	}
	free(hashes.list);
	free(salts.list);
	tro_buf_done(&store);
}
END_TEST

/* ---- what is left ---- */

static bool has_payload(uint64_t seq)
{
	tro_stored_record stored;

	CHECK_OK(tro_store_record_get(&stored, w.registry->store, w.id, seq, &err));
	bool has = stored.has_payload;

	tro_stored_record_done(&stored);
	return has;
}

static tro_status count_entry(void *user, const tro_log_entry *entry, tro_err *e)
{
	(void)e;
	*(size_t *)user += entry->text[0] != '\0';
	return TRO_OK;
}

static tro_status no_change(
	void *user, const char *path, const char *before, const char *after, tro_err *e)
{
	(void)user;
	(void)path;
	(void)before;
	(void)after;
	(void)e;
	return TRO_OK;
}

START_TEST(every_proof_holds_and_the_store_goes_on)
{
	uint8_t head[32];
	uint64_t size = 0;
	size_t entries = 0;
	bool same = false;

	decide();
	CHECK_VERDICT(TRO_VERDICT_VALID);
	erase(erasures[_i]);
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
	CHECK_FOUND(&w, "erased", _i == 0 ? "records 0-7" : "records 1-3");
	CHECK_OK(tro_store_log_size(&size, w.registry->store, &err));
	ck_assert_uint_eq(summary.records, size);
	ck_assert_uint_eq(summary.signatures, size);
	/* Everything that is derived comes out of what is left. */
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(same);
	memcpy(head, w.c->head, 32);
	shell_ok("DELETE FROM snapshot");
	CHECK_OK(tro_case_reload(w.c, &err));
	ck_assert_mem_eq(head, w.c->head, 32);
	CHECK_OK(tro_rebuild(w.registry, &same, &err));
	ck_assert(!same);
	CHECK_OK(tro_case_each_record(w.c, count_entry, &entries, &err));
	ck_assert_uint_eq(entries, END + 2);
	CHECK_STATUS(tro_case_changes(w.c, DULL, no_change, NULL, &err), TRO_NOT_FOUND);
	CHECK_MESSAGE("was erased by its record 8");
	/* Another case, another erasure. */
	new_case(&w);
	CHECK_OK(ACT(&w, ADA, "note", "text", "a new case"));
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
	erase(NULL);
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
}
END_TEST

START_TEST(parts_that_were_erased_leave_a_case_that_goes_on)
{
	erase(parts);
	ck_assert(has_payload(CREATED) && has_payload(DULL));
	ck_assert(!has_payload(FACTS) && !has_payload(NOTED) && !has_payload(PHOTOED));
	ck_assert(document_holds(w.c, "Nobody was looking") && document_holds(w.c, "a dull day"));
	ck_assert(!document_holds(w.c, "900123"));
	CHECK_OK(ACT(&w, ADA, "note", "text", "life goes on"));
	decide();
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
	shell_ok("DELETE FROM snapshot");
	CHECK_OK(tro_case_reload(w.c, &err));
	ck_assert(document_holds(w.c, "life goes on") && !document_holds(w.c, "at noon"));
	/* What was already erased once, and then the rest. */
	erase(NULL);
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "too late"), TRO_REFUSED);
	for (uint64_t seq = 0; seq + 1 < w.c->count; seq++) {
		ck_assert(!has_payload(seq));
	}
}
END_TEST

START_TEST(nothing_can_be_done_in_a_case_that_was_erased_as_a_whole)
{
	tro_options *options = NULL;

	erase(NULL);
	w.again = true;
	CHECK_STATUS(ACT(&w, ADA, "note", "text", "too late"), TRO_REFUSED);
	CHECK_MESSAGE("was erased as a whole by its record 6");
	CHECK_STATUS(KEEP(ADA, "hold", "reason", "too late"), TRO_REFUSED);
	CHECK_STATUS(KEEP(ADA, "erase.propose", "reason", "again"), TRO_REFUSED);
	CHECK_OK(tro_case_options(&options, w.c, 1, &err));
	ck_assert_uint_eq(tro_options_count(options), 0);
	tro_options_free(options);
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
}
END_TEST

/* ---- what stands against one ---- */

START_TEST(a_hold_keeps_everything_until_it_is_released)
{
	tro_hold hold;
	char proposal[24];

	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No longer needed"));
	(void)snprintf(proposal, sizeof(proposal), "%s", last_seq());
	CHECK_OK(KEEP(JOAN, "hold", "reason", "An appeal was lodged"));
	CHECK_OK(KEEP(JOAN, "hold", "reason", "An appeal was lodged")); /* the same words again */
	ck_assert(w.result.already);
	ck_assert(tro_case_hold_at(w.c, 0, &hold));
	ck_assert_str_eq(hold.reason, "An appeal was lodged");
	ck_assert_str_eq(hold.person, w.person[JOAN]);
	ck_assert(!tro_case_hold_at(w.c, 1, &hold));
	CHECK_STATUS(KEEP(BEN, "erase", "proposal", proposal), TRO_REFUSED);
	CHECK_FOUND(&w, "hold", "An appeal was lodged");
	CHECK_STATUS(KEEP(ADA, "erase.propose", "reason", "Now"), TRO_REFUSED);
	CHECK_STATUS(KEEP(ADA, "hold.release", "hold", "3", "reason", "It ended"), TRO_NOT_FOUND);
	CHECK_VERDICT(TRO_VERDICT_VALID);
	CHECK_OK(KEEP(ADA, "hold.release", "hold", "6", "reason", "It ended"));
	ck_assert(!tro_case_hold_at(w.c, 0, &hold));
	CHECK_OK(KEEP(BEN, "erase", "proposal", proposal));
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
}
END_TEST

START_TEST(the_definition_says_in_which_states_nothing_is_erased)
{
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No longer needed"));
	char proposal[24];

	(void)snprintf(proposal, sizeof(proposal), "%s", last_seq());
	w.role = "warden";
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_STATUS(KEEP(BEN, "erase", "proposal", proposal), TRO_REFUSED);
	CHECK_FOUND(&w, "hold/state", "'Contested'");
	CHECK_STATUS(KEEP(ADA, "erase.propose", "reason", "Now"), TRO_REFUSED);
	CHECK_OK(ACT(&w, JOAN, "decide", "outcome", "allowed"));
	CHECK_OK(KEEP(BEN, "erase", "proposal", proposal));
}
END_TEST

START_TEST(a_case_in_which_a_deadline_runs_is_not_erased_as_a_whole)
{
	CHECK_OK(ACT(&w, ADA, "remind", "due", "2026-12-01T09:00:00Z"));
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No longer needed"));
	CHECK_STATUS(KEEP(BEN, "erase", "proposal", last_seq()), TRO_REFUSED);
	CHECK_FOUND(&w, "erase/deadline", "reminded");
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "This alone", "what", parts));
	CHECK_OK(KEEP(BEN, "erase", "proposal", last_seq()));
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
}
END_TEST

START_TEST(an_erasure_takes_two_persons_in_the_roles_that_the_definition_names)
{
	char proposal[24];

	CHECK_STATUS(KEEP(CLERK, "erase.propose", "reason", "No"), TRO_KEY);
	CHECK_STATUS(KEEP(MALLORY, "erase.propose", "reason", "No"), TRO_KEY);
	w.role = "adjudicator";
	CHECK_STATUS(KEEP(JOAN, "erase.propose", "reason", "No"), TRO_REFUSED);
	CHECK_STATUS(KEEP(BEN, "erase", "proposal", "3"), TRO_REFUSED);
	CHECK_OK(KEEP(JOAN, "erase.propose", "reason", "No longer needed"));
	(void)snprintf(proposal, sizeof(proposal), "%s", last_seq());
	CHECK_STATUS(KEEP(JOAN, "erase", "proposal", proposal), TRO_REFUSED);
	CHECK_MESSAGE("another person does it");
	w.role = "adjudicator"; /* four eyes are of persons, not of roles */
	CHECK_STATUS(KEEP(JOAN, "erase", "proposal", proposal), TRO_REFUSED);
	CHECK_STATUS(KEEP(CLERK, "erase", "proposal", proposal), TRO_KEY);
	/* A later proposal takes its place. */
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "Less", "what", parts));
	CHECK_STATUS(KEEP(BEN, "erase", "proposal", proposal), TRO_REFUSED);
	CHECK_MESSAGE("not an erasure that is proposed now");
	CHECK_VERDICT(TRO_VERDICT_VALID);
}
END_TEST

static const struct {
	const char *what;
	tro_status status;
	const char *id, *part;
} refused[] = {
	{"/case/facts/phone", TRO_REFUSED, "erase/elsewhere", "/case/log/entry/@what"},
	{"/case/facts/phone[. = '+447700900123']\n/case/photos/photo\n/case/log/entry[1]",
		TRO_REFUSED, "erase/elsewhere", "/session/keeping/proposed"},
	{"/case/facts\n/case/log/entry[1]\n/case/photos/photo\n/case/title", TRO_OK, NULL, NULL},
};

START_TEST(parts_are_refused_where_something_of_them_would_be_left)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No", "what", refused[_i].what));
	dump(&before);
	w.dry_run = refused[_i].status == TRO_OK;
	CHECK_STATUS(KEEP(BEN, "erase", "proposal", last_seq()), refused[_i].status);
	if (refused[_i].id != NULL) {
		CHECK_FOUND(&w, refused[_i].id, refused[_i].part);
	} else if (refused[_i].part != NULL) {
		CHECK_MESSAGE(refused[_i].part);
	}
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	ck_assert(!exists(in_store(TRO_STORE_ERASING_NAME)));
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

static const struct {
	const char *what;
	tro_status status;
	const char *part;
} unproposable[] = {
	{"/case/photos/photo[ref = 'P9']", TRO_NOT_FOUND, "names nothing"},
	{"/case/facts\n/case/nosuch", TRO_NOT_FOUND, "'/case/nosuch' names nothing"},
	{"/case", TRO_INVALID, "neither elements within the case"},
	{"count(/case/facts)", TRO_INVALID, "neither elements within the case"},
	{"/case/facts[", TRO_INVALID, "is no XPath"},
};

START_TEST(a_path_that_names_nothing_or_what_cannot_be_erased_is_not_proposed)
{
	tro_buf before = TRO_BUF_INIT;
	tro_buf after = TRO_BUF_INIT;

	dump(&before);
	CHECK_STATUS(KEEP(ADA, "erase.propose", "reason", "No", "what", unproposable[_i].what),
		unproposable[_i].status);
	CHECK_MESSAGE(unproposable[_i].part);
	dump(&after);
	ck_assert_str_eq(before.ptr, after.ptr);
	tro_buf_done(&before);
	tro_buf_done(&after);
}
END_TEST

START_TEST(a_proposal_says_what_it_would_destroy_and_what_stands_against_it)
{
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No", "what", "/case/facts/phone"));
	CHECK_FOUND(&w, "erase/elsewhere", "/case/log/entry/@what");
	ck_assert_uint_eq(tro_findings_count_level(w.findings, TRO_LEVEL_BLOCK), 0);
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No", "what",
		"/case/facts/phone\n/case/log/entry[1]"));
	CHECK_FOUND(&w, "erase", "would destroy the data of records");
}
END_TEST

START_TEST(an_exhibit_that_is_kept_and_holds_it_is_told)
{
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No", "what",
		"/case/facts/phone\n/case/log/entry[1]"));
	CHECK_OK(KEEP(BEN, "erase", "proposal", last_seq()));
	CHECK_FOUND(&w, "erase/exhibit", "holds it, too");
	CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
}
END_TEST

START_TEST(who_runs_the_command_again_hears_that_it_was_done)
{
	CHECK_OK(KEEP(ADA, "erase.propose", "reason", "No longer needed"));
	char proposal[24];

	(void)snprintf(proposal, sizeof(proposal), "%s", last_seq());
	CHECK_OK(KEEP(BEN, "erase", "proposal", proposal));
	ck_assert(!w.result.already);
	CHECK_OK(KEEP(BEN, "erase", "proposal", proposal));
	ck_assert(w.result.already);
	ck_assert_uint_eq(w.result.seq, 6);
	CHECK_STATUS(KEEP(JOAN, "erase", "proposal", proposal), TRO_REFUSED);
}
END_TEST

/* ---- the certificate ---- */

typedef struct told {
	size_t records, payloads;
} told;

static tro_status count_told(void *user, uint64_t seq, const char *event, const char *sha256_hex,
	bool payload_erased, tro_err *e)
{
	told *t = user;
	tro_stored_record stored;
	char hex[TRO_HEX_SIZE(32)];
	uint8_t hash[32];

	CHECK_OK(tro_store_record_get(&stored, w.registry->store, w.id, seq, e));
	tro_sha256(hash, stored.note, stored.note_len);
	tro_hex_encode(hex, hash, 32);
	ck_assert_str_eq(hex, sha256_hex);
	ck_assert(event[0] != '\0');
	ck_assert(payload_erased == !stored.has_payload);
	t->records++;
	t->payloads += payload_erased;
	tro_stored_record_done(&stored);
	return TRO_OK;
}

START_TEST(the_certificate_says_what_by_whom_why_and_who_may_have_copies)
{
	tro_erasure_info e;
	tro_filing_info filing;
	told t = {0, 0};

	decide();
	erase(erasures[_i]);
	ck_assert(tro_case_erasure_at(w.c, 0, &e));
	ck_assert(!tro_case_erasure_at(w.c, 1, &e));
	ck_assert(e.whole == (_i == 0));
	ck_assert_str_eq(e.person, w.person[BEN]);
	ck_assert_str_eq(e.proposed.person, w.person[ADA]);
	ck_assert_str_eq(e.proposed.reason, "No longer needed");
	ck_assert_str_eq(e.seq, "8");
	ck_assert_str_eq(e.files, "1");
	CHECK_OK(tro_case_each_erased_record(w.c, 0, count_told, &t, &err));
	ck_assert_uint_eq(t.records, _i == 0 ? END + 1 : END);
	ck_assert_uint_eq(t.payloads, _i == 0 ? END + 1 : 3);
	ck_assert(tro_case_erased_filing_at(w.c, 0, 0, &filing) == (_i == 0));
	if (_i == 0) {
		ck_assert_str_eq(filing.recipient, "motorist");
		ck_assert_str_eq(filing.name, "receipt");
		ck_assert_ptr_null(filing.sha256);
	}
}
END_TEST

/* ---- what is no erasure ---- */

START_TEST(data_that_somebody_deletes_is_missing_and_not_erased)
{
	if (_i >= 2) {
		erase(parts);
	}
	switch (_i) {
	case 0: /* no erasure says so */
		shell_ok("DELETE FROM payload WHERE position = (SELECT max(position) FROM record)");
		break;
	case 1:
		shell_ok("DELETE FROM outcome_salt WHERE position = (SELECT max(position) FROM "
			 "record)");
		break;
	case 2: /* an erasure says nothing of this one */
		shell_ok("DELETE FROM payload WHERE position = (SELECT position FROM record WHERE "
			 "case_id NOT IN ('registry') AND seq = 4)");
		break;
	case 3:
		shell_ok("DELETE FROM outcome_salt WHERE position = (SELECT position FROM record "
			 "WHERE case_id NOT IN ('registry') AND seq = 0)");
		break;
	default: /* the record of the erasure itself */
		shell_ok("DELETE FROM payload WHERE position = (SELECT max(position) FROM record)");
		break;
	}
	CHECK_VERDICT(TRO_VERDICT_INVALID);
}
END_TEST

/* A record "erase" as its actor signs it, whatever it says. */
typedef struct forgery {
	int who, proposer;
	const char *from, *payloads; /* what it says that it destroyed */
	const char *proposal;
	bool hold;
	const char *expected;
} forgery;

static const forgery forgeries[] = {
	{BEN, ADA, "0", "0-5", "5", false, NULL},
	{BEN, BEN, "0", "0-5", "5", false, "who proposed it did it"},
	{BEN, ADA, "0", "0-5", "4", false, "is not its proposal"},
	{BEN, ADA, "0", "0-5", "6", false, "names no proposal"},
	{BEN, ADA, "0", "0-3 5", "5", false, "no erasure says that it destroyed it"},
	{BEN, ADA, "3", "0-5", "5", false, "the outcome's salt is missing"},
	{BEN, ADA, "0", "0-5", "5", true, "while the case was held"},
};

static void set(tro_xml_node *node, const char *name, const char *value)
{
	CHECK_OK(tro_xml_set(node, "", name, value, &err));
}

/* The honest payload with what the forgery says instead; returned as text. */
static void forge_session(tro_buf *out, const forgery *f)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_xml_doc *doc = NULL;

	session_bytes(&bytes, w.c->session);
	CHECK_OK(tro_xml_parse(
		&doc, bytes.ptr, bytes.len, "session", &tro_xml_limits_default, &err));
	tro_xml_node *root = tro_xml_root(doc);
	tro_xml_node *keeping = tro_xml_first_named(root, "", "keeping");
	tro_xml_node *proposed = tro_xml_first_named(keeping, "", "proposed");
	tro_xml_node *entry = tro_xml_append(keeping, "", "erasure", NULL);

	set(entry, "seq", "6");
	set(entry, "person", w.person[f->who]);
	set(entry, "role", "warden");
	set(entry, "time", START);
	set(entry, "whole", "false");
	set(entry, "from", f->from);
	set(entry, "payloads", f->payloads);
	set(entry, "files", "0");
	set(proposed, "seq", f->proposal);
	CHECK_OK(tro_xml_copy(NULL, entry, TRO_XML_LAST_CHILD, proposed, &err));
	tro_xml_remove(proposed);
	if (f->hold) {
		tro_xml_node *hold = tro_xml_append(keeping, "", "hold", NULL);

		set(hold, "seq", "2");
		ck_assert_ptr_nonnull(tro_xml_append(hold, "", "reason", "An appeal"));
	}
	CHECK_OK(tro_xml_c14n(out, root, &err));
	tro_xml_free(doc);
	tro_buf_done(&bytes);
}

static void append_forgery(const forgery *f)
{
	tro_buf session = TRO_BUF_INIT;
	tro_buf payload = TRO_BUF_INIT;
	tro_entry entry = {0};
	tro_record record = {.seq = 6, .has_prev = true, .has_workflow = true, .time = 0};
	uint64_t position;
	const tro_person *person = tro_authority_person(w.registry->authority, w.person[f->who]);

	forge_session(&session, f);
	tro_buf_printf(&payload,
		"<erase person=\"%s\" rank=\"%s\" role=\"warden\" seq=\"6\" "
		"time=\"%s\"><proposal>%s"
		"</proposal>%s</erase>",
		w.person[f->who], person->grants[0].rank, START, f->proposal, session.ptr);
	CHECK_OK(tro_time_parse(&record.time, START, &err));
	memcpy(record.prev, w.c->head, 32);
	memcpy(record.workflow, w.c->session->matters[0].definition, 32);
	(void)snprintf(record.log, sizeof(record.log), "%s", ORIGIN);
	(void)snprintf(record.case_id, sizeof(record.case_id), "%s", w.id);
	(void)snprintf(record.request, sizeof(record.request), "-");
	(void)snprintf(record.matter, sizeof(record.matter), "-");
	(void)snprintf(record.event, sizeof(record.event), "erase");
	(void)snprintf(record.actor, sizeof(record.actor), "%s", w.person[f->who]);
	(void)snprintf(record.role, sizeof(record.role), "warden");
	record.has_registry = tro_authority_head(w.registry->authority, record.registry);
	CHECK_OK(tro_entry_compose(&entry, &record, &payload, &session, &err));
	CHECK_OK(tro_entry_sign(&entry, w.signer[f->who], &err));
	CHECK_OK(tro_store_begin_write(w.registry->store, &err));
	CHECK_OK(tro_entry_append(w.registry->store, &entry, &position, &err));
	for (uint64_t seq = 0; seq < 6; seq++) {
		CHECK_OK(tro_store_erase_payload(w.registry->store, position - 6 + seq, &err));
		CHECK_OK(tro_store_erase_outcome_salt(w.registry->store, position - 6 + seq, &err));
	}
	CHECK_OK(tro_store_commit(w.registry->store, &err));
	tro_entry_done(&entry);
	tro_buf_done(&session);
	tro_buf_done(&payload);
}

START_TEST(what_one_of_them_signs_is_no_erasure_unless_two_did_it_and_it_tells_all)
{
	const forgery *f = &forgeries[_i];
	bool same = false;

	CHECK_OK(KEEP(f->proposer, "erase.propose", "reason", "No longer needed"));
	append_forgery(f);
	if (f->expected == NULL) {
		CHECK_OK(tro_rebuild(w.registry, &same, &err));
		CHECK_VERDICT(TRO_VERDICT_PAYLOAD_ERASED);
		return;
	}
	CHECK_VERDICT(TRO_VERDICT_INVALID);
	CHECK_FOUND(&w, "step", f->expected);
	CHECK_STATUS(tro_rebuild(w.registry, &same, &err), TRO_INVALID);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof((list)[0]))

int main(void)
{
	Suite *suite = suite_create("erase");
	TCase *tests = tcase_create("erase");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, no_byte_is_left_and_no_guess_is_confirmed, 0, COUNT(erasures));
	tcase_add_loop_test(tests, every_proof_holds_and_the_store_goes_on, 0, COUNT(erasures));
	tcase_add_test(tests, parts_that_were_erased_leave_a_case_that_goes_on);
	tcase_add_test(tests, nothing_can_be_done_in_a_case_that_was_erased_as_a_whole);
	tcase_add_test(tests, a_hold_keeps_everything_until_it_is_released);
	tcase_add_test(tests, the_definition_says_in_which_states_nothing_is_erased);
	tcase_add_test(tests, a_case_in_which_a_deadline_runs_is_not_erased_as_a_whole);
	tcase_add_test(tests, an_erasure_takes_two_persons_in_the_roles_that_the_definition_names);
	tcase_add_loop_test(
		tests, parts_are_refused_where_something_of_them_would_be_left, 0, COUNT(refused));
	tcase_add_loop_test(tests,
		a_path_that_names_nothing_or_what_cannot_be_erased_is_not_proposed, 0,
		COUNT(unproposable));
	tcase_add_test(tests, a_proposal_says_what_it_would_destroy_and_what_stands_against_it);
	tcase_add_test(tests, an_exhibit_that_is_kept_and_holds_it_is_told);
	tcase_add_test(tests, who_runs_the_command_again_hears_that_it_was_done);
	tcase_add_loop_test(tests, the_certificate_says_what_by_whom_why_and_who_may_have_copies, 0,
		COUNT(erasures));
	tcase_add_loop_test(tests, data_that_somebody_deletes_is_missing_and_not_erased, 0, 5);
	tcase_add_loop_test(tests,
		what_one_of_them_signs_is_no_erasure_unless_two_did_it_and_it_tells_all, 0,
		COUNT(forgeries));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
