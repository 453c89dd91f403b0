#include "filing/pack.h"

#include <sys/stat.h>
#include <zip.h>

enum {
	DOS_TIME_MIDNIGHT = 0,
	DOS_DATE_1980_01_01 = 0x0021, /* the first date that a zip can say */
	UNIX_MODE_SHIFT = 16,	      /* of the mode in the external attributes */
};

static tro_status report(const char *what, zip_error_t *error, tro_err *err)
{
	tro_status status = zip_error_code_zip(error) == ZIP_ER_MEMORY ? TRO_NOMEM : TRO_SYSTEM;

	return tro_err_set(err, status, "%s: %s", what, zip_error_strerror(error));
}

static tro_status add_member(zip_t *zip, const tro_member *member, tro_err *err)
{
	zip_source_t *source = zip_source_buffer(zip, member->bytes.ptr, member->bytes.len, 0);

	if (source == NULL) {
		return report(member->path, zip_get_error(zip), err);
	}
	zip_int64_t index = zip_file_add(zip, member->path, source, ZIP_FL_ENC_UTF_8);

	if (index < 0) {
		zip_source_free(source);
		return report(member->path, zip_get_error(zip), err);
	}
	zip_uint64_t at = (zip_uint64_t)index;
	zip_uint32_t mode = (zip_uint32_t)(S_IFREG | 0644) << UNIX_MODE_SHIFT;

	if (zip_set_file_compression(zip, at, ZIP_CM_STORE, 0) != 0 ||
		zip_file_set_dostime(zip, at, DOS_TIME_MIDNIGHT, DOS_DATE_1980_01_01, 0) != 0 ||
		zip_file_set_external_attributes(zip, at, 0, ZIP_OPSYS_UNIX, mode) != 0) {
		return report(member->path, zip_get_error(zip), err);
	}
	return TRO_OK;
}

static tro_status read_source(tro_buf *out, zip_source_t *source, tro_err *err)
{
	char chunk[65536];
	zip_int64_t len = 0;

	if (zip_source_open(source) != 0) {
		return report("container", zip_source_error(source), err);
	}
	while ((len = zip_source_read(source, chunk, sizeof(chunk))) > 0) {
		tro_buf_put(out, chunk, (size_t)len);
	}
	tro_status status = len < 0 ? report("container", zip_source_error(source), err)
				    : tro_buf_status(out, err);

	(void)zip_source_close(source);
	return status;
}

tro_status tro_pack_write(tro_buf *out, const tro_members *members, tro_err *err)
{
	zip_error_t error;

	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);

	if (source == NULL) {
		return report("container", &error, err);
	}
	/* The archive takes over the source; kept, it can be read once the archive is closed. */
	zip_source_keep(source);
	zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);

	if (zip == NULL) {
		tro_status failed = report("container", &error, err);

		zip_source_free(source);
		zip_source_free(source);
		return failed;
	}
	tro_status status = TRO_OK;

	for (size_t i = 0; i < members->count && status == TRO_OK; i++) {
		status = add_member(zip, &members->items[i], err);
	}
	if (status == TRO_OK && zip_close(zip) != 0) {
		status = report("container", zip_get_error(zip), err);
		zip_discard(zip);
	} else if (status != TRO_OK) {
		zip_discard(zip);
	} else {
		status = read_source(out, source, err);
	}
	zip_source_free(source);
	return status;
}
