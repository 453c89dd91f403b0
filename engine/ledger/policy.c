#include "ledger/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ledger/proof_text.h"

enum {
	NODES_MAX = TRO_POLICY_WITNESSES_MAX + TRO_POLICY_GROUPS_MAX,
	NAME_SIZE = 129,
	WORDS_MAX = 3 + NODES_MAX,
	NO_NODE = -1,
};

#define NONE "none"

/* A witness or a group; members stand before their group, so that one walk from the first to the
 * last decides all. */
typedef struct node {
	char name[NAME_SIZE];
	bool is_group;
	int group; /* which it is a member of, or NO_NODE */
	size_t threshold;
	size_t witness; /* its index, if it is one */
} node;

struct tro_policy {
	bool has_log;
	tro_vkey log;
	size_t witness_count;
	tro_vkey witnesses[TRO_POLICY_WITNESSES_MAX];
	size_t node_count;
	node nodes[NODES_MAX];
	bool has_quorum;
	int quorum; /* node, or NO_NODE for none */
};

/* ---- reading ---- */

typedef struct words {
	size_t count;
	struct {
		const char *text;
		size_t len;
	} list[WORDS_MAX];
} words;

static bool is_word(const words *w, size_t index, const char *text)
{
	return w->list[index].len == strlen(text) &&
	       memcmp(w->list[index].text, text, w->list[index].len) == 0;
}

/* Blanks and tabs part words; false for too many and for what is not visible ASCII. */
static bool split_line(words *out, const char *line, size_t len)
{
	out->count = 0;
	for (size_t i = 0; i < len;) {
		size_t start = i;

		while (i < len && line[i] > ' ' && line[i] <= '~') {
			i++;
		}
		if (i > start) {
			if (out->count == WORDS_MAX) {
				return false;
			}
			out->list[out->count].text = line + start;
			out->list[out->count++].len = i - start;
		} else if (line[i] == ' ' || line[i] == '\t') {
			i++;
		} else {
			return false;
		}
	}
	return true;
}

static int find_node(const tro_policy *p, const char *name, size_t len)
{
	for (size_t i = 0; i < p->node_count; i++) {
		if (strlen(p->nodes[i].name) == len && memcmp(p->nodes[i].name, name, len) == 0) {
			return (int)i;
		}
	}
	return NO_NODE;
}

/* Names a fault; NULL when the node was added. */
static const char *add_node(tro_policy *p, const words *w, const node *made)
{
	const char *name = w->list[1].text;
	size_t len = w->list[1].len;

	if (len >= NAME_SIZE) {
		return "the name is too long";
	}
	if (is_word(w, 1, NONE)) {
		return "the name none is reserved";
	}
	if (find_node(p, name, len) != NO_NODE) {
		return "the name is taken";
	}
	node *n = &p->nodes[p->node_count++];

	*n = *made;
	memcpy(n->name, name, len);
	n->name[len] = '\0';
	return NULL;
}

static const char *read_log(tro_policy *p, const words *w)
{
	if (w->count != 2 && w->count != 3) {
		return "write: log VKEY";
	}
	if (p->has_log) {
		return "a policy is of one log";
	}
	p->has_log = true;
	return tro_vkey_parse(&p->log, w->list[1].text, w->list[1].len, NULL) == TRO_OK &&
			       p->log.type == TRO_NOTE_ED25519
		       ? NULL
		       : "this is no verifier key of a log";
}

static const char *read_witness(tro_policy *p, const words *w)
{
	if (w->count != 3 && w->count != 4) {
		return "write: witness NAME VKEY";
	}
	if (p->witness_count == TRO_POLICY_WITNESSES_MAX) {
		return "there are too many witnesses";
	}
	tro_vkey *key = &p->witnesses[p->witness_count];

	if (tro_vkey_parse(key, w->list[2].text, w->list[2].len, NULL) != TRO_OK ||
		key->type != TRO_NOTE_COSIGNATURE) {
		return "this is no verifier key of a witness";
	}
	for (size_t i = 0; i < p->witness_count; i++) {
		if (memcmp(p->witnesses[i].public_key, key->public_key, sizeof(key->public_key)) ==
			0) {
			return "this key is another witness's: nobody counts twice";
		}
	}
	node made = {.group = NO_NODE, .witness = p->witness_count};

	p->witness_count++;
	return add_node(p, w, &made);
}

/* Members of a group line begin at its fourth word. */
enum { FIRST_MEMBER = 3 };

static const char *read_threshold(size_t *out, const words *w)
{
	uint64_t number;
	size_t members = w->count - FIRST_MEMBER;

	if (is_word(w, 2, "any")) {
		*out = 1;
	} else if (is_word(w, 2, "all")) {
		*out = members;
	} else if (tro_decimal_parse(&number, w->list[2].text, w->list[2].len) && number > 0 &&
		   number <= members) {
		*out = (size_t)number;
	} else {
		return "write any, all or a number from 1 to that of the members";
	}
	return NULL;
}

static const char *read_group(tro_policy *p, const words *w)
{
	node made = {.is_group = true, .group = NO_NODE};

	if (w->count <= FIRST_MEMBER) {
		return "write: group NAME any|all|NUMBER MEMBER...";
	}
	if (p->node_count - p->witness_count == TRO_POLICY_GROUPS_MAX) {
		return "there are too many groups";
	}
	const char *fault = read_threshold(&made.threshold, w);

	for (size_t i = FIRST_MEMBER; fault == NULL && i < w->count; i++) {
		int member = find_node(p, w->list[i].text, w->list[i].len);

		if (member == NO_NODE) {
			return "a member is not named above";
		}
		if (p->nodes[member].group != NO_NODE) {
			return "a member stands in a group already: nobody counts twice";
		}
		p->nodes[member].group = (int)p->node_count;
	}
	return fault == NULL ? add_node(p, w, &made) : fault;
}

static const char *read_quorum(tro_policy *p, const words *w)
{
	if (w->count != 2) {
		return "write: quorum NAME, or: quorum none";
	}
	if (p->has_quorum) {
		return "a policy has one quorum";
	}
	p->has_quorum = true;
	p->quorum = find_node(p, w->list[1].text, w->list[1].len);
	return p->quorum != NO_NODE || is_word(w, 1, NONE) ? NULL : "the quorum is not named above";
}

static const char *read_line(tro_policy *p, const char *line, size_t len)
{
	static const struct {
		const char *word;
		const char *(*read)(tro_policy *p, const words *w);
	} kinds[] = {{"log", read_log}, {"witness", read_witness}, {"group", read_group},
		{"quorum", read_quorum}};
	words w;

	if (len > 0 && line[0] == '#') {
		return tro_utf8_valid(line, len) && !tro_text_has_control(line, len, "\t")
			       ? NULL
			       : "a comment is one line of text";
	}
	if (!split_line(&w, line, len)) {
		return "it has too many words, or a character other than visible ASCII";
	}
	for (size_t i = 0; w.count > 0 && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (is_word(&w, 0, kinds[i].word)) {
			return kinds[i].read(p, &w);
		}
	}
	return w.count == 0 ? NULL : "it is neither log, witness, group nor quorum";
}

static tro_status read_policy(tro_policy *p, const char *bytes, size_t len, tro_err *err)
{
	tro_lines lines = {.at = bytes, .end = bytes + len};
	const char *line;
	size_t line_len;

	if (len > TRO_POLICY_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "the policy is longer than %d bytes", TRO_POLICY_MAX);
	}
	for (size_t number = 1; tro_line_take(&lines, &line, &line_len); number++) {
		const char *fault = read_line(p, line, line_len);

		if (fault != NULL) {
			return tro_err_set(
				err, TRO_INVALID, "line %zu of the policy: %s", number, fault);
		}
	}
	const char *fault = lines.at != lines.end ? "its last line does not end in LF"
			    : !p->has_log	  ? "it names no log"
			    : !p->has_quorum	  ? "it names no quorum"
						  : NULL;

	return fault == NULL ? TRO_OK : tro_err_set(err, TRO_INVALID, "the policy: %s", fault);
}

tro_status tro_policy_parse(tro_policy **out, const char *bytes, size_t len, tro_err *err)
{
	tro_policy *policy = calloc(1, sizeof(*policy));

	*out = NULL;
	if (policy == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = read_policy(policy, bytes, len, err);

	if (status != TRO_OK) {
		tro_policy_free(policy);
		return status;
	}
	*out = policy;
	return TRO_OK;
}

void tro_policy_free(tro_policy *policy)
{
	free(policy);
}

const tro_vkey *tro_policy_log(const tro_policy *policy)
{
	return &policy->log;
}

bool tro_policy_needs_witness(const tro_policy *policy)
{
	return policy->quorum != NO_NODE;
}

size_t tro_policy_witness_count(const tro_policy *policy)
{
	return policy->witness_count;
}

const tro_vkey *tro_policy_witness(const tro_policy *policy, size_t index)
{
	return &policy->witnesses[index];
}

const tro_vkey *tro_policy_witness_of(const tro_policy *policy, const tro_note_signature *signature)
{
	for (size_t i = 0; i < policy->witness_count; i++) {
		const tro_vkey *key = &policy->witnesses[i];

		if (strlen(key->name) == signature->name_len &&
			memcmp(key->name, signature->name, signature->name_len) == 0 &&
			memcmp(key->id, signature->id, sizeof(key->id)) == 0) {
			return key;
		}
	}
	return NULL;
}

/* ---- weighing ---- */

typedef struct cosigned {
	bool by[TRO_POLICY_WITNESSES_MAX];
	uint64_t at_s[TRO_POLICY_WITNESSES_MAX];
} cosigned;

/* Is there a quorum among those who had cosigned by then? */
static bool reached(const tro_policy *p, const cosigned *c, uint64_t time_s)
{
	size_t votes[NODES_MAX] = {0};

	for (size_t i = 0; i < p->node_count; i++) {
		const node *n = &p->nodes[i];
		bool good = n->is_group ? votes[i] >= n->threshold
					: c->by[n->witness] && c->at_s[n->witness] <= time_s;

		if (good && p->quorum == (int)i) {
			return true;
		}
		if (good && n->group != NO_NODE) {
			votes[n->group]++;
		}
	}
	return false;
}

static tro_status say_missing(const tro_policy *p, const cosigned *c, tro_err *err)
{
	tro_buf names = TRO_BUF_INIT;

	for (size_t i = 0; i < p->witness_count; i++) {
		if (!c->by[i]) {
			tro_buf_printf(
				&names, "%s%s", names.len == 0 ? "" : ", ", p->witnesses[i].name);
		}
	}
	tro_status status = tro_err_set(err, TRO_NO,
		"the witnesses' quorum is not reached; not cosigned by: %s", names.ptr);

	tro_buf_done(&names);
	return status;
}

tro_status tro_policy_judge(
	uint64_t *out_time_s, const tro_policy *policy, const tro_note *note, tro_err *err)
{
	cosigned c = {{false}, {0}};
	bool found = !tro_policy_needs_witness(policy);

	*out_time_s = 0;
	for (size_t i = 0; i < policy->witness_count; i++) {
		tro_status status = tro_note_cosigned(&c.at_s[i], note, &policy->witnesses[i], err);

		c.by[i] = status == TRO_OK;
		if (status != TRO_OK && status != TRO_NOT_FOUND) {
			return status;
		}
	}
	for (size_t i = 0; tro_policy_needs_witness(policy) && i < policy->witness_count; i++) {
		if (c.by[i] && reached(policy, &c, c.at_s[i]) &&
			(!found || c.at_s[i] < *out_time_s)) {
			*out_time_s = c.at_s[i];
			found = true;
		}
	}
	return found ? TRO_OK : say_missing(policy, &c, err);
}
