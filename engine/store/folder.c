/*
 * What lies in the store's folder: files of ours, and files that somebody put there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "store/connection.h"
#include "store/erasure.h"
#include "store/handle.h"
#include "store/path.h"

/* Deeper than exhibits/CASE/FILE and keys/FILE, and nothing of ours is. */
enum { DEPTH_MAX = 8 };

/* SQLite's companions of the database come and go, as do an erasure's plan and copy. */
static const char *const own[] = {TRO_STORE_DB_NAME, TRO_STORE_DB_NAME "-wal",
	TRO_STORE_DB_NAME "-shm", TRO_STORE_DB_NAME "-journal", TRO_STORE_ERASING_NAME,
	TRO_STORE_COPY_NAME};

static bool is_own(const char *path)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (strcmp(own[i], path) == 0) {
			return true;
		}
	}
	return false;
}

typedef struct walk {
	bool all; /* no database of ours lies there */
	tro_status (*each)(void *user, const tro_store_file *file, tro_err *err);
	void *user;
} walk;

/* exhibits/CASE/64 hex digits. */
static void name_exhibit(tro_store_file *file)
{
	const char *rest = file->path + strlen(TRO_STORE_EXHIBITS_NAME "/");
	const char *slash;

	if (!tro_text_starts(file->path, TRO_STORE_EXHIBITS_NAME "/")) {
		return;
	}
	slash = strchr(rest, '/');
	if (slash == NULL || slash == rest || (size_t)(slash - rest) > TRO_STORE_CASE_ID_MAX ||
		!tro_hex_decode(file->sha256, 32, slash + 1, strlen(slash + 1))) {
		return;
	}
	memcpy(file->case_id, rest, (size_t)(slash - rest));
	file->is_exhibit = true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in an open folder, which it closes, each owned by the list; sorted. */
typedef struct names {
	char **items;
	size_t count;
} names;

static void names_done(names *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i]);
	}
	free(list->items);
}

static tro_status add_name(names *list, const char *name, tro_err *err)
{
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count == 0 ? 1 : 2 * list->count;
		char **items = realloc(list->items, room * sizeof(*items));

		if (items == NULL) {
			return tro_err_nomem(err);
		}
		list->items = items;
	}
	list->items[list->count] = strdup(name);
	if (list->items[list->count] == NULL) {
		return tro_err_nomem(err);
	}
	list->count++;
	return TRO_OK;
}

static tro_status read_names(names *out, int dir_fd, const char *path, tro_err *err)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	tro_status status = TRO_OK;

	if (dir == NULL) {
		status = tro_err_errno(err, errno, "cannot read the folder %s", path);
		if (fd >= 0) {
			(void)close(fd); /* read only */
		}
		return status;
	}
	errno = 0;
	for (struct dirent *entry = readdir(dir); entry != NULL && status == TRO_OK;
		entry = readdir(dir)) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			status = add_name(out, entry->d_name, err);
		}
		errno = 0;
	}
	if (status == TRO_OK && errno != 0) {
		status = tro_err_errno(err, errno, "cannot read the folder %s", path);
	}
	(void)closedir(dir); /* read only */
	if (status == TRO_OK && out->count > 1) {
		qsort(out->items, out->count, sizeof(*out->items), by_name);
	}
	return status;
}

static tro_status visit(
	const walk *w, int dir_fd, tro_buf *path, const char *name, int depth, tro_err *err);

/* path is the folder's, from the store's, "" for that itself; it is as before afterwards. */
static tro_status visit_all(const walk *w, int dir_fd, tro_buf *path, int depth, tro_err *err)
{
	names list = {NULL, 0};
	tro_status status = read_names(&list, dir_fd, path->ptr, err);

	for (size_t i = 0; i < list.count && status == TRO_OK; i++) {
		status = visit(w, dir_fd, path, list.items[i], depth, err);
	}
	names_done(&list);
	return status;
}

static tro_status visit(
	const walk *w, int dir_fd, tro_buf *path, const char *name, int depth, tro_err *err)
{
	size_t len = path->len;
	tro_err no_folder;
	int fd = -1;

	tro_buf_printf(path, "%s%s", len == 0 ? "" : "/", name);
	tro_status status = tro_buf_status(path, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_store_file file = {.path = path->ptr};
	tro_status opened = depth < DEPTH_MAX
				    ? tro_path_open_dir(&fd, dir_fd, name, path->ptr, &no_folder)
				    : TRO_INVALID;

	if (opened == TRO_OK) {
		status = visit_all(w, fd, path, depth + 1, err);
		(void)close(fd); /* read only */
	} else if (w->all || !is_own(path->ptr)) {
		/* No folder, or one that this account may not read. */
		file.unreadable = opened == TRO_SYSTEM;
		name_exhibit(&file);
		status = w->each(w->user, &file, err);
	}
	tro_buf_cut(path, len);
	return status;
}

tro_status tro_store_each_file(tro_store *store,
	tro_status (*each)(void *user, const tro_store_file *file, tro_err *err), void *user,
	tro_err *err)
{
	const walk w = {store->in_memory, each, user};
	tro_buf path = TRO_BUF_INIT;
	tro_status status = visit_all(&w, store->dir_fd, &path, 0, err);

	tro_buf_done(&path);
	return status;
}
