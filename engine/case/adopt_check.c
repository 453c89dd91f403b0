#include "case/adopt_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "case/adopt_internal.h"
#include "chart/chart.h"
#include "filing/filing.h"

/* ---- faults ---- */

tro_status tro_adopt_fault(adopt_check *c, const char *path, int line, const char *fmt, ...)
{
	char message[600];
	tro_buf place = TRO_BUF_INIT;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	tro_buf_puts(&place, path);
	if (line > 0) {
		tro_buf_printf(&place, ":%d", line);
	}
	tro_status status = tro_buf_status(&place, c->err);

	if (status == TRO_OK) {
		status = tro_findings_add(c->faults, TRO_LEVEL_BLOCK, "adopt", place.ptr, NULL,
			NULL, c->err, "%s", message);
	}
	tro_buf_done(&place);
	return status;
}

tro_status tro_adopt_conclude(adopt_check *c, tro_status status, const tro_err *why)
{
	if (status == TRO_INVALID) {
		return tro_findings_add(c->faults, TRO_LEVEL_BLOCK, "adopt", "", NULL, NULL, c->err,
			"%s", why->message);
	}
	if (status != TRO_OK && c->err != NULL) {
		*c->err = *why;
	}
	return status;
}

/* All of them, a line each; an error that does not fit says so by its end. */
static tro_status say_faults(const adopt_check *c, const char *data_dir)
{
	size_t count = tro_findings_count(c->faults);
	tro_buf text = TRO_BUF_INIT;

	if (count == 0) {
		return TRO_OK;
	}
	if (count > 1) {
		tro_buf_printf(&text, "%s: %zu faults", data_dir, count);
	}
	for (size_t i = 0; i < count; i++) {
		const tro_finding *f = tro_findings_at(c->faults, i);

		tro_buf_printf(&text, "%s%s%s%s", count > 1 ? "\n" : "", f->place,
			f->place[0] == '\0' ? "" : ": ", f->message);
	}
	tro_status status = tro_buf_status(&text, c->err);

	if (status == TRO_OK) {
		status = tro_err_set(c->err, TRO_INVALID, "%s", text.ptr);
	}
	tro_buf_done(&text);
	return status;
}

bool tro_adopt_known(const adopt_check *c, const char *kind, const char *name)
{
	for (size_t i = 0; i < c->offers->count; i++) {
		const tro_offer *offer = &c->offers->items[i];

		if (strcmp(offer->kind, kind) == 0 && strcmp(offer->name, name) == 0) {
			return true;
		}
	}
	return c->rules != NULL && tro_authority_adopted(c->rules->authority, kind, name) != NULL;
}

/* ---- one file ---- */

/* The offer as XML; NULL, with a fault, when it is none. */
static tro_status read_xml(adopt_check *c, tro_xml_doc **out, const tro_offer *offer)
{
	tro_err why = {.status = TRO_OK, .message = ""};

	*out = NULL;
	return tro_adopt_conclude(c,
		tro_xml_parse(out, offer->bytes.ptr, offer->bytes.len, offer->path,
			&tro_xml_limits_default, &why),
		&why);
}

static tro_status check_xml(adopt_check *c, const tro_offer *offer,
	tro_status (*check)(adopt_check *c, tro_xml_doc *doc, const char *path))
{
	tro_xml_doc *doc = NULL;
	tro_status status = read_xml(c, &doc, offer);

	if (status == TRO_OK && doc != NULL) {
		status = check(c, doc, offer->path);
	}
	tro_xml_free(doc);
	return status;
}

static tro_status check_definition(adopt_check *c, const tro_offer *offer)
{
	size_t before = tro_findings_count(c->faults);
	tro_err why = {.status = TRO_OK, .message = ""};
	tro_chart *chart = NULL;
	tro_status status = tro_chart_load(&chart, offer->bytes.ptr, offer->bytes.len, offer->path,
		TRO_CHART_PRODUCTION, c->faults, &why);

	if (status == TRO_INVALID && tro_findings_count(c->faults) > before) {
		status = TRO_OK; /* each fault is told */
	} else if (status == TRO_OK && strcmp(tro_chart_id(chart), offer->name) != 0) {
		status = tro_adopt_fault(c, offer->path, 0,
			"its tro:id is '%s', but it is listed as '%s'", tro_chart_id(chart),
			offer->name);
	} else {
		status = tro_adopt_conclude(c, status, &why);
	}
	bool readable = chart != NULL;

	tro_chart_free(chart);
	return status == TRO_OK && readable ? check_xml(c, offer, tro_adopt_check_references)
					    : status;
}

static tro_status check_grammar(adopt_check *c, const tro_offer *offer)
{
	tro_err why = {.status = TRO_OK, .message = ""};
	tro_rng *grammar = NULL;
	tro_status status =
		tro_rng_parse(&grammar, offer->bytes.ptr, offer->bytes.len, offer->path, &why);

	tro_rng_free(grammar);
	return tro_adopt_conclude(c, status, &why);
}

static tro_status check_template(adopt_check *c, const tro_offer *offer)
{
	size_t before = tro_findings_count(c->faults);
	tro_err why = {.status = TRO_OK, .message = ""};
	tro_xslt *template = NULL;
	tro_xml_doc *doc = NULL;
	tro_status compiled =
		tro_xslt_parse(&template, offer->bytes.ptr, offer->bytes.len, offer->path, &why);
	tro_status status = read_xml(c, &doc, offer);

	tro_xslt_free(template);
	if (status == TRO_OK && doc != NULL && compiled == TRO_OK) {
		status = tro_adopt_check_references(c, doc, offer->path);
	} else if (status == TRO_OK && doc != NULL) {
		status = tro_adopt_check_selects(c, doc, offer->path);
	}
	if (status == TRO_OK && tro_findings_count(c->faults) == before) {
		status = tro_adopt_conclude(c, compiled, &why);
	}
	tro_xml_free(doc);
	return status;
}

static tro_status check_calendar(adopt_check *c, const tro_offer *offer)
{
	tro_err why = {.status = TRO_OK, .message = ""};
	tro_calendar *calendar = NULL;
	tro_status status = tro_calendar_parse(
		&calendar, offer->bytes.ptr, offer->bytes.len, offer->path, &why);

	tro_calendar_free(calendar);
	return tro_adopt_conclude(c, status, &why);
}

typedef struct asset_need {
	adopt_check *c;
	const char *path; /* of the description */
} asset_need;

/* What a filing's description names, by the kind that it is looked up as. */
static tro_status need_asset(void *user, const char *kind, const char *name, int line)
{
	const asset_need *u = user;

	return tro_adopt_known(u->c, kind, name) ? TRO_OK
						 : tro_adopt_fault(u->c, u->path, line,
							   "there is no %s named '%s'", kind, name);
}

static tro_status check_filing(adopt_check *c, const tro_offer *offer)
{
	asset_need user = {c, offer->path};
	tro_xml_doc *doc = NULL;
	tro_status status = read_xml(c, &doc, offer);

	if (status == TRO_OK && doc != NULL) {
		status = tro_filing_check(
			doc, offer->name, offer->path, c->faults, need_asset, &user, c->err);
	}
	if (status == TRO_OK && doc != NULL) {
		status = tro_adopt_check_references(c, doc, offer->path);
	}
	tro_xml_free(doc);
	return status;
}

static tro_status check_view(adopt_check *c, const tro_offer *offer)
{
	tro_xml_doc *doc = NULL;
	tro_status status = read_xml(c, &doc, offer);

	if (status == TRO_OK && doc != NULL) {
		status = tro_view_check(doc, offer->path, c->faults, c->err);
	}
	tro_xml_free(doc);
	return status;
}

static tro_status check_register(adopt_check *c, const tro_offer *offer)
{
	return check_xml(c, offer, tro_adopt_check_register);
}

/* The lists themselves are read, and judged, before all else. */
static tro_status check_codes(adopt_check *c, const tro_offer *offer)
{
	(void)c;
	(void)offer;
	return TRO_OK;
}

static tro_status check_manifest_names(adopt_check *c, tro_xml_doc *doc, const char *path)
{
	static const struct {
		const char *attribute, *kind;
	} named[] = {{"root", "definition"}, {"grammar", "grammar"}};
	tro_xml_node *root = tro_xml_root(doc);
	tro_status status = TRO_OK;

	for (size_t i = 0; i < 2 && status == TRO_OK; i++) {
		const char *name = tro_xml_get(root, "", named[i].attribute);

		if (name == NULL || !tro_adopt_known(c, named[i].kind, name)) {
			status = tro_adopt_fault(c, path, tro_xml_line(root),
				"the attribute %s must name a %s: there is none named '%s'",
				named[i].attribute, named[i].kind, name == NULL ? "" : name);
		}
	}
	return status;
}

static tro_status check_workflow(adopt_check *c, const tro_offer *offer)
{
	return check_xml(c, offer, check_manifest_names);
}

/* A text that was cut off does not end in a line end. */
static tro_status check_lines(adopt_check *c, const tro_offer *offer)
{
	const tro_buf *bytes = &offer->bytes;
	bool whole = bytes->len > 0 && bytes->ptr[bytes->len - 1] == '\n' &&
		     tro_utf8_valid(bytes->ptr, bytes->len) &&
		     !tro_text_has_control(bytes->ptr, bytes->len, "\t\n");

	return whole ? TRO_OK
		     : tro_adopt_fault(c, offer->path, 0,
			       "not whole lines of UTF-8 text: the file may have been cut off");
}

/* Lines that begin with the code of a rank; '#' begins a comment. */
static tro_status check_ranks(adopt_check *c, const tro_offer *offer)
{
	adopt_names names = {0};
	int line = 1;
	tro_status status = check_lines(c, offer);

	for (const char *at = offer->bytes.ptr; *at != '\0' && status == TRO_OK; line++) {
		size_t len = strcspn(at, " \t\n");

		if (len > 0 && *at != '#') {
			const char *rank = tro_arena_strndup(c->arena, at, len);

			status = rank == NULL
					 ? tro_err_nomem(c->err)
					 : tro_adopt_names_add(c, &names, rank, offer->path, line);
		}
		at += strcspn(at, "\n");
		at += *at != '\0';
	}
	if (status == TRO_OK) {
		status = tro_adopt_names_once(c, &names, "rank");
	}
	tro_adopt_names_done(&names);
	return status;
}

static const struct {
	const char *kind;
	tro_status (*check)(adopt_check *c, const tro_offer *offer);
} checks[] = {
	{"calendar", check_calendar},
	{"codes", check_codes},
	{"definition", check_definition},
	{"fictional", check_lines},
	{"filing", check_filing},
	{"grammar", check_grammar},
	{"ranks", check_ranks},
	{"register", check_register},
	{"style", check_lines},
	{"template", check_template},
	{"view", check_view},
	{"workflow", check_workflow},
};

static tro_status check_offer(adopt_check *c, const tro_offer *offer)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (strcmp(checks[i].kind, offer->kind) == 0) {
			return checks[i].check(c, offer);
		}
	}
	return tro_adopt_fault(
		c, offer->path, 0, "nothing of the kind '%s' can be adopted", offer->kind);
}

/* ---- all of them ---- */

/* Two offers under one name: which of them would count? */
static tro_status check_twice(adopt_check *c)
{
	adopt_names names = {0};
	tro_status status = TRO_OK;

	for (size_t i = 0; i < c->offers->count && status == TRO_OK; i++) {
		const tro_offer *offer = &c->offers->items[i];
		tro_buf both = TRO_BUF_INIT;

		tro_buf_printf(&both, "%s %s", offer->kind, offer->name);
		const char *kept = tro_arena_strdup(c->arena, both.ptr);

		status = kept == NULL ? tro_err_nomem(c->err)
				      : tro_adopt_names_add(c, &names, kept, offer->path, 1);
		tro_buf_done(&both);
	}
	if (status == TRO_OK) {
		status = tro_adopt_names_once(c, &names, "name");
	}
	tro_adopt_names_done(&names);
	return status;
}

/* Lists of all documents share one name space; an offer takes the place of what is adopted. */
static tro_status read_lists(adopt_check *c)
{
	tro_status status = TRO_OK;

	for (size_t i = 0; i < c->offers->count && status == TRO_OK; i++) {
		if (strcmp(c->offers->items[i].kind, "codes") == 0) {
			status = check_xml(c, &c->offers->items[i], tro_adopt_read_lists);
		}
	}
	size_t adopted = c->rules == NULL ? 0 : tro_authority_adopted_count(c->rules->authority);

	for (size_t i = 0; i < adopted && status == TRO_OK; i++) {
		const tro_adopted *a = tro_authority_adopted_at(c->rules->authority, i);
		bool offered = false;
		tro_xml_doc *doc;

		for (size_t k = 0; k < c->offers->count; k++) {
			offered =
				offered || (strcmp(c->offers->items[k].kind, a->kind) == 0 &&
						   strcmp(c->offers->items[k].name, a->name) == 0);
		}
		if (strcmp(a->kind, "codes") == 0 && !offered) {
			status = tro_rules_xml(&doc, c->rules, "codes", a->name, c->err);
			if (status == TRO_OK) {
				status = tro_adopt_read_lists(c, doc, a->name);
			}
		}
	}
	return status == TRO_OK ? tro_adopt_names_once(c, &c->lists, "code list") : status;
}

/* The calendar by which the offers will be used; one that is not sound is told where it stands. */
static tro_status read_calendar(adopt_check *c)
{
	const char *bytes = NULL;
	size_t len = 0;
	tro_err ignored;

	for (size_t i = 0; i < c->offers->count; i++) {
		if (strcmp(c->offers->items[i].kind, "calendar") == 0) {
			bytes = c->offers->items[i].bytes.ptr;
			len = c->offers->items[i].bytes.len;
		}
	}
	if (bytes == NULL && c->rules != NULL &&
		tro_rules_bytes(&bytes, &len, c->rules, "calendar", "uk", &ignored) != TRO_OK) {
		return TRO_OK;
	}
	if (bytes != NULL &&
		tro_calendar_parse(&c->calendar, bytes, len, "uk", &ignored) == TRO_NOMEM) {
		return tro_err_nomem(c->err);
	}
	return TRO_OK;
}

static tro_status check_all(adopt_check *c, const char *data_dir)
{
	tro_status status = check_twice(c);

	if (status == TRO_OK) {
		status = read_lists(c);
	}
	if (status == TRO_OK) {
		status = read_calendar(c);
	}
	for (size_t i = 0; i < c->offers->count && status == TRO_OK; i++) {
		status = check_offer(c, &c->offers->items[i]);
	}
	return status == TRO_OK ? say_faults(c, data_dir) : status;
}

tro_status tro_offers_check(
	const tro_offers *offers, const tro_rules *rules, const char *data_dir, tro_err *err)
{
	adopt_check c = {.offers = offers,
		.rules = rules,
		.faults = tro_findings_new(),
		.arena = tro_arena_new(),
		.err = err};
	tro_status status =
		c.faults == NULL || c.arena == NULL ? tro_err_nomem(err) : check_all(&c, data_dir);

	tro_adopt_names_done(&c.lists);
	tro_calendar_free(c.calendar);
	tro_arena_free(c.arena);
	tro_findings_free(c.faults);
	return status;
}
