/*
 * A store of parking appeals with two cases, for tests of its verification.
 */
#ifndef TRO_TESTS_VERIFY_WORLD_H
#define TRO_TESTS_VERIFY_WORLD_H

#include "case_world.h"
#include "suite.h"

#include <tro/verify.h>

static world w;
static tro_verdict verdict;
static tro_verify_summary summary;

/* The log: 0 to 8 the registry (genesis, adoption, three enrolments, four grants), then the first
 * case and the second. */
enum { CREATED = 9, NOTED, PHOTOED, UNPHOTOED, CONTESTED, INQUIRED, CREATED_2, NOTED_2, LOG_SIZE };

static char photo_path[128];

static inline void setup(void)
{
	open_world(&w);
	CHECK_OK(create_titled(&w, ADA, "The second"));
	char early[TRO_ID_SIZE]; /* ids are random: which is first in the log is what counts */

	memcpy(early, w.id, sizeof(early));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	(void)snprintf(photo_path, sizeof(photo_path), "%s/photo.dat", test_dir);
	write_file(photo_path, "a car", 5);
	CHECK_OK(ACT(&w, ADA, "note", "text", "seen by Ada"));
	CHECK_OK(ACT(&w, ADA, "photo", "file", photo_path, "ref", "P1"));
	CHECK_OK(ACT(&w, ADA, "unphoto", "ref", "P1"));
	CHECK_OK(ACT(&w, ADA, "contest"));
	CHECK_OK(ACT(&w, ADA, "inquire", "n", "1", "due", "2026-12-01T09:00:00Z"));
	tro_case_close(w.c);
	w.c = NULL;
	CHECK_OK(create_titled(&w, BEN, "Another"));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
	CHECK_OK(ACT(&w, BEN, "note", "text", "seen by Ben"));
	tro_case_close(w.c);
	w.c = NULL;
	memcpy(w.id, early, sizeof(early));
	CHECK_OK(tro_case_open(&w.c, w.registry, w.id, &err));
}

static inline void teardown(void)
{
	close_world(&w);
}

static inline void verify(void)
{
	tro_findings_free(w.findings);
	w.findings = tro_findings_new();
	CHECK_OK(tro_verify(&verdict, &summary, store_dir, NULL, w.findings, NULL, NULL, &err));
}

#define CHECK_VERDICT(expected)                                                                    \
	do {                                                                                       \
		if (verdict != (expected)) {                                                       \
			show_findings(&w);                                                         \
		}                                                                                  \
		ck_assert_str_eq(tro_verdict_name(verdict), tro_verdict_name(expected));           \
	} while (0)

#define COUNT(list) (int)(sizeof(list) / sizeof(*(list)))

#endif
