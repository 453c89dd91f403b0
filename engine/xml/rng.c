#include "xml/chars.h"
#include "xml/fault.h"
#include "xml/namespace.h"
#include "xml/unchanged.h"
#include "xml/xml.h"

#include <libxml/relaxng.h>
#include <stdlib.h>
#include <string.h>

#define FINDINGS_MAX 50

struct tro_rng {
	xmlRelaxNGPtr grammar;
	tro_unchanged *unchanged; /* NULL when each validation has to be whole */
};

/* What a validation reports to. */
struct report {
	const char *name;
	tro_xml_fault first;
	tro_findings *findings; /* may be NULL */
	size_t count;
	int last_code;	   /* of libxml2's report before this one */
	tro_status status; /* of adding findings */
	tro_err *err;
};

static void note_grammar_fault(void *user, xmlErrorPtr error)
{
	tro_xml_fault_note(user, error);
}

static tro_xml_node *find_foreign_part(tro_xml_node *node)
{
	tro_xml_node *found = NULL;

	if (tro_xml_is(node, TRO_RNG_NS, "include") ||
		tro_xml_is(node, TRO_RNG_NS, "externalRef")) {
		return node;
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL && found == NULL;
		child = tro_xml_next(child)) {
		found = find_foreign_part(child);
	}
	return found;
}

static tro_status compile_grammar(tro_rng *rng, tro_xml_doc *doc, const char *name, tro_err *err)
{
	tro_xml_fault fault = {0};
	/* Works on a copy of the document. */
	xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewDocParserCtxt(doc);

	if (parser == NULL) {
		return tro_err_nomem(err);
	}
	xmlRelaxNGSetParserStructuredErrors(parser, note_grammar_fault, &fault);
	rng->grammar = xmlRelaxNGParse(parser);
	xmlRelaxNGFreeParserCtxt(parser);
	if (rng->grammar == NULL || fault.set || fault.nomem) {
		return tro_xml_fault_report(&fault, name, NULL, err);
	}
	return tro_unchanged_new(&rng->unchanged, doc, err);
}

tro_status tro_rng_parse(
	tro_rng **out, const char *bytes, size_t len, const char *name, tro_err *err)
{
	tro_xml_doc *doc = NULL;

	*out = NULL;
	tro_status status = tro_xml_parse(&doc, bytes, len, name, NULL, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_xml_node *foreign = find_foreign_part(tro_xml_root(doc));
	tro_rng *rng = NULL;

	if (foreign != NULL) {
		status = tro_err_set(err, TRO_INVALID,
			"%s:%d: %s is not allowed; a grammar must be one file", name,
			tro_xml_line(foreign), tro_xml_name(foreign));
	} else {
		rng = calloc(1, sizeof(*rng));
		status = rng == NULL ? tro_err_nomem(err) : compile_grammar(rng, doc, name, err);
	}
	tro_xml_free(doc);
	if (status != TRO_OK) {
		tro_rng_free(rng);
		return status;
	}
	*out = rng;
	return TRO_OK;
}

void tro_rng_free(tro_rng *rng)
{
	if (rng != NULL) {
		tro_unchanged_free(rng->unchanged);
		xmlRelaxNGFree(rng->grammar);
		free(rng);
	}
}

/* Does this report only repeat, from further out, the one before it? */
static bool is_echo(const struct report *report, int code)
{
	switch (code) {
	case XML_RELAXNG_ERR_CONTENTVALID:
	case XML_RELAXNG_ERR_INTERSEQ:
		return report->first.set;
	case XML_RELAXNG_ERR_DATATYPE:
		return report->last_code == XML_RELAXNG_ERR_TYPEVAL;
	case XML_RELAXNG_ERR_ATTRVALID:
		return report->last_code == XML_RELAXNG_ERR_TYPEVAL ||
		       report->last_code == XML_RELAXNG_ERR_DATATYPE ||
		       report->last_code == XML_RELAXNG_ERR_VALUE ||
		       report->last_code == XML_RELAXNG_ERR_INVALIDATTR;
	default:
		return false;
	}
}

/* Appends what is wrong, in words that name the element and the value. */
static void put_reason(tro_buf *out, const xmlError *error)
{
	const xmlNode *node = error->node;
	const char *element = node == NULL ? "" : tro_xml_name(node);
	const char *value = node == NULL ? NULL : tro_xml_simple_text(node);
	const char *first = error->str1 == NULL ? "" : error->str1;
	const char *second = error->str2 == NULL ? "" : error->str2;

	switch (error->code) {
	case XML_RELAXNG_ERR_TYPEVAL:
		tro_buf_printf(out, "element %s: '%.200s' is no %s", element, second, first);
		return;
	case XML_RELAXNG_ERR_DATATYPE:
		tro_buf_printf(out, "element %s: '%.200s' does not have the form required (%s)",
			element, value == NULL ? "" : value, first);
		return;
	case XML_RELAXNG_ERR_VALUE:
		tro_buf_printf(out, "element %s: '%.200s' is none of the values allowed", element,
			value == NULL ? "" : value);
		return;
	case XML_RELAXNG_ERR_ATTRVALID:
		tro_buf_printf(out,
			"element %s: an attribute is missing or has a value that is not allowed",
			first);
		return;
	case XML_RELAXNG_ERR_INVALIDATTR:
		tro_buf_printf(out, "element %s: attribute %s is not allowed", second, first);
		return;
	case XML_RELAXNG_ERR_NOELEM:
		if (first[0] == '\0') {
			tro_buf_printf(out, "element %s: an element is missing in it", element);
		} else {
			tro_buf_printf(
				out, "element %s: element %s is missing in it", element, first);
		}
		return;
	case XML_RELAXNG_ERR_ELEMWRONG:
	case XML_RELAXNG_ERR_INTEREXTRA:
		tro_buf_printf(out, "element %s is not allowed there", first);
		return;
	case XML_RELAXNG_ERR_EXTRACONTENT:
		tro_buf_printf(out, "element %s: %s is not allowed in it", first, second);
		return;
	case XML_RELAXNG_ERR_TEXTWRONG:
		tro_buf_printf(out, "element %s: text is not allowed in it", first);
		return;
	default:
		tro_buf_puts(out, error->message == NULL ? "unknown fault" : error->message);
		return;
	}
}

static void add_finding(struct report *report, long line, const char *message)
{
	tro_buf place = TRO_BUF_INIT;

	tro_buf_puts(&place, report->name);
	if (line > 0) {
		tro_buf_printf(&place, ":%ld", line);
	}
	report->status = tro_buf_status(&place, report->err);
	if (report->status == TRO_OK) {
		report->status = tro_findings_add(report->findings, TRO_LEVEL_BLOCK, "grammar",
			place.ptr, NULL, NULL, report->err, "%s", message);
	}
	report->count++;
	tro_buf_done(&place);
}

static void note_invalid(void *user, xmlErrorPtr error)
{
	struct report *report = user;
	const xmlNode *node = error->node;
	long line = node == NULL ? error->line : xmlGetLineNo(node);
	char message[1000];
	tro_buf reason = TRO_BUF_INIT;
	bool echo = is_echo(report, error->code);

	report->last_code = error->code;
	if (error->code == XML_ERR_NO_MEMORY || error->message == NULL) {
		report->first.nomem = true;
	}
	if (echo || report->first.nomem || report->status != TRO_OK) {
		return;
	}
	put_reason(&reason, error);
	report->status = tro_buf_status(&reason, report->err);
	tro_xml_fault_tidy(message, sizeof(message), reason.ptr);
	tro_buf_done(&reason);
	tro_xml_fault_say(&report->first, (int)line, message);
	if (report->status == TRO_OK && report->findings != NULL && report->count < FINDINGS_MAX) {
		add_finding(report, line, message);
	}
}

static tro_status validate_whole(const tro_rng *rng, tro_xml_doc *doc, const char *name,
	tro_findings *findings, tro_err *err)
{
	struct report report = {.name = name, .findings = findings, .err = err};
	xmlRelaxNGValidCtxtPtr validator = xmlRelaxNGNewValidCtxt(rng->grammar);

	if (validator == NULL) {
		return tro_err_nomem(err);
	}
	xmlRelaxNGSetValidStructuredErrors(validator, note_invalid, &report);
	int result = xmlRelaxNGValidateDoc(validator, doc);

	xmlRelaxNGFreeValidCtxt(validator);
	if (report.status != TRO_OK) {
		return report.status;
	}
	if (result == 0 && !report.first.set && !report.first.nomem) {
		return TRO_OK;
	}
	return tro_xml_fault_report(&report.first, name, NULL, err);
}

tro_status tro_rng_validate(const tro_rng *rng, tro_xml_doc *doc, const char *name,
	tro_findings *findings, tro_err *err)
{
	if (rng->unchanged == NULL) {
		return validate_whole(rng, doc, name, findings, err);
	}
	tro_status status = tro_unchanged_valid(rng->unchanged, doc)
				    ? TRO_OK
				    : validate_whole(rng, doc, name, findings, err);

	if (status == TRO_OK) {
		tro_unchanged_mark(rng->unchanged, doc);
	}
	return status;
}
