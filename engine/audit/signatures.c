/*
 * One queue under one lock: jobs that wait, first asked first begun, and the results that are not
 * good.
 *
 *	asked --take--> begun --settle--> done
 *
 * A good signature leaves nothing behind: memory depends on what waits and on what is wrong, not
 * on the length of the log.
 */
#include "audit/signatures.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Some ten thousand records: as much as one thread checks while the other runs their steps. */
enum { WAITING_MAX = 24 << 20 };

typedef struct job {
	struct job *next;
	uint64_t number; /* in the order of asking */
	char *place;
	size_t mark;
	tro_vkey key;
	char *note;
	size_t note_len;
	tro_status status;
	char *message; /* when the status is not TRO_OK */
} job;

struct tro_signatures {
	pthread_mutex_t lock;
	pthread_cond_t more; /* something waits, or nothing will */
	pthread_t worker;
	bool has_worker;
	bool closed; /* nothing more will be asked */
	bool failed; /* memory ran out */
	job *first, **last;
	size_t waiting; /* bytes */
	uint64_t asked, done;
	job **faults;
	size_t fault_count, fault_room;
};

tro_status tro_signature_check(const tro_note *note, const tro_vkey *key, tro_err *err)
{
	tro_status status = tro_note_verify(note, key, err);

	return status != TRO_NOT_FOUND
		       ? status
		       : tro_err_set(err, TRO_KEY,
				 "it is not signed by the key of the person whom it names");
}

static void job_free(job *j)
{
	if (j != NULL) {
		free(j->place);
		free(j->note);
		free(j->message);
		free(j);
	}
}

static size_t size_of(const job *j)
{
	return sizeof(*j) + j->note_len;
}

/* ---- one job ---- */

static void check(job *j)
{
	tro_note note;
	tro_err err;

	j->status = tro_note_parse(&note, j->note, j->note_len, &err);
	if (j->status == TRO_OK) {
		j->status = tro_signature_check(&note, &j->key, &err);
	}
	if (j->status != TRO_OK) {
		j->message = strdup(err.message);
	}
}

/* With the lock held. NULL when none waits. */
static job *take(tro_signatures *s)
{
	job *j = s->first;

	if (j != NULL) {
		s->first = j->next;
		s->last = s->first == NULL ? &s->first : s->last;
		s->waiting -= size_of(j);
	}
	return j;
}

static bool keep(tro_signatures *s, job *j)
{
	if (j->message == NULL || j->status == TRO_NOMEM) {
		return false;
	}
	if (s->fault_count == s->fault_room) {
		size_t room = s->fault_room == 0 ? 16 : 2 * s->fault_room;
		job **faults = realloc(s->faults, room * sizeof(*faults));

		if (faults == NULL) {
			return false;
		}
		s->faults = faults;
		s->fault_room = room;
	}
	free(j->note);
	j->note = NULL;
	s->faults[s->fault_count++] = j;
	return true;
}

/* With the lock held. */
static void settle(tro_signatures *s, job *j)
{
	if (j->status == TRO_OK || !keep(s, j)) {
		s->failed = s->failed || j->status != TRO_OK;
		job_free(j);
	}
	s->done++;
}

bool tro_signatures_help(tro_signatures *s)
{
	(void)pthread_mutex_lock(&s->lock);
	job *j = take(s);

	(void)pthread_mutex_unlock(&s->lock);
	if (j == NULL) {
		return false;
	}
	check(j);
	(void)pthread_mutex_lock(&s->lock);
	settle(s, j);
	(void)pthread_mutex_unlock(&s->lock);
	return true;
}

/* ---- the second thread ---- */

static void *work(void *user)
{
	tro_signatures *s = user;

	(void)pthread_mutex_lock(&s->lock);
	while (s->first != NULL || !s->closed) {
		job *j = take(s);

		if (j == NULL) {
			(void)pthread_cond_wait(&s->more, &s->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&s->lock);
		check(j);
		(void)pthread_mutex_lock(&s->lock);
		settle(s, j);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}

tro_status tro_signatures_new(tro_signatures **out, tro_err *err)
{
	tro_signatures *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL) {
		return tro_err_nomem(err);
	}
	s->last = &s->first;
	(void)pthread_mutex_init(&s->lock, NULL); /* cannot fail with these attributes */
	(void)pthread_cond_init(&s->more, NULL);
	s->has_worker = pthread_create(&s->worker, NULL, work, s) == 0;
	*out = s;
	return TRO_OK;
}

/* The worker ends when nothing waits any more. */
static void close_queue(tro_signatures *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->closed = true;
	(void)pthread_cond_broadcast(&s->more);
	(void)pthread_mutex_unlock(&s->lock);
	if (s->has_worker) {
		(void)pthread_join(s->worker, NULL);
		s->has_worker = false;
	}
}

void tro_signatures_free(tro_signatures *s)
{
	if (s == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&s->lock);
	for (job *next; s->first != NULL; s->first = next) {
		next = s->first->next;
		job_free(s->first);
	}
	s->last = &s->first;
	(void)pthread_mutex_unlock(&s->lock);
	close_queue(s);
	for (size_t i = 0; i < s->fault_count; i++) {
		job_free(s->faults[i]);
	}
	free(s->faults);
	(void)pthread_cond_destroy(&s->more);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- asking ---- */

static job *job_new(
	const tro_stored_record *stored, const tro_vkey *key, const char *place, size_t mark)
{
	job *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		return NULL;
	}
	*j = (job){.mark = mark,
		.key = *key,
		.place = strdup(place),
		.note = malloc(stored->note_len + 1),
		.note_len = stored->note_len};
	if (j->place == NULL || j->note == NULL) {
		job_free(j);
		return NULL;
	}
	memcpy(j->note, stored->note, stored->note_len);
	j->note[stored->note_len] = '\0';
	return j;
}

tro_status tro_signatures_ask(tro_signatures *s, const tro_stored_record *stored,
	const tro_vkey *key, const char *place, size_t mark, tro_err *err)
{
	job *j = job_new(stored, key, place, mark);

	if (j == NULL) {
		return tro_err_nomem(err);
	}
	(void)pthread_mutex_lock(&s->lock);
	j->number = s->asked++;
	*s->last = j;
	s->last = &j->next;
	s->waiting += size_of(j);
	bool full = s->waiting > WAITING_MAX;

	(void)pthread_cond_signal(&s->more);
	(void)pthread_mutex_unlock(&s->lock);
	if (full) {
		(void)tro_signatures_help(s);
	}
	return TRO_OK;
}

uint64_t tro_signatures_done(tro_signatures *s)
{
	(void)pthread_mutex_lock(&s->lock);
	uint64_t done = s->done;

	(void)pthread_mutex_unlock(&s->lock);
	return done;
}

/* ---- the end ---- */

static int by_number(const void *a, const void *b)
{
	const job *left = *(job *const *)a;
	const job *right = *(job *const *)b;

	return (left->number > right->number) - (left->number < right->number);
}

tro_status tro_signatures_finish(tro_signatures *s, tro_err *err)
{
	while (tro_signatures_help(s)) {
	}
	close_queue(s);
	if (s->failed) {
		return tro_err_nomem(err);
	}
	if (s->fault_count > 1) {
		qsort(s->faults, s->fault_count, sizeof(*s->faults), by_number);
	}
	return TRO_OK;
}

size_t tro_signatures_fault_count(const tro_signatures *s)
{
	return s->fault_count;
}

tro_signature_fault tro_signatures_fault_at(const tro_signatures *s, size_t index)
{
	const job *j = s->faults[index];

	return (tro_signature_fault){
		.place = j->place, .mark = j->mark, .status = j->status, .message = j->message};
}
