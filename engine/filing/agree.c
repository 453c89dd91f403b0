/*
 * Do the members of a filing carry the same identifiers? A provider's machine reads one, its clerk
 * another, the court a third: whichever they take, they must cut off the same lines. Each member is
 * read back from its bytes, by a reader of its own format that shares nothing with the stylesheet
 * that wrote it. An identifier is "type value" in canonical form; lists are compared with repeats,
 * in any order.
 */
#include <stdlib.h>
#include <string.h>
#include <tro/identifier.h>

#include "base/arena.h"
#include "filing/check.h"
#include "filing/functions.h"

#define TASK_NS "http://uri.etsi.org/03120/common/2020/09/Task"
#define AKN_NS "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

typedef struct reader {
	tro_arena *arena;
	const char *place; /* path of the member */
	const char **items;
	size_t count, cap;
	tro_findings *findings;
	tro_err *err;
} reader;

static tro_status fault(reader *r, const char *type, const char *value, const char *what)
{
	return tro_findings_add(r->findings, TRO_LEVEL_BLOCK, "filing/identifier", r->place,
		"uksi/2017/1240/regulation/2", NULL, r->err, "%s '%s': %s", type, value, what);
}

static tro_status add(reader *r, const char *type, const char *value)
{
	char canonical[TRO_IDENTIFIER_SIZE];
	tro_err reason = {0};

	if (!tro_identifier_type_known(type)) {
		return fault(r, type, value, "no such type of identifier");
	}
	tro_status status = tro_identifier_parse(canonical, type, value, r->place, NULL, &reason);

	if (status == TRO_INVALID) {
		return fault(r, type, value, reason.message);
	}
	if (status == TRO_OK && strcmp(canonical, value) != 0) {
		return fault(r, type, value, "not in its canonical form");
	}
	if (r->count == r->cap) {
		size_t cap = r->cap == 0 ? 64 : 2 * r->cap;
		const char **items = tro_arena_array(r->arena, cap, sizeof(*items));

		if (items == NULL) {
			return tro_err_nomem(r->err);
		}
		if (r->count > 0) {
			memcpy(items, r->items, r->count * sizeof(*items));
		}
		r->items = items;
		r->cap = cap;
	}
	r->items[r->count] = tro_arena_printf(r->arena, "%s %s", type, value);
	if (r->items[r->count] == NULL) {
		return tro_err_nomem(r->err);
	}
	r->count++;
	return TRO_OK;
}

/* ---- HI1: RequestValue with owner, format and value ---- */

static const struct {
	const char *format, *type;
} etsi_formats[] = {
	{"InternationalE164", "msisdn"},
	{"IMEICheckDigit", "imei"},
	{"IMEISV", "imeisv"},
	{"ICCID", "iccid"},
	{"IMSI", "imsi"},
	{"MACAddress", "mac"},
};

static tro_status add_e164(reader *r, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || value[digits] != '\0') {
		return fault(r, "InternationalE164", value, "digits only, without a plus");
	}
	const char *plus = tro_arena_printf(r->arena, "+%s", value);

	return plus == NULL ? tro_err_nomem(r->err) : add(r, "msisdn", plus);
}

static tro_status add_request_value(reader *r, const tro_xml_node *node)
{
	const tro_xml_node *format = tro_xml_first_named(node, TASK_NS, "FormatType");
	const char *owner =
		format == NULL ? "" : tro_xml_child_text(format, TASK_NS, "FormatOwner");
	const char *name = format == NULL ? "" : tro_xml_child_text(format, TASK_NS, "FormatName");
	const char *value = tro_xml_child_text(node, TASK_NS, "Value");

	if (strcmp(owner, "ETSI") != 0) {
		return add(r, name, value); /* our own formats are named as our types are */
	}
	if (strcmp(name, "InternationalE164") == 0) {
		return add_e164(r, value);
	}
	for (size_t i = 0; i < sizeof(etsi_formats) / sizeof(*etsi_formats); i++) {
		if (strcmp(etsi_formats[i].format, name) == 0) {
			return add(r, etsi_formats[i].type, value);
		}
	}
	return fault(r, name, value, "no format of the profile");
}

/* ---- Akoma Ntoso: <inline name="identifier" class="type">value</inline> ---- */

static tro_status add_inline(reader *r, const tro_xml_node *node)
{
	const char *type = tro_xml_get(node, NULL, "class");
	const char *value = tro_xml_simple_text(node);

	return add(r, type == NULL ? "" : type, value == NULL ? "" : value);
}

static tro_status read_tree(reader *r, tro_xml_node *node)
{
	const char *name = tro_xml_get(node, NULL, "name");

	if (tro_xml_is(node, TASK_NS, "RequestValue")) {
		return add_request_value(r, node);
	}
	if (tro_xml_is(node, AKN_NS, "inline") && name != NULL && strcmp(name, "identifier") == 0) {
		return add_inline(r, node);
	}
	tro_status status = TRO_OK;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		status = read_tree(r, child);
	}
	return status;
}

/* ---- CSV with the columns type and value ---- */

/* Cuts the next field out of *at, in place; *end becomes what ended it: ',', '\n' or NUL. */
static char *next_field(char **at, char *end)
{
	char *field = *at;
	char *to = field;
	char *from = field;
	bool quoted = *from == '"';

	for (from += quoted; *from != '\0'; from++) {
		if (quoted && *from == '"') {
			if (from[1] == '"') {
				from++;
			} else {
				quoted = false;
				continue;
			}
		} else if (!quoted && (*from == ',' || *from == '\r' || *from == '\n')) {
			break;
		}
		*to++ = *from;
	}
	*end = *from == '\r' ? '\n' : *from;
	from += *from == '\r' && from[1] == '\n';
	*at = from + (*from != '\0');
	*to = '\0';
	if (field[0] == '\'' && tro_csv_armed(field[1])) {
		field++;
	}
	return field;
}

static tro_status read_csv(reader *r, const tro_member *member)
{
	char *text = tro_arena_strndup(r->arena, member->bytes.ptr, member->bytes.len);
	size_t type_column = SIZE_MAX;
	size_t value_column = SIZE_MAX;
	tro_status status = text == NULL ? tro_err_nomem(r->err) : TRO_OK;

	for (size_t row = 0; status == TRO_OK && *text != '\0'; row++) {
		const char *type = "";
		const char *value = "";
		char end = ',';

		for (size_t column = 0; end == ','; column++) {
			const char *field = next_field(&text, &end);

			if (row == 0 && strcmp(field, "type") == 0) {
				type_column = column;
			} else if (row == 0 && strcmp(field, "value") == 0) {
				value_column = column;
			}
			type = column == type_column ? field : type;
			value = column == value_column ? field : value;
		}
		if (row > 0) {
			/* A plus would make a number a formula: the file leaves it out. */
			status = strcmp(type, "msisdn") == 0 ? add_e164(r, value)
							     : add(r, type, value);
		}
	}
	return status;
}

/* ---- comparison ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(reader *r)
{
	if (r->count > 0) {
		qsort(r->items, r->count, sizeof(*r->items), by_text);
	}
}

static tro_status differ(const reader *r, const char *identifier, const char *what)
{
	return tro_findings_add(r->findings, TRO_LEVEL_BLOCK, "filing/agree", r->place,
		"uksi/2017/1240/regulation/3/1/a", NULL, r->err, "%s: %s", identifier, what);
}

/* Both sorted. */
static tro_status compare(const reader *wanted, const reader *found)
{
	size_t w = 0;
	size_t f = 0;
	tro_status status = TRO_OK;

	while (status == TRO_OK && (w < wanted->count || f < found->count)) {
		int order = w == wanted->count	? 1
			    : f == found->count ? -1
						: strcmp(wanted->items[w], found->items[f]);

		if (order < 0) {
			status = differ(
				found, wanted->items[w], "the order has it, the document not");
		} else if (order > 0) {
			status = differ(
				found, found->items[f], "the document has it, the order not");
		}
		w += order <= 0;
		f += order >= 0;
	}
	return status;
}

static tro_status read_member(reader *r, const tro_member *member)
{
	tro_xml_doc *doc = NULL;

	if (strcmp(member->media, "text/csv") == 0) {
		return read_csv(r, member);
	}
	tro_status status = tro_xml_parse(
		&doc, member->bytes.ptr, member->bytes.len, member->path, NULL, r->err);

	if (status == TRO_OK) {
		status = read_tree(r, tro_xml_root(doc));
	}
	tro_xml_free(doc);
	return status;
}

static tro_status read_source(
	reader *r, const tro_agreement *agreement, tro_eval *eval, tro_xml_node *source)
{
	tro_xpath_value *nodes = NULL;
	tro_status status = tro_eval_value(&nodes, eval, agreement->select, source, r->err);

	for (size_t i = 0; status == TRO_OK && i < tro_xpath_node_count(nodes); i++) {
		const tro_xml_node *node = tro_xpath_node_at(nodes, i);
		const char *type = tro_xml_get(node, NULL, "type");
		const char *value = tro_xml_get(node, NULL, "value");

		status = add(r, type == NULL ? "" : type, value == NULL ? "" : value);
	}
	tro_xpath_value_free(nodes);
	sort(r);
	return status;
}

tro_status tro_check_agreement(const tro_agreement *agreement, const tro_members *members,
	tro_eval *eval, tro_xml_node *source, tro_findings *findings, tro_err *err)
{
	tro_arena *arena = tro_arena_new();
	char *paths = arena == NULL ? NULL : tro_arena_strdup(arena, agreement->documents);
	char *save = NULL;

	if (paths == NULL) {
		tro_arena_free(arena);
		return tro_err_nomem(err);
	}
	reader wanted = {.arena = arena, .place = "", .findings = findings, .err = err};
	tro_status status = read_source(&wanted, agreement, eval, source);

	for (char *path = strtok_r(paths, " ", &save); path != NULL && status == TRO_OK;
		path = strtok_r(NULL, " ", &save)) {
		const tro_member *member = tro_members_find(members, path);
		reader found = {.arena = arena, .place = path, .findings = findings, .err = err};

		if (member == NULL) {
			status = tro_err_set(err, TRO_INVALID,
				"<agree> names a member that is not there: %s", path);
			break;
		}
		status = read_member(&found, member);
		sort(&found);
		if (status == TRO_OK) {
			status = compare(&wanted, &found);
		}
	}
	tro_arena_free(arena);
	return status;
}
