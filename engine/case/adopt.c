#include "case/adopt.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/disk.h"
#include "crypto/crypto.h"
#include "xml/xml.h"

enum { FILE_MAX = 8 * 1024 * 1024, PATH_LEN = 4096 };

void tro_offers_done(tro_offers *offers)
{
	for (size_t i = 0; i < offers->count; i++) {
		free(offers->items[i].kind);
		free(offers->items[i].name);
		free(offers->items[i].path);
		tro_buf_done(&offers->items[i].bytes);
	}
	free(offers->items);
	*offers = (tro_offers){0};
}

static tro_status join(char out[PATH_LEN], const char *folder, const char *path, tro_err *err)
{
	int len = snprintf(out, PATH_LEN, "%s/%s", folder, path);

	return len > 0 && len < PATH_LEN
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "the path %.64s... is too long", folder);
}

static tro_status read_file(tro_buf *out, const char *path, tro_err *err)
{
	int fd;
	tro_status status = tro_disk_open(&fd, path, TRO_DISK_FOLLOW, err);

	return status == TRO_OK ? tro_disk_read(out, fd, FILE_MAX, path, err) : status;
}

static bool inside(const char *path)
{
	return path[0] != '/' && strstr(path, "..") == NULL;
}

static tro_status add(tro_offers *offers, const char *data_dir, const char *kind, const char *name,
	const char *path, tro_err *err)
{
	char full[PATH_LEN];
	tro_status status = join(full, data_dir, path, err);

	if (status == TRO_OK && !inside(path)) {
		status = tro_err_set(
			err, TRO_INVALID, "'%s' is not a path inside %s", path, data_dir);
	}
	if (status != TRO_OK) {
		return status;
	}
	tro_offer *grown = realloc(offers->items, (offers->count + 1) * sizeof(*grown));

	if (grown == NULL) {
		return tro_err_nomem(err);
	}
	offers->items = grown;
	tro_offer *offer = &grown[offers->count++];

	*offer = (tro_offer){.kind = strdup(kind),
		.name = strdup(name),
		.path = strdup(full),
		.bytes = TRO_BUF_INIT};
	if (offer->kind == NULL || offer->name == NULL || offer->path == NULL) {
		return tro_err_nomem(err);
	}
	status = read_file(&offer->bytes, full, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_sha256(offer->sha256, offer->bytes.ptr, offer->bytes.len);
	return TRO_OK;
}

/* <workflow id root grammar><file kind name path/>...</workflow>; the manifest itself is adopted as
 * kind workflow. */
static tro_status add_workflow(
	tro_offers *offers, const char *data_dir, const char *path, tro_err *err)
{
	char full[PATH_LEN];
	tro_buf bytes = TRO_BUF_INIT;
	tro_xml_doc *doc = NULL;

	tro_status status = join(full, data_dir, path, err);

	if (status == TRO_OK) {
		status = read_file(&bytes, full, err);
	}

	if (status == TRO_NOT_FOUND) {
		return TRO_OK; /* a folder that is no workflow: calendars, registers */
	}
	if (status == TRO_OK) {
		status = tro_xml_parse(
			&doc, bytes.ptr, bytes.len, full, &tro_xml_limits_default, err);
	}
	const char *id = doc == NULL ? NULL : tro_xml_get(tro_xml_root(doc), "", "id");

	if (status == TRO_OK && id == NULL) {
		status = tro_err_set(err, TRO_INVALID, "%s: the root element needs an id", full);
	}
	if (status == TRO_OK) {
		status = add(offers, data_dir, "workflow", id, path, err);
	}
	tro_xml_node *file = status == TRO_OK ? tro_xml_first(tro_xml_root(doc)) : NULL;

	for (; file != NULL && status == TRO_OK; file = tro_xml_next(file)) {
		const char *kind = tro_xml_get(file, "", "kind");
		const char *name = tro_xml_get(file, "", "name");
		const char *where = tro_xml_get(file, "", "path");

		if (kind == NULL || name == NULL || where == NULL) {
			status = tro_err_set(err, TRO_INVALID,
				"%s:%d: a file needs kind, name and path", full,
				tro_xml_line(file));
		} else {
			status = add(offers, data_dir, kind, name, where, err);
		}
	}
	tro_xml_free(doc);
	tro_buf_done(&bytes);
	return status;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the folder's entries in sorted order, so that the same folder gives the same record. */
static tro_status list_folder(char ***out, size_t *out_count, const char *path, tro_err *err)
{
	DIR *dir = opendir(path);
	char **names = NULL;
	size_t count = 0;

	if (dir == NULL) {
		int reason = errno;

		(void)tro_err_errno(err, reason, "cannot read the folder %s", path);
		return reason == ENOENT && err != NULL ? (err->status = TRO_NOT_FOUND) : TRO_SYSTEM;
	}
	tro_status status = TRO_OK;

	for (struct dirent *entry; status == TRO_OK && (entry = readdir(dir)) != NULL;) {
		char **grown = entry->d_name[0] == '.'
				       ? NULL
				       : realloc(names, (count + 1) * sizeof(*names));

		if (entry->d_name[0] == '.') {
			continue;
		}
		if (grown != NULL) {
			names = grown;
			names[count] = strdup(entry->d_name);
		}
		if (grown == NULL || names[count++] == NULL) {
			status = tro_err_nomem(err);
		}
	}
	(void)closedir(dir);
	if (count > 0) {
		qsort(names, count, sizeof(*names), by_name);
	}
	*out = names;
	*out_count = count;
	return status;
}

static tro_status add_workflows(tro_offers *offers, const char *data_dir, tro_err *err)
{
	char path[PATH_LEN];
	char **names = NULL;
	size_t count = 0;

	tro_status status = join(path, data_dir, "workflows", err);

	if (status == TRO_OK) {
		status = list_folder(&names, &count, path, err);
	}

	for (size_t i = 0; i < count; i++) {
		if (status == TRO_OK) {
			(void)snprintf(path, sizeof(path), "workflows/%s/workflow.xml", names[i]);
			status = add_workflow(offers, data_dir, path, err);
		}
		free(names[i]);
	}
	free(names);
	return status;
}

/* Lines `kind name path`; '#' begins a comment. */
static tro_status add_templates(tro_offers *offers, const char *data_dir, tro_err *err)
{
	char path[PATH_LEN];
	tro_buf bytes = TRO_BUF_INIT;
	char *rest = NULL;
	int line = 0;

	tro_status status = join(path, data_dir, "templates/MANIFEST.txt", err);

	if (status == TRO_OK) {
		status = read_file(&bytes, path, err);
	}
	char *text = status == TRO_OK ? bytes.ptr : NULL;

	for (char *row; status == TRO_OK && text != NULL && *text != '\0'; text = rest) {
		row = text;
		rest = row + strcspn(row, "\n");
		if (*rest != '\0') {
			*rest++ = '\0';
		}
		line++;
		char *save = NULL;
		char *kind = strtok_r(row, " \t", &save);
		char *name = strtok_r(NULL, " \t", &save);
		char *where = strtok_r(NULL, " \t", &save);

		if (kind == NULL || kind[0] == '#') {
			continue;
		}
		status = where == NULL ? tro_err_set(err, TRO_INVALID,
						 "%s:%d: a line is 'kind name path'", path, line)
				       : add(offers, data_dir, kind, name, where, err);
	}
	tro_buf_done(&bytes);
	return status;
}

tro_status tro_offers_read(tro_offers *out, const char *data_dir, tro_err *err)
{
	*out = (tro_offers){0};
	tro_status status = add_workflows(out, data_dir, err);

	if (status == TRO_OK) {
		status = add_templates(out, data_dir, err);
	}
	if (status != TRO_OK) {
		tro_offers_done(out);
	}
	return status;
}
