/* What is signed on another machine: a request made here, and read and signed there. */
#include "case/signing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "case/case_internal.h"
#include "case/decide.h"

/* ---- here: making the request ---- */

static tro_status make_sheet(tro_buf *out, tro_writing *w, const tro_person *person, tro_err *err)
{
	/* Borrows all its bytes. */
	tro_sheet sheet = {.payload = w->payload, .outcome = w->bytes, .text = w->entry.text};

	sheet.keys[sheet.key_count++] = person->key;
	if (person->has_spare) {
		sheet.keys[sheet.key_count++] = person->spare;
	}
	memcpy(sheet.payload_salt, w->entry.stored.payload_salt, sizeof(sheet.payload_salt));
	memcpy(sheet.outcome_salt, w->entry.stored.outcome_salt, sizeof(sheet.outcome_salt));
	return tro_sheet_format(out, &sheet, err);
}

tro_status tro_case_request(tro_buf *out_file, tro_case *c, const tro_command *command,
	size_t person_index, tro_result *out, tro_findings *findings, tro_err *err)
{
	tro_writing w = tro_writing_of(NULL);
	const tro_person *person = tro_authority_person_at(c->registry->authority, person_index);
	tro_status status = tro_case_ready(c, err);

	*out = (tro_result){0};
	if (status == TRO_OK) {
		status = tro_command_check_request(command->request, err);
	}
	if (status == TRO_OK) {
		status = tro_case_decide(&w, c, command, person, out, findings, err);
	}
	if (status == TRO_OK && !out->already && !command->dry_run) {
		status = make_sheet(out_file, &w, person, err);
		tro_case_fall_back(c);
	}
	tro_writing_done(&w);
	return status;
}

/* ---- there: reading and signing ---- */

static tro_status read_document(
	tro_xml_doc **out, const tro_buf *bytes, const char *what, tro_err *err)
{
	return tro_xml_parse(out, bytes->ptr, bytes->len, what, &tro_xml_limits_default, err);
}

/* What is shown is read from the bytes that the text commits to, and from nothing else. */
static tro_status read_documents(tro_signing *s, tro_err *err)
{
	tro_status status = read_document(&s->data, &s->sheet.payload, "the event's data", err);

	if (status == TRO_OK) {
		status = read_document(&s->session, &s->sheet.outcome, "the outcome", err);
	}
	if (status == TRO_OK) {
		status = tro_replay_check_facts(&s->sheet.record, tro_xml_root(s->data), err);
	}
	if (status != TRO_OK) {
		return status;
	}
	tro_xml_node *top = tro_xml_root(s->session);

	if (!tro_session_is_whole(top)) {
		return tro_err_set(err, TRO_INVALID, "its outcome is not what a case becomes");
	}
	const char *id = tro_xml_simple_text(tro_xml_first_named(top, "", "id"));
	tro_xml_node *document = tro_xml_first_named(top, "", "case");
	tro_xml_node *title = tro_xml_first_named(document, "", "title");

	if (strcmp(id, s->sheet.record.case_id) != 0) {
		status = tro_err_set(err, TRO_INVALID, "its outcome is of another case");
	}
	if (title != NULL) {
		tro_xml_text(&s->title, title);
	}
	return status == TRO_OK ? tro_buf_status(&s->title, err) : status;
}

tro_status tro_signing_read(tro_signing **out, const char *bytes, size_t len, tro_err *err)
{
	tro_signing *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		return tro_err_nomem(err);
	}
	tro_sheet_init(&s->sheet);
	s->title = (tro_buf)TRO_BUF_INIT;
	tro_status status = tro_crypto_init(err);

	if (status == TRO_OK) {
		status = tro_xml_init(err);
	}
	if (status == TRO_OK) {
		status = tro_sheet_parse(&s->sheet, bytes, len, err);
	}
	if (status == TRO_OK) {
		status = read_documents(s, err);
	}
	if (status != TRO_OK) {
		tro_signing_free(s);
		return status;
	}
	*out = s;
	return TRO_OK;
}

void tro_signing_free(tro_signing *s)
{
	if (s != NULL) {
		tro_sheet_done(&s->sheet);
		tro_xml_free(s->data);
		tro_xml_free(s->session);
		tro_buf_done(&s->title);
		free(s);
	}
}

bool tro_signing_is_signed(const tro_signing *s)
{
	return s->sheet.is_signed;
}

const char *tro_signing_text(const tro_signing *s)
{
	return s->sheet.text.ptr;
}

const char *tro_signing_payload(const tro_signing *s)
{
	return s->sheet.payload.ptr;
}

const char *tro_signing_event(const tro_signing *s)
{
	return s->sheet.record.event;
}

bool tro_signing_key_at(
	const tro_signing *s, size_t index, const char **out_name, uint8_t out_public[32])
{
	if (index >= s->sheet.key_count) {
		return false;
	}
	*out_name = s->sheet.keys[index].name;
	memcpy(out_public, s->sheet.keys[index].public_key, 32);
	return true;
}

const char *tro_signing_title(const tro_signing *s)
{
	return s->title.ptr;
}

bool tro_signing_matter_at(
	const tro_signing *s, size_t index, const char **out_id, const char **out_states)
{
	tro_xml_node *list = tro_xml_first_named(tro_xml_root(s->session), "", "matters");
	tro_xml_node *node = list == NULL ? NULL : tro_xml_first(list);

	while (node != NULL && index-- > 0) {
		node = tro_xml_next(node);
	}
	if (node == NULL) {
		return false;
	}
	*out_id = tro_xml_attribute(node, "id");
	*out_states = tro_xml_attribute(node, "states");
	return true;
}

bool tro_signing_filing_at(const tro_signing *s, size_t index, tro_filing_info *out)
{
	tro_xml_node *list = tro_xml_first_named(tro_xml_root(s->session), "", "filings");
	const char *seq = tro_xml_attribute(tro_xml_root(s->data), "seq");

	for (tro_xml_node *node = list == NULL ? NULL : tro_xml_first(list); node != NULL;
		node = tro_xml_next(node)) {
		if (strcmp(tro_xml_attribute(node, "seq"), seq) == 0 && index-- == 0) {
			tro_filing_info_read(out, node);
			return true;
		}
	}
	return false;
}

/* The key of the file by which the signer signs. */
static tro_status check_signer(const tro_sheet *sheet, const tro_signer *signer, tro_err *err)
{
	for (size_t i = 0; i < sheet->key_count; i++) {
		const tro_vkey *key = &sheet->keys[i];

		if (memcmp(key->public_key, tro_signer_public(signer), 32) == 0 &&
			strcmp(key->name, tro_signer_name(signer)) == 0) {
			return TRO_OK;
		}
	}
	return tro_err_set(err, TRO_KEY,
		"this is to be signed with the key %s, and yours is another, %s: it is not signed",
		sheet->keys[0].name, tro_signer_name(signer));
}

tro_status tro_signing_sign(
	tro_buf *out, const tro_signing *s, const tro_signer *signer, tro_err *err)
{
	tro_sheet copy = s->sheet; /* borrows all its bytes, but for the text */

	if (s->sheet.is_signed) {
		return tro_err_set(err, TRO_KEY, "it is signed already");
	}
	tro_status status = check_signer(&s->sheet, signer, err);

	copy.is_signed = true;
	copy.text = (tro_buf)TRO_BUF_INIT;
	if (status == TRO_OK) {
		status = tro_text_sign(
			&copy.text, s->sheet.text.ptr, s->sheet.text.len, signer, err);
	}
	if (status == TRO_OK) {
		status = tro_sheet_format(out, &copy, err);
	}
	tro_buf_done(&copy.text);
	return status;
}
