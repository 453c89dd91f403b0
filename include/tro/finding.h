/*
 * Findings: what a validator, a requirement or a verification has to say. They are collected, all
 * of them, and reported together; nobody is sent round the loop once a mistake.
 */
#ifndef TRO_FINDING_H
#define TRO_FINDING_H

#include <stddef.h>
#include <tro/err.h>

typedef enum tro_level {
	TRO_LEVEL_BLOCK, /* the act cannot be done, or the proof does not hold */
	TRO_LEVEL_WARN,	 /* recorded, shown, for a person to weigh */
	TRO_LEVEL_TASK,	 /* something that is now to be done */
	TRO_LEVEL_NOTE,	 /* for information */
} tro_level;

/* Each text is owned by the list that holds the finding; empty, never NULL. */
typedef struct tro_finding {
	tro_level level;
	const char *id;	     /* the rule, for machines: R5, role, ledger/prev, ... */
	const char *place;   /* where: file:line, column, record, element */
	const char *message; /* what, in one sentence */
	const char *basis;  /* why: the provision or policy, e.g. uksi/2017/1240/regulation/3/1/a */
	const char *remedy; /* what to do: an event or a command; empty if nothing can be done */
} tro_finding;

typedef struct tro_findings tro_findings;

/* NULL when out of memory. */
tro_findings *tro_findings_new(void);
void tro_findings_free(tro_findings *list);
/* Copies the texts; NULL counts as empty. */
tro_status tro_findings_add(tro_findings *list, tro_level level, const char *id, const char *place,
	const char *basis, const char *remedy, tro_err *err, const char *fmt, ...) TRO_MUST_USE
	TRO_PRINTF(8, 9);
/* Copies all findings of another list to the end of this one. */
tro_status tro_findings_add_all(
	tro_findings *list, const tro_findings *other, tro_err *err) TRO_MUST_USE;
size_t tro_findings_count(const tro_findings *list);
size_t tro_findings_count_level(const tro_findings *list, tro_level level);
/* Borrowed until the list is freed; index below tro_findings_count. */
const tro_finding *tro_findings_at(const tro_findings *list, size_t index);
const char *tro_level_name(tro_level level);

#endif
