/*
 * Why this exists: libxml2 compares each attribute of a start tag with all others, so that one tag
 * of 50,000 attributes takes seconds and one of 200,000 minutes, before it calls anybody back.
 *
 * The scan must see tags exactly where libxml2 will see them, or a tag could be hidden from it in
 * what it takes for a comment. libxml2 does not stop at the first fault: it reads on from wherever
 * it gave up. Therefore the scan is strict: whatever could make libxml2 give up inside a construct
 * and go on at another place than the construct's end is refused here:
 *
 * - a character that XML does not allow, anywhere (libxml2 leaves a comment at one);
 * - '<' in an attribute value, and any start or end tag that is not of the plain shape;
 * - "--" in a comment, an odd target of a processing instruction, '<' or '>' in the XML
 *   declaration;
 * - every "<!" that is neither comment nor CDATA: so DOCTYPE never reaches libxml2.
 */
#include "xml/scan.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define TAG_BYTES_MAX 8192
#define TAG_EQUALS_MAX 64
#define DEPTH_MAX 256	 /* libxml2's own limit */
#define IN_SCOPE_MAX 128 /* namespace declarations: libxml2 searches them one by one */

struct scan {
	const char *start;
	const char *at;
	const char *end;
	const char *name;
	const tro_xml_limits *limits;
	size_t elements;
	size_t depth;
	size_t in_scope;
	bool root_closed;
	uint8_t declared[DEPTH_MAX + 1]; /* namespace declarations of each open element */
	tro_err *err;
};

static tro_status refuse(const struct scan *scan, const char *at, const char *reason)
{
	size_t line = 1;

	for (const char *p = scan->start; p < at; p++) {
		line += *p == '\n';
	}
	return tro_err_set(scan->err, TRO_INVALID, "%s:%zu: %s", scan->name, line, reason);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blank(const char *at, const char *end)
{
	while (at < end && is_blank(*at)) {
		at++;
	}
	return at;
}

/* The end of what looks like a name; what a name may be made of is libxml2's business. */
static const char *skip_name(const char *at, const char *end)
{
	while (at < end && !is_blank(*at) && strchr("=/<>\"'&?!", *at) == NULL) {
		at++;
	}
	return at;
}

static const char *find(const char *at, const char *end, const char *text)
{
	size_t len = strlen(text);

	while ((size_t)(end - at) >= len) {
		const char *hit = memchr(at, text[0], (size_t)(end - at) - len + 1);

		if (hit == NULL) {
			return NULL;
		}
		if (memcmp(hit, text, len) == 0) {
			return hit;
		}
		at = hit + 1;
	}
	return NULL;
}

static bool starts(const char *at, const char *end, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(end - at) >= len && memcmp(at, text, len) == 0;
}

static tro_status check_characters(struct scan *scan)
{
	for (const char *p = scan->start; p < scan->end; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == 0) {
			return refuse(scan, p,
				"NUL byte; the text must be UTF-8 (UTF-16 and UTF-32 are not "
				"read)");
		}
		if (c < 0x20 && !is_blank(*p)) {
			return refuse(scan, p, "control character that XML does not allow");
		}
		if (c == 0xef && (starts(p, scan->end, "\xef\xbf\xbe") ||
					 starts(p, scan->end, "\xef\xbf\xbf"))) {
			return refuse(scan, p, "noncharacter that XML does not allow");
		}
	}
	if (tro_utf8_valid(scan->start, (size_t)(scan->end - scan->start))) {
		return TRO_OK;
	}
	/* Line ends are never part of a longer character, so the line can be found by itself. */
	const char *line = scan->start;
	const char *next;

	while ((next = memchr(line, '\n', (size_t)(scan->end - line))) != NULL &&
		tro_utf8_valid(line, (size_t)(next - line))) {
		line = next + 1;
	}
	return refuse(scan, line, "not UTF-8; save the file as UTF-8");
}

/* The value of the encoding pseudo-attribute, if there is one. */
static tro_status check_encoding(struct scan *scan, const char *at, const char *end)
{
	const char *word = find(at, end, "encoding");

	if (word == NULL) {
		return TRO_OK;
	}
	const char *p = skip_blank(word + strlen("encoding"), end);

	if (p < end && *p == '=') {
		p = skip_blank(p + 1, end);
	}
	if (p == end || (*p != '"' && *p != '\'')) {
		return refuse(scan, word, "malformed XML declaration");
	}
	const char *close = memchr(p + 1, *p, (size_t)(end - p) - 1);
	size_t len = close == NULL ? 0 : (size_t)(close - p) - 1;

	if ((len == 5 && strncasecmp(p + 1, "UTF-8", len) == 0) ||
		(len == 8 && strncasecmp(p + 1, "US-ASCII", len) == 0)) {
		return TRO_OK;
	}
	return refuse(scan, word, "declared encoding is not UTF-8; save the file as UTF-8");
}

static tro_status scan_declaration(struct scan *scan)
{
	const char *body = scan->at + strlen("<?xml");
	const char *close = find(body, scan->end, "?>");

	if (close == NULL) {
		return refuse(scan, scan->at, "XML declaration is not closed");
	}
	for (const char *p = body; p < close; p++) {
		if (*p == '<' || *p == '>' || *p == '?') {
			return refuse(scan, p, "malformed XML declaration");
		}
	}
	scan->at = close + 2;
	return check_encoding(scan, body, close);
}

static tro_status scan_instruction(struct scan *scan)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	const char *target = scan->at + 2;
	const char *p = target;

	while (p < scan->end && *p != '\0' &&
		(strchr(letters, *p) != NULL ||
			(p > target && strchr("0123456789.-", *p) != NULL))) {
		p++;
	}
	const char *close = find(p, scan->end, "?>");

	if (close == NULL) {
		return refuse(scan, scan->at, "processing instruction is not closed");
	}
	if (p == target || (p != close && !is_blank(*p))) {
		return refuse(scan, scan->at,
			"processing instruction whose target is no plain ASCII name");
	}
	if (p - target == 3 && strncasecmp(target, "xml", 3) == 0) {
		return refuse(scan, scan->at, "XML declaration that is not at the very start");
	}
	scan->at = close + 2;
	return TRO_OK;
}

static tro_status scan_exclamation(struct scan *scan)
{
	const char *open = scan->at;

	if (starts(open, scan->end, "<!--")) {
		const char *close = find(open + 4, scan->end, "--");

		if (close == NULL) {
			return refuse(scan, open, "comment is not closed");
		}
		if (close + 2 == scan->end || close[2] != '>') {
			return refuse(scan, close, "'--' inside a comment");
		}
		scan->at = close + 3;
		return TRO_OK;
	}
	if (starts(open, scan->end, "<![CDATA[") && scan->depth > 0) {
		const char *close = find(open + 9, scan->end, "]]>");

		if (close == NULL) {
			return refuse(scan, open, "CDATA section is not closed");
		}
		scan->at = close + 3;
		return TRO_OK;
	}
	if ((size_t)(scan->end - open) >= 9 && strncasecmp(open, "<!DOCTYPE", 9) == 0) {
		return refuse(scan, open, "DOCTYPE is not allowed; remove it");
	}
	return refuse(scan, open, "'<!' that begins neither a comment nor a CDATA section");
}

static tro_status scan_end_tag(struct scan *scan)
{
	const char *p = skip_name(scan->at + 2, scan->end);
	bool named = p > scan->at + 2;

	p = skip_blank(p, scan->end);
	if (!named || p == scan->end || *p != '>') {
		return refuse(scan, scan->at, "malformed end tag");
	}
	if (scan->depth == 0) {
		return refuse(scan, scan->at, "end tag without a start tag");
	}
	scan->in_scope -= scan->declared[scan->depth];
	scan->depth--;
	scan->root_closed = scan->depth == 0;
	scan->at = p + 1;
	return TRO_OK;
}

/* Reads one attribute at *at; NULL reason when it is well shaped. */
static const char *scan_attribute(const char **at, const char *end, bool *is_namespace)
{
	const char *name = *at;
	const char *p = skip_name(name, end);
	size_t len = (size_t)(p - name);

	*is_namespace = (len == 5 && memcmp(name, "xmlns", 5) == 0) ||
			(len > 5 && memcmp(name, "xmlns:", 6) == 0);
	if (p == name) {
		return "malformed start tag";
	}
	p = skip_blank(p, end);
	*at = p;
	if (p == end || *p != '=') {
		return "attribute without a value";
	}
	p = skip_blank(p + 1, end);
	*at = p;
	if (p == end || (*p != '"' && *p != '\'')) {
		return "attribute value without quotation marks";
	}
	const char *close = memchr(p + 1, *p, (size_t)(end - p) - 1);

	if (close == NULL) {
		*at = end;
		return "start tag is not closed";
	}
	if (memchr(p, '<', (size_t)(close - p)) != NULL) {
		return "'<' in an attribute value; write &lt;";
	}
	*at = close + 1;
	return NULL;
}

static tro_status open_element(struct scan *scan, size_t declared, bool empty)
{
	size_t depth_max = scan->limits->depth < DEPTH_MAX ? scan->limits->depth : DEPTH_MAX;

	if (scan->root_closed) {
		return refuse(scan, scan->at, "more than one root element");
	}
	if (scan->elements == scan->limits->elements) {
		return refuse(scan, scan->at, "too many elements");
	}
	if (scan->depth == depth_max) {
		return refuse(scan, scan->at, "elements are nested too deeply");
	}
	if (declared > IN_SCOPE_MAX - scan->in_scope) {
		return refuse(scan, scan->at, "too many namespace declarations in scope");
	}
	scan->elements++;
	if (!empty) {
		scan->depth++;
		scan->declared[scan->depth] = (uint8_t)declared;
		scan->in_scope += declared;
	} else if (scan->depth == 0) {
		scan->root_closed = true;
	}
	return TRO_OK;
}

static tro_status scan_start_tag(struct scan *scan)
{
	const char *open = scan->at;
	bool cut = scan->end - open > TAG_BYTES_MAX;
	const char *end = cut ? open + TAG_BYTES_MAX : scan->end;
	const char *p = skip_name(open + 1, end);
	const char *reason = p == open + 1 ? "'<' that begins no tag; write &lt;" : NULL;
	size_t declared = 0;
	size_t equals = 0;
	bool empty = false;

	while (reason == NULL) {
		const char *blank = p;

		p = skip_blank(p, end);
		empty = p < end && *p == '/';
		p += empty;
		if (p < end && *p == '>') {
			break;
		}
		bool is_namespace = false;

		reason = p == end || empty || p == blank ? "malformed start tag"
							 : scan_attribute(&p, end, &is_namespace);
		declared += is_namespace;
	}
	for (const char *q = open; q < (reason == NULL ? p : end); q++) {
		equals += *q == '=';
	}
	if (equals > TAG_EQUALS_MAX) {
		return refuse(scan, open, "start tag with more than 64 '='");
	}
	if (reason != NULL) {
		return refuse(
			scan, open, cut && p == end ? "start tag of more than 8192 bytes" : reason);
	}
	tro_status status = open_element(scan, declared, empty);

	scan->at = p + 1;
	return status;
}

static tro_status scan_markup(struct scan *scan)
{
	char next = scan->end - scan->at > 1 ? scan->at[1] : '\0';

	switch (next) {
	case '!':
		return scan_exclamation(scan);
	case '?':
		return scan_instruction(scan);
	case '/':
		return scan_end_tag(scan);
	default:
		return scan_start_tag(scan);
	}
}

tro_status tro_xml_scan(
	const char *bytes, size_t len, const char *name, const tro_xml_limits *limits, tro_err *err)
{
	struct scan scan = {.start = bytes,
		.at = bytes,
		.end = bytes + len,
		.name = name,
		.limits = limits,
		.err = err};

	if (len == 0) {
		return tro_err_set(err, TRO_INVALID, "%s: is empty, not an XML document", name);
	}
	if (len > limits->bytes || len > INT32_MAX) {
		return tro_err_set(err, TRO_INVALID, "%s: has %zu bytes, at most %zu are read",
			name, len, limits->bytes);
	}
	if (starts(bytes, scan.end, "\xff\xfe") || starts(bytes, scan.end, "\xfe\xff")) {
		return tro_err_set(
			err, TRO_INVALID, "%s:1: is UTF-16; save the file as UTF-8", name);
	}
	tro_status status = check_characters(&scan);

	if (status == TRO_OK && starts(scan.at, scan.end, "\xef\xbb\xbf")) {
		scan.at += 3;
	}
	if (status == TRO_OK && starts(scan.at, scan.end, "<?xml") && scan.end - scan.at > 5 &&
		is_blank(scan.at[5])) {
		status = scan_declaration(&scan);
	}
	while (status == TRO_OK) {
		scan.at = memchr(scan.at, '<', (size_t)(scan.end - scan.at));
		if (scan.at == NULL) {
			break;
		}
		status = scan_markup(&scan);
	}
	return status;
}
