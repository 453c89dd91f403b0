/*
 * Loading a definition, in passes: shape (grammar.c) and closed profile (profile.c), states
 * (load_state.c), executable content (load_content.c), our vocabulary (load_tro.c), names become
 * indexes (resolve.c), what must hold across elements (check.c). Each pass goes on after a fault,
 * so that all are reported at once.
 */
#ifndef TRO_CHART_LOAD_H
#define TRO_CHART_LOAD_H

#include "chart/model.h"

typedef struct chart_word {
	const char *text;
	struct chart_word *next;
} chart_word;

enum { CHART_EXPR_BUCKETS = 1024 };

typedef struct chart_loader {
	tro_chart *chart;
	tro_arena *arena; /* the chart's */
	bool production;
	tro_findings *faults;
	tro_err *err; /* holds the first fault */
	size_t fault_count;
	size_t state_room, transition_room; /* of the arrays, counted before */
	chart_data *last_data;
	chart_invoke *first_invoke, *last_invoke;
	chart_expr *exprs[CHART_EXPR_BUCKETS]; /* compiled so far, by text */
	chart_word *raised;		       /* event names that this chart raises or sends */
	size_t raised_count;
	tro_status status; /* out of memory ends the load */
} chart_loader;

/* Reports a fault of an element: the rule's name, what is wrong, what to write instead. */
void tro_chart_fault(chart_loader *loader, const char *rule, const tro_xml_node *node,
	const char *remedy, const char *fmt, ...) TRO_PRINTF(5, 6);
void tro_chart_fault_line(chart_loader *loader, const char *rule, int line, const char *remedy,
	const char *fmt, ...) TRO_PRINTF(5, 6);

/* Allocates from the arena; NULL ends the load with TRO_NOMEM. */
void *tro_chart_alloc(chart_loader *loader, size_t size);
const char *tro_chart_copy(chart_loader *loader, const char *text, size_t len);
/* Next blank-separated word from *at on; false at the end. */
bool tro_chart_word(const char **at, const char **word, size_t *len);

/* Attribute without namespace, kept by the document; NULL when absent. */
const char *tro_chart_attr(const tro_xml_node *node, const char *name);
/* As that, but a fault when absent; then "". */
const char *tro_chart_need(chart_loader *loader, const tro_xml_node *node, const char *name);
/* Compiles the text of an attribute. In production a fault when it is no XPath. */
const chart_expr *tro_chart_compile(
	chart_loader *loader, const tro_xml_node *node, const char *what, const char *text);
const chart_expr *tro_chart_expr_attr(
	chart_loader *loader, const tro_xml_node *node, const char *name);
/* As that, but a fault when absent. */
const chart_expr *tro_chart_need_expr(
	chart_loader *loader, const tro_xml_node *node, const char *name);
/* A pair of attributes such as event and eventexpr; both is a fault. */
chart_value tro_chart_value_attr(
	chart_loader *loader, const tro_xml_node *node, const char *name, const char *expr_name);

bool tro_chart_is_name(const char *text); /* an NCName of ASCII and of all beyond */

/* ---- passes ---- */
bool tro_chart_is_state_element(const tro_xml_node *node);
void tro_chart_check_shape(chart_loader *loader, tro_xml_node *root);
/* Of one element, in production: what the profile asks beyond the shape. */
void tro_chart_check_profile(chart_loader *loader, const tro_xml_node *node);
void tro_chart_load_states(chart_loader *loader, tro_xml_node *root);
chart_action *tro_chart_load_actions(chart_loader *loader, tro_xml_node *parent);
void tro_chart_load_payload(chart_loader *loader, tro_xml_node *node, chart_payload *out);
void tro_chart_load_events(chart_loader *loader, tro_xml_node *root);
chart_require *tro_chart_load_requires(chart_loader *loader, tro_xml_node *node);
chart_action *tro_chart_load_host(chart_loader *loader, tro_xml_node *node);
void tro_chart_resolve(chart_loader *loader);
void tro_chart_check(chart_loader *loader);

#endif
