/* Filings and exhibits of a case, as bytes and as files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/disk.h"
#include "base/text.h"
#include "case/case_internal.h"
#include "filing/filing.h"

enum { PATH_LEN = 4096 };

tro_status tro_case_filing_read(tro_buf *out, const tro_case *c, const char *id, tro_err *err)
{
	tro_filing_info info;
	uint8_t sha256[32];

	for (size_t i = 0; tro_case_filing_at(c, i, &info); i++) {
		if (strcmp(info.id, id) == 0 &&
			tro_hex_decode(sha256, 32, info.sha256, strlen(info.sha256))) {
			return tro_store_blob_get(out, c->registry->store, sha256, err);
		}
	}
	return tro_err_set(err, TRO_NOT_FOUND, "case %s has no filing %s: 'tro show %s' lists them",
		c->id, id, c->id);
}

/* Makes the folders above a member's path. */
static tro_status make_folders(char *path, size_t root_len, tro_err *err)
{
	for (char *slash = strchr(path + root_len + 1, '/'); slash != NULL;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int failed = mkdir(path, 0750);
		int reason = errno;

		if (failed != 0 && reason != EEXIST) {
			return tro_err_errno(err, reason, "cannot create %s", path);
		}
		*slash = '/';
	}
	return TRO_OK;
}

static tro_status unpack_member(tro_pack *pack, size_t index, const char *dir, tro_err *err)
{
	char path[PATH_LEN];
	tro_buf bytes = TRO_BUF_INIT;
	int len = snprintf(path, sizeof(path), "%s/%s", dir, tro_pack_name(pack, index));

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return tro_err_set(err, TRO_INVALID, "the path of the folder is too long");
	}
	tro_status status = make_folders(path, strlen(dir), err);

	if (status == TRO_OK) {
		status = tro_pack_read(&bytes, pack, index, err);
	}
	if (status == TRO_OK) {
		status = tro_disk_create(path, bytes.ptr, bytes.len, 0640, TRO_DISK_CACHED, err);
	}
	tro_buf_done(&bytes);
	return status;
}

tro_status tro_case_filing_unpack(const tro_case *c, const char *id, const char *dir, tro_err *err)
{
	tro_buf bytes = TRO_BUF_INIT;
	tro_pack *pack = NULL;
	tro_status status = tro_case_filing_read(&bytes, c, id, err);

	if (status == TRO_OK) {
		status = tro_pack_open(&pack, bytes.ptr, bytes.len, err);
	}
	if (status == TRO_OK && mkdir(dir, 0750) != 0) {
		int reason = errno;

		status = reason == EEXIST
				 ? tro_err_set(err, TRO_USAGE,
					   "'%s' exists already: give a folder that does not", dir)
				 : tro_err_errno(err, reason, "cannot create the folder '%s'", dir);
	}
	for (size_t i = 0; status == TRO_OK && i < tro_pack_count(pack); i++) {
		status = unpack_member(pack, i, dir, err);
	}
	tro_pack_close(pack);
	tro_buf_done(&bytes);
	return status;
}

/* Exhibits are wherever in the document an element carries sha256, size, media and name. */
static tro_xml_node *next_exhibit(tro_xml_node *node, size_t *index)
{
	for (tro_xml_node *child = tro_xml_first(node); child != NULL;
		child = tro_xml_next(child)) {
		if (tro_xml_get(child, "", "sha256") != NULL &&
			tro_xml_get(child, "", "media") != NULL) {
			if (*index == 0) {
				return child;
			}
			(*index)--;
		}
		tro_xml_node *found = next_exhibit(child, index);

		if (found != NULL) {
			return found;
		}
	}
	return NULL;
}

bool tro_case_exhibit_at(const tro_case *c, size_t index, tro_exhibit_info *out)
{
	tro_xml_node *node = next_exhibit(tro_xml_root(c->session->document), &index);

	if (node == NULL) {
		return false;
	}
	const char *ref = tro_xml_get(node, "", "ref");

	*out = (tro_exhibit_info){.ref = ref == NULL ? tro_xml_name(node) : ref,
		.title = tro_xml_attribute(node, "title"),
		.name = tro_xml_attribute(node, "name"),
		.media = tro_xml_attribute(node, "media"),
		.sha256 = tro_xml_attribute(node, "sha256"),
		.size = tro_xml_attribute(node, "size")};
	return true;
}

/* Two orders each have a sealed copy: a mark may stand for several files, a hash for one. */
tro_status tro_case_exhibit_read(tro_buf *out, const tro_case *c, const char *ref, tro_err *err)
{
	tro_exhibit_info info;
	const char *found = NULL;
	uint8_t sha256[32];

	for (size_t i = 0; tro_case_exhibit_at(c, i, &info); i++) {
		if (strcmp(info.ref, ref) != 0 && strcmp(info.sha256, ref) != 0) {
			continue;
		}
		if (found != NULL && strcmp(found, info.sha256) != 0) {
			return tro_err_set(err, TRO_AMBIGUOUS,
				"case %s has several exhibits %s: say the SHA-256 of the one that "
				"is "
				"meant, 'tro exhibit %s' lists them",
				c->id, ref, c->id);
		}
		found = info.sha256;
	}
	if (found == NULL || !tro_hex_decode(sha256, 32, found, strlen(found))) {
		return tro_err_set(err, TRO_NOT_FOUND,
			"case %s has no exhibit %s: 'tro exhibit %s' lists them", c->id, ref,
			c->id);
	}
	return tro_store_exhibit_read(out, c->registry->store, c->id, sha256, err);
}
