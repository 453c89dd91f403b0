#include "xml/chars.h"
#include "xml/fault.h"
#include "xml/namespace.h"
#include "xml/xml.h"

#include <libxml/relaxng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FINDINGS_MAX 50
#define RNG_NS "http://relaxng.org/ns/structure/1.0"

struct tro_rng {
	xmlRelaxNGPtr grammar;
};

/* What a validation reports to. */
struct report {
	const char *name;
	tro_xml_fault first;
	tro_findings *findings; /* may be NULL */
	size_t count;
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

	if (tro_xml_is(node, RNG_NS, "include") || tro_xml_is(node, RNG_NS, "externalRef")) {
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
		return tro_xml_fault_report(&fault, name, "is not a RELAX NG grammar", err);
	}
	return TRO_OK;
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
		xmlRelaxNGFree(rng->grammar);
		free(rng);
	}
}

static void note_invalid(void *user, xmlErrorPtr error)
{
	struct report *report = user;
	const xmlNode *node = error->node;
	long line = node == NULL ? error->line : xmlGetLineNo(node);
	char place[512];
	char message[1000];

	tro_xml_fault_note(&report->first, error);
	if (report->count >= FINDINGS_MAX || report->status != TRO_OK || report->findings == NULL ||
		error->message == NULL) {
		return;
	}
	report->count++;
	tro_xml_fault_tidy(message, sizeof(message), error->message);
	snprintf(place, sizeof(place), "%.480s:%ld", report->name, line);
	report->status = tro_findings_add(report->findings, TRO_LEVEL_BLOCK, "grammar", place, NULL,
		NULL, report->err, "%s", message);
}

tro_status tro_rng_validate(const tro_rng *rng, tro_xml_doc *doc, const char *name,
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
	if (result == 0 && !report.first.set) {
		return TRO_OK;
	}
	return tro_xml_fault_report(&report.first, name, "does not fit its grammar", err);
}
