#include "case/rules.h"

#include <string.h>

#include "filing/lookup.h"

tro_status tro_rules_hash(
	uint8_t out[32], const tro_rules *rules, const char *kind, const char *name, tro_err *err)
{
	const tro_adopted *adopted = tro_authority_adopted(rules->authority, kind, name);

	if (adopted == NULL) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"no %s named '%s' is adopted: a registrar adopts it with 'tro adopt'", kind,
			name);
	}
	memcpy(out, adopted->sha256, 32);
	return TRO_OK;
}

tro_status tro_rules_bytes(const char **out, size_t *out_len, const tro_rules *rules,
	const char *kind, const char *name, tro_err *err)
{
	uint8_t sha256[32];
	tro_status status = tro_rules_hash(sha256, rules, kind, name, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_library_bytes(out, out_len, rules->library, sha256, err);
	return status == TRO_OK ? status : tro_err_prefix(err, status, "%s %s", kind, name);
}

tro_status tro_rules_xml(
	tro_xml_doc **out, const tro_rules *rules, const char *kind, const char *name, tro_err *err)
{
	uint8_t sha256[32];
	tro_status status = tro_rules_hash(sha256, rules, kind, name, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_library_xml(out, rules->library, sha256, err);
	return status == TRO_OK ? status : tro_err_prefix(err, status, "%s %s", kind, name);
}

tro_status tro_rules_calendar(const tro_calendar **out, const tro_rules *rules, tro_err *err)
{
	uint8_t sha256[32];
	tro_status status = tro_rules_hash(sha256, rules, "calendar", "uk", err);

	return status == TRO_OK ? tro_library_calendar(out, rules->library, sha256, err) : status;
}

/* The rank list: one rank a line, junior first; what follows a blank is its title; '#' begins a
 * comment. */
tro_status tro_rules_rank(size_t *out, const tro_rules *rules, const char *rank, tro_err *err)
{
	const char *text;
	size_t len;
	size_t position = 0;
	tro_status status = tro_rules_bytes(&text, &len, rules, "ranks", "ranks", err);

	*out = 0;
	if (status != TRO_OK || rank[0] == '\0') {
		return status;
	}
	for (const char *line = text; *line != '\0';
		line += strcspn(line, "\n"), line += *line != '\0') {
		size_t word_len = strcspn(line, " \t\n");

		if (word_len == 0 || line[0] == '#') {
			continue;
		}
		position++;
		if (word_len == strlen(rank) && memcmp(line, rank, word_len) == 0) {
			*out = position;
		}
	}
	return TRO_OK;
}

tro_status tro_rules_workflow(const char **out_root, const char **out_grammar,
	const tro_rules *rules, const char *workflow, tro_err *err)
{
	tro_xml_doc *manifest;
	tro_status status = tro_rules_xml(&manifest, rules, "workflow", workflow, err);

	if (status != TRO_OK) {
		return status;
	}
	*out_root = tro_xml_get(tro_xml_root(manifest), "", "root");
	*out_grammar = tro_xml_get(tro_xml_root(manifest), "", "grammar");
	if (*out_root == NULL || *out_grammar == NULL) {
		return tro_err_set(err, TRO_INVALID,
			"workflow %s: its manifest needs the attributes root and grammar",
			workflow);
	}
	return TRO_OK;
}

tro_status tro_rules_root_chart(
	const tro_chart **out, const tro_rules *rules, const char *workflow, tro_err *err)
{
	const char *root;
	const char *grammar;
	uint8_t sha256[32];
	tro_status status = tro_rules_workflow(&root, &grammar, rules, workflow, err);

	if (status == TRO_OK) {
		status = tro_rules_hash(sha256, rules, "definition", root, err);
	}
	return status == TRO_OK ? tro_library_chart(out, rules->library, sha256, err) : status;
}

/* ---- registers and code lists ---- */

/* Calls back for each adopted document of code lists until one answers; lists of all workflows
 * share one name space. */
static tro_status each_codes(
	const tro_rules *rules, bool (*ask)(void *user, tro_xml_doc *doc), void *user, tro_err *err)
{
	for (size_t i = 0; i < tro_authority_adopted_count(rules->authority); i++) {
		const tro_adopted *adopted = tro_authority_adopted_at(rules->authority, i);
		tro_xml_doc *doc;

		if (strcmp(adopted->kind, "codes") != 0) {
			continue;
		}
		tro_status status = tro_rules_xml(&doc, rules, "codes", adopted->name, err);

		if (status != TRO_OK || ask(user, doc)) {
			return status;
		}
	}
	return TRO_OK;
}

typedef struct code_question {
	tro_buf *out;
	const char *list, *code, *field;
} code_question;

static bool ask_field(void *user, tro_xml_doc *doc)
{
	const code_question *q = user;

	return tro_code_get(q->out, doc, q->list, q->code, q->field);
}

static bool ask_codes(void *user, tro_xml_doc *doc)
{
	const code_question *q = user;
	tro_xml_node *list = tro_xml_first(tro_xml_root(doc));

	for (; list != NULL; list = tro_xml_next(list)) {
		const char *name = tro_xml_get(list, "", "name");

		if (name == NULL || strcmp(name, q->list) != 0) {
			continue;
		}
		for (tro_xml_node *code = tro_xml_first(list); code != NULL;
			code = tro_xml_next(code)) {
			const char *id = tro_xml_get(code, "", "id");

			if (id != NULL) {
				tro_buf_printf(q->out, q->out->len == 0 ? "%s" : " %s", id);
			}
		}
		return true;
	}
	return false;
}

tro_status tro_rules_codes(tro_buf *out, const tro_rules *rules, const char *list, tro_err *err)
{
	code_question question = {.out = out, .list = list};
	tro_status status = each_codes(rules, ask_codes, &question, err);

	return status == TRO_OK ? tro_buf_status(out, err) : status;
}

tro_status tro_rules_look_up(tro_buf *out, const tro_rules *rules, const char *kind,
	const char *list, const char *id, const char *field, tro_err *err)
{
	tro_xml_doc *doc;
	tro_status status;

	if (strcmp(kind, "codes") == 0) {
		code_question question = {.out = out, .list = list, .code = id, .field = field};

		status = each_codes(rules, ask_field, &question, err);
	} else {
		status = tro_rules_xml(&doc, rules, "register", list, err);
		if (status == TRO_OK) {
			(void)tro_register_get(out, doc, id, field);
		}
	}
	return status == TRO_OK ? tro_buf_status(out, err) : status;
}
