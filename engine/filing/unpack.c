/*
 * Reading a container that anybody may have made. Everything is judged when it is opened: what
 * tro_pack_count and tro_pack_name then say can be relied on. A member's bytes are bounded by the
 * size that was judged, whatever its compressed data unfold to.
 */
#include "filing/filing.h"
#include "filing/member.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <zip.h>

enum {
	UNIX_MODE_SHIFT = 16,
	RATIO_MAX = 1100, /* deflate cannot do better than 1032 to 1 */
};

struct tro_pack {
	zip_t *zip;
	tro_members members; /* names alone; bytes stay empty */
	size_t *sizes;
};

static tro_status report(const char *what, zip_error_t *error, tro_err *err)
{
	tro_status status = zip_error_code_zip(error) == ZIP_ER_MEMORY ? TRO_NOMEM : TRO_INVALID;

	return tro_err_set(err, status, "%s: %s", what, zip_error_strerror(error));
}

static tro_status judge_kind(zip_t *zip, const zip_stat_t *stat, tro_err *err)
{
	const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC |
				    ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
	zip_uint8_t system = 0;
	zip_uint32_t attributes = 0;

	if ((stat->valid & needed) != needed) {
		return tro_err_set(err, TRO_INVALID,
			"container: member '%s' says too little of itself", stat->name);
	}
	if (stat->encryption_method != ZIP_EM_NONE) {
		return tro_err_set(
			err, TRO_INVALID, "container: member '%s' is encrypted", stat->name);
	}
	if (stat->comp_method != ZIP_CM_STORE && stat->comp_method != ZIP_CM_DEFLATE) {
		return tro_err_set(err, TRO_INVALID,
			"container: member '%s' is compressed by a method that is not read",
			stat->name);
	}
	if (zip_file_get_external_attributes(zip, stat->index, 0, &system, &attributes) != 0) {
		return report("container", zip_get_error(zip), err);
	}
	mode_t mode = (mode_t)(attributes >> UNIX_MODE_SHIFT) & S_IFMT;

	if (system == ZIP_OPSYS_UNIX && mode != 0 && mode != S_IFREG) {
		return tro_err_set(
			err, TRO_INVALID, "container: member '%s' is not a plain file", stat->name);
	}
	return TRO_OK;
}

static tro_status judge_size(const zip_stat_t *stat, tro_err *err)
{
	if (stat->comp_method == ZIP_CM_STORE && stat->size != stat->comp_size) {
		return tro_err_set(err, TRO_INVALID,
			"container: member '%s' is stored with a size that is not its own",
			stat->name);
	}
	if (stat->size > TRO_MEMBER_BYTES_MAX || stat->size / RATIO_MAX > stat->comp_size) {
		return tro_err_set(err, TRO_INVALID,
			"container: member '%s' would unfold to %llu bytes", stat->name,
			(unsigned long long)stat->size);
	}
	return TRO_OK;
}

static tro_status judge_member(tro_pack *pack, zip_uint64_t index, size_t *total, tro_err *err)
{
	zip_stat_t stat;
	tro_member *member = NULL;

	zip_stat_init(&stat);
	if (zip_stat_index(pack->zip, index, ZIP_FL_ENC_RAW, &stat) != 0) {
		return report("container", zip_get_error(pack->zip), err);
	}
	if ((stat.valid & ZIP_STAT_NAME) == 0) {
		return tro_err_set(err, TRO_INVALID, "container: a member has no name");
	}
	tro_status status = tro_members_add(&member, &pack->members, stat.name, "", "", "", err);

	if (status != TRO_OK) {
		return tro_err_prefix(err, status, "container");
	}
	stat.name = member->path;
	stat.index = index;
	status = judge_kind(pack->zip, &stat, err);
	if (status == TRO_OK) {
		status = judge_size(&stat, err);
	}
	if (status == TRO_OK && stat.size > TRO_MEMBER_BYTES_MAX - *total) {
		status = tro_err_set(err, TRO_INVALID,
			"container: its members would unfold to more than %zu bytes",
			TRO_MEMBER_BYTES_MAX);
	}
	if (status == TRO_OK) {
		pack->sizes[index] = (size_t)stat.size;
		*total += (size_t)stat.size;
	}
	return status;
}

static tro_status judge(tro_pack *pack, tro_err *err)
{
	zip_int64_t count = zip_get_num_entries(pack->zip, 0);
	size_t total = 0;
	tro_status status = TRO_OK;

	if (count < 1 || count > TRO_MEMBER_COUNT_MAX) {
		return tro_err_set(err, TRO_INVALID, "container: it has %lld members, not 1 to %d",
			(long long)count, TRO_MEMBER_COUNT_MAX);
	}
	pack->sizes = calloc((size_t)count + 1, sizeof(*pack->sizes));
	if (pack->sizes == NULL) {
		return tro_err_nomem(err);
	}
	for (zip_uint64_t i = 0; i < (zip_uint64_t)count && status == TRO_OK; i++) {
		status = judge_member(pack, i, &total, err);
	}
	return status;
}

tro_status tro_pack_open(tro_pack **out, const char *bytes, size_t len, tro_err *err)
{
	zip_error_t error;

	*out = NULL;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes, len, 0, &error);

	if (source == NULL) {
		return report("container", &error, err);
	}
	/* CHECKCONS: what stands before each member must say the same as the directory does. */
	zip_t *zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);

	if (zip == NULL) {
		zip_source_free(source);
		return report("container", &error, err);
	}
	tro_pack *pack = calloc(1, sizeof(*pack));

	if (pack == NULL) {
		zip_discard(zip);
		return tro_err_nomem(err);
	}
	pack->zip = zip;
	tro_status status = judge(pack, err);

	if (status != TRO_OK) {
		tro_pack_close(pack);
		return status;
	}
	*out = pack;
	return TRO_OK;
}

void tro_pack_close(tro_pack *pack)
{
	if (pack != NULL) {
		zip_discard(pack->zip);
		tro_members_done(&pack->members);
		free(pack->sizes);
		free(pack);
	}
}

size_t tro_pack_count(const tro_pack *pack)
{
	return pack->members.count;
}

const char *tro_pack_name(const tro_pack *pack, size_t index)
{
	return pack->members.items[index].path;
}

/* Reads up to the size that was judged, and then once more: only at the end of the data does libzip
 * compare the checksum. */
static tro_status read_member(
	tro_buf *out, zip_file_t *file, const char *name, size_t size, tro_err *err)
{
	char chunk[65536];
	size_t done = 0;
	zip_int64_t len = 0;

	while (done <= size && (len = zip_fread(file, chunk, sizeof(chunk))) > 0) {
		if ((size_t)len > size - done) {
			return tro_err_set(err, TRO_INVALID,
				"container: member '%s' is longer than it says", name);
		}
		tro_buf_put(out, chunk, (size_t)len);
		done += (size_t)len;
	}
	if (len < 0) {
		return report(name, zip_file_get_error(file), err);
	}
	if (done != size) {
		return tro_err_set(
			err, TRO_INVALID, "container: member '%s' is shorter than it says", name);
	}
	return tro_buf_status(out, err);
}

tro_status tro_pack_read(tro_buf *out, tro_pack *pack, size_t index, tro_err *err)
{
	const char *name = tro_pack_name(pack, index);
	zip_file_t *file = zip_fopen_index(pack->zip, index, 0);

	if (file == NULL) {
		return report(name, zip_get_error(pack->zip), err);
	}
	tro_status status = read_member(out, file, name, pack->sizes[index], err);

	(void)zip_fclose(file);
	return status;
}
