#include "audit/standing.h"

#include <stdio.h>
#include <string.h>
#include <tro/calendar.h>

enum { PLACE_SIZE = 160 };

/* ---- acting rank ---- */

tro_status tro_standing_note_acting(const tro_authority *authority, const tro_record *record,
	const char *place, tro_findings *findings, tro_err *err)
{
	const tro_person *person = tro_authority_person(authority, record->actor);
	const tro_grant *grant;
	tro_uk_local local;

	tro_uk_from_time(&local, record->time);
	if (tro_authority_may_act(
		    &grant, authority, record->actor, record->role, local.date, NULL) != TRO_OK ||
		!grant->acting) {
		return TRO_OK;
	}
	return tro_findings_add(findings, TRO_LEVEL_NOTE, "acting-rank", place, NULL, NULL, err,
		"it rests on acting rank: %s (%s) acted as %s with the acting rank '%s', granted "
		"by registry seq %llu; that this gives authority is the force's recorded policy",
		person->id, person->name, record->role, grant->rank,
		(unsigned long long)grant->granted_at);
}

/* ---- a clock that is wrong ---- */

tro_status tro_standing_note_trust(const tro_authority *authority, const tro_record *record,
	const char *place, tro_findings *findings, tro_err *err)
{
	tro_clock_trust trust;
	char until[TRO_TIME_TEXT_SIZE];

	if (strcmp(record->case_id, TRO_REGISTRY_CASE) != 0 ||
		!tro_authority_clock_trust(authority, &trust) || trust.agreed_at != record->seq) {
		return TRO_OK;
	}
	tro_time_format(until, trust.until);
	return tro_findings_add(findings, TRO_LEVEL_NOTE, "clock-trusted", place, NULL, NULL, err,
		"from here until %s by this store's clock, records were signed although that clock "
		"was behind the log or off the witnesses': %s proposed it by registry seq %llu and "
		"%s agreed; their reason: %s",
		until, trust.proposed_by, (unsigned long long)trust.proposed_at, trust.agreed_by,
		trust.reason);
}

/* ---- suspect keys ---- */

static bool any_suspect(const tro_authority *authority)
{
	for (size_t i = 0; i < tro_authority_key_count(authority); i++) {
		if (tro_authority_key_at(authority, i)->has_suspect_from) {
			return true;
		}
	}
	return false;
}

/* The suspect key by which the person signed the note; NULL when it was another. What its
 * line names is the key, or the signature is not good, which is told elsewhere. */
static const tro_key_life *suspect_key(
	const tro_authority *authority, const char *actor, const tro_note_signature *signature)
{
	for (size_t i = 0; i < tro_authority_key_count(authority); i++) {
		const tro_key_life *life = tro_authority_key_at(authority, i);

		if (life->has_suspect_from && strcmp(life->person_id, actor) == 0 &&
			strlen(life->key.name) == signature->name_len &&
			memcmp(life->key.name, signature->name, signature->name_len) == 0 &&
			memcmp(life->key.id, signature->id, sizeof(signature->id)) == 0) {
			return life;
		}
	}
	return NULL;
}

static tro_status dispute(tro_verdict *io_verdict, const tro_key_life *life,
	const tro_record *record, uint64_t position, tro_findings *findings, tro_err *err)
{
	char place[PLACE_SIZE];
	char from[TRO_TIME_TEXT_SIZE];

	(void)snprintf(place, sizeof(place), "case %s seq %llu (record %llu of the log)",
		record->case_id, (unsigned long long)record->seq, (unsigned long long)position);
	tro_time_format(from, life->suspect_from);
	if (*io_verdict < TRO_VERDICT_KEY_DISPUTED) {
		*io_verdict = TRO_VERDICT_KEY_DISPUTED;
	}
	return tro_findings_add(findings, TRO_LEVEL_BLOCK, "key-disputed", place, NULL, NULL, err,
		"it is signed by the key %s of %s, which registry seq %llu revoked as suspect from "
		"%s: %s; whether %s did this has to be proved in another way",
		life->key.name, life->person_id, (unsigned long long)life->revoked_at, from,
		record->time >= life->suspect_from
			? "its time is not before that"
			: "its time is, but records before it in the log are not",
		life->person_id);
}

/* *io_latest: the latest time that the log has borne so far. */
static tro_status check_position(tro_verdict *io_verdict, tro_time_us *io_latest,
	const tro_authority *authority, tro_store *store, uint64_t position, tro_findings *findings,
	tro_err *err)
{
	tro_stored_record stored;
	tro_record record;
	tro_note note;
	char case_id[65];
	tro_status status = tro_store_record_at(&stored, store, position, case_id, err);
	if (status != TRO_OK) { /* what is not there is a finding of its own already */
		return status == TRO_NOMEM || status == TRO_CHANGED ? status : TRO_OK;
	}
	if (tro_note_parse(&note, stored.note, stored.note_len, NULL) == TRO_OK &&
		tro_record_from_note(&record, &note, NULL) == TRO_OK) {
		const tro_key_life *life =
			suspect_key(authority, record.actor, &note.signatures[0]);

		*io_latest = record.time > *io_latest ? record.time : *io_latest;
		if (life != NULL && *io_latest >= life->suspect_from) {
			status = dispute(io_verdict, life, &record, position, findings, err);
		}
	}
	tro_stored_record_done(&stored);
	return status;
}

tro_status tro_standing_check_keys(tro_verdict *io_verdict, const tro_authority *authority,
	tro_store *store, tro_findings *findings, tro_err *err)
{
	tro_time_us latest = INT64_MIN;
	uint64_t count = 0;
	tro_status status =
		any_suspect(authority) ? tro_store_log_size(&count, store, err) : TRO_OK;

	for (uint64_t i = 0; i < count && status == TRO_OK; i++) {
		status = check_position(io_verdict, &latest, authority, store, i, findings, err);
	}
	return status;
}
