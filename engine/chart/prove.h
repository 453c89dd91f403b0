/*
 * Proof: all that a definition can do, explored without a document.
 *
 * What is explored is a *root* definition together with one child of each kind that it, or what it
 * opens, opens with <tro:matter>. The engine's own step takes every event (select.c, move.c,
 * step.c run as they are); only where it would ask the document, an oracle answers (oracle.c).
 *
 * The abstraction. A node of the graph is, for each definition: not opened, running or finished;
 * its configuration; its recorded history; which of its deadlines are set; and its *facts*. An edge
 * is one step: an event that a person does or a deadline that passes, with all that it posts to
 * other matters, until quiet.
 *
 *  Fact: does a path such as $case/orders/order[@n = $n]/made select anything? Followed are the
 *      paths of child steps, without predicates or with [@name = $variable] of a variable of the
 *      matter, on which a cond or a blocking requirement hangs, and which some step makes true
 *      whatever was typed. <assign> makes a fact true, false,
 *      or open (facts.c). A path that is picked by a variable of the matter is that matter's alone:
 *      such variables are taken to be as unique as the matter's id, and to stay.
 *  Cond, <if>: split at and, or, not(). A part that is a fact, In(), true() or false() is decided,
 *      PATH[self::a or self::b] by the facts PATH/a and PATH/b. Whether some open matter lacks an
 *      element, PATH[... = $_x/matters/matter/@id][not(a)], is true where the followed one lacks
 * it. Any other is free: both answers are explored. Within a step a free part that does not mention
 * $_event keeps its answer until something is assigned. Requirement of level block: refuses where
 * the facts decide that it is not met; else it is taken to be met. warn and task refuse nothing.
 *  <foreach>: not at all, or once, for the followed child. Where its array picks by
 *      "... = $_x/matters/matter/@id", or is all matters whose id starts so, it visits every matter
 *      that is open, so the followed one. What it does for others is seen unless it only sends to
 *      them or opens them.
 *  <tro:matter>: opens the followed child, or another of its kind, which is not followed (then
 *      nothing is seen of it). What is sent to a matter whose id is worked out reaches the followed
 *      one or another.
 *  Deadline: may pass whenever it is set. Time is not modelled otherwise.
 *  End: a matter that has ended (tro_chart_ended) needs nothing more, although one at rest may
 *      take what comes.
 *  Person: anybody may hold any role, and there are always people enough. So four eyes bind only
 *      one person at a time: where a property speaks of persons, one arbitrary person is followed
 *      with what that person has done, everybody else is "another" (property.c).
 *  Error: where a definition has a transition for error events, any cond or action may raise one;
 *      elsewhere an error undoes the step, as the production profile has it.
 *
 * So the graph over-approximates: each step that any case can do, seen from one root and one child
 * of each kind, is an edge; some edges and paths no case can do. What that means:
 *  - "no such path" (an unreachable state, an event that cannot come, "never X before Y", "always
 *    P" holds) is proof.
 *  - a path that is printed may hang on free answers that no document gives together. It shows what
 *    the definition does not by itself exclude.
 *  - "can reach" (dead ends, every path from A can reach B, A leads to B) says: a way is there if
 *    the document can be brought to meet what is free, which is what remedies are for. It is no
 *    proof of that; "cannot reach" is proof for the node from which it is said.
 *  - siblings of one kind that act on each other are not seen, nor what only sizes, dates and texts
 *    decide.
 */
#ifndef TRO_CHART_PROVE_H
#define TRO_CHART_PROVE_H

#include "chart/session.h"

#define PROVE_NONE UINT32_MAX

enum {
	PROVE_FACTS_MAX = 64,	   /* followed facts of one definition; more are free */
	PROVE_DEADLINES_MAX = 64,  /* delayed sends of one definition */
	PROVE_KINDS_MAX = 64,	   /* definitions that are explored together */
	PROVE_WAYS_MAX = 20000,	   /* answers that are tried of one event in one node */
	PROVE_NODES_MAX = 1000000, /* nodes of one graph */
	PROVE_POSTS_MAX = 1000,	   /* events posted within one step */
	PROVE_MICROSTEPS_MAX = 1000,
};

/* ---- map.c: from pointers of the model to numbers ---- */

typedef struct prove_map {
	const void **keys;
	uint32_t *values;
	size_t count, room; /* room: a power of two, or 0 */
} prove_map;
bool tro_prove_map_put(prove_map *map, const void *key, uint32_t value); /* false: no memory */
uint32_t tro_prove_map_get(const prove_map *map, const void *key);	 /* or PROVE_NONE */
void tro_prove_map_done(prove_map *map);

/* ---- room.c: lists that grow ---- */

/* The list with room for one more behind `count`: moved, and *room larger, when it was full. NULL:
 * no memory, or more than numbers of 32 bits count; the list is as it was. */
void *tro_prove_room(void *list, size_t *room, size_t count, size_t size);

/* ---- guard.c: what a cond is made of ---- */

typedef enum guard_kind {
	GUARD_CONST,
	GUARD_LEAF,
	GUARD_NOT,
	GUARD_AND,
	GUARD_OR,
} guard_kind;

typedef struct prove_guard {
	guard_kind kind;
	bool value;    /* CONST */
	uint32_t leaf; /* LEAF */
	const struct prove_guard *left, *right;
} prove_guard;

typedef struct prove_leaf {
	const char *text; /* blanks made one */
	bool asks_event;
	uint32_t state; /* of In('id'), else PROVE_NONE */
	uint32_t fact;	/* else PROVE_NONE */
	/* Of PATH[self::a or self::b], the leaves PATH/a and PATH/b: it is so when one of them is.
	 */
	const uint32_t *parts;
	size_t part_count;
	/* Of a test whether there is such a matter (compose.c), the kind, else PROVE_NONE; where it
	 * is whether some open one lacks an element, also the kind's fact, else PROVE_NONE. */
	uint32_t matter, lacks;
	/* of PATH = 'value', where PATH is one parameter of the event; else NULL */
	const char *subject, *value;
} prove_leaf;

typedef struct prove_leaves {
	prove_leaf *list;
	size_t count, room;
} prove_leaves;

/* Splits the text of a cond; leaves are added to the list, each text once. NULL: no memory. */
const prove_guard *tro_prove_guard(
	tro_arena *arena, const tro_chart *chart, prove_leaves *leaves, const char *text);
/* Can both hold at once, as far as their parts tell? known: PROVE_FALSE, TRUE or OPEN a leaf; NULL:
 * all open. trial: room for as many and one. */
typedef enum prove_truth {
	PROVE_FALSE,
	PROVE_TRUE,
	PROVE_OPEN,
} prove_truth;
prove_truth tro_prove_weigh(const prove_guard *guard, const uint8_t *known);
bool tro_prove_overlap(const prove_leaves *leaves, const prove_guard *a, const prove_guard *b,
	const uint8_t *known, uint8_t *trial);

/* ---- place.c: where in the document ---- */

typedef struct prove_step {
	const char *name;      /* NULL: any of `names`, or any at all */
	const char *names;     /* blank-separated, of *[self::a or self::b]; "" for any */
	const char *attribute; /* of the predicate [@attribute = $variable]; "" */
	const char *variable;  /* of that */
	bool odd;	       /* another predicate */
} prove_step;

typedef struct prove_place {
	const char *text;     /* blanks made one; NULL when it is no path of child steps */
	const char *variable; /* at its beginning, without $ */
	const prove_step *steps;
	size_t count;
} prove_place;

/* Blanks made one, none at the ends. */
const char *tro_prove_one_blank(tro_arena *arena, const char *text);
/* TRO_NOMEM alone. */
tro_status tro_prove_place(prove_place *out, tro_arena *arena, const char *text);
/* May both select a common node? Of `whole` only the first `count` steps are meant. */
bool tro_prove_meets(const prove_place *a, const prove_place *whole, size_t count);
/* Do both say the same, word for word? Of `whole` only the first `count` steps are meant. */
bool tro_prove_same(const prove_place *a, const prove_place *whole, size_t count);
bool tro_prove_step_covers(const prove_step *step, const char *name); /* and all of that name */

/* ---- kinds: what is composed (compose.c) ---- */

typedef enum prove_change {
	PROVE_CLEAR,
	PROVE_SET,
	PROVE_LOOSE, /* from now on open */
} prove_change;

typedef struct prove_effect { /* of one <assign> on one fact */
	uint32_t kind, fact;
	prove_change change;
	const chart_action *action;
	uint32_t next; /* in prove.effects; PROVE_NONE at the end */
} prove_effect;

typedef struct prove_fact {
	prove_place place;
	prove_truth first; /* when the matter is opened */
} prove_fact;

typedef struct prove_deadline {
	const chart_action *send;
	const char *id;	   /* "" when it has none: it cannot be cancelled */
	const char *event; /* "" when worked out */
} prove_deadline;

/* Where an event goes, or which definition is opened. */
typedef struct prove_route {
	bool own;	 /* to the session itself */
	bool sure;	 /* to nobody but the one in `kinds` */
	uint64_t *kinds; /* may go to these */
} prove_route;

/* What a foreach visits. */
typedef struct prove_loop {
	uint32_t kind; /* the one that all it sends or opens is for, else PROVE_NONE */
	bool posts;    /* does nothing else that can be told */
	bool picks;    /* visits every matter of the kind that is open */
} prove_loop;

typedef struct prove_kind {
	const tro_chart *chart;
	const char *name;     /* of its root matter: the last part of tro:id */
	const char *skeleton; /* of its matters' ids: what is worked out is '*' */
	bool root;
	bool handles_errors;
	prove_leaves leaves;
	prove_fact *facts;
	size_t fact_count;
	prove_deadline *deadlines;
	size_t deadline_count;
	size_t at, config_at, history_at,
		end;	  /* words of a node; at: flags, deadlines, true, open */
	size_t words;	  /* of a set of states */
	uint64_t *takers; /* a set for each declared event: what has a transition for it */
	tro_chart_session *session; /* runs every step of this kind */
	uint8_t *memo;		    /* answers of the leaves in this step */
	uint8_t *known, *trial;	    /* room for as many, for who asks the graph */
} prove_kind;

/* Words of a node, from prove_kind.at on. */
enum { NODE_FLAGS, NODE_DEADLINES, NODE_TRUE, NODE_OPEN, NODE_HEAD };
enum { NODE_OPENED = 1, NODE_FINISHED = 2 };

/* ---- the graph ---- */

/* Something that happened in a step: an event that a matter took, or a filing that it made. */
typedef struct prove_deed {
	uint32_t kind;
	const char *name;
	bool filing;
} prove_deed;

typedef struct prove_label {
	uint32_t kind;
	const char *event;
	bool deadline;	 /* else a person does it */
	uint32_t *deeds; /* the first is the event itself; then sorted */
	size_t deed_count;
} prove_label;

typedef struct prove_edge {
	uint32_t to, label;
} prove_edge;

typedef struct prove_node {
	uint32_t parent, label; /* of the shortest path; the first has none */
	uint32_t first_edge, edge_count;
} prove_node;

typedef struct prove_post {
	bool opens;
	uint32_t kind;
	const char *event;
} prove_post;

typedef struct prove {
	tro_arena *arena;
	prove_kind *kinds;
	size_t kind_count;
	size_t stride;	  /* words of a node */
	prove_map guards; /* of conds, ifs and tests, by chart_expr, into guard_list */
	const prove_guard **guard_list;
	size_t guard_count, guard_room;
	prove_map effects_of; /* of an assign, into effects */
	prove_effect *effects;
	size_t effect_count, effect_room;
	prove_map routes_of; /* of sends and tro:matter, into routes */
	prove_route *routes;
	size_t route_count, route_room;
	prove_map loops_of; /* of foreach, into loops */
	prove_loop *loops;
	size_t loop_count, loop_room;
	prove_map deadline_of; /* of sends that wait, into the kind's deadlines */
	prove_map matters;     /* actions that matter to what is explored */
	chart_oracle oracle;

	uint64_t *bits; /* of nodes, stride each */
	prove_node *nodes;
	size_t node_count, node_room;
	uint32_t *table; /* of nodes by content */
	size_t table_size;
	prove_edge *edges;
	size_t edge_count, edge_room;
	prove_label *labels;
	size_t label_count, label_room;
	prove_deed *deeds;
	size_t deed_count, deed_room;
	struct prove_memo *memo; /* steps that are known */
	bool restless;		 /* a step was given up because it never came to rest */
	uint32_t restless_node, restless_label;

	/* one step */
	uint64_t *now;		    /* the node that comes to be */
	uint32_t running;	    /* kind */
	uint64_t touched;	    /* the kinds that have a part in the step */
	uint32_t visits;	    /* the kind whose followed matter a foreach is at, else NONE */
	uint8_t *answers, *options; /* of the free choices in order */
	size_t answer_count, answer_at, answer_room;
	prove_post posts[PROVE_POSTS_MAX];
	size_t post_count, post_at;
	size_t own_count; /* of those from post_at on: what a session sent itself */
	tro_err scratch;
	uint32_t *happened; /* deeds of this step */
	size_t happened_count, happened_room;
	tro_status status;
	tro_err *err;
} prove;

/* Composes the definitions that can be reached from one root; charts must outlive it. */
tro_status tro_prove_new(prove **out, const tro_chart *const *charts, size_t count, size_t root,
	tro_err *err) TRO_MUST_USE;
void tro_prove_free(prove *p);

/* compose.c: what is known of a text that is worked out; '*' stands for what is not. */
const char *tro_prove_skeleton(tro_arena *arena, const char *expr);
/* Can two such texts be one? */
bool tro_prove_may_equal(const char *a, const char *b);
tro_status tro_prove_add_loop(prove *p, const chart_action *action, prove_loop loop);

/* matters.c: which loops visit matters, which conds ask for them. */
tro_status tro_prove_find_matters(prove *p);

/* facts.c: which facts are followed, what each assign does to them. */
tro_status tro_prove_find_facts(prove *p);
/* Guard of a cond (its chart_expr) or of a property (its element); NULL when there is none. */
const prove_guard *tro_prove_guard_of(const prove *p, const void *expr);
/* Calls back for every action of a definition, nested ones too. */
typedef tro_status (*prove_visit)(void *user, uint32_t kind, const chart_action *action);
tro_status tro_prove_each_action(
	const tro_chart *chart, uint32_t kind, prove_visit visit, void *user);

/* oracle.c: one step in p->now, with the answers so far. */
extern const chart_oracle tro_prove_oracle;
/* A free choice among so many. */
uint32_t tro_prove_choose(prove *p, uint32_t count);
/* Notes what happens in the matter that runs; false when out of memory. */
bool tro_prove_happen(prove *p, const char *name, bool filing);
chart_flow tro_prove_post_to(prove *p, const prove_route *route, const char *event, bool opens);
/* What is known of the leaves of a kind in a node, PROVE_OPEN for the rest. */
void tro_prove_known(const prove *p, uint32_t kind, const uint64_t *node, uint8_t *known);

/* explore.c */
/* Builds the whole graph. TRO_NOMEM also when it is larger than our limits. */
tro_status tro_prove_explore(prove *p, tro_err *err) TRO_MUST_USE;
static inline const uint64_t *prove_bits(const prove *p, uint32_t node)
{
	return p->bits + (size_t)node * p->stride;
}
static inline const uint64_t *prove_configuration(
	const prove *p, uint32_t kind, const uint64_t *node)
{
	return node + p->kinds[kind].config_at;
}
static inline bool prove_is(const prove *p, uint32_t kind, const uint64_t *node, unsigned flag)
{
	return (node[p->kinds[kind].at + NODE_FLAGS] & flag) != 0;
}
static inline bool prove_running(const prove *p, uint32_t kind, const uint64_t *node)
{
	return (node[p->kinds[kind].at + NODE_FLAGS] & (NODE_OPENED | NODE_FINISHED)) ==
	       NODE_OPENED;
}

/* ---- what is asked of the graph: findings of level block, each with a shortest path ---- */

/* Everything that one set of definitions is asked. */
typedef struct prove_set {
	const tro_chart *const *charts;
	size_t count;
	tro_findings *findings;
	tro_err *err;
} prove_set;
/* sound.c: unreachable states, dead ends, waits without exit, deadlines never cancelled or set
 * where a matter rests, steps that never end. */
tro_status tro_prove_sound(const prove *p, const prove_set *set);
/* Does a matter rest in a node where a deadline of its own is set? */
bool tro_prove_unrest(const prove *p, uint32_t kind, uint32_t node);
/* Has a matter come to its end in the node (tro_chart_ended)? */
bool tro_prove_ended(const prove *p, uint32_t kind, const uint64_t *node);
/* rules.c: transitions without order, events that cannot come, four eyes, remedies, matters. */
tro_status tro_prove_rules(const prove *p, const prove_set *set);
/* The states of a kind that some step leaves are added to the set. */
void tro_prove_left(const prove *p, uint32_t kind, uint64_t *left);
/* Is a deadline set in a node where nothing takes its event? */
bool tro_prove_forgotten(const prove *p, uint32_t kind, uint32_t index, uint32_t node);
/* Does a step hold this event, taken by a matter of the kind? */
bool tro_prove_happens(const prove *p, uint32_t kind, const char *name);
/* Does the definition raise it itself, within its steps? */
bool tro_prove_raised_inside(const prove *p, uint32_t kind, const char *event);
/* property.c: what the definitions declare of themselves. A property that holds is told as a
 * finding of level note, with what is assumed. */
tro_status tro_prove_properties(const prove *p, const prove_set *set);
/* before.c: never X before Y, also by persons. */
typedef struct prove_words {
	const char *x, *y, *not_by; /* blank-separated; not_by "" when persons are no matter */
} prove_words;
/* Appends the shortest way that breaks it; nothing when it holds. */
tro_status tro_prove_before(
	const prove *p, uint32_t kind, const prove_words *words, tro_buf *way, tro_err *err);
/* What each label means to such a property, for who searches by other means (promela.c). */
typedef struct prove_meaning {
	bool x, y, y_first;	/* y_first: before all else of the step */
	bool counts;		/* it counts who does it */
	unsigned did, excluded; /* classes: what it adds, what keeps a person from it */
} prove_meaning;
tro_status tro_prove_meanings(const prove *p, uint32_t kind, const prove_words *words,
	prove_meaning *out, unsigned *not_by, tro_err *err);
/* What a <tro:property> asks, in terms of the graph. */
typedef enum prove_form {
	PROVE_NO_FORM, /* it cannot be asked: check says why */
	PROVE_BEFORE,  /* words */
	PROVE_ALWAYS,  /* never comes to a wanted node */
	PROVE_REACHING /* from each node of from a wanted one can be reached */
} prove_form;
typedef struct prove_asked {
	const char *id;
	prove_form form;
	prove_words words;
	uint8_t *from, *wanted; /* a byte a node; the arena's */
} prove_asked;
tro_status tro_prove_asked(
	const prove *p, uint32_t kind, const tro_xml_node *node, prove_asked *out, tro_err *err);
/* Is what happened one of the listed: NAME or filing:NAME of the kind, with ^ of any other? */
bool tro_prove_listed(uint32_t kind, const char *list, const prove_deed *deed);
/* Has the chart a final state at its top, or one of rest? */
bool tro_prove_can_end(const tro_chart *chart);
/* For each node: can one of the wanted ones be reached from it? wanted and out: node_count bytes
 * each; out begins as a copy of wanted. */
tro_status tro_prove_can_reach(const prove *p, const uint8_t *wanted, uint8_t *out);
/* Adds a finding; at the end of its message stands the shortest way to the node (PROVE_NONE: no
 * way is told). */
tro_status tro_prove_find(const prove *p, const prove_set *set, const char *id, uint32_t kind,
	int line, const char *remedy, uint32_t node, const char *fmt, ...) TRO_PRINTF(8, 9);
/* The first node in which a state of a kind is active; PROVE_NONE. */
uint32_t tro_prove_first_in(const prove *p, uint32_t kind, uint32_t state);

/* path.c: the shortest way to a node, as a person reads it, appended. */
void tro_prove_put_path(const prove *p, uint32_t node, tro_buf *out);
void tro_prove_put_label(const prove *p, uint32_t label, tro_buf *out);

#endif
