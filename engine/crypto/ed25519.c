/*
 * Ed25519 with public keys: is this a key, is this a signature.
 *
 * The group equation of RFC 8032 section 5.1.7 is computed here from libgcrypt's point arithmetic.
 * gcry_pk_verify is not used: it accepts S >= L, aborts on public keys with a coordinate below
 * 2^192 and on messages of 64 KiB, and decodes the key each time. What holds instead:
 *
 *   1. No point enters the arithmetic before decode_key has seen that both coordinates fill four
 *      64-bit limbs, which that arithmetic takes for granted, and that it lies on the curve, which
 *      gcry_mpi_ec_decode_point does not look at.
 *   2. A key is of prime order, so that the sum computed for a signature is, too: the only point of
 *      small order that it can be is the identity, and that one is refused.
 *   3. R is compared with the encoding of the sum, byte by byte: another spelling of R never
 *      matches.
 */
#include <gcrypt.h>
#include <pthread.h>
#include <string.h>

#include "crypto/crypto.h"

enum {
	COORDINATE_LEN = 32,
	COORDINATE_BITS_MIN = 193, /* at least 2^192 */
	SHA512_LEN = 64,
	CHECKED_SETS = 128,
	CHECKED_WAYS = 4,
};

/* Keys found good, so that each is examined once. A set is chosen by the key's first byte and
 * filled in turn: whoever crafts keys that collide gains a slower check and nothing else. */
typedef struct checked_key {
	bool used;
	uint8_t encoded[TRO_ED25519_PUBLIC_LEN];
	uint8_t x[COORDINATE_LEN]; /* big-endian */
} checked_key;

static struct {
	pthread_mutex_t lock;
	checked_key keys[CHECKED_SETS][CHECKED_WAYS];
	uint8_t next[CHECKED_SETS];
} checked = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool recall(uint8_t x[COORDINATE_LEN], const uint8_t encoded[TRO_ED25519_PUBLIC_LEN])
{
	const checked_key *set = checked.keys[encoded[0] % CHECKED_SETS];
	bool found = false;

	pthread_mutex_lock(&checked.lock);
	for (size_t i = 0; i < CHECKED_WAYS && !found; i++) {
		found = set[i].used && memcmp(set[i].encoded, encoded, TRO_ED25519_PUBLIC_LEN) == 0;
		if (found) {
			memcpy(x, set[i].x, COORDINATE_LEN);
		}
	}
	pthread_mutex_unlock(&checked.lock);
	return found;
}

static void remember(const uint8_t encoded[TRO_ED25519_PUBLIC_LEN], const uint8_t x[COORDINATE_LEN])
{
	size_t set = encoded[0] % CHECKED_SETS;

	pthread_mutex_lock(&checked.lock);
	checked_key *key = &checked.keys[set][checked.next[set]];

	checked.next[set] = (uint8_t)((checked.next[set] + 1) % CHECKED_WAYS);
	key->used = true;
	memcpy(key->encoded, encoded, TRO_ED25519_PUBLIC_LEN);
	memcpy(key->x, x, COORDINATE_LEN);
	pthread_mutex_unlock(&checked.lock);
}

/* ---- numbers and points ---- */

struct curve {
	gcry_ctx_t ctx;
	gcry_mpi_t p;	       /* the field's prime, 2^255 - 19 */
	gcry_mpi_t order;      /* L */
	gcry_mpi_point_t base; /* B */
};

static tro_status curve_open(struct curve *out, tro_err *err)
{
	*out = (struct curve){0};
	gcry_error_t fault = gcry_mpi_ec_new(&out->ctx, NULL, "Ed25519");

	if (fault != 0) {
		return tro_err_set(
			err, TRO_SYSTEM, "libgcrypt has no Ed25519: %s", gcry_strerror(fault));
	}
	out->p = gcry_mpi_ec_get_mpi("p", out->ctx, 0);
	out->order = gcry_mpi_ec_get_mpi("n", out->ctx, 0);
	out->base = gcry_mpi_ec_get_point("g", out->ctx, 0);
	return TRO_OK;
}

static void curve_close(struct curve *curve)
{
	gcry_mpi_point_release(curve->base);
	gcry_mpi_release(curve->order);
	gcry_mpi_release(curve->p);
	gcry_ctx_release(curve->ctx);
}

static gcry_mpi_t number_from_big_endian(const uint8_t *bytes, size_t len)
{
	gcry_mpi_t number = NULL;

	/* Cannot fail for so few bytes, short of memory, where libgcrypt ends the process. */
	gcry_mpi_scan(&number, GCRYMPI_FMT_USG, bytes, len, NULL);
	return number;
}

static gcry_mpi_t number_from_little_endian(const uint8_t *bytes, size_t len)
{
	uint8_t reversed[SHA512_LEN];

	for (size_t i = 0; i < len; i++) {
		reversed[i] = bytes[len - 1 - i];
	}
	return number_from_big_endian(reversed, len);
}

/* Big-endian, with leading zeros; false when it does not fit. */
static bool number_to_big_endian(uint8_t out[COORDINATE_LEN], gcry_mpi_t number)
{
	size_t len = 0;
	uint8_t bytes[COORDINATE_LEN];

	if (gcry_mpi_print(GCRYMPI_FMT_USG, bytes, sizeof(bytes), &len, number) != 0) {
		return false;
	}
	memset(out, 0, COORDINATE_LEN);
	memcpy(out + COORDINATE_LEN - len, bytes, len);
	return true;
}

/* RFC 8032 section 5.1.2. */
static bool point_encode(uint8_t out[TRO_ED25519_PUBLIC_LEN], gcry_mpi_t x, gcry_mpi_t y)
{
	uint8_t bytes[COORDINATE_LEN];

	if (!number_to_big_endian(bytes, y)) {
		return false;
	}
	for (size_t i = 0; i < COORDINATE_LEN; i++) {
		out[i] = bytes[COORDINATE_LEN - 1 - i];
	}
	out[COORDINATE_LEN - 1] |= (uint8_t)(gcry_mpi_test_bit(x, 0) ? 0x80 : 0);
	return true;
}

/* y of an encoded point: its 255 bits without the sign of x. */
static gcry_mpi_t y_of(const uint8_t encoded[TRO_ED25519_PUBLIC_LEN])
{
	uint8_t bytes[TRO_ED25519_PUBLIC_LEN];

	memcpy(bytes, encoded, sizeof(bytes));
	bytes[sizeof(bytes) - 1] &= 0x7f;
	return number_from_little_endian(bytes, sizeof(bytes));
}

static gcry_mpi_point_t point_from(gcry_mpi_t x, gcry_mpi_t y)
{
	gcry_mpi_t z = gcry_mpi_set_ui(NULL, 1);
	gcry_mpi_point_t point = gcry_mpi_point_set(NULL, x, y, z);

	gcry_mpi_release(z);
	return point;
}

/* ---- keys ---- */

static tro_status bad_key(tro_err *err, const char *why)
{
	return tro_err_set(err, TRO_KEY, "the Ed25519 public key %s", why);
}

/* A point that the arithmetic can bear, and its coordinates. */
static tro_status decode_key(gcry_mpi_point_t point, gcry_mpi_t x, gcry_mpi_t y,
	const struct curve *curve, const uint8_t encoded[TRO_ED25519_PUBLIC_LEN], tro_err *err)
{
	gcry_mpi_t spelled_y = y_of(encoded);
	bool canonical = gcry_mpi_cmp(spelled_y, curve->p) < 0;

	gcry_mpi_release(spelled_y);
	if (!canonical) {
		return bad_key(err, "is not canonical: its y is not below 2^255 - 19");
	}
	gcry_mpi_t octets = gcry_mpi_set_opaque_copy(NULL, encoded, 8 * TRO_ED25519_PUBLIC_LEN);
	gcry_mpi_t z = gcry_mpi_new(0);
	gcry_error_t fault = gcry_mpi_ec_decode_point(point, octets, curve->ctx);

	/* Read, not computed: a freshly decoded point has z = 1. */
	gcry_mpi_point_get(x, y, z, point);
	gcry_mpi_release(z);
	gcry_mpi_release(octets);
	if (gcry_mpi_get_nbits(x) < COORDINATE_BITS_MIN ||
		gcry_mpi_get_nbits(y) < COORDINATE_BITS_MIN) {
		return bad_key(err, "has a coordinate below 2^192, which no honest key has");
	}
	/* Decoding gives some x even where y has none. */
	if (fault != 0 || !gcry_mpi_ec_curve_point(point, curve->ctx)) {
		return bad_key(err, "is no point of the curve");
	}
	return TRO_OK;
}

/* [L]A = identity? */
static bool of_prime_order(gcry_mpi_point_t key, const struct curve *curve)
{
	gcry_mpi_point_t product = gcry_mpi_point_new(0);
	gcry_mpi_t x = gcry_mpi_new(0);
	gcry_mpi_t y = gcry_mpi_new(0);

	gcry_mpi_ec_mul(product, curve->order, key, curve->ctx);
	bool identity = gcry_mpi_ec_get_affine(x, y, product, curve->ctx) == 0 &&
			gcry_mpi_cmp_ui(x, 0) == 0 && gcry_mpi_cmp_ui(y, 1) == 0;

	gcry_mpi_release(y);
	gcry_mpi_release(x);
	gcry_mpi_point_release(product);
	return identity;
}

static tro_status examine(uint8_t x_out[COORDINATE_LEN], const struct curve *curve,
	const uint8_t encoded[TRO_ED25519_PUBLIC_LEN], tro_err *err)
{
	gcry_mpi_point_t point = gcry_mpi_point_new(0);
	gcry_mpi_t x = gcry_mpi_new(0);
	gcry_mpi_t y = gcry_mpi_new(0);
	tro_status status = decode_key(point, x, y, curve, encoded, err);

	if (status == TRO_OK && !of_prime_order(point, curve)) {
		status = bad_key(err, "has a part of small order: verifiers would disagree on it");
	}
	if (status == TRO_OK && !number_to_big_endian(x_out, x)) {
		status = bad_key(err, "has an x of more than 256 bits");
	}
	gcry_mpi_release(y);
	gcry_mpi_release(x);
	gcry_mpi_point_release(point);
	return status;
}

static tro_status known_good(uint8_t x[COORDINATE_LEN], const struct curve *curve,
	const uint8_t encoded[TRO_ED25519_PUBLIC_LEN], tro_err *err)
{
	if (recall(x, encoded)) {
		return TRO_OK;
	}
	tro_status status = examine(x, curve, encoded, err);

	if (status == TRO_OK) {
		remember(encoded, x);
	}
	return status;
}

tro_status tro_ed25519_check_public(const uint8_t public_key[TRO_ED25519_PUBLIC_LEN], tro_err *err)
{
	uint8_t x[COORDINATE_LEN];
	struct curve curve;

	if (recall(x, public_key)) {
		return TRO_OK;
	}
	tro_status status = curve_open(&curve, err);

	if (status == TRO_OK) {
		status = known_good(x, &curve, public_key, err);
		curve_close(&curve);
	}
	return status;
}

/* ---- signatures ---- */

/* SHA-512(R || A || M) mod L. */
static tro_status challenge(gcry_mpi_t *out, const struct curve *curve, const uint8_t *r,
	const uint8_t *public_key, const void *message, size_t len, tro_err *err)
{
	gcry_md_hd_t md;

	if (gcry_md_open(&md, GCRY_MD_SHA512, 0) != 0) {
		return tro_err_nomem(err);
	}
	gcry_md_write(md, r, TRO_ED25519_PUBLIC_LEN);
	gcry_md_write(md, public_key, TRO_ED25519_PUBLIC_LEN);
	if (len > 0) {
		gcry_md_write(md, message, len);
	}
	*out = number_from_little_endian(gcry_md_read(md, GCRY_MD_SHA512), SHA512_LEN);
	gcry_mpi_mod(*out, *out, curve->order);
	gcry_md_close(md);
	return TRO_OK;
}

/* [S]B - [h]A, encoded; false when it is the identity. */
static bool sum_encode(uint8_t out[TRO_ED25519_PUBLIC_LEN], const struct curve *curve, gcry_mpi_t s,
	gcry_mpi_t h, gcry_mpi_point_t key)
{
	gcry_mpi_point_t sum = gcry_mpi_point_new(0);
	gcry_mpi_point_t part = gcry_mpi_point_new(0);
	gcry_mpi_t minus_h = gcry_mpi_new(0);
	gcry_mpi_t x = gcry_mpi_new(0);
	gcry_mpi_t y = gcry_mpi_new(0);

	gcry_mpi_sub(minus_h, curve->order, h);
	gcry_mpi_ec_mul(sum, s, curve->base, curve->ctx);
	gcry_mpi_ec_mul(part, minus_h, key, curve->ctx);
	gcry_mpi_ec_add(sum, sum, part, curve->ctx);
	bool good = gcry_mpi_ec_get_affine(x, y, sum, curve->ctx) == 0 &&
		    gcry_mpi_cmp_ui(x, 0) != 0 && point_encode(out, x, y);

	gcry_mpi_release(y);
	gcry_mpi_release(x);
	gcry_mpi_release(minus_h);
	gcry_mpi_point_release(part);
	gcry_mpi_point_release(sum);
	return good;
}

static tro_status verify_with(const struct curve *curve, const uint8_t *public_key,
	const void *message, size_t len, const uint8_t *signature, tro_err *err)
{
	const uint8_t *r = signature;
	uint8_t sum[TRO_ED25519_PUBLIC_LEN];
	uint8_t x_bytes[COORDINATE_LEN];
	gcry_mpi_t h = NULL;
	tro_status status = known_good(x_bytes, curve, public_key, err);

	if (status != TRO_OK) {
		return status;
	}
	gcry_mpi_t s = number_from_little_endian(signature + COORDINATE_LEN, COORDINATE_LEN);

	if (gcry_mpi_cmp(s, curve->order) >= 0) {
		status = tro_err_set(err, TRO_KEY,
			"the Ed25519 signature's second half is not below the order of the group: "
			"it was made over from another signature");
	}
	if (status == TRO_OK) {
		status = challenge(&h, curve, r, public_key, message, len, err);
	}
	if (status == TRO_OK) {
		gcry_mpi_t x = number_from_big_endian(x_bytes, sizeof(x_bytes));
		gcry_mpi_t y = y_of(public_key);
		gcry_mpi_point_t key = point_from(x, y);

		if (!sum_encode(sum, curve, s, h, key) || memcmp(sum, r, sizeof(sum)) != 0) {
			status = tro_err_set(err, TRO_KEY,
				"the Ed25519 signature is not good for this text and this key");
		}
		gcry_mpi_point_release(key);
		gcry_mpi_release(y);
		gcry_mpi_release(x);
	}
	gcry_mpi_release(h);
	gcry_mpi_release(s);
	return status;
}

tro_status tro_ed25519_verify(const uint8_t public_key[TRO_ED25519_PUBLIC_LEN], const void *message,
	size_t len, const uint8_t signature[TRO_ED25519_SIGNATURE_LEN], tro_err *err)
{
	struct curve curve;
	tro_status status = curve_open(&curve, err);

	if (status == TRO_OK) {
		status = verify_with(&curve, public_key, message, len, signature, err);
		curve_close(&curve);
	}
	return status;
}
