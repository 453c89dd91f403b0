/*
 * XML: the only door to libxml2 and libxslt. Documents from outside are parsed hardened (FORMATS.md
 * 6), trees are built and changed by calls (never by printing text), and become bytes by exclusive
 * canonicalisation only.
 *
 * A node is libxml2's node; a document owns its nodes. Nodes returned are borrowed and live until
 * they are removed or their document is freed. Names and values are UTF-8. The "text" of an element
 * is its string value. Namespaces are given by URI; "" or NULL means no namespace.
 */
#ifndef TRO_XML_XML_H
#define TRO_XML_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>

typedef struct _xmlDoc tro_xml_doc;
typedef struct _xmlNode tro_xml_node;

/* Once per process before any other call here; silences libxml2, denies all external entities. */
tro_status tro_xml_init(tro_err *err) TRO_MUST_USE;
void tro_xml_quit(void);

/* ---- parse ---- */

typedef struct tro_xml_limits {
	size_t bytes; /* of the whole text */
	size_t elements;
	size_t depth;
} tro_xml_limits;

extern const tro_xml_limits tro_xml_limits_default; /* 8 MiB, 200,000 elements, depth 128 */

/* Parses bytes from outside. `name` names the source in messages (a path). Refuses, as TRO_INVALID
 * with line and reason: what is not well-formed, any DOCTYPE, start tags over 8 kB or with over 64
 * '=', more than the limits. Line numbers are kept. */
tro_status tro_xml_parse(tro_xml_doc **out, const char *bytes, size_t len, const char *name,
	const tro_xml_limits *limits, tro_err *err) TRO_MUST_USE;
void tro_xml_free(tro_xml_doc *doc);

/* ---- build and change; every call reports out of memory as TRO_NOMEM or NULL ----
 *
 * A name that is no XML name, or text that XML cannot hold, gives TRO_USAGE or TRO_INVALID, or NULL
 * where there is no status: ask tro_xml_text_valid before appending what a person typed. */

/* May this text stand in XML: UTF-8 without control characters other than tab and line ends? */
bool tro_xml_text_valid(const char *text) TRO_MUST_USE;

/* A document with one empty root element. NULL when out of memory. */
tro_xml_doc *tro_xml_new(const char *ns, const char *name) TRO_MUST_USE;
tro_xml_node *tro_xml_root(tro_xml_doc *doc);
tro_xml_doc *tro_xml_doc_of(tro_xml_node *node);
/* Appends an element; text may be NULL for none. */
tro_xml_node *tro_xml_append(
	tro_xml_node *parent, const char *ns, const char *name, const char *text) TRO_MUST_USE;
tro_status tro_xml_append_text(tro_xml_node *parent, const char *text, tro_err *err) TRO_MUST_USE;
/* Sets or replaces an attribute. */
tro_status tro_xml_set(tro_xml_node *node, const char *ns, const char *name, const char *value,
	tro_err *err) TRO_MUST_USE;
void tro_xml_unset(tro_xml_node *node, const char *ns, const char *name);
/* Replaces all children by one text (NULL or "" for none). */
tro_status tro_xml_set_text(tro_xml_node *node, const char *text, tro_err *err) TRO_MUST_USE;
/* Unlinks and frees a node with what is below it (an element, a text, or an attribute node). */
void tro_xml_remove(tro_xml_node *node);
/* Where a deep copy of a node goes relative to a node that is there. */
typedef enum tro_xml_place {
	TRO_XML_FIRST_CHILD,
	TRO_XML_LAST_CHILD,
	TRO_XML_BEFORE,
	TRO_XML_AFTER,
	TRO_XML_INSTEAD, /* replaces (and frees) the node that is there */
} tro_xml_place;
/* Copies `source` (of any document; namespaces come along) to its place; *out (may be NULL) is the
 * copy. */
tro_status tro_xml_copy(tro_xml_node **out, tro_xml_node *there, tro_xml_place place,
	tro_xml_node *source, tro_err *err) TRO_MUST_USE;
/* A new document whose root is a deep copy of node. NULL when out of memory. */
tro_xml_doc *tro_xml_copy_doc(tro_xml_node *node) TRO_MUST_USE;
/* Removes blank text nodes and comments and processing instructions below a node, and joins texts
 * that then stand side by side: what is left is what its canonical form would parse to. */
void tro_xml_strip_blanks(tro_xml_node *node);

/* ---- read ---- */

typedef enum tro_xml_kind {
	TRO_XML_ELEMENT,
	TRO_XML_TEXT, /* CDATA too */
	TRO_XML_ATTRIBUTE,
	TRO_XML_OTHER, /* comment, processing instruction, document */
} tro_xml_kind;

tro_xml_kind tro_xml_node_kind(const tro_xml_node *node);
const char *tro_xml_name(const tro_xml_node *node); /* local name; borrowed */
const char *tro_xml_ns(const tro_xml_node *node);   /* URI or ""; borrowed */
int tro_xml_line(const tro_xml_node *node);
bool tro_xml_is(const tro_xml_node *node, const char *ns, const char *name);
/* Has the element no text of its own beside its elements, and nothing else? */
bool tro_xml_holds_elements_alone(const tro_xml_node *node);
tro_xml_node *tro_xml_parent(const tro_xml_node *node); /* element, or NULL */
/* First and next element child in document order; NULL at the end. */
tro_xml_node *tro_xml_first(const tro_xml_node *node);
tro_xml_node *tro_xml_next(const tro_xml_node *node);
/* As those, only elements of this name. */
tro_xml_node *tro_xml_first_named(const tro_xml_node *node, const char *ns, const char *name);
tro_xml_node *tro_xml_next_named(const tro_xml_node *node, const char *ns, const char *name);
/* First and next child of any kind. */
tro_xml_node *tro_xml_first_any(const tro_xml_node *node);
tro_xml_node *tro_xml_next_any(const tro_xml_node *node);
/* Attributes in document order, as nodes of kind TRO_XML_ATTRIBUTE. */
tro_xml_node *tro_xml_first_attribute(const tro_xml_node *node);
tro_xml_node *tro_xml_next_attribute(const tro_xml_node *attribute);
/* Attribute value, borrowed while the attribute is not changed; NULL when absent. */
const char *tro_xml_get(const tro_xml_node *node, const char *ns, const char *name);
/* The same of an attribute of no namespace; "" when absent. */
const char *tro_xml_attribute(const tro_xml_node *node, const char *name);
/* Appends the string value of a node (all text below it, or an attribute's value). */
void tro_xml_text(tro_buf *out, const tro_xml_node *node);
/* The string value of an element whose only child is one text node, borrowed; "" when it has no
 * child; NULL when its content is anything else. */
const char *tro_xml_simple_text(const tro_xml_node *node);
/* As that of the first child element of this name; "" when there is none, or its content is
 * anything else. */
const char *tro_xml_child_text(const tro_xml_node *parent, const char *ns, const char *name);

/* ---- bytes ---- */

/* Appends the exclusive canonical form (W3C xml-exc-c14n, without comments) of a document or of the
 * subtree at a node, which is canonicalised as if it were a document of its own. */
tro_status tro_xml_c14n(tro_buf *out, tro_xml_node *node, tro_err *err) TRO_MUST_USE;

/* ---- XPath 1.0 ---- */

typedef enum tro_xpath_type {
	TRO_XPATH_NODES,
	TRO_XPATH_STRING,
	TRO_XPATH_NUMBER,
	TRO_XPATH_BOOLEAN,
} tro_xpath_type;

typedef struct tro_xpath tro_xpath;	      /* an evaluation context; one thread at a time */
typedef struct tro_xpath_expr tro_xpath_expr; /* a checked expression; any context, any thread */
typedef struct tro_xpath_value tro_xpath_value;

/* An extension function: pure; args borrowed; returns a value through tro_xpath_return_* exactly
 * once, or sets err and returns a status, which makes the evaluation fail. */
typedef struct tro_xpath_call tro_xpath_call;
typedef tro_status (*tro_xpath_function)(tro_xpath_call *call, void *user, tro_err *err);
size_t tro_xpath_arg_count(const tro_xpath_call *call);
/* String value of an argument (XPath string()), borrowed until the function returns; NULL if out of
 * memory. */
const char *tro_xpath_arg_string(tro_xpath_call *call, size_t index);
double tro_xpath_arg_number(tro_xpath_call *call, size_t index);
/* The first node of a node-set argument in document order, or NULL. */
tro_xml_node *tro_xpath_arg_node(tro_xpath_call *call, size_t index);
/* The nodes of a node-set argument in document order; of any other argument there are none. The
 * index of a node must be below the count. */
size_t tro_xpath_arg_node_count(const tro_xpath_call *call, size_t index);
tro_xml_node *tro_xpath_arg_node_at(tro_xpath_call *call, size_t index, size_t node);
void tro_xpath_return_string(tro_xpath_call *call, const char *text);
void tro_xpath_return_number(tro_xpath_call *call, double number);
void tro_xpath_return_boolean(tro_xpath_call *call, bool truth);
/* Each node once, in the document order of the document of the arguments. */
void tro_xpath_return_nodes(tro_xpath_call *call, tro_xml_node *const *nodes, size_t count);

/* Returns a variable's value by setting *out (owned by the evaluation): called for each `$name`.
 * TRO_NOT_FOUND makes the expression fail with "unknown variable". */
typedef tro_status (*tro_xpath_variable)(
	tro_xpath_value **out, const char *name, void *user, tro_err *err);

/* A context over no document. op_limit bounds one evaluation (libxml2 opLimit; 0 for 1,000,000).
 * NULL when out of memory. */
tro_xpath *tro_xpath_new(unsigned long op_limit) TRO_MUST_USE;
void tro_xpath_free(tro_xpath *xpath);
tro_status tro_xpath_set_prefix(
	tro_xpath *xpath, const char *prefix, const char *uri, tro_err *err) TRO_MUST_USE;
tro_status tro_xpath_set_function(tro_xpath *xpath, const char *ns, const char *name,
	tro_xpath_function function, void *user, tro_err *err) TRO_MUST_USE;
void tro_xpath_set_variables(tro_xpath *xpath, tro_xpath_variable variable, void *user);

/* Compiles; TRO_INVALID with libxml2's reason and the offset when the text is no XPath expression.
 */
tro_status tro_xpath_compile(tro_xpath_expr **out, const char *text, tro_err *err) TRO_MUST_USE;
/* The same, and its prefixes stand for what they stand for at the element (of which nothing is
 * kept); they come before those that a context was given. */
tro_status tro_xpath_compile_at(tro_xpath_expr **out, const char *text, const tro_xml_node *element,
	tro_err *err) TRO_MUST_USE;
/* Would its text say the same at the element? */
bool tro_xpath_expr_fits(const tro_xpath_expr *expr, const tro_xml_node *element);
void tro_xpath_expr_free(tro_xpath_expr *expr);
const char *tro_xpath_expr_text(const tro_xpath_expr *expr);
/* Evaluates with `node` (may be NULL) as context node. The operation counter starts at zero each
 * time, except for an evaluation inside a function or variable of another, which counts towards the
 * outer one's limit. TRO_INVALID with the expression and the reason when evaluation fails or the
 * limit is reached; what a function or variable set is returned as it is. A value may be freed
 * after its nodes. */
tro_status tro_xpath_eval(tro_xpath_value **out, tro_xpath *xpath, const tro_xpath_expr *expr,
	tro_xml_node *node, tro_err *err) TRO_MUST_USE;
/* Operations that the last evaluation took; texts that functions read or join count one for each 16
 * bytes. */
unsigned long tro_xpath_spent(const tro_xpath *xpath);

tro_xpath_value *tro_xpath_value_nodes(tro_xml_node *const *nodes, size_t count) TRO_MUST_USE;
tro_xpath_value *tro_xpath_value_string(const char *text) TRO_MUST_USE;
tro_xpath_value *tro_xpath_value_number(double number) TRO_MUST_USE;
tro_xpath_value *tro_xpath_value_boolean(bool truth) TRO_MUST_USE;
void tro_xpath_value_free(tro_xpath_value *value);
tro_xpath_type tro_xpath_value_type(const tro_xpath_value *value);
bool tro_xpath_truth(const tro_xpath_value *value);    /* XPath boolean() */
double tro_xpath_number(const tro_xpath_value *value); /* XPath number() */
tro_status tro_xpath_text(
	tro_buf *out, const tro_xpath_value *value, tro_err *err) TRO_MUST_USE; /* XPath string() */
size_t tro_xpath_node_count(const tro_xpath_value *value); /* 0 when it is no node-set */
tro_xml_node *tro_xpath_node_at(const tro_xpath_value *value, size_t index); /* document order */

/* ---- RELAX NG ---- */

typedef struct tro_rng tro_rng;
/* A grammar in XML syntax, without include or externalRef. */
tro_status tro_rng_parse(
	tro_rng **out, const char *bytes, size_t len, const char *name, tro_err *err) TRO_MUST_USE;
void tro_rng_free(tro_rng *rng);
/* TRO_OK when doc is valid; TRO_INVALID with the first fault in err, and all faults (at most 50) as
 * block findings with place "name:line" when findings is not NULL. A document that this grammar
 * found valid before is looked at where it has changed. One thread at a time for a grammar. */
tro_status tro_rng_validate(const tro_rng *rng, tro_xml_doc *doc, const char *name,
	tro_findings *findings, tro_err *err) TRO_MUST_USE;

/* ---- XSLT 1.0 ---- */

typedef struct tro_xslt tro_xslt;
typedef struct tro_xslt_param {
	const char *name;
	const char *value; /* a string, passed as a string: never evaluated */
} tro_xslt_param;
/* An extension function for stylesheets, in a namespace. */
typedef struct tro_xslt_function {
	const char *ns;
	const char *name;
	tro_xpath_function function;
	void *user;
} tro_xslt_function;

/* A stylesheet, self-contained: xsl:import, xsl:include and document() are denied, as is all
 * reading and writing of files and network. Takes a copy of the bytes. */
tro_status tro_xslt_parse(
	tro_xslt **out, const char *bytes, size_t len, const char *name, tro_err *err) TRO_MUST_USE;
void tro_xslt_free(tro_xslt *xslt);
/* Applies to doc (unchanged). params and functions end with a NULL name; either may be NULL. Output
 * bytes are serialised as the stylesheet's xsl:output says. xsl:message terminate="yes" becomes
 * TRO_INVALID with its text. Bounded by libxslt's depth limits and an operation limit. */
tro_status tro_xslt_apply(tro_buf *out, const tro_xslt *xslt, tro_xml_doc *doc,
	const tro_xslt_param *params, const tro_xslt_function *functions,
	tro_err *err) TRO_MUST_USE;

#endif
