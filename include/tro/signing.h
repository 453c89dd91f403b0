/*
 * Signing at a distance: for somebody who is not where the store is.
 *
 * Here, a request is made: the act is judged and taken as if they did it now, and what is to be
 * signed goes into a file with everything that it commits to. On their machine, which has no store,
 * the file is read, shown and signed. Here again it is accepted, if the case has not moved.
 */
#ifndef TRO_SIGNING_H
#define TRO_SIGNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/case.h>
#include <tro/err.h>
#include <tro/finding.h>
#include <tro/key.h>

/* Appends the file by which the person (an index of tro_registry_person_by_...) can do the command
 * elsewhere; statuses and findings of tro_case_act. The case stays as it is. Exhibits are taken in
 * now. Nothing is appended when out->already, or in a dry run. The file holds the case in clear. */
tro_status tro_case_request(tro_buf *out_file, tro_case *c, const tro_command *command,
	size_t person, tro_result *out, tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* A request, before or after it was signed. */
typedef struct tro_signing tro_signing;

/* Reads such a file and checks that the text is a record's, that data and outcome in the file are
 * those that it commits to, that the data say the same as the text, and, once signed, the
 * signature. No store is needed. TRO_KEY when the text begins with another line than tro-record/v1
 * or the signature is not good; TRO_INVALID for the rest. */
tro_status tro_signing_read(
	tro_signing **out, const char *bytes, size_t len, tro_err *err) TRO_MUST_USE;
void tro_signing_free(tro_signing *signing);
bool tro_signing_is_signed(const tro_signing *signing);

/* A key with which it can be signed; name borrowed. False past the end. */
bool tro_signing_key_at(
	const tro_signing *signing, size_t index, const char **out_name, uint8_t out_public[32]);

/* What a signer has to see; borrowed. The text, as it is signed; the event's data, canonical XML;
 * the case's title. */
const char *tro_signing_text(const tro_signing *signing);
const char *tro_signing_payload(const tro_signing *signing);
const char *tro_signing_title(const tro_signing *signing);
const char *tro_signing_event(const tro_signing *signing);
/* A matter as the act leaves it: states are ids of the chart. False past the end. */
bool tro_signing_matter_at(
	const tro_signing *signing, size_t index, const char **out_id, const char **out_states);
/* A filing that the act makes. False past the end. */
bool tro_signing_filing_at(const tro_signing *signing, size_t index, tro_filing_info *out);

/* Appends the file with the signature. TRO_KEY when the request is for another key, or is signed
 * already. */
tro_status tro_signing_sign(tro_buf *out, const tro_signing *signing, const tro_signer *signer,
	tro_err *err) TRO_MUST_USE;

/* Verifies the signature and the signer's authority as of now, runs the step again, and appends the
 * record. TRO_CHANGED when case or registry have moved since the request; TRO_KEY when it is not
 * signed, or by a key or person that may not; TRO_INVALID when what was signed is not what the step
 * gives, or bears a time that has not come. out->already when the record is there. out_case has 65
 * bytes. */
tro_status tro_registry_accept(char *out_case, tro_registry *registry, const tro_signing *signing,
	tro_result *out, tro_err *err) TRO_MUST_USE;

#endif
