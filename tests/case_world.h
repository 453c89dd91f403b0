/*
 * A store of parking appeals for tests of cases, of the registry and of verification: its people
 * with their keys, acts in one line, and what a store holds. Parking appeals share nothing with
 * restriction orders but the engine, which is the point.
 */
#ifndef TRO_TESTS_CASE_WORLD_H
#define TRO_TESTS_CASE_WORLD_H

#include "store_fixture.h"

#include <stdarg.h>
#include <tro/case.h>
#include <tro/registry.h>

#include "base/text.h"
#include "case/case_internal.h"
#include "case/registry_internal.h"

#define PARKING TRO_SOURCE_DIR "/tests/data/parking"
#define ORIGIN "parking.example/tro/training"
#define START "2026-11-02T09:00:00.000000Z"

/* Clerk registers; Ada and Ben are wardens, Ben a chief; Joan adjudicates and is a warden, too;
 * Mallory has a key that nobody enrolled. */
enum { CLERK, ADA, BEN, JOAN, MALLORY, PEOPLE };

typedef struct world {
	tro_registry *registry;
	tro_signer *signer[PEOPLE];
	char person[PEOPLE][TRO_ID_SIZE];
	tro_case *c;
	char id[TRO_ID_SIZE];
	tro_findings *findings; /* of the last act */
	tro_result result;
	/* Options of the next act alone. */
	bool dry_run, again;
	const char *request, *role, *matter;
} world;

static bool already; /* of the last act of a registrar */

static inline tro_signer *new_signer(const char *name)
{
	char path[256];
	tro_signer *signer = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s.key", test_dir, name);
	CHECK_OK(tro_key_create(path, name, NULL, &err));
	CHECK_OK(tro_signer_from_file(&signer, path, NULL, &err));
	return signer;
}

static inline tro_genesis genesis_of(const char *data_dir)
{
	return (tro_genesis){.origin = ORIGIN,
		.training = true,
		.clock = START,
		.registrar_name = "Clerk Example",
		.data_dir = data_dir};
}

static inline tro_registry *open_registry(void)
{
	tro_registry *registry = NULL;

	CHECK_OK(tro_registry_open(&registry, store_dir, &err));
	return registry;
}

static inline void enrol(world *w, int who, const char *name)
{
	tro_buf request = TRO_BUF_INIT;

	CHECK_OK(tro_enrolment_request(&request, ORIGIN, name, w->signer[who], &err));
	tro_new_keys keys = {.key = request.ptr, .key_len = request.len};

	CHECK_OK(tro_registry_enrol(w->registry, &keys, w->signer[CLERK], w->person[who], &err));
	tro_buf_done(&request);
}

static inline void grant(world *w, int who, const char *role, const char *rank)
{
	tro_grant_request request = {.person = w->person[who], .role = role, .rank = rank};

	CHECK_OK(tro_registry_grant(w->registry, &request, w->signer[CLERK], &already, &err));
}

static inline void set_clock(world *w, const char *text)
{
	tro_time_us time;

	CHECK_OK(tro_time_parse(&time, text, &err));
	CHECK_OK(tro_registry_set_clock(w->registry, time, w->signer[CLERK], &already, &err));
}

static inline void open_world_on(world *w, const char *data_dir)
{
	static const char *const names[] = {"clerk", "ada", "ben", "joan", "mallory"};
	tro_genesis genesis = genesis_of(data_dir);

	fixture_setup();
	*w = (world){.findings = tro_findings_new()};
	for (int i = 0; i < PEOPLE; i++) {
		w->signer[i] = new_signer(names[i]);
	}
	CHECK_OK(tro_registry_create(store_dir, &genesis, w->signer[CLERK], NULL, &err));
	w->registry = open_registry();
	tro_person_info clerk;

	tro_registry_person_at(w->registry, 0, &clerk);
	(void)snprintf(w->person[CLERK], TRO_ID_SIZE, "%s", clerk.id);
	enrol(w, ADA, "Ada Example");
	enrol(w, BEN, "Ben Example");
	enrol(w, JOAN, "Joan Example");
	grant(w, ADA, "warden", "warden");
	grant(w, BEN, "warden", "chief-warden");
	grant(w, JOAN, "adjudicator", NULL);
	grant(w, JOAN, "warden", NULL);
}

static inline void open_world(world *w)
{
	open_world_on(w, PARKING);
}

static inline void close_world(world *w)
{
	tro_case_close(w->c);
	tro_registry_close(w->registry);
	for (int i = 0; i < PEOPLE; i++) {
		tro_signer_free(w->signer[i]);
	}
	tro_findings_free(w->findings);
	*w = (world){0};
	tro_xml_quit();
	fixture_teardown();
}

/* ---- acts ---- */

enum { WORLD_ARGS = 20 };

typedef struct arguments {
	tro_argument list[WORLD_ARGS];
	size_t count;
} arguments;

static inline void add_argument(arguments *a, const char *name, const char *value)
{
	ck_assert_uint_lt(a->count, WORLD_ARGS);
	a->list[a->count++] = (tro_argument){.name = name, .value = value, .len = strlen(value)};
}

static inline tro_command command_of(world *w, const char *event, const arguments *a)
{
	tro_command command = {.event = event,
		.matter = w->matter,
		.role = w->role,
		.request = w->request,
		.args = a->list,
		.arg_count = a->count,
		.dry_run = w->dry_run,
		.again = w->again};

	w->matter = w->role = w->request = NULL;
	w->dry_run = w->again = false;
	tro_findings_free(w->findings);
	w->findings = tro_findings_new();
	err.message[0] = '\0';
	return command;
}

static inline tro_status act_with(
	world *w, tro_case *c, int who, const char *event, const arguments *a)
{
	tro_command command = command_of(w, event, a);

	return tro_case_act(c, &command, w->signer[who], &w->result, w->findings, &err);
}

static inline arguments read_arguments(va_list list)
{
	arguments a = {.count = 0};

	for (const char *name; (name = va_arg(list, const char *)) != NULL;) {
		add_argument(&a, name, va_arg(list, const char *));
	}
	return a;
}

/* Pairs of name and value, then NULL. */
static inline tro_status act_on(world *w, tro_case *c, int who, const char *event, ...)
{
	va_list list;

	va_start(list, event);
	arguments a = read_arguments(list);

	va_end(list);
	return act_with(w, c, who, event, &a);
}

#define ACT(w, who, ...) act_on(w, (w)->c, who, __VA_ARGS__, NULL)

static inline tro_status create_titled(world *w, int who, const char *title)
{
	arguments a = {.count = 0};
	add_argument(&a, "title", title);
	tro_command command = command_of(w, "create", &a);

	return tro_case_create(w->id, w->registry, "parking", &command, w->signer[who], &w->result,
		w->findings, &err);
}

/* Opens w->c on a new case. */
static inline void new_case(world *w)
{
	w->again = true;
	CHECK_OK(create_titled(w, ADA, "A fine on Example Street"));
	tro_case_close(w->c);
	w->c = NULL;
	CHECK_OK(tro_case_open(&w->c, w->registry, w->id, &err));
}

static inline tro_status tick(world *w)
{
	tro_findings_free(w->findings);
	w->findings = tro_findings_new();
	return tro_case_tick(w->c, &w->result, w->findings, &err);
}

static inline bool found(const world *w, const char *id, const char *part)
{
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		if (strcmp(f->id, id) == 0 &&
			(strstr(f->message, part) != NULL || strstr(f->place, part) != NULL)) {
			return true;
		}
	}
	return false;
}

static inline void show_findings(const world *w)
{
	for (size_t i = 0; i < tro_findings_count(w->findings); i++) {
		const tro_finding *f = tro_findings_at(w->findings, i);

		(void)fprintf(stderr, "%s | %s | %s\n", f->id, f->place, f->message);
	}
}

#define CHECK_FOUND(w, id, part)                                                                   \
	do {                                                                                       \
		if (!found(w, id, part)) {                                                         \
			show_findings(w);                                                          \
			ck_abort_msg("no finding %s with \"%s\"", id, part);                       \
		}                                                                                  \
	} while (0)

/* ---- what a store and a case hold ---- */

/* Everything in the database, as SQL. */
static inline void dump(tro_buf *out)
{
	ck_assert_int_eq(shell(out, in_store("tro.db"), ".dump"), 0);
}

static inline void session_bytes(tro_buf *out, tro_session *session)
{
	CHECK_OK(tro_session_save(out, session, &err));
}

static inline void snapshot_bytes(tro_buf *out, const tro_case *c)
{
	uint64_t seq;

	CHECK_OK(tro_store_snapshot_get(out, &seq, c->registry->store, c->id, &err));
	ck_assert_uint_eq(seq, c->count - 1);
}

static inline bool document_holds(const tro_case *c, const char *part)
{
	tro_buf text = TRO_BUF_INIT;

	CHECK_OK(tro_case_document(&text, c, &err));
	bool holds = strstr(text.ptr, part) != NULL;

	tro_buf_done(&text);
	return holds;
}

/* What happened, as "what by" lines in the order of the document. */
static inline void story(tro_buf *out, const tro_case *c)
{
	tro_xml_node *log = tro_xml_first_named(tro_xml_root(c->session->document), "", "log");

	tro_buf_clear(out);
	for (tro_xml_node *e = tro_xml_first(log); e != NULL; e = tro_xml_next(e)) {
		tro_buf_printf(out, "%s@%s ", tro_xml_get(e, "", "what"), tro_xml_get(e, "", "by"));
	}
}

#define CHECK_STORY(w, expected)                                                                   \
	do {                                                                                       \
		tro_buf story_ = TRO_BUF_INIT;                                                     \
		story(&story_, (w)->c);                                                            \
		ck_assert_str_eq(story_.ptr, expected);                                            \
		tro_buf_done(&story_);                                                             \
	} while (0)

/* ---- other data folders ---- */

/* A copy of the parking data in the test's folder, in which one file's first `from` is `to`. */
static inline void copy_parking(char dir[128], const char *file, const char *from, const char *to)
{
	extern char **environ;
	char source[] = PARKING;
	char path[512];
	static char cp[] = "cp", recursive[] = "-r";
	char *const arguments_[] = {cp, recursive, source, dir, NULL};
	pid_t child = 0;
	int code = 1;
	tro_buf bytes = TRO_BUF_INIT;
	tro_buf changed = TRO_BUF_INIT;

	(void)snprintf(dir, 128, "%s/data", test_dir);
	ck_assert_int_eq(posix_spawnp(&child, cp, NULL, NULL, arguments_, environ), 0);
	ck_assert_int_eq(waitpid(child, &code, 0), child);
	ck_assert_int_eq(code, 0);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	read_file(&bytes, path);
	const char *at = strstr(bytes.ptr, from);

	ck_assert_msg(at != NULL, "%s does not hold %s", file, from);
	tro_buf_put(&changed, bytes.ptr, (size_t)(at - bytes.ptr));
	tro_buf_puts(&changed, to);
	tro_buf_puts(&changed, at + strlen(from));
	write_file(path, changed.ptr, changed.len);
	tro_buf_done(&bytes);
	tro_buf_done(&changed);
}

#endif
