/*
 * A running session, and the parts of the interpreter that work on it. The invariants stand at the
 * head of step.c.
 */
#ifndef TRO_CHART_SESSION_H
#define TRO_CHART_SESSION_H

#include "chart/bits.h"
#include "chart/model.h"

#define CHART_EVENT_PROCESSOR "http://www.w3.org/TR/scxml/#SCXMLEventProcessor"

/* ---- events ---- */

typedef struct chart_event {
	char *name;
	const char *type;			       /* internal, external or platform */
	char *sendid, *origin, *origintype, *invokeid; /* NULL when blank */
	tro_xml_doc *doc; /* <event> with <data>, when it brings data; completed when first read */
	bool complete;	  /* all fields of $_event are in doc */
	struct chart_event *next;
} chart_event;

typedef struct chart_timer {
	tro_time_us due;
	uint64_t seq; /* not 0: was sent without delay, waits for its turn among these */
	char *id;     /* the send's */
	char *target; /* NULL: this session */
	chart_event *event;
} chart_timer;

/* ---- data ---- */

typedef struct chart_variable {
	char *name;
	tro_xml_node *data;  /* its <data> in the data document */
	tro_xml_node *bound; /* the item of a foreach, until the session is quiet; or NULL */
	bool declared;
} chart_variable;

/* Nodes that a foreach has yet to visit: kept alive by tro_chart_keep. */
typedef struct chart_held {
	tro_xml_node **nodes;
	size_t next; /* the first that is still to be visited */
	size_t count;
	const tro_xml_node *top; /* the variable or tree that holds them all; NULL when several do
				  */
	struct chart_held *outer;
} chart_held;

typedef struct chart_record { /* of one history */
	uint32_t *states;
	size_t count, room;
} chart_record;

typedef struct chart_function_slot {
	tro_chart_function current;
	struct chart_function_slot *next;
} chart_function_slot;

typedef struct chart_selection {
	uint32_t *transitions; /* in order of selection */
	uint32_t *targets;     /* scratch: effective targets of one */
	uint32_t *domains;     /* CHART_NONE when without target */
	size_t count;
} chart_selection;

/* What an active state has invoked; stays after the invoked session has ended, until the state is
 * left. */
typedef struct chart_child {
	const chart_invoke *invoke;
	char *id;	  /* invokeid */
	tro_chart *chart; /* owned */
	tro_chart_session *session;
	struct chart_child *next;
} chart_child;

/* A history without record that is being entered: its default content runs after the parent's. */
typedef struct chart_default {
	uint32_t parent, transition;
} chart_default;

typedef enum chart_cost {
	CHART_COST_ACTIONS,
	CHART_COST_OPERATIONS,
	CHART_COST_BYTES,
	CHART_COST_WORK,
	CHART_COSTS,
} chart_cost;

/* Answers in place of a document, for exploring a definition (prove.h): then no expression is
 * evaluated, no action touches data, and nothing is told to a host. */
typedef struct chart_oracle chart_oracle;

struct tro_chart_session {
	const tro_chart *chart;
	tro_chart_session *parent; /* that invoked this one; NULL for the host's session */
	char *id;		   /* of an invoked session; NULL: the host says */
	bool cancelled;		   /* its events are heard no more */
	chart_child *children;	   /* in order of invocation */
	bool started;
	bool finished;
	bool broken; /* a step failed: only fit to be freed */
	uint64_t *configuration;
	uint64_t *entering; /* scratch of one microstep */
	uint64_t *entering_by_default;
	uint64_t *leaving;
	uint64_t *invoking; /* entered and not yet invoked; NULL without invokes */
	uint64_t *visited;  /* late binding: states whose data have their value; else NULL */
	chart_default *defaults;
	size_t default_count;
	chart_record *history;
	chart_selection selection;
	chart_event *queue, **queue_tail; /* internal */
	size_t queue_count;
	chart_timer *timers; /* sorted: sent without delay by seq, then by (due, id) */
	size_t timer_count, timer_room;
	uint64_t next_id;	   /* of ids that an idlocation stored */
	tro_xml_doc *data;	   /* <datamodel> with a <data> a variable */
	bool torn;		   /* texts may stand side by side in it */
	chart_variable *variables; /* sorted by name */
	size_t variable_count, variable_room;
	chart_held *held;
	tro_xml_doc *removed; /* copies of removed nodes that a loop still holds */
	tro_xml_doc *processors;
	char *processors_of; /* session id that it was made for */
	tro_xpath *xpath;
	chart_function_slot *functions;
	chart_event *event; /* what $_event shows; owned */
	uint32_t *indexes;  /* the arrays of selection */

	/* within one call */
	const tro_chart_host *host;
	tro_err *err;
	tro_status status;     /* of a failure that ends the step */
	bool judging;	       /* an error of evaluation fails instead of becoming an event */
	tro_xml_node *context; /* context node of expressions, or NULL for the data */
	size_t microsteps, externals;
	size_t spent[CHART_COSTS];  /* of the root session alone */
	const chart_oracle *oracle; /* NULL: the document answers */
};

/* What executing something came to. */
typedef enum chart_flow {
	CHART_ON,
	CHART_STOP, /* an error event was raised: the block ends */
	CHART_FAIL, /* the step fails: session->status and *session->err say why */
} chart_flow;

struct chart_oracle {
	chart_flow (*truth)(tro_chart_session *session, const chart_expr *cond, bool *out);
	chart_flow (*run)(tro_chart_session *session, const chart_action *actions);
	/* May the current selection be taken for this event (NULL: none)? CHART_FAIL refuses the
	 * step. */
	chart_flow (*weigh)(tro_chart_session *session, const char *event);
	void *user;
};

/* ---- step.c ---- */
chart_flow tro_chart_failed(tro_chart_session *session, tro_status status);
chart_flow tro_chart_nomem(tro_chart_session *session);

/* Gives data their values, enters the initial configuration and runs until quiet. */
chart_flow tro_chart_start_session(tro_chart_session *session, tro_xml_node *given);
/* Enters the initial configuration and runs until quiet. */
chart_flow tro_chart_enter_and_rest(tro_chart_session *session);
/* Takes an event (owned from then on) as one that comes from outside and runs until quiet;
 * *out_taken (may be NULL) says whether any transition took it. */
chart_flow tro_chart_take(tro_chart_session *session, chart_event *event, bool *out_taken);

/* ---- budget.c ---- */
/* A call begins: nothing of it has failed or been spent yet. */
void tro_chart_begin_call(tro_chart_session *session);
/* Charges the call; CHART_FAIL when it has become too dear. */
chart_flow tro_chart_spend(tro_chart_session *session, chart_cost cost, size_t amount);
/* What a copy of a node costs, in bytes; SIZE_MAX when memory is out. */
size_t tro_chart_weight(const tro_xml_node *node);

/* ---- invoke.c ---- */
const char *tro_chart_session_id(const tro_chart_session *session);
void tro_chart_child_free(chart_child *child);
void tro_chart_children_clear(tro_chart_session *session);
/* Links an invoked session to its parent and names it. */
tro_status tro_chart_adopt_child(tro_chart_session *session, chart_child *child, tro_err *err);
/* The session of the tree that a target (#_parent, #_scxml_ID, #_INVOKEID) means, or NULL. */
tro_chart_session *tro_chart_find_session(tro_chart_session *session, const char *target);
/* Puts an event (owned from then on) behind all that wait in the tree. */
chart_flow tro_chart_hand_over(
	tro_chart_session *sender, tro_chart_session *receiver, chart_event *event);
/* Of the current external event: <finalize> of who sent it, copies to who wants them all. */
chart_flow tro_chart_pass_on(tro_chart_session *session);
chart_flow tro_chart_invoke_all(tro_chart_session *session);
/* Ends what a state that is being left has invoked. */
chart_flow tro_chart_leave_invokes(tro_chart_session *session, uint32_t state);
/* Sends done.invoke for an invoked session that has come to its end. */
chart_flow tro_chart_tell_parent(tro_chart_session *session);
/* The next number in the order of sending over the whole tree. */
uint64_t tro_chart_next_seq(const tro_chart_session *session);

/* ---- event.c ---- */
chart_event *tro_chart_event_new(const char *name, const char *type);
void tro_chart_event_free(chart_event *event);
/* Copies text into a field; false when out of memory. NULL stays NULL. */
bool tro_chart_set_text(char **field, const char *text);
/* The event's <data>, made when it is not there; NULL when out of memory. */
tro_xml_node *tro_chart_event_data(chart_event *event);
/* $_event of the current event, complete; NULL when there is none or memory is out. */
tro_xml_node *tro_chart_event_node(tro_chart_session *session);
/* Makes an event (owned from then on, NULL for none) what $_event shows. */
tro_status tro_chart_bind_event(tro_chart_session *session, chart_event *event);
/* Puts an event (owned from then on) into the internal queue. */
chart_flow tro_chart_enqueue(tro_chart_session *session, chart_event *event);
chart_event *tro_chart_dequeue(tro_chart_session *session);
/* Raises an error event with the reason and returns CHART_STOP; while judging, or when memory is
 * out, CHART_FAIL. */
chart_flow tro_chart_error(
	tro_chart_session *session, const char *name, const char *sendid, const tro_err *reason);
chart_flow tro_chart_error_text(tro_chart_session *session, const char *name, const char *sendid,
	int line, const char *fmt, ...) TRO_PRINTF(5, 6);

/* ---- timer.c ---- */
/* Inserts in order; timer's parts are owned by the session from then on, also on failure. */
chart_flow tro_chart_timer_add(tro_chart_session *session, chart_timer timer);
chart_timer tro_chart_timer_take(tro_chart_session *session, size_t index);
void tro_chart_timer_done(chart_timer *timer);
void tro_chart_timers_clear(tro_chart_session *session);
void tro_chart_timers_cancel(tro_chart_session *session, const char *id);
/* The next number for an id of our own, from those that are pending. */
uint64_t tro_chart_next_auto(const tro_chart_session *session);
/* The session of a tree whose first timer is the first of all; NULL when there is none. */
const tro_chart_session *tro_chart_first_due(const tro_chart_session *session);
int tro_chart_timer_order(const chart_timer *a, const chart_timer *b);
bool tro_chart_is_auto(const char *id);

/* ---- data.c ---- */
/* At the beginning of a call: what the host lends. */
tro_status tro_chart_open_host(
	tro_chart_session *session, const tro_chart_host *host, tro_err *err);
/* At the end of a call: items become values, what was removed is freed. */
tro_status tro_chart_settle(tro_chart_session *session);
/* Makes the data elements and gives them their values: `given` ones, or those declared. */
chart_flow tro_chart_init_data(tro_chart_session *session, tro_xml_node *given);
/* Copies the nodes within an element behind those within another; `from` may be NULL. */
tro_status tro_chart_copy_content(tro_xml_node *to, tro_xml_node *from, tro_err *err);
/* The same, and the attributes, which replace those of their names. */
tro_status tro_chart_copy_value(tro_xml_node *to, tro_xml_node *from, tro_err *err);
chart_flow tro_chart_init_late(tro_chart_session *session, uint32_t state);
chart_variable *tro_chart_variable(const tro_chart_session *session, const char *name);
/* Adds a variable with an empty <data>; NULL when out of memory. */
chart_variable *tro_chart_variable_add(tro_chart_session *session, const char *name, bool declared);
/* Evaluates. An error of evaluation becomes error.execution and CHART_STOP. */
chart_flow tro_chart_value_of(
	tro_chart_session *session, const chart_expr *expr, tro_xpath_value **out);
chart_flow tro_chart_truth_of(tro_chart_session *session, const chart_expr *expr, bool *out);
chart_flow tro_chart_text_of(tro_chart_session *session, const chart_expr *expr, tro_buf *out);
/* Copies a value below a node: nodes as copies, anything else as text. With `unwrap`, a variable
 * gives its content. */
tro_status tro_chart_put_value(tro_chart_session *session, tro_xml_node *parent,
	const tro_xpath_value *value, bool unwrap);
/* Copies the content of an element of the definition: elements without blank text, or else one text
 * of single-spaced words. */
tro_status tro_chart_put_content(
	tro_chart_session *session, tro_xml_node *parent, const tro_xml_node *element);
/* Appends a text with its blanks normalised. */
tro_status tro_chart_put_words(tro_chart_session *session, tro_xml_node *parent, const char *text);
/* Is this the <data> of a variable? */
bool tro_chart_is_variable(const tro_chart_session *session, const tro_xml_node *node);

/* ---- assign.c ---- */
chart_flow tro_chart_assign(tro_chart_session *session, const chart_action *action);
/* Sets a location (from idlocation) to a text. */
chart_flow tro_chart_assign_text(
	tro_chart_session *session, const chart_expr *location, const char *text);
/* The variable's <data>, or else the root of the tree, that a node lies in. */
const tro_xml_node *tro_chart_top_of(const tro_chart_session *session, const tro_xml_node *node);
/* Before what is below `node` (and node itself) goes away: what loops still hold there lives on as
 * a copy. */
tro_status tro_chart_keep(tro_chart_session *session, tro_xml_node *node, bool itself);

/* ---- exec.c ---- */
chart_flow tro_chart_run(tro_chart_session *session, const chart_action *actions);
chart_flow tro_chart_run_blocks(tro_chart_session *session, const chart_block *blocks);
chart_flow tro_chart_effect_out(tro_chart_session *session, const tro_chart_effect *effect);

/* ---- send.c ---- */
typedef enum chart_payload_form {
	CHART_FORM_IDS,	  /* <data id="name"> a parameter: what $_event/data holds (XPath Note) */
	CHART_FORM_NAMES, /* an element a parameter: what the host gets */
} chart_payload_form;
/* Evaluates params or content into `data`. What cannot be evaluated raises an error and, for a
 * namelist or with `strict`, comes to CHART_STOP; else a <param> is left out (SCXML 5.7.1) and
 * <content> is empty (5.6.2). */
chart_flow tro_chart_put_payload(tro_chart_session *session, const chart_payload *payload,
	chart_payload_form form, bool strict, tro_xml_node *data);
chart_flow tro_chart_send(tro_chart_session *session, const chart_action *action);
chart_flow tro_chart_cancel(tro_chart_session *session, const chart_action *action);
chart_flow tro_chart_host_action(tro_chart_session *session, const chart_action *action);
chart_flow tro_chart_value_text(tro_chart_session *session, const chart_value *value, tro_buf *out);

/* ---- select.c ---- */
/* Selects what an event (NULL: no event) enables, conflicts resolved. */
chart_flow tro_chart_select(tro_chart_session *session, const char *event);
/* As that, without parameters of the event: conds that ask for it are open. What is open is not in
 * the selection; *out_open says whether there is any. */
chart_flow tro_chart_select_open(tro_chart_session *session, const char *event, bool *out_open);
/* Targets with histories replaced by what they stand for (Appendix D getEffectiveTargetStates),
 * into session->selection.targets; returns how many. */
size_t tro_chart_effective_targets(tro_chart_session *session, const chart_transition *transition);
uint32_t tro_chart_domain_now(tro_chart_session *session, const chart_transition *transition);

/* ---- move.c ---- */
/* One microstep on the current selection: leave, run, enter. */
chart_flow tro_chart_move(tro_chart_session *session);
/* Enters the initial configuration. */
chart_flow tro_chart_enter_initial(tro_chart_session *session);
/* Runs the onexit of all active states, innermost first (Appendix D exitInterpreter). */
chart_flow tro_chart_exit_all(tro_chart_session *session);

/* ---- judge.c ---- */
typedef struct chart_case { /* what is judged */
	const char *event;
	const tro_chart_actor *actor; /* NULL: role and four eyes are not asked */
	bool without_data;
	bool transitions_open; /* requirements of the selected transitions are not asked */
} chart_case;
/* The one evaluation behind tro_chart_judge, tro_chart_act and every microstep: the event's rules
 * and the requirements of the event and of the selected transitions, into findings. */
chart_flow tro_chart_weigh(
	tro_chart_session *session, const chart_case *what, tro_findings *findings, bool *out_open);
/* For a microstep that nobody was asked about: unmet block requirements fail the step, others
 * become effects. */
chart_flow tro_chart_weigh_step(tro_chart_session *session, const char *event);
chart_flow tro_chart_report(tro_chart_session *session, const tro_findings *findings, size_t from);

/* ---- way.c ---- */
/* Appends the declared events (with `persons`, those that persons do) by which the present
 * configuration can be left towards a state that takes the event, the nearest alone, parted by
 * blanks; nothing when none leads there. */
tro_status tro_chart_way(const tro_chart_session *session, const char *event, bool persons,
	tro_buf *out, tro_err *err) TRO_MUST_USE;

/* ---- session.c ---- */
/* Is this a configuration, seen from an active state down: one child of each compound state, all of
 * each parallel one, and nothing without its parent? */
bool tro_chart_legal(const tro_chart *chart, const uint64_t *configuration, uint32_t from);
/* Is a state of rest active? */
bool tro_chart_at_rest(const tro_chart *chart, const uint64_t *configuration);

#endif
