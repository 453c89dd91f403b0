/*
 * What each registry event asks of the state and does to it; authority.c's table says which is
 * which. A judge changes nothing; what carries out changes the state, or fails with TRO_NOMEM and
 * leaves it as it was.
 */
#ifndef TRO_LEDGER_AUTHORITY_ACTS_H
#define TRO_LEDGER_AUTHORITY_ACTS_H

#include "ledger/authority_state.h"

/* One record on its way into the state. */
typedef struct tro_change {
	tro_authority *authority;
	const tro_record *record; /* that takes effect: a proposal does so with its agreement */
	const char *actor;	  /* who wants it */
	tro_date day;		  /* the civil day on which the record is signed */
	const tro_fields *fields;
	/* enrol, rotate, agree: filled in by the judge */
	bool has_enrolment, has_spare;
	tro_enrolment enrolment, spare;
} tro_change;

tro_status tro_genesis_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_genesis_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_enrol_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_enrol_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_grant_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_grant_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_end_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_end_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_rotate_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_rotate_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_revoke_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_revoke_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_rank_policy_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_rank_policy_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_adopt_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_adopt_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_trust_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_trust_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_clock_judge(tro_change *c, tro_err *err) TRO_MUST_USE;
tro_status tro_clock_carry_out(tro_change *c, tro_err *err) TRO_MUST_USE;

/* The first value of a field; NULL if it is absent. */
const char *tro_change_value(const tro_change *c, const char *name);
/* A copy that lives as long as the state; NULL when out of memory. */
const char *tro_change_keep(tro_change *c, const char *text);
/* The person whom the record is about; TRO_INVALID when nobody of that id is enrolled. */
tro_status tro_change_member(member **out, const tro_change *c, tro_err *err) TRO_MUST_USE;
/* Adds a person and the key. Room must have been made, and the strings kept. */
member *tro_change_put_member(tro_change *c, const char *id, const char *name, const tro_vkey *key);
/* Adds a grant. Room must have been made. */
void tro_change_put_grant(member *m, const tro_grant *grant);
/* Can somebody other than this person act as registrar on the day? */
bool tro_change_other_registrar(const tro_change *c, const char *person_id);

#endif
