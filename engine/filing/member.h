/*
 * The members of a filing while it is made, in the order in which they are packed.
 */
#ifndef TRO_FILING_MEMBER_H
#define TRO_FILING_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <tro/buf.h>
#include <tro/err.h>

typedef struct tro_member {
	char *path, *role, *title, *media;
	const char *from; /* an exhibit is a copy: NULL; else the path it was rendered from or "" */
	const char *templates; /* what made it; NULL for an exhibit */
	const char
		*original; /* SHA-256 of the exhibit it is derived from, or NULL, and then how: */
	const char *copy;  /* derived, exact or withheld */
	const char *left_out; /* of a copy, what one might miss, or ""; borrowed */
	bool approved;	      /* taken from what was approved, byte for byte */
	tro_buf bytes;
} tro_member;

typedef struct tro_members {
	tro_member *items;
	size_t count, cap;
	size_t bytes; /* of all members */
} tro_members;

enum {
	TRO_MEMBER_COUNT_MAX = 4096,
	TRO_MEMBER_PATH_MAX = 200, /* bytes */
};
#define TRO_MEMBER_BYTES_MAX ((size_t)192 * 1024 * 1024) /* of all members together */

/* May this be the name of a member: segments of letters, digits, '.', '-', '_' that begin with no
 * dot, joined by '/'? */
bool tro_member_path_valid(const char *path) TRO_MUST_USE;

/* Appends an empty member; texts are copied (path is checked, and no two members may have paths
 * that differ in case alone). The pointer lives until the next call. */
tro_status tro_members_add(tro_member **out, tro_members *members, const char *path,
	const char *role, const char *title, const char *media, tro_err *err) TRO_MUST_USE;
/* Adds the bytes of a finished member to the sum; TRO_NOMEM over the limit. */
tro_status tro_members_weigh(
	tro_members *members, const tro_member *member, tro_err *err) TRO_MUST_USE;
/* NULL when there is none. */
tro_member *tro_members_find(const tro_members *members, const char *path);
void tro_members_done(tro_members *members);

#endif
