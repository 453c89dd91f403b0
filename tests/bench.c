/*
 * Measurements, each beside its floor in the same run; tools/bench prepares the store and prints
 * the words.
 *
 *   bench command DIR CASE KEY PASSPHRASE COUNT
 *       One signed durable command in this process, and its floor: signing the same text and the
 *       same writes to the same tables, committed.
 *
 *   bench bare DIR
 *       The floor of a whole process: opens the database, signs, commits, ends.
 *
 *   bench act DIR PAPERS KEY PASSPHRASE COUNT
 *       Cases with what a case has when it is submitted, and changes of it, until the log has COUNT
 *       records; all signed and committed as any other.
 *
 *   bench verify DIR
 *       Verifying that store, and its floor: the same signature checks on two threads, each by
 *       libgcrypt alone. Beside it our own check, which does more and is faster, alone.
 *
 *   bench fill DIR COUNT
 *       Rows of COUNT more cases in the projections.
 *
 *   bench grow DIR COUNT
 *       Records until the log has COUNT, with their tree.
 *
 *   bench log DIR
 *       Opening that store, and proofs out of its tree.
 *
 *   bench prove FILE...
 *       Checking these definitions together, and one that is made of 200 states and 400
 *       transitions; beside each its floor, which is to load them.
 */
#include <gcrypt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <tro/case.h>
#include <tro/registry.h>
#include <tro/verify.h>
#include <tro/workflow.h>

#include "base/text.h"
#include "case/case_internal.h"
#include "crypto/crypto.h"
#include "generated_workflow.h"
#include "ledger/tree.h"
#include "store/store.h"

#define MUST(call) must((call), &err, #call)

static void must(tro_status status, const tro_err *err, const char *what)
{
	if (status != TRO_OK) {
		(void)fprintf(stderr, "bench: %s: %s\n", what, err->message);
		exit(EXIT_FAILURE);
	}
}

static double now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

static void read_whole(tro_buf *out, const char *path)
{
	tro_err err;
	char bytes[4096];
	size_t got;
	FILE *file = fopen(path, "rb");

	while (file != NULL && (got = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		tro_buf_put(out, bytes, got);
	}
	if (file == NULL || ferror(file) || fclose(file) != 0) {
		(void)fprintf(stderr, "bench: cannot read %s\n", path);
		exit(EXIT_FAILURE);
	}
	MUST(tro_buf_status(out, &err));
}

static long peak_kib(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* ---- one command in this process ---- */

static double one_command(tro_case *c, const tro_signer *signer, size_t n)
{
	tro_err err;
	tro_result result;
	char text[64];
	tro_findings *findings = tro_findings_new();

	(void)snprintf(text, sizeof(text), "What was tried, version %zu", n);
	tro_argument arg = {.name = "alternatives", .value = text, .len = strlen(text)};
	tro_command command = {.event = "draft.set", .args = &arg, .arg_count = 1};
	double start = now_us();

	MUST(tro_case_act(c, &command, signer, &result, findings, &err));
	double took = now_us() - start;

	tro_findings_free(findings);
	return took;
}

/* What the floor writes: the rows that the last command wrote, under numbers of its own. */
typedef struct writes {
	tro_store *store;
	tro_stored_record stored;
	tro_buf snapshot;
	char case_id[TRO_ID_SIZE], head_hash[65];
} writes;

/* libgcrypt's own signature, with the public half given: the fastest way to ask for it. */
static gcry_sexp_t bare_key(void)
{
	gcry_sexp_t key = NULL;
	tro_ed25519 *made = NULL;
	tro_err err;

	MUST(tro_ed25519_generate(&made, &err));
	if (gcry_sexp_build(&key, NULL,
		    "(private-key (ecc (curve Ed25519) (flags eddsa) (q %b) (d %b)))", 32,
		    tro_ed25519_public(made), 32, tro_ed25519_seed(made)) != 0) {
		exit(EXIT_FAILURE);
	}
	tro_ed25519_free(made);
	return key;
}

static void bare_sign(gcry_sexp_t key, const char *text, size_t len)
{
	gcry_sexp_t data = NULL;
	gcry_sexp_t signature = NULL;
	gcry_error_t failed = gcry_sexp_build(
		&data, NULL, "(data (flags eddsa) (hash-algo sha512) (value %b))", (int)len, text);

	if (failed != 0 || gcry_pk_sign(&signature, data, key) != 0) {
		(void)fprintf(stderr, "bench: cannot sign\n");
		exit(EXIT_FAILURE);
	}
	gcry_sexp_release(data);
	gcry_sexp_release(signature);
}

static double one_floor(writes *w, gcry_sexp_t key)
{
	size_t text_len = (size_t)(strstr(w->stored.note, "\n\n") - w->stored.note) + 1;
	tro_err err;
	uint8_t leaf[32];
	uint64_t position;
	tro_tree_nodes nodes = tro_store_tree(w->store);
	double start = now_us();

	bare_sign(key, w->stored.note, text_len);
	MUST(tro_store_begin_write(w->store, &err));
	MUST(tro_store_record_append(w->store, w->case_id, &w->stored, &position, &err));
	tro_record_leaf(leaf, w->stored.note, w->stored.note_len);
	MUST(tro_tree_append(&nodes, position, leaf, &err));
	tro_case_row row = {.id = w->case_id,
		.title = "Operation Lantern",
		.workflow = "ddtro-ew",
		.states = "application: Draft",
		.head_hash = w->head_hash,
		.count = w->stored.seq + 1,
		.updated = (tro_time_us)w->stored.seq};
	const tro_matter_row matter = {
		.id = "application", .definition = "ddtro-ew/application", .states = "Draft"};

	MUST(tro_store_project(w->store, &row, &matter, 1, NULL, 0, NULL, 0, &err));
	MUST(tro_store_snapshot_put(
		w->store, w->case_id, w->stored.seq, w->snapshot.ptr, w->snapshot.len, &err));
	MUST(tro_store_commit(w->store, &err));
	double took = now_us() - start;

	w->stored.seq++;
	return took;
}

/* What the command has just written is what the floor will write. */
static void follow(writes *w, tro_registry *registry, const tro_case *c)
{
	tro_err err;
	uint64_t seq = w->stored.seq;
	uint64_t snapshot_seq;

	tro_stored_record_done(&w->stored);
	tro_buf_clear(&w->snapshot);
	MUST(tro_store_record_get(
		&w->stored, registry->store, tro_case_id(c), tro_case_count(c) - 1, &err));
	MUST(tro_store_snapshot_get(
		&w->snapshot, &snapshot_seq, registry->store, tro_case_id(c), &err));
	w->stored.seq = seq;
}

/* Commands go to the store, the floor to a copy of it, in turns, so that a noisy moment hits both.
 */
static int bench_command(char **argv)
{
	tro_err err;
	size_t count = (size_t)strtoul(argv[6], NULL, 10);
	tro_registry *registry = NULL;
	tro_signer *signer = NULL;
	writes w = {.snapshot = TRO_BUF_INIT, .case_id = "bench"};
	tro_case *c = NULL;
	double *commands = calloc(count, sizeof(*commands));
	double *floors = calloc(count, sizeof(*floors));
	char copy[4096];

	(void)snprintf(copy, sizeof(copy), "%s.floor", argv[2]);
	MUST(tro_registry_open(&registry, argv[2], &err));
	MUST(tro_signer_from_file(&signer, argv[4], argv[5], &err));
	MUST(tro_case_open(&c, registry, argv[3], &err));
	(void)one_command(c, signer, count); /* loads the definitions */
	memset(w.head_hash, '0', sizeof(w.head_hash) - 1);
	MUST(tro_store_open(&w.store, copy, &err));
	gcry_sexp_t key = bare_key();

	for (size_t i = 0; i < count; i++) {
		commands[i] = one_command(c, signer, i);
		follow(&w, registry, c);
		floors[i] = one_floor(&w, key);
	}
	double command = median(commands, count);
	double floor = median(floors, count);

	(void)printf("command in-process       %8.0f us   floor (sign + same commit) %8.0f us   "
		     "ratio %.2f\n",
		command, floor, command / floor);
	(void)printf("session %zu bytes; peak memory %ld KiB (with the key derivation's 64 MiB)\n",
		w.snapshot.len, peak_kib());
	gcry_sexp_release(key);
	tro_stored_record_done(&w.stored);
	tro_buf_done(&w.snapshot);
	tro_store_close(w.store);
	tro_case_close(c);
	tro_signer_free(signer);
	tro_registry_close(registry);
	free(commands);
	free(floors);
	return EXIT_SUCCESS;
}

/* ---- a store of many acts ---- */

enum { ACTS_A_CASE = 40 };

/* Argument values from files of the demo's papers. */
static tro_argument paper(tro_buf *bytes, const char *papers, const char *name, const char *file)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", papers, file);
	read_whole(bytes, path);
	return (tro_argument){.name = name, .value = bytes->ptr, .len = bytes->len, .source = path};
}

static tro_argument plain(const char *name, const char *value)
{
	return (tro_argument){.name = name, .value = value, .len = strlen(value)};
}

static void act(tro_case *c, const tro_signer *signer, const char *event, const tro_argument *args,
	size_t count)
{
	tro_err err;
	tro_result result;
	tro_findings *findings = tro_findings_new();
	tro_command command = {.event = event, .args = args, .arg_count = count};

	MUST(tro_case_act(c, &command, signer, &result, findings, &err));
	tro_findings_free(findings);
}

static void act_out_texts(tro_case *c, const tro_signer *signer, const char *papers)
{
	static const char *const texts[][2] = {{"grounds", "grounds.txt"},
		{"prevent", "prevent.txt"}, {"candour", "candour.txt"},
		{"innocent-users", "innocent-users.txt"},
		{"emergency-calls", "emergency-calls.txt"}, {"vulnerability", "vulnerability.txt"},
		{"text", "statement.txt"}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		tro_buf bytes = TRO_BUF_INIT;
		tro_argument arg = paper(&bytes, papers, texts[i][0], texts[i][1]);

		act(c, signer, "draft.set", &arg, 1);
		tro_buf_done(&bytes);
	}
}

static void act_out_case(
	tro_registry *registry, const tro_signer *signer, const char *papers, uint64_t until)
{
	char id[65];
	char calls[4096];
	tro_err err;
	tro_result result;
	tro_case *c = NULL;
	tro_findings *findings = tro_findings_new();
	tro_buf lines = TRO_BUF_INIT;
	const tro_argument about[] = {plain("title", "Operation Lantern"),
		plain("court", "exampletown"), plain("force", "example-force")};
	tro_command create = {.event = "create", .args = about, .arg_count = 3};

	MUST(tro_case_create(id, registry, "ddtro-ew", &create, signer, &result, findings, &err));
	MUST(tro_case_open(&c, registry, id, &err));
	(void)snprintf(calls, sizeof(calls), "%s/calls.csv", papers);
	const tro_argument exhibit[] = {plain("file", calls), plain("ref", "AE1"),
		plain("title", "Call data"), plain("class", "comms-data"),
		plain("basis", "IPA 2016 Part 3"), plain("from", "2026-10-01"),
		plain("to", "2026-10-31"), plain("obtained", "2026-10-20")};

	act(c, signer, "exhibit.add", exhibit, sizeof(exhibit) / sizeof(*exhibit));
	const tro_argument items = paper(&lines, papers, "items", "lines.csv");

	act(c, signer, "item.add", &items, 1);
	act_out_texts(c, signer, papers);
	for (uint64_t size = 0; tro_case_count(c) < ACTS_A_CASE && size < until;) {
		(void)one_command(c, signer, (size_t)tro_case_count(c));
		MUST(tro_store_log_size(&size, registry->store, &err));
	}
	tro_buf_done(&lines);
	tro_case_close(c);
	tro_findings_free(findings);
}

static int bench_act(char **argv)
{
	tro_err err;
	tro_registry *registry = NULL;
	tro_signer *signer = NULL;
	uint64_t count = strtoull(argv[6], NULL, 10);
	uint64_t size = 0;

	MUST(tro_registry_open(&registry, argv[2], &err));
	MUST(tro_signer_from_file(&signer, argv[4], argv[5], &err));
	while (size < count) {
		act_out_case(registry, signer, argv[3], count);
		MUST(tro_store_log_size(&size, registry->store, &err));
	}
	tro_signer_free(signer);
	tro_registry_close(registry);
	return EXIT_SUCCESS;
}

/* ---- verifying it ---- */

enum { VERIFICATIONS = 3 };

/* What is checked of a record's signature, and nothing else. */
typedef struct bare_check {
	tro_stored_record stored;
	tro_note note;
	uint8_t public_key[32];
	gcry_sexp_t key;
} bare_check;

typedef struct bare_checks {
	const bare_check *list;
	size_t count;
	void (*check)(const bare_check *check);
} bare_checks;

/* libgcrypt's own: it decodes the key each time, and lets pass what FORMATS.md 4 lists. */
static void check_by_libgcrypt(const bare_check *check)
{
	const uint8_t *bytes = check->note.signatures[0].bytes;
	gcry_sexp_t data = NULL;
	gcry_sexp_t signature = NULL;

	if (gcry_sexp_build(&data, NULL, "(data (flags eddsa) (hash-algo sha512) (value %b))",
		    (int)check->note.text_len, check->note.untrusted_text) != 0 ||
		gcry_sexp_build(&signature, NULL, "(sig-val (eddsa (r %b) (s %b)))", 32, bytes, 32,
			bytes + 32) != 0 ||
		gcry_pk_verify(signature, data, check->key) != 0) {
		(void)fprintf(stderr, "bench: a signature is not good\n");
		exit(EXIT_FAILURE);
	}
	gcry_sexp_release(data);
	gcry_sexp_release(signature);
}

static void check_by_us(const bare_check *check)
{
	tro_err err;

	MUST(tro_ed25519_verify(check->public_key, check->note.untrusted_text, check->note.text_len,
		check->note.signatures[0].bytes, &err));
}

static bare_check *gather_checks(size_t *out_count, const char *dir)
{
	tro_err err;
	tro_registry *registry = NULL;
	uint64_t count = 0;

	MUST(tro_registry_open(&registry, dir, &err));
	MUST(tro_store_log_size(&count, registry->store, &err));
	bare_check *list = calloc((size_t)count, sizeof(*list));

	for (uint64_t i = 0; list != NULL && i < count; i++) {
		bare_check *check = &list[i];
		char case_id[65];
		tro_record record;

		MUST(tro_store_record_at(&check->stored, registry->store, i, case_id, &err));
		MUST(tro_note_parse(
			&check->note, check->stored.note, check->stored.note_len, &err));
		MUST(tro_record_from_note(&record, &check->note, &err));
		const tro_person *person = tro_authority_person(registry->authority, record.actor);

		memcpy(check->public_key, tro_person_key_in(person, &check->note)->public_key, 32);
		if (gcry_sexp_build(&check->key, NULL,
			    "(public-key (ecc (curve Ed25519) (flags eddsa) (q %b)))", 32,
			    check->public_key) != 0) {
			exit(EXIT_FAILURE);
		}
	}
	tro_registry_close(registry);
	*out_count = (size_t)count;
	return list;
}

static void *check_bare(void *user)
{
	const bare_checks *checks = user;

	for (size_t i = 0; i < checks->count; i++) {
		checks->check(&checks->list[i]);
	}
	return NULL;
}

static double one_bare_verification(
	const bare_check *list, size_t count, void (*check)(const bare_check *check))
{
	pthread_t second;
	bare_checks halves[2] = {
		{list, count / 2, check}, {list + count / 2, count - count / 2, check}};
	double start = now_us();

	if (pthread_create(&second, NULL, check_bare, &halves[1]) != 0) {
		(void)fprintf(stderr, "bench: no second thread\n");
		exit(EXIT_FAILURE);
	}
	(void)check_bare(&halves[0]);
	(void)pthread_join(second, NULL);
	return now_us() - start;
}

static double one_verification(const char *dir, uint64_t *out_records)
{
	tro_err err;
	tro_verdict verdict;
	tro_verify_summary summary;
	tro_findings *findings = tro_findings_new();
	double start = now_us();

	MUST(tro_verify(&verdict, &summary, dir, NULL, findings, NULL, NULL, &err));
	double took = now_us() - start;

	if (verdict != TRO_VERDICT_VALID || summary.signatures != summary.records) {
		(void)fprintf(stderr, "bench: the store is %s\n", tro_verdict_name(verdict));
		exit(EXIT_FAILURE);
	}
	*out_records = summary.records;
	tro_findings_free(findings);
	return took;
}

/* In turns, and the peak of memory before the floor, which keeps all notes at once. */
static int bench_verify(char **argv)
{
	double verifications[VERIFICATIONS];
	double floors[VERIFICATIONS];
	double ours[VERIFICATIONS];
	uint64_t records = 0;
	size_t count = 0;

	(void)one_verification(argv[2], &records);
	long peak = peak_kib();
	bare_check *list = gather_checks(&count, argv[2]);

	for (size_t i = 0; i < VERIFICATIONS; i++) {
		verifications[i] = one_verification(argv[2], &records);
		floors[i] = one_bare_verification(list, count, check_by_libgcrypt);
		ours[i] = one_bare_verification(list, count, check_by_us);
	}
	double took = median(verifications, VERIFICATIONS);
	double floor = median(floors, VERIFICATIONS);
	double own = median(ours, VERIFICATIONS);

	(void)printf(
		"verifying %5llu records  %8.0f us   floor (libgcrypt, two threads) %6.0f us   "
		"rate %.0f percent, limit 75\n"
		"the same by our check    %8.0f us   rate of verifying %17.0f percent\n"
		"peak memory of verifying %8ld KiB  limit %22d KiB\n",
		(unsigned long long)records, took, floor, 100 * floor / took, own, 100 * own / took,
		peak, 131072);
	for (size_t i = 0; i < count; i++) {
		tro_stored_record_done(&list[i].stored);
		gcry_sexp_release(list[i].key);
	}
	free(list);
	return EXIT_SUCCESS;
}

/* ---- a whole process at its barest ---- */

static int bench_bare(char **argv)
{
	tro_err err;
	tro_store *store = NULL;
	gcry_sexp_t key;
	uint64_t count = 0;
	uint64_t position;
	char note[900];
	tro_stored_record stored = {.note = note, .note_len = sizeof(note)};

	memset(note, 'x', sizeof(note));
	MUST(tro_crypto_init(&err));
	key = bare_key();
	MUST(tro_store_open(&store, argv[2], &err));
	bare_sign(key, note, sizeof(note));
	MUST(tro_store_begin_write(store, &err));
	if (tro_store_case_count(&count, store, "bare", &err) != TRO_OK) {
		count = 0;
	}
	stored.seq = count;
	MUST(tro_store_record_append(store, "bare", &stored, &position, &err));
	MUST(tro_store_commit(store, &err));
	tro_store_close(store);
	gcry_sexp_release(key);
	return EXIT_SUCCESS;
}

/* ---- many cases ---- */

static int bench_fill(char **argv)
{
	tro_err err;
	tro_store *store = NULL;
	unsigned long count = strtoul(argv[3], NULL, 10);

	MUST(tro_crypto_init(&err));
	MUST(tro_store_open(&store, argv[2], &err));
	MUST(tro_store_begin_write(store, &err));
	for (unsigned long i = 0; i < count; i++) {
		char id[32];

		(void)snprintf(id, sizeof(id), "FILL-%05lu", i);
		tro_case_row row = {.id = id,
			.title = "Operation Lantern: the Kit line",
			.workflow = "ddtro-ew",
			.states = "application: Before the court, or decided; order.1: Served, "
				  "Compliance due",
			.head_hash = "-",
			.count = 30,
			.created = (tro_time_us)i,
			.updated = (tro_time_us)i};
		tro_matter_row matters[] = {{.id = "application",
						    .definition = "ddtro-ew/application",
						    .states = "Before the court"},
			{.id = "order.1", .definition = "ddtro-ew/order", .states = "Served"}};
		tro_timer_row timers[] = {{.matter = "order.1",
			.id = "comply-by",
			.event = "compliance.overdue",
			.due = 4102444800000000}};

		MUST(tro_store_project(store, &row, matters, 2, timers, 1, NULL, 0, &err));
	}
	MUST(tro_store_commit(store, &err));
	tro_store_close(store);
	return EXIT_SUCCESS;
}

/* ---- a long log ---- */

/* Thirty records a case, of the length of ours. */
static int bench_grow(char **argv)
{
	enum { A_CASE = 30, NOTE_LEN = 900 };
	tro_err err;
	tro_store *store = NULL;
	uint64_t count = strtoull(argv[3], NULL, 10);
	uint64_t size = 0;
	char note[NOTE_LEN + 1];
	tro_tree_nodes nodes;

	memset(note, 'x', NOTE_LEN);
	MUST(tro_crypto_init(&err));
	MUST(tro_store_open(&store, argv[2], &err));
	nodes = tro_store_tree(store);
	MUST(tro_store_log_size(&size, store, &err));
	MUST(tro_store_begin_write(store, &err));
	for (uint64_t i = 0; size < count; i++, size++) {
		uint8_t leaf[32];
		uint64_t position;
		char id[32];
		tro_stored_record stored = {.note = note, .note_len = NOTE_LEN, .seq = i % A_CASE};

		(void)snprintf(id, sizeof(id), "GROW-%06llu", (unsigned long long)(i / A_CASE));
		(void)snprintf(note, sizeof(note), "%020llu", (unsigned long long)i);
		note[20] = 'x';
		MUST(tro_store_record_append(store, id, &stored, &position, &err));
		tro_record_leaf(leaf, note, NOTE_LEN);
		MUST(tro_tree_append(&nodes, position, leaf, &err));
	}
	MUST(tro_store_commit(store, &err));
	tro_store_close(store);
	return EXIT_SUCCESS;
}

enum { OPENINGS = 20, PROOFS = 200 };

static double one_opening(const char *dir)
{
	tro_err err;
	tro_registry *registry = NULL;
	double start = now_us();

	MUST(tro_registry_open(&registry, dir, &err));
	double took = now_us() - start;

	tro_registry_close(registry);
	return took;
}

/* The proof of one record, checked, and of the growth up to it. */
static double one_proof(const tro_tree_nodes *nodes, uint64_t index, uint64_t size)
{
	tro_err err;
	tro_proof proof;
	tro_proof growth;
	uint8_t leaf[32];
	uint8_t root[32];
	double start = now_us();

	MUST(nodes->get(leaf, nodes->user, 0, index, &err));
	MUST(tro_tree_root(root, nodes, size, &err));
	MUST(tro_tree_prove_inclusion(&proof, nodes, index, size, &err));
	MUST(tro_tree_prove_consistency(&growth, nodes, index + 1, size, &err));
	MUST(tro_tree_check_inclusion(
		index, size, leaf, root, (const uint8_t(*)[32])proof.hashes, proof.count, &err));
	return now_us() - start;
}

static int bench_log(char **argv)
{
	tro_err err;
	tro_store *store = NULL;
	uint64_t size = 0;
	double openings[OPENINGS];
	double proofs[PROOFS];
	tro_tree_nodes nodes;

	for (size_t i = 0; i < OPENINGS; i++) {
		openings[i] = one_opening(argv[2]);
	}
	MUST(tro_store_open(&store, argv[2], &err));
	nodes = tro_store_tree(store);
	MUST(tro_store_log_size(&size, store, &err));
	for (uint64_t i = 0; i < PROOFS; i++) { /* all over the log */
		proofs[i] = one_proof(&nodes, (i * 7919 + 11) * 104729 % (size - 1), size);
	}
	tro_store_close(store);
	(void)printf("opening, %llu records %8.0f us   limit %22d us\n"
		     "proofs of a record       %8.0f us   limit %22d us\n"
		     "peak memory of both      %8ld KiB  limit %22d KiB\n",
		(unsigned long long)size, median(openings, OPENINGS), 200000,
		median(proofs, PROOFS), 5000, peak_kib(), 131072);
	return EXIT_SUCCESS;
}

/* ---- proving ---- */

/* Of this process alone: proving asks nothing of the disk. */
static double cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void prove(const char *what, const tro_buf *texts, char **names, size_t count)
{
	tro_err err;
	tro_workflow_set *set = NULL;
	tro_workflow_figures figures;
	tro_findings *findings = tro_findings_new();
	double start = cpu_us();

	MUST(tro_workflow_set_new(&set, &err));
	for (size_t i = 0; i < count; i++) {
		MUST(tro_workflow_add(set, texts[i].ptr, texts[i].len, names[i], findings, &err));
	}
	double loaded = cpu_us();
	tro_status status = tro_workflow_check(set, findings, &figures, &err);
	double proved = cpu_us();

	if (status != TRO_OK && status != TRO_NO) {
		must(status, &err, what);
	}
	(void)printf(
		"prove %-18s %8.0f us   floor (loading) %18.0f us   %zu situations, %zu steps, "
		"peak %ld KiB\n",
		what, proved - loaded, loaded - start, figures.situations, figures.steps,
		peak_kib());
	tro_workflow_set_free(set);
	tro_findings_free(findings);
}

static int bench_prove(char **paths, size_t count)
{
	char *made = "made";
	tro_buf large = TRO_BUF_INIT;
	tro_buf *texts = calloc(count, sizeof(*texts));

	for (size_t i = 0; texts != NULL && i < count; i++) {
		texts[i] = (tro_buf)TRO_BUF_INIT;
		read_whole(&texts[i], paths[i]);
	}
	if (texts == NULL) {
		return EXIT_FAILURE;
	}
	prove("as shipped", texts, paths, count);
	make_workflow(&large, 200, 400);
	prove("200 states, 400", &large, &made, 1);
	for (size_t i = 0; i < count; i++) {
		tro_buf_done(&texts[i]);
	}
	tro_buf_done(&large);
	free(texts);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "prove") == 0) {
		return bench_prove(argv + 2, (size_t)argc - 2);
	}
	if (argc == 7 && strcmp(argv[1], "command") == 0) {
		return bench_command(argv);
	}
	if (argc == 3 && strcmp(argv[1], "verify") == 0) {
		return bench_verify(argv);
	}
	if (argc == 7 && strcmp(argv[1], "act") == 0) {
		return bench_act(argv);
	}
	if (argc == 3 && strcmp(argv[1], "bare") == 0) {
		return bench_bare(argv);
	}
	if (argc == 4 && strcmp(argv[1], "fill") == 0) {
		return bench_fill(argv);
	}
	if (argc == 4 && strcmp(argv[1], "grow") == 0) {
		return bench_grow(argv);
	}
	if (argc == 3 && strcmp(argv[1], "log") == 0) {
		return bench_log(argv);
	}
	(void)fprintf(
		stderr, "usage: bench command|bare|fill|grow|log|prove ...; see tools/bench\n");
	return 2;
}
