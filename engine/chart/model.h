/*
 * The loaded definition. Everything lives in the chart's arena, but for the compiled expressions
 * (list `exprs`) and the document, whose nodes the model points into.
 *
 * States stand in one array in document order, the <scxml> element at 0; a state's descendants are
 * the contiguous range (index, end). So "is a descendant of" is two comparisons.
 */
#ifndef TRO_CHART_MODEL_H
#define TRO_CHART_MODEL_H

#include "base/arena.h"
#include "chart/chart.h"

#define CHART_NONE UINT32_MAX

enum {
	CHART_STATES_MAX = 20000,	/* states of one definition */
	CHART_HISTORIES_MAX = 1000,	/* histories of one definition */
	CHART_XPATH_MAX = 8192,		/* bytes of one expression */
	CHART_TARGETS_MAX = 64,		/* targets of one transition */
	CHART_FAULTS_MAX = 1000,	/* faults reported of one definition */
	CHART_MICROSTEPS_MAX = 1000,	/* microsteps of one macrostep */
	CHART_EXTERNALS_MAX = 1000,	/* own events taken within one call */
	CHART_QUEUE_MAX = 2000,		/* internal events waiting */
	CHART_TIMERS_MAX = 2000,	/* timers of one session */
	CHART_ACTIONS_MAX = 200000,	/* elements executed and states entered within one call */
	CHART_OPERATIONS_MAX = 5000000, /* of XPath within one call */
	CHART_COPIED_MAX = 16 << 20,	/* bytes copied into data within one call */
	CHART_WORK_MAX = 50000000,	/* comparisons of transitions within one call */
};

/* The meaning of definitions that this engine has: tro:semantics. */
#define CHART_SEMANTICS "1"

/* Identifiers that the engine gives to sends without one; not allowed in definitions. */
#define CHART_AUTO_ID "_tro."

typedef struct chart_expr {
	const char *text;
	tro_xpath_expr *compiled; /* NULL when the text is no XPath: then evaluating it is an error
				   */
	const char *fault;	  /* why it did not compile */
	int line;
	bool asks_event;	 /* mentions $_event */
	bool shared;		 /* compiled belongs to an earlier one that says the same */
	struct chart_expr *same; /* next in the loader's table of texts */
	struct chart_expr *next;
} chart_expr;

/* An attribute that stands as it is, or is evaluated; both NULL when absent. */
typedef struct chart_value {
	const char *text;
	const chart_expr *expr;
} chart_value;

/* ---- data that go with an event ---- */

typedef struct chart_param {
	const char *name;
	const chart_expr *expr; /* of `expr` or `location` */
	bool location;		/* an empty node-set is an error */
	bool listed;		/* of namelist: an error stops the send */
	struct chart_param *next;
} chart_param;

typedef struct chart_payload {
	chart_param *params;   /* of namelist, then of <param> */
	tro_xml_node *content; /* <content>, or NULL */
	const chart_expr *content_expr;
} chart_payload;

/* ---- executable content ---- */

typedef enum chart_action_kind {
	CHART_DO_RAISE,
	CHART_DO_IF,
	CHART_DO_FOREACH,
	CHART_DO_LOG,
	CHART_DO_ASSIGN,
	CHART_DO_SEND,
	CHART_DO_CANCEL,
	CHART_DO_HOST,
} chart_action_kind;

typedef enum chart_assign_kind {
	CHART_REPLACE_CHILDREN,
	CHART_FIRST_CHILD,
	CHART_LAST_CHILD,
	CHART_PREVIOUS_SIBLING,
	CHART_NEXT_SIBLING,
	CHART_REPLACE,
	CHART_DELETE,
	CHART_ADD_ATTRIBUTE,
} chart_assign_kind;

typedef struct chart_action chart_action;

typedef struct chart_branch {
	const chart_expr *cond; /* NULL for else */
	chart_action *actions;
	struct chart_branch *next;
} chart_branch;

typedef struct chart_loop_action {
	const chart_expr *array;
	const char *item;
	const char *index; /* or NULL */
	const char *fault; /* item or index are no names: running it is an error */
	chart_action *actions;
} chart_loop_action;

typedef struct chart_assign_action {
	const chart_expr *location;
	const chart_expr *expr; /* or NULL: the content of the element */
	tro_xml_node *element;
	chart_assign_kind kind;
	const char *attribute;
} chart_assign_action;

typedef struct chart_send_action {
	chart_value event, target, type, delay, at;
	const char *id;
	const chart_expr *id_location;
	chart_payload payload;
} chart_send_action;

typedef struct chart_host_attribute {
	const char *name; /* without "expr" */
	chart_value value;
	struct chart_host_attribute *next;
} chart_host_attribute;

typedef struct chart_host_action {
	const char *name;
	const chart_expr *foreach; /* or NULL */
	chart_host_attribute *attributes;
	chart_payload payload;
} chart_host_action;

struct chart_action {
	chart_action_kind kind;
	int line;
	chart_action *next;
	union {
		const char *raise;
		chart_branch *branches;
		chart_loop_action loop;
		struct {
			const char *label;
			const chart_expr *expr;
		} log;
		chart_assign_action assign;
		chart_send_action *send;
		chart_value cancel;
		chart_host_action *host;
	} of;
};

/* One <onentry> or <onexit>: an error ends the block, not its neighbours. */
typedef struct chart_block {
	chart_action *actions;
	struct chart_block *next;
} chart_block;

/* ---- requirements ---- */

typedef struct chart_sentence {
	const char *text;	/* or NULL, then: */
	const chart_expr *expr; /* shown as a string */
	struct chart_sentence *next;
} chart_sentence;

typedef struct chart_require {
	const char *id, *basis, *remedy;
	tro_level level;
	const chart_expr *test;
	const chart_expr *none; /* the nodes of which test says that there are none, or NULL */
	const chart_sentence *sentence; /* with none: evaluated at each of them */
	bool asks_event;		/* test or sentence mention $_event */
	int line;
	struct chart_require *next;
} chart_require;

/* ---- states and transitions ---- */

typedef enum chart_state_kind {
	CHART_ATOMIC,
	CHART_COMPOUND,
	CHART_PARALLEL,
	CHART_FINAL,
	CHART_SHALLOW, /* history */
	CHART_DEEP,
} chart_state_kind;

typedef struct chart_descriptor {
	const char *name; /* without a final ".*"; "" for "*" */
	size_t len;
} chart_descriptor;

typedef struct chart_transition {
	uint32_t source;
	uint32_t next; /* of the same state, document order; CHART_NONE at the end */
	uint32_t *targets;
	size_t target_count;
	uint32_t domain; /* CHART_NONE when without target, or when history decides */
	bool to_history;
	bool internal;
	chart_descriptor *events;
	size_t event_count; /* 0: eventless */
	const chart_expr *cond;
	const char *why, *remedy; /* of a cond that is false; NULL when not said */
	chart_require *requires;
	chart_action *actions;
	const char *target_text; /* "" when absent */
	tro_xml_node *element;	 /* NULL when implied by the attribute or by document order */
	int line;
} chart_transition;

typedef struct chart_data {
	const char *id;
	const chart_expr *expr;
	tro_xml_node *element; /* content, when there is no expr */
	const char *source;    /* src */
	uint32_t state;
	int line;
	struct chart_data *next; /* of the whole chart, document order */
} chart_data;

typedef struct chart_invoke {
	chart_value type, source;
	const char *id;
	const chart_expr *id_location;
	chart_payload payload;
	bool autoforward;
	chart_action *finalize;
	bool has_finalize;
	uint32_t index; /* among the invokes of the chart */
	int line;
	uint32_t state;
	struct chart_invoke *next;
} chart_invoke;

typedef struct chart_state {
	const char *id;
	const char *title;
	chart_state_kind kind;
	uint32_t parent;		      /* CHART_NONE for the root */
	uint32_t end;			      /* one past the last descendant */
	uint32_t first_child, next_child;     /* states without histories */
	uint32_t first_history, next_history; /* histories of this state */
	uint32_t history;		      /* a history's place among the histories */
	uint32_t initial;		      /* transition; of a history: its default */
	uint32_t first_transition;
	uint32_t depth;
	chart_block *onentry, *onexit;
	chart_payload *donedata;
	chart_invoke *invokes;
	bool has_data;
	bool rest; /* tro:rest, of it or of a state around it: an end that takes what still comes */
	tro_xml_node *element;
	int line;
} chart_state;

typedef struct chart_name {
	const char *name;
	uint32_t index;
} chart_name;

/* What a declared event demands beyond what tro_chart_event tells. */
typedef struct chart_rules {
	chart_require *requires;
	int line;
} chart_rules;

struct tro_chart {
	tro_arena *arena;
	tro_xml_doc *doc;
	tro_chart_mode mode;
	const char *source; /* name in messages */
	const char *id, *version, *title, *name;
	bool late; /* binding */
	chart_state *states;
	size_t state_count;
	size_t history_count;
	chart_transition *transitions;
	size_t transition_count;
	bool eventless;	 /* some transition that is selected needs no event */
	chart_name *ids; /* of states, sorted */
	tro_chart_event *events;
	chart_rules *rules;	 /* of the event at the same index */
	chart_name *event_names; /* sorted */
	size_t event_count;
	chart_data *data;
	chart_name *data_names; /* sorted; index is the place in document order */
	size_t data_count;
	chart_invoke **invokes;
	size_t invoke_count;
	chart_expr *exprs;
};

static inline bool chart_is_history(const chart_state *state)
{
	return state->kind == CHART_SHALLOW || state->kind == CHART_DEEP;
}

/* Is `below` a proper descendant of `above`? */
static inline bool chart_is_below(const tro_chart *chart, uint32_t below, uint32_t above)
{
	return below > above && below < chart->states[above].end;
}

/* Looks up a sorted list; CHART_NONE when it is not there. */
uint32_t tro_chart_find_name(const chart_name *names, size_t count, const char *name);
/* What a person calls the definition in a message: its id, or the name it was loaded under (which
 * may be a hash) when it has none. */
const char *tro_chart_label(const tro_chart *chart);
uint32_t tro_chart_find_state(const tro_chart *chart, const char *id);

/* Does a descriptor match an event's name (SCXML 3.12.1)? */
bool tro_chart_matches(const chart_descriptor *descriptor, const char *event);
bool tro_chart_accepts(const chart_transition *transition, const char *event);

/* The innermost compound state (or the root) that holds the source and all of so many states. */
uint32_t tro_chart_lcca(
	const tro_chart *chart, uint32_t source, const uint32_t *states, size_t count);
/* The domain of a transition with these effective targets (Appendix D getTransitionDomain). */
uint32_t tro_chart_domain(const tro_chart *chart, const chart_transition *transition,
	const uint32_t *targets, size_t count);

#endif
