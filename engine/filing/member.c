#include "filing/member.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_';
}

bool tro_member_path_valid(const char *path)
{
	bool begins = true; /* of a segment */
	size_t len = strlen(path);

	if (len == 0 || len > TRO_MEMBER_PATH_MAX) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (path[i] == '/') {
			if (begins) {
				return false;
			}
			begins = true;
		} else if (!is_name_char(path[i]) || (begins && path[i] == '.')) {
			return false;
		} else {
			begins = false;
		}
	}
	return !begins;
}

/* Is one path the other's folder, or the same file on a system that ignores case? */
static bool paths_clash(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	size_t len = a_len < b_len ? a_len : b_len;

	if (strncasecmp(a, b, len) != 0) {
		return false;
	}
	return a_len == b_len || (a_len > b_len ? a : b)[len] == '/';
}

static tro_status grow(tro_members *members, tro_err *err)
{
	if (members->count < members->cap) {
		return TRO_OK;
	}
	size_t cap = members->cap == 0 ? 16 : 2 * members->cap;
	tro_member *items = realloc(members->items, cap * sizeof(*items));

	if (items == NULL) {
		return tro_err_nomem(err);
	}
	members->items = items;
	members->cap = cap;
	return TRO_OK;
}

tro_status tro_members_add(tro_member **out, tro_members *members, const char *path,
	const char *role, const char *title, const char *media, tro_err *err)
{
	*out = NULL;
	if (!tro_member_path_valid(path)) {
		return tro_err_set(err, TRO_INVALID, "'%s' cannot be the name of a member", path);
	}
	for (size_t i = 0; i < members->count; i++) {
		if (paths_clash(members->items[i].path, path)) {
			return tro_err_set(err, TRO_INVALID,
				"two members would stand in each other's place: '%s' and '%s'",
				members->items[i].path, path);
		}
	}
	if (members->count == TRO_MEMBER_COUNT_MAX) {
		return tro_err_set(
			err, TRO_INVALID, "a filing has at most %d members", TRO_MEMBER_COUNT_MAX);
	}
	tro_status status = grow(members, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_member *member = &members->items[members->count++];

	*member = (tro_member){.path = strdup(path),
		.role = strdup(role),
		.title = strdup(title),
		.media = strdup(media),
		.bytes = TRO_BUF_INIT};
	if (member->path == NULL || member->role == NULL || member->title == NULL ||
		member->media == NULL) {
		return tro_err_nomem(err);
	}
	*out = member;
	return TRO_OK;
}

tro_status tro_members_weigh(tro_members *members, const tro_member *member, tro_err *err)
{
	if (member->bytes.len > TRO_MEMBER_BYTES_MAX - members->bytes) {
		return tro_err_set(err, TRO_NOMEM,
			"the members of a filing have at most %zu bytes together; '%s' does not "
			"fit in",
			TRO_MEMBER_BYTES_MAX, member->path);
	}
	members->bytes += member->bytes.len;
	return TRO_OK;
}

tro_member *tro_members_find(const tro_members *members, const char *path)
{
	for (size_t i = 0; i < members->count; i++) {
		if (strcmp(members->items[i].path, path) == 0) {
			return &members->items[i];
		}
	}
	return NULL;
}

void tro_members_done(tro_members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		free(members->items[i].path);
		free(members->items[i].role);
		free(members->items[i].title);
		free(members->items[i].media);
		tro_buf_done(&members->items[i].bytes);
	}
	free(members->items);
	*members = (tro_members){0};
}
