/*
 * The access log (Data Protection Act 2018 s.62): collection, alteration, consultation, disclosure,
 * combination and erasure of a case's data, with who and when, and of a disclosure to whom.
 *
 * Two sources, read together by tro_access_each:
 *
 * - What people do to a case is a record of the case, signed by their key. From it follow
 *   collection (the case's first record, and each that took in exhibits or rows), disclosure (each
 *   that made a document for a recipient), erasure, and alteration (each other one).
 * - What people are shown or given leaves nothing in the case. Whoever shows or gives it calls
 *   tro_access_append before: one entry for one command, in the log of the day, signed by the
 *   store's `service`, so that reading never asks for a passphrase. No entry, no reading: a status
 *   other than TRO_OK means that nothing may be shown. From it follow consultation (something of
 *   one case was shown), combination (something of all cases was put together in one answer) and
 *   disclosure (something was handed out of the store).
 *
 * What an entry proves. The service's key lies in the store, readable by all who use the store; so
 * its signature says that this store wrote the entry then, before what follows it in the log, and
 * not who sat there. `account` is the account under which the program ran. `person` is a claim: the
 * person whose key file was named, or whose key the ssh-agent held; nothing was signed with it.
 *
 * An erasure of a case leaves its entries: they hold no data of the case but its random id.
 */
#ifndef TRO_ACCESS_H
#define TRO_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <tro/err.h>
#include <tro/registry.h>
#include <tro/time.h>

typedef enum tro_processing {
	TRO_COLLECTION,
	TRO_ALTERATION,
	TRO_CONSULTATION,
	TRO_DISCLOSURE,
	TRO_COMBINATION,
	TRO_ERASURE,
} tro_processing;
const char *tro_processing_name(tro_processing processing);

/* One entry. Texts are borrowed, and NULL where there is none. */
typedef struct tro_access {
	tro_processing processing; /* consultation, disclosure or combination */
	const char *case_id;	   /* NULL: all cases */
	const char *what;
	const char *account;
	const char *person;
	bool by_agent;	       /* person is known by the ssh-agent, not by a key file */
	const char *recipient; /* of a disclosure */
	const char *reason;    /* a code */
} tro_access;

/* May a text stand in an entry as what, recipient (is_code: as reason)? One line of at most 128
 * bytes (a code: 32 letters, digits and '-') without five digits in a row or nine in groups, so
 * that no number that a case is about stands in a log that outlives it. */
bool tro_access_text_good(const char *text, bool is_code);

/* Writes an entry at the store's time: one transaction, on the disk when it returns. TRO_INVALID
 * when a text may not stand there; TRO_SYSTEM when the store cannot be written, TRO_CHANGED when it
 * is busy, TRO_REFUSED when the clock is wrong (no record is signed then), TRO_KEY and
 * TRO_NOT_FOUND when the service's key is not at hand. */
tro_status tro_access_append(
	tro_registry *registry, const tro_access *access, tro_err *err) TRO_MUST_USE;

/* What is asked for; NULL and 0 for all. */
typedef struct tro_access_filter {
	const char *case_id; /* with what concerned all cases since its first record */
	const char *person;
	bool has_from, has_until;
	tro_date from, until; /* civil days, Europe/London, both included */
} tro_access_filter;

typedef struct tro_access_line {
	tro_time_us time;
	tro_access access;
	const char *log;       /* the case in whose records it stands */
	uint64_t seq;	       /* there */
	bool signed_by_person; /* a record of the case itself: what was said of the person holds */
	const char *role;      /* in which they acted; NULL in an entry */
} tro_access_line;

/* How far it has come, of what has to be read. */
typedef void (*tro_access_progress)(void *user, uint64_t done, uint64_t total);
/* Calls back for each, in the order of the log; texts are borrowed for the call. Reads the records
 * of the case and the days that are asked for, and entries of these days that name the case or
 * person or all cases. progress may be NULL. */
tro_status tro_access_each(tro_registry *registry, const tro_access_filter *filter,
	tro_status (*each)(void *user, const tro_access_line *line, tro_err *err),
	tro_access_progress progress, void *user, tro_err *err) TRO_MUST_USE;

#endif
