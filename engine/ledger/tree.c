#include "ledger/tree.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "crypto/crypto.h"

enum {
	HASH_LEN = TRO_SHA256_LEN,
	LEAF_PREFIX = 0x00,
	NODE_PREFIX = 0x01,
	LEAF_ON_STACK = 65000, /* the longest record */
};

void tro_tree_leaf(uint8_t out[32], const void *bytes, size_t len)
{
	uint8_t prefixed[1 + LEAF_ON_STACK];

	prefixed[0] = LEAF_PREFIX;
	if (len <= LEAF_ON_STACK) {
		if (len > 0) {
			memcpy(prefixed + 1, bytes, len);
		}
		tro_sha256(out, prefixed, 1 + len);
		return;
	}
	tro_sha256_stream *stream = tro_sha256_new();

	if (stream == NULL) {
		memset(out, 0, HASH_LEN);
		return;
	}
	tro_sha256_update(stream, prefixed, 1);
	tro_sha256_update(stream, bytes, len);
	tro_sha256_finish(out, stream);
}

void tro_tree_node(uint8_t out[32], const uint8_t left[32], const uint8_t right[32])
{
	uint8_t bytes[1 + 2 * HASH_LEN] = {NODE_PREFIX};

	memcpy(bytes + 1, left, HASH_LEN);
	memcpy(bytes + 1 + HASH_LEN, right, HASH_LEN);
	tro_sha256(out, bytes, sizeof(bytes));
}

/* ---- nodes and roots ---- */

tro_status tro_tree_append(
	const tro_tree_nodes *nodes, uint64_t size, const uint8_t leaf[32], tro_err *err)
{
	uint8_t hash[HASH_LEN];
	uint8_t left[HASH_LEN];
	uint64_t index = size;
	unsigned level = 0;

	if (size == UINT64_MAX) {
		return tro_err_set(err, TRO_INVALID, "the tree is full");
	}
	memcpy(hash, leaf, HASH_LEN);
	tro_status status = nodes->put(nodes->user, level, index, hash, err);

	/* A right child completes its parent. */
	while (status == TRO_OK && (index & 1) == 1) {
		status = nodes->get(left, nodes->user, level, index - 1, err);
		if (status == TRO_OK) {
			tro_tree_node(hash, left, hash);
			level++;
			index >>= 1;
			status = nodes->put(nodes->user, level, index, hash, err);
		}
	}
	return status;
}

/* Root of the leaves [start, start + count), count > 0, where start is a multiple of every power of
 * two in count but may be followed by nothing: the full subtrees that make it up are joined from
 * the right, the smallest first. */
static tro_status range_root(
	uint8_t out[32], const tro_tree_nodes *nodes, uint64_t start, uint64_t count, tro_err *err)
{
	uint8_t hash[HASH_LEN];
	uint64_t end = start + count;
	bool first = true;

	for (unsigned level = 0; level < 64; level++) {
		uint64_t width = (uint64_t)1 << level;

		if ((count & width) == 0) {
			continue;
		}
		end -= width;
		tro_status status = nodes->get(hash, nodes->user, level, end >> level, err);

		if (status != TRO_OK) {
			return status;
		}
		if (first) {
			memcpy(out, hash, HASH_LEN);
			first = false;
		} else {
			tro_tree_node(out, hash, out);
		}
	}
	return TRO_OK;
}

tro_status tro_tree_root(uint8_t out[32], const tro_tree_nodes *nodes, uint64_t size, tro_err *err)
{
	if (size == 0) {
		tro_sha256(out, "", 0);
		return TRO_OK;
	}
	return range_root(out, nodes, 0, size, err);
}

/* ---- proofs ---- */

/* The largest power of two below count; count > 1. */
static uint64_t split(uint64_t count)
{
	uint64_t k = 1;

	while (k < count - k) {
		k <<= 1;
	}
	return k;
}

static tro_status add_range(
	tro_proof *proof, const tro_tree_nodes *nodes, uint64_t start, uint64_t count, tro_err *err)
{
	assert(proof->count < TRO_PROOF_MAX);
	return range_root(proof->hashes[proof->count++], nodes, start, count, err);
}

/* Proofs are found from the root downwards and given from the leaf upwards. */
static void reverse(tro_proof *proof)
{
	for (size_t i = 0; i < proof->count / 2; i++) {
		uint8_t hash[HASH_LEN];
		uint8_t *a = proof->hashes[i];
		uint8_t *b = proof->hashes[proof->count - 1 - i];

		memcpy(hash, a, HASH_LEN);
		memcpy(a, b, HASH_LEN);
		memcpy(b, hash, HASH_LEN);
	}
}

tro_status tro_tree_prove_inclusion(
	tro_proof *out, const tro_tree_nodes *nodes, uint64_t index, uint64_t size, tro_err *err)
{
	uint64_t start = 0;
	uint64_t count = size;
	tro_status status = TRO_OK;

	out->count = 0;
	if (index >= size) {
		return tro_err_set(err, TRO_INVALID, "a tree of %llu leaves has no leaf %llu",
			(unsigned long long)size, (unsigned long long)index);
	}
	while (status == TRO_OK && count > 1) {
		uint64_t k = split(count);

		if (index - start < k) {
			status = add_range(out, nodes, start + k, count - k, err);
			count = k;
		} else {
			status = add_range(out, nodes, start, k, err);
			start += k;
			count -= k;
		}
	}
	reverse(out);
	return status;
}

tro_status tro_tree_prove_consistency(
	tro_proof *out, const tro_tree_nodes *nodes, uint64_t size1, uint64_t size2, tro_err *err)
{
	uint64_t start = 0;
	uint64_t old = size1; /* how many leaves of the range are in the old tree */
	uint64_t count = size2;
	tro_status status = TRO_OK;

	out->count = 0;
	if (size1 == 0 || size1 > size2) {
		return tro_err_set(err, TRO_INVALID,
			"no proof leads from a tree of %llu leaves to one of %llu",
			(unsigned long long)size1, (unsigned long long)size2);
	}
	while (status == TRO_OK && old < count) {
		uint64_t k = split(count);

		if (old <= k) {
			status = add_range(out, nodes, start + k, count - k, err);
			count = k;
		} else {
			status = add_range(out, nodes, start, k, err);
			start += k;
			old -= k;
			count -= k;
		}
	}
	if (status == TRO_OK && start > 0) { /* else it is the old root, which the reader has */
		status = add_range(out, nodes, start, count, err);
	}
	reverse(out);
	return status;
}

/* ---- checking ---- */

static tro_status bad_proof(tro_err *err, const char *what)
{
	return tro_err_set(err, TRO_INVALID, "the proof does not hold: %s", what);
}

/* RFC 9162 section 2.1.3.2; names as there. */
tro_status tro_tree_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[32],
	const uint8_t root[32], const uint8_t (*hashes)[32], size_t count, tro_err *err)
{
	uint8_t r[HASH_LEN];

	if (index >= size) {
		return bad_proof(err, "the leaf lies beyond the tree");
	}
	uint64_t fn = index;
	uint64_t sn = size - 1;

	memcpy(r, leaf, HASH_LEN);
	for (size_t i = 0; i < count; i++) {
		if (sn == 0) {
			return bad_proof(err, "it has too many hashes");
		}
		if ((fn & 1) == 1 || fn == sn) {
			tro_tree_node(r, hashes[i], r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tro_tree_node(r, r, hashes[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0) {
		return bad_proof(err, "it has too few hashes");
	}
	return memcmp(r, root, HASH_LEN) == 0 ? TRO_OK : bad_proof(err, "it leads to another root");
}

/* Steps 3 to 7 of RFC 9162 section 2.1.4.2, for size1 < size2 and count > 0. */
static tro_status check_growth(uint64_t size1, uint64_t size2, const uint8_t root1[32],
	const uint8_t root2[32], const uint8_t (*hashes)[32], size_t count, tro_err *err)
{
	uint8_t fr[HASH_LEN];
	uint8_t sr[HASH_LEN];
	uint64_t fn = size1 - 1;
	uint64_t sn = size2 - 1;
	bool whole = (size1 & (size1 - 1)) == 0; /* the old tree is a subtree of the new one */

	while ((fn & 1) == 1) {
		fn >>= 1;
		sn >>= 1;
	}
	memcpy(fr, whole ? root1 : hashes[0], HASH_LEN);
	memcpy(sr, fr, HASH_LEN);
	for (size_t i = whole ? 0 : 1; i < count; i++) {
		if (sn == 0) {
			return bad_proof(err, "it has too many hashes");
		}
		if ((fn & 1) == 1 || fn == sn) {
			tro_tree_node(fr, hashes[i], fr);
			tro_tree_node(sr, hashes[i], sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tro_tree_node(sr, sr, hashes[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0) {
		return bad_proof(err, "it has too few hashes");
	}
	if (memcmp(fr, root1, HASH_LEN) != 0) {
		return bad_proof(err, "it leads to another old root");
	}
	return memcmp(sr, root2, HASH_LEN) == 0 ? TRO_OK
						: bad_proof(err, "it leads to another new root");
}

tro_status tro_tree_check_consistency(uint64_t size1, uint64_t size2, const uint8_t root1[32],
	const uint8_t root2[32], const uint8_t (*hashes)[32], size_t count, tro_err *err)
{
	if (size1 == 0) {
		return bad_proof(err, "every tree is consistent with the empty one");
	}
	if (size1 > size2) {
		return bad_proof(err, "the new tree is smaller than the old one");
	}
	if (size1 == size2) {
		return count == 0 && memcmp(root1, root2, HASH_LEN) == 0
			       ? TRO_OK
			       : bad_proof(err, "trees of one size have one root and no proof");
	}
	if (count == 0) {
		return bad_proof(err, "it has too few hashes");
	}
	return check_growth(size1, size2, root1, root2, hashes, count, err);
}
