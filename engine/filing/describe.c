#include "filing/describe.h"

#include <string.h>

#define FILING_NS "urn:tro:filing:1"

typedef struct reading {
	tro_description *out;
	const char *name; /* of the description, for messages */
	tro_err *err;
} reading;

static tro_status fault(const reading *r, tro_xml_node *node, const char *what, const char *which)
{
	return tro_err_set(r->err, TRO_INVALID, "filing %s:%d: <%s>: %s%s", r->name,
		tro_xml_line(node), tro_xml_name(node), what, which);
}

typedef struct field {
	const char **where;
	const char *name;
	bool required;
} field;

/* Reads attributes into fields; one that is not listed is a fault, so that a slip of the pen shows.
 * Fields end with a NULL name. */
static tro_status read_attributes(const reading *r, tro_xml_node *node, const field *fields)
{
	for (tro_xml_node *attribute = tro_xml_first_attribute(node); attribute != NULL;
		attribute = tro_xml_next_attribute(attribute)) {
		const field *f = fields;

		while (f->name != NULL && strcmp(f->name, tro_xml_name(attribute)) != 0) {
			f++;
		}
		if (f->name == NULL) {
			return fault(r, node, "unknown attribute ", tro_xml_name(attribute));
		}
	}
	for (const field *f = fields; f->name != NULL; f++) {
		*f->where = tro_xml_get(node, NULL, f->name);
		if (*f->where == NULL && f->required) {
			return fault(r, node, "needs the attribute ", f->name);
		}
	}
	return TRO_OK;
}

static tro_status read_rule(const reading *r, tro_xml_node *node)
{
	tro_rule *rule = &r->out->rules[r->out->rule_count++];
	const field fields[] = {{&rule->id, "id", true}, {&rule->test, "test", true},
		{&rule->basis, "basis", false}, {&rule->remedy, "remedy", false}, {0}};
	tro_status status = read_attributes(r, node, fields);

	rule->sentence = tro_xml_simple_text(node);
	if (status == TRO_OK && (rule->sentence == NULL || rule->sentence[0] == '\0')) {
		status = fault(r, node, "needs a sentence", "");
	}
	return status;
}

static tro_status read_params(const reading *r, tro_xml_node *node, tro_part *part)
{
	size_t count = 0;
	tro_status status = TRO_OK;

	for (tro_xml_node *child = tro_xml_first(node); child != NULL;
		child = tro_xml_next(child)) {
		count++;
	}
	part->params = tro_arena_array(r->out->arena, count + 1, sizeof(*part->params));
	if (part->params == NULL) {
		return tro_err_nomem(r->err);
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL && status == TRO_OK;
		child = tro_xml_next(child)) {
		tro_part_param *param = &part->params[part->param_count++];
		const field fields[] = {
			{&param->name, "name", true}, {&param->select, "select", true}, {0}};

		status = tro_xml_is(child, FILING_NS, "param")
				 ? read_attributes(r, child, fields)
				 : fault(r, child, "is not known here", "");
	}
	return status;
}

static tro_status read_document(const reading *r, tro_xml_node *node)
{
	tro_part *part = &r->out->parts[r->out->part_count++];
	const field fields[] = {{&part->templates, "template", true}, {&part->from, "from", false},
		{&part->foreach, "foreach", false}, {&part->path, "path", true},
		{&part->role, "role", true}, {&part->title, "title", true},
		{&part->media, "media", true}, {&part->grammar, "grammar", false},
		{&part->style, "style", false}, {0}};
	tro_status status = read_attributes(r, node, fields);

	part->line = tro_xml_line(node);
	return status == TRO_OK ? read_params(r, node, part) : status;
}

static tro_status read_exhibit(const reading *r, tro_xml_node *node)
{
	tro_part *part = &r->out->parts[r->out->part_count++];
	const field fields[] = {{&part->foreach, "select", true}, {&part->path, "path", true},
		{&part->role, "role", true}, {&part->title, "title", true},
		{&part->media, "media", true}, {0}};

	part->kind = TRO_PART_EXHIBIT;
	part->line = tro_xml_line(node);
	return read_attributes(r, node, fields);
}

static tro_status read_derived(const reading *r, tro_xml_node *node)
{
	tro_part *part = &r->out->parts[r->out->part_count++];
	const field fields[] = {{&part->foreach, "select", true}, {&part->path, "path", true},
		{&part->role, "role", true}, {&part->title, "title", true},
		{&part->rows, "rows", false}, {0}};

	part->kind = TRO_PART_DERIVED;
	part->line = tro_xml_line(node);
	return read_attributes(r, node, fields);
}

static tro_status read_approved(const reading *r, tro_xml_node *node)
{
	tro_part *part = &r->out->parts[r->out->part_count++];
	const field fields[] = {{&part->foreach, "select", true}, {0}};

	part->kind = TRO_PART_APPROVED;
	part->line = tro_xml_line(node);
	return read_attributes(r, node, fields);
}

static tro_status read_agreement(const reading *r, tro_xml_node *node)
{
	tro_agreement *agreement = &r->out->agreements[r->out->agreement_count++];
	const field fields[] = {{&agreement->documents, "documents", true},
		{&agreement->select, "select", true}, {0}};

	return read_attributes(r, node, fields);
}

static tro_status read_child(const reading *r, tro_xml_node *node)
{
	static const struct {
		const char *name;
		tro_status (*read)(const reading *r, tro_xml_node *node);
	} readers[] = {{"rule", read_rule}, {"document", read_document}, {"exhibit", read_exhibit},
		{"derived", read_derived}, {"approved", read_approved}, {"agree", read_agreement}};

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		if (tro_xml_is(node, FILING_NS, readers[i].name)) {
			return readers[i].read(r, node);
		}
	}
	return fault(r, node, "is not known here", "");
}

static tro_status reserve(tro_description *out, size_t count, tro_err *err)
{
	out->rules = tro_arena_array(out->arena, count + 1, sizeof(*out->rules));
	out->parts = tro_arena_array(out->arena, count + 1, sizeof(*out->parts));
	out->agreements = tro_arena_array(out->arena, count + 1, sizeof(*out->agreements));
	return out->rules == NULL || out->parts == NULL || out->agreements == NULL
		       ? tro_err_nomem(err)
		       : TRO_OK;
}

static tro_status read_root(const reading *r, tro_xml_node *root)
{
	tro_description *out = r->out;
	const field fields[] = {{&out->name, "name", true}, {&out->title, "title", true},
		{&out->version, "version", true}, {&out->view, "view", true},
		{&out->prepare, "prepare", false}, {&out->codes, "codes", false},
		{&out->regime, "regime", true}, {&out->readme, "readme", true},
		{&out->marking, "marking", false}, {&out->recipient_kind, "recipient-kind", true},
		{0}};

	if (!tro_xml_is(root, FILING_NS, "filing")) {
		return fault(r, root, "the root must be <filing> in ", FILING_NS);
	}
	tro_status status = read_attributes(r, root, fields);

	if (status == TRO_OK && strcmp(out->name, r->name) != 0) {
		status = fault(r, root, "calls itself ", out->name);
	}
	return status;
}

tro_status tro_description_read(
	tro_description *out, tro_xml_doc *doc, const char *name, tro_err *err)
{
	tro_xml_node *root = tro_xml_root(doc);
	const reading r = {.out = out, .name = name, .err = err};
	size_t count = 0;

	*out = (tro_description){.arena = tro_arena_new()};
	if (out->arena == NULL) {
		return tro_err_nomem(err);
	}
	for (tro_xml_node *node = tro_xml_first(root); node != NULL; node = tro_xml_next(node)) {
		count++;
	}
	tro_status status = reserve(out, count, err);

	if (status == TRO_OK) {
		status = read_root(&r, root);
	}
	for (tro_xml_node *node = tro_xml_first(root); node != NULL && status == TRO_OK;
		node = tro_xml_next(node)) {
		status = read_child(&r, node);
	}
	return status;
}

void tro_description_done(tro_description *description)
{
	tro_arena_free(description->arena);
	*description = (tro_description){0};
}
