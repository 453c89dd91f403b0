#include <assert.h>
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"

struct tro_sha256_stream {
	gcry_md_hd_t md;
};

void tro_sha256(uint8_t out[TRO_SHA256_LEN], const void *bytes, size_t len)
{
	gcry_md_hash_buffer(GCRY_MD_SHA256, out, len > 0 ? bytes : "", len);
}

tro_sha256_stream *tro_sha256_new(void)
{
	tro_sha256_stream *stream = malloc(sizeof(*stream));

	if (stream != NULL && gcry_md_open(&stream->md, GCRY_MD_SHA256, 0) != 0) {
		free(stream);
		stream = NULL;
	}
	return stream;
}

void tro_sha256_update(tro_sha256_stream *stream, const void *bytes, size_t len)
{
	if (len > 0) {
		gcry_md_write(stream->md, bytes, len);
	}
}

void tro_sha256_finish(uint8_t out[TRO_SHA256_LEN], tro_sha256_stream *stream)
{
	memcpy(out, gcry_md_read(stream->md, GCRY_MD_SHA256), TRO_SHA256_LEN);
	tro_sha256_free(stream);
}

void tro_sha256_free(tro_sha256_stream *stream)
{
	if (stream != NULL) {
		gcry_md_close(stream->md);
		free(stream);
	}
}

tro_status tro_hmac_sha256(uint8_t out[TRO_SHA256_LEN], const uint8_t *key, size_t key_len,
	const void *bytes, size_t len, tro_err *err)
{
	gcry_md_hd_t md;

	if (gcry_md_open(&md, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC) != 0) {
		return tro_err_nomem(err);
	}
	gcry_error_t fault = gcry_md_setkey(md, key, key_len);

	if (fault == 0) {
		if (len > 0) {
			gcry_md_write(md, bytes, len);
		}
		memcpy(out, gcry_md_read(md, GCRY_MD_SHA256), TRO_SHA256_LEN);
	}
	gcry_md_close(md);
	return fault == 0 ? TRO_OK
			  : tro_err_set(err, TRO_SYSTEM, "cannot compute an HMAC: %s",
				    gcry_strerror(fault));
}

void tro_key_id(uint8_t out[TRO_KEY_ID_LEN], const char *name, uint8_t type,
	const uint8_t public_key[TRO_ED25519_PUBLIC_LEN])
{
	uint8_t bytes[TRO_KEY_NAME_MAX + 2 + TRO_ED25519_PUBLIC_LEN];
	uint8_t hash[TRO_SHA256_LEN];
	size_t len = strlen(name);

	assert(len <= TRO_KEY_NAME_MAX);
	memcpy(bytes, name, len);
	bytes[len++] = '\n';
	bytes[len++] = type;
	memcpy(bytes + len, public_key, TRO_ED25519_PUBLIC_LEN);
	tro_sha256(hash, bytes, len + TRO_ED25519_PUBLIC_LEN);
	memcpy(out, hash, TRO_KEY_ID_LEN);
}
