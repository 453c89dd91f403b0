#include "filing/check.h"

#include <string.h>

#define HI1_NS "http://uri.etsi.org/03120/common/2019/10/Core"
#define TRAINING_MARK "TRAINING"
#define HI1_TEST_FLAG "IsTest"

tro_status tro_check_rules(const tro_description *description, tro_eval *eval, tro_xml_node *source,
	tro_findings *findings, tro_err *err)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < description->rule_count && status == TRO_OK; i++) {
		const tro_rule *rule = &description->rules[i];
		tro_buf sentence = TRO_BUF_INIT;
		bool holds = false;

		status = tro_eval_truth(&holds, eval, rule->test, source, err);
		if (status == TRO_OK && !holds) {
			status = tro_eval_fill(
				&sentence, eval, TRO_FILL_TEXT, rule->sentence, source, err);
		}
		if (status == TRO_OK && !holds) {
			status = tro_findings_add(findings, TRO_LEVEL_BLOCK, rule->id,
				description->name, rule->basis, rule->remedy, err, "%s",
				sentence.ptr);
		}
		tro_buf_done(&sentence);
	}
	return status;
}

tro_status tro_check_grammar(const tro_member *member, const char *grammar, tro_assets *assets,
	tro_findings *findings, tro_err *err)
{
	const tro_rng *rng = NULL;
	tro_xml_doc *doc = NULL;
	size_t before = tro_findings_count(findings);
	tro_status status = tro_assets_grammar(&rng, assets, grammar, err);

	if (status != TRO_OK) {
		return status;
	}
	status = tro_xml_parse(&doc, member->bytes.ptr, member->bytes.len, member->path, NULL, err);
	if (status == TRO_OK) {
		status = tro_rng_validate(rng, doc, member->path, findings, err);
	}
	tro_xml_free(doc);
	if (status != TRO_INVALID) {
		return status;
	}
	if (tro_findings_count(findings) > before) {
		return TRO_OK;
	}
	return tro_findings_add(findings, TRO_LEVEL_BLOCK, "filing/grammar", member->path, NULL,
		NULL, err, "%s",
		err == NULL ? "it is not what its grammar asks for" : err->message);
}

static tro_status mark_fault(
	const tro_member *member, const char *what, tro_findings *findings, tro_err *err)
{
	return tro_findings_add(findings, TRO_LEVEL_BLOCK, "filing/training", member->path, NULL,
		NULL, err, "%s", what);
}

static bool holds_test_flag(tro_xml_node *node)
{
	const char *text = tro_xml_simple_text(node);

	if (text != NULL) {
		return strcmp(tro_xml_name(node), "Value") == 0 && strcmp(text, HI1_TEST_FLAG) == 0;
	}
	for (tro_xml_node *child = tro_xml_first(node); child != NULL;
		child = tro_xml_next(child)) {
		if (holds_test_flag(child)) {
			return true;
		}
	}
	return false;
}

/* A message of a training store says so in the one place where the provider's machine looks. */
static tro_status check_hi1_marks(const tro_member *member, tro_xml_doc *doc, bool training,
	tro_findings *findings, tro_err *err)
{
	bool flagged = holds_test_flag(tro_xml_root(doc));

	if (training && !flagged) {
		return mark_fault(member, "a message of a training store must be flagged IsTest",
			findings, err);
	}
	if (!training && flagged) {
		return mark_fault(member, "a message of a live store must not be flagged IsTest",
			findings, err);
	}
	return TRO_OK;
}

tro_status tro_check_marks(
	const tro_member *member, bool training, tro_findings *findings, tro_err *err)
{
	tro_xml_doc *doc = NULL;

	if (strcmp(member->media, "application/xml") == 0) {
		tro_status status = tro_xml_parse(
			&doc, member->bytes.ptr, member->bytes.len, member->path, NULL, err);

		if (status == TRO_OK && tro_xml_is(tro_xml_root(doc), HI1_NS, "HI1Message")) {
			status = check_hi1_marks(member, doc, training, findings, err);
		}
		tro_xml_free(doc);
		if (status != TRO_OK) {
			return status;
		}
	}
	if (training && strstr(member->bytes.ptr, TRAINING_MARK) == NULL) {
		return mark_fault(
			member, "a document of a training store must say TRAINING", findings, err);
	}
	return TRO_OK;
}
