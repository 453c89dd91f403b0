#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "ledger/tree.h"
#include "suite.h"

enum { LEVELS = 22, SMALL = 64 };

/* Nodes in memory: one growing array a level. A full node is put once and never asked for before.
 */
typedef struct memory {
	uint8_t (*level[LEVELS])[32];
	uint64_t count[LEVELS];
	uint64_t cap;
} memory;

static tro_status memory_get(
	uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err)
{
	memory *m = user;

	if (level >= LEVELS || index >= m->count[level]) {
		return tro_err_set(err, TRO_SYSTEM, "node %u/%llu is not there", level,
			(unsigned long long)index);
	}
	memcpy(out, m->level[level][index], 32);
	return TRO_OK;
}

static tro_status memory_put(
	void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err)
{
	memory *m = user;

	if (level >= LEVELS || index != m->count[level] || index >= m->cap) {
		return tro_err_set(err, TRO_SYSTEM, "node %u/%llu is out of turn", level,
			(unsigned long long)index);
	}
	memcpy(m->level[level][index], hash, 32);
	m->count[level]++;
	return TRO_OK;
}

static tro_tree_nodes memory_open(memory *m, uint64_t cap)
{
	*m = (memory){.cap = cap};
	for (size_t i = 0; i < LEVELS; i++) {
		m->level[i] = calloc(cap, 32);
		ck_assert_ptr_nonnull(m->level[i]);
	}
	return (tro_tree_nodes){memory_get, memory_put, m};
}

static void memory_close(memory *m)
{
	for (size_t i = 0; i < LEVELS; i++) {
		free(m->level[i]);
	}
}

static void leaf_at(uint8_t out[32], uint64_t index)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(index >> 8 * i);
	}
	tro_tree_leaf(out, bytes, sizeof(bytes));
}

static void fill(memory *m, const tro_tree_nodes *nodes, uint64_t size)
{
	for (uint64_t i = m->count[0]; i < size; i++) {
		uint8_t leaf[32];

		leaf_at(leaf, i);
		ck_assert_int_eq(tro_tree_append(nodes, i, leaf, NULL), TRO_OK);
	}
}

/* The definition of RFC 9162 section 2.1.1, word for word. */
static void naive_root(uint8_t out[32], uint64_t start, uint64_t count)
{
	uint8_t left[32];
	uint8_t right[32];
	uint64_t k = 1;

	if (count == 1) {
		leaf_at(out, start);
		return;
	}
	while (2 * k < count) {
		k *= 2;
	}
	naive_root(left, start, k);
	naive_root(right, start + k, count - k);
	tro_tree_node(out, left, right);
}

/* PATH of section 2.1.3.1. */
static void naive_path(tro_proof *out, uint64_t index, uint64_t start, uint64_t count)
{
	uint64_t k = 1;

	if (count == 1) {
		return;
	}
	while (2 * k < count) {
		k *= 2;
	}
	if (index < k) {
		naive_path(out, index, start, k);
		naive_root(out->hashes[out->count++], start + k, count - k);
	} else {
		naive_path(out, index - k, start + k, count - k);
		naive_root(out->hashes[out->count++], start, k);
	}
}

/* SUBPROOF of section 2.1.4.1. */
static void naive_subproof(tro_proof *out, uint64_t old, uint64_t start, uint64_t count, bool whole)
{
	uint64_t k = 1;

	if (old == count) {
		if (!whole) {
			naive_root(out->hashes[out->count++], start, count);
		}
		return;
	}
	while (2 * k < count) {
		k *= 2;
	}
	if (old <= k) {
		naive_subproof(out, old, start, k, whole);
		naive_root(out->hashes[out->count++], start + k, count - k);
	} else {
		naive_subproof(out, old - k, start + k, count - k, false);
		naive_root(out->hashes[out->count++], start, k);
	}
}

static void assert_same_proof(const tro_proof *a, const tro_proof *b)
{
	ck_assert_uint_eq(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		ck_assert_mem_eq(a->hashes[i], b->hashes[i], 32);
	}
}

/* The hashes of a proof in the form that a checker takes. */
static const uint8_t (*hashes_of(const tro_proof *proof))[32]
{
	return (const uint8_t(*)[32])proof->hashes;
}

static tro_status check_in(uint64_t index, uint64_t size, const uint8_t leaf[32],
	const uint8_t root[32], const tro_proof *proof)
{
	return tro_tree_check_inclusion(
		index, size, leaf, root, hashes_of(proof), proof->count, NULL);
}

static tro_status check_grown(uint64_t size1, uint64_t size2, const uint8_t root1[32],
	const uint8_t root2[32], const tro_proof *proof)
{
	return tro_tree_check_consistency(
		size1, size2, root1, root2, hashes_of(proof), proof->count, NULL);
}

/* Every hash flipped in some bit, the last one left out, one too many. */
static void assert_damage_refused_in(uint64_t index, uint64_t size, const uint8_t leaf[32],
	const uint8_t root[32], const tro_proof *good)
{
	tro_proof bad = *good;

	for (size_t i = 0; i < good->count; i++) {
		bad.hashes[i][(i * 7 + index) % 32] ^= (uint8_t)(1u << (size % 8));
		ck_assert_int_eq(check_in(index, size, leaf, root, &bad), TRO_INVALID);
		bad = *good;
	}
	if (good->count > 0) {
		bad.count--;
		ck_assert_int_eq(check_in(index, size, leaf, root, &bad), TRO_INVALID);
	}
	bad = *good;
	memcpy(bad.hashes[bad.count++], root, 32);
	ck_assert_int_eq(check_in(index, size, leaf, root, &bad), TRO_INVALID);
	uint8_t above[32]; /* also with the root that one hash too many leads to */

	tro_tree_node(above, root, root);
	ck_assert_int_eq(check_in(index, size, leaf, above, &bad), TRO_INVALID);
}

static void assert_damage_refused_grown(uint64_t size1, uint64_t size2, const uint8_t root1[32],
	const uint8_t root2[32], const tro_proof *good)
{
	tro_proof bad = *good;

	for (size_t i = 0; i < good->count; i++) {
		bad.hashes[i][(i * 5 + size1) % 32] ^= (uint8_t)(1u << (size2 % 8));
		ck_assert_int_eq(check_grown(size1, size2, root1, root2, &bad), TRO_INVALID);
		bad = *good;
	}
	if (good->count > 0) {
		bad.count--;
		ck_assert_int_eq(check_grown(size1, size2, root1, root2, &bad), TRO_INVALID);
	}
	bad = *good;
	memcpy(bad.hashes[bad.count++], root2, 32);
	ck_assert_int_eq(check_grown(size1, size2, root1, root2, &bad), TRO_INVALID);
	uint8_t above1[32]; /* also with the roots that one hash too many leads to */
	uint8_t above2[32];

	tro_tree_node(above1, root2, root1);
	tro_tree_node(above2, root2, root2);
	ck_assert_int_eq(check_grown(size1, size2, above1, above2, &bad), TRO_INVALID);
}

START_TEST(all_trees_up_to_64_leaves_agree_with_the_definition)
{
	memory m;
	tro_tree_nodes nodes = memory_open(&m, SMALL);
	uint64_t size = (uint64_t)_i;
	uint8_t root[32];
	uint8_t naive[32];

	fill(&m, &nodes, size);
	ck_assert_int_eq(tro_tree_root(root, &nodes, size, NULL), TRO_OK);
	naive_root(naive, 0, size);
	ck_assert_mem_eq(root, naive, 32);
	for (uint64_t i = 0; i < size; i++) {
		tro_proof proof;
		tro_proof path = {0};
		uint8_t leaf[32];

		leaf_at(leaf, i);
		ck_assert_int_eq(tro_tree_prove_inclusion(&proof, &nodes, i, size, NULL), TRO_OK);
		naive_path(&path, i, 0, size);
		assert_same_proof(&proof, &path);
		ck_assert_int_eq(check_in(i, size, leaf, root, &proof), TRO_OK);
		assert_damage_refused_in(i, size, leaf, root, &proof);
		for (uint64_t k = 0; k < size; k++) { /* no other place has this leaf */
			ck_assert(k == i || check_in(k, size, leaf, root, &proof) != TRO_OK);
		}
		leaf[0] ^= 1;
		ck_assert_int_eq(check_in(i, size, leaf, root, &proof), TRO_INVALID);
	}
	memory_close(&m);
}
END_TEST

START_TEST(all_growths_up_to_64_leaves_agree_with_the_definition)
{
	memory m;
	tro_tree_nodes nodes = memory_open(&m, SMALL);
	uint64_t size2 = (uint64_t)_i;
	uint8_t root2[32];

	fill(&m, &nodes, size2);
	naive_root(root2, 0, size2);
	for (uint64_t size1 = 1; size1 <= size2; size1++) {
		tro_proof proof;
		tro_proof subproof = {0};
		uint8_t root1[32];
		uint8_t wrong[32];

		naive_root(root1, 0, size1);
		ck_assert_int_eq(
			tro_tree_prove_consistency(&proof, &nodes, size1, size2, NULL), TRO_OK);
		naive_subproof(&subproof, size1, 0, size2, true);
		assert_same_proof(&proof, &subproof);
		ck_assert_int_eq(check_grown(size1, size2, root1, root2, &proof), TRO_OK);
		assert_damage_refused_grown(size1, size2, root1, root2, &proof);
		memcpy(wrong, root1, 32);
		wrong[31] ^= 0x80;
		ck_assert_int_eq(check_grown(size1, size2, wrong, root2, &proof), TRO_INVALID);
		memcpy(wrong, root2, 32);
		wrong[0] ^= 1;
		ck_assert_int_eq(check_grown(size1, size2, root1, wrong, &proof), TRO_INVALID);
		ck_assert(size1 == size2 ||
			  check_grown(size2, size1, root2, root1, &proof) == TRO_INVALID);
	}
	memory_close(&m);
}
END_TEST

/* xorshift64*: what is random here is the same on every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1du;
}

START_TEST(random_larger_trees_prove_what_they_hold)
{
	enum { LARGE = 20000, ROUNDS = 60 };
	uint64_t seed = 20261123;
	memory m;
	tro_tree_nodes nodes = memory_open(&m, LARGE);

	printf("random_larger_trees_prove_what_they_hold: seed %llu\n", (unsigned long long)seed);
	fill(&m, &nodes, LARGE);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t size2 = 65 + next_random(&seed) % (LARGE - 64);
		uint64_t size1 = 1 + next_random(&seed) % size2;
		uint64_t index = next_random(&seed) % size2;
		uint8_t leaf[32];
		uint8_t root1[32];
		uint8_t root2[32];
		uint8_t naive[32];
		tro_proof proof;

		leaf_at(leaf, index);
		ck_assert_int_eq(tro_tree_root(root1, &nodes, size1, NULL), TRO_OK);
		ck_assert_int_eq(tro_tree_root(root2, &nodes, size2, NULL), TRO_OK);
		if (round < 5) {
			naive_root(naive, 0, size2);
			ck_assert_mem_eq(root2, naive, 32);
		}
		ck_assert_int_eq(
			tro_tree_prove_inclusion(&proof, &nodes, index, size2, NULL), TRO_OK);
		ck_assert_int_eq(check_in(index, size2, leaf, root2, &proof), TRO_OK);
		assert_damage_refused_in(index, size2, leaf, root2, &proof);
		ck_assert_int_eq(
			tro_tree_prove_consistency(&proof, &nodes, size1, size2, NULL), TRO_OK);
		ck_assert_int_eq(check_grown(size1, size2, root1, root2, &proof), TRO_OK);
		assert_damage_refused_grown(size1, size2, root1, root2, &proof);
	}
	memory_close(&m);
}
END_TEST

/* ---- known answers ---- */

static void from_hex(uint8_t out[32], const char *hex)
{
	ck_assert(tro_hex_decode(out, 32, hex, strlen(hex)));
}

static void from_base64(uint8_t out[32], const char *text)
{
	size_t len;

	ck_assert(tro_base64_decode(out, 32, &len, text, strlen(text)));
	ck_assert_uint_eq(len, 32);
}

START_TEST(the_classic_eight_leaves_have_their_known_roots)
{
	static const char *const leaves[] = {"", "00", "10", "2021", "3031", "40414243",
		"5051525354555657", "606162636465666768696a6b6c6d6e6f"};
	memory m;
	tro_tree_nodes nodes = memory_open(&m, 8);
	uint8_t root[32];
	uint8_t expected[32];

	for (size_t i = 0; i < 8; i++) {
		uint8_t bytes[16];
		uint8_t leaf[32];
		size_t len = strlen(leaves[i]) / 2;

		ck_assert(tro_hex_decode(bytes, len, leaves[i], 2 * len));
		tro_tree_leaf(leaf, bytes, len);
		ck_assert_int_eq(tro_tree_append(&nodes, i, leaf, NULL), TRO_OK);
	}
	ck_assert_int_eq(tro_tree_root(root, &nodes, 0, NULL), TRO_OK);
	from_hex(expected, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_mem_eq(root, expected, 32);
	ck_assert_int_eq(tro_tree_root(root, &nodes, 1, NULL), TRO_OK);
	from_hex(expected, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	ck_assert_mem_eq(root, expected, 32);
	ck_assert_int_eq(tro_tree_root(root, &nodes, 8, NULL), TRO_OK);
	from_hex(expected, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
	ck_assert_mem_eq(root, expected, 32);
	memory_close(&m);
}
END_TEST

/* FORMATS.md 3: the golden note at index 2 in a log of seven. */
#define GOLDEN_LEAF "7613061dc2018a8f9d810c4b197771f2efdd57010bd151e5e11297d1749062ab"
#define GOLDEN_ROOT_7 "C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U="
#define GOLDEN_ROOT_4 "lPB40VPwer8Lsz00COUoMc1EeqLxq4qlHhXB/JSrRUs="
#define GOLDEN_4_TO_7 "p7fRxJWDWFrcnyLiI9ZlDLe64B+HLjAi87ghaK+N9VY="

static void golden_proof(tro_proof *out)
{
	out->count = 3;
	from_base64(out->hashes[0], "f4gKKt2jl5opGNo7ZdJ/r7WrCepPlFPiWf8Tb5Ec57s=");
	from_base64(out->hashes[1], "sUECGSvaK8NRWZKb3gP2FWleb61GCb5cy95651WQ9yI=");
	from_base64(out->hashes[2], GOLDEN_4_TO_7);
}

START_TEST(the_golden_inclusion_proof_holds_and_no_altered_byte_does)
{
	tro_proof proof;
	uint8_t leaf[32];
	uint8_t root[32];

	golden_proof(&proof);
	from_hex(leaf, GOLDEN_LEAF);
	from_base64(root, GOLDEN_ROOT_7);
	ck_assert_int_eq(check_in(2, 7, leaf, root, &proof), TRO_OK);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 32; k++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				proof.hashes[i][k] ^= (uint8_t)(1u << bit);
				ck_assert_int_eq(check_in(2, 7, leaf, root, &proof), TRO_INVALID);
				proof.hashes[i][k] ^= (uint8_t)(1u << bit);
			}
		}
	}
	/* 3 is its sibling, and a tree of 5 to 8 has as many hashes on the way from leaf 2 */
	ck_assert_int_eq(check_in(3, 7, leaf, root, &proof), TRO_INVALID);
	ck_assert_int_eq(check_in(7, 7, leaf, root, &proof), TRO_INVALID);
	ck_assert_int_eq(check_in(2, 4, leaf, root, &proof), TRO_INVALID);
	ck_assert_int_eq(check_in(2, 9, leaf, root, &proof), TRO_INVALID);
	ck_assert_int_eq(check_in(0, 0, leaf, root, &proof), TRO_INVALID);
}
END_TEST

START_TEST(the_golden_consistency_proof_from_4_to_7_holds)
{
	tro_proof proof = {.count = 1};
	uint8_t root4[32];
	uint8_t root7[32];

	from_base64(proof.hashes[0], GOLDEN_4_TO_7);
	from_base64(root4, GOLDEN_ROOT_4);
	from_base64(root7, GOLDEN_ROOT_7);
	ck_assert_int_eq(check_grown(4, 7, root4, root7, &proof), TRO_OK);
	ck_assert_int_eq(check_grown(4, 7, root7, root4, &proof), TRO_INVALID);
	ck_assert_int_eq(check_grown(3, 7, root4, root7, &proof), TRO_INVALID);
	ck_assert_int_eq(check_grown(4, 9, root4, root7, &proof), TRO_INVALID);
	assert_damage_refused_grown(4, 7, root4, root7, &proof);
}
END_TEST

START_TEST(nothing_beyond_the_edges_of_a_tree_is_proven)
{
	memory m;
	tro_tree_nodes nodes = memory_open(&m, 8);
	tro_proof proof = {0};
	uint8_t empty[32];
	uint8_t root[32];

	fill(&m, &nodes, 5);
	ck_assert_int_eq(tro_tree_root(empty, &nodes, 0, NULL), TRO_OK);
	ck_assert_int_eq(tro_tree_root(root, &nodes, 5, NULL), TRO_OK);
	ck_assert_int_eq(check_grown(0, 5, empty, root, &proof), TRO_INVALID);
	ck_assert_int_eq(check_grown(0, 0, empty, empty, &proof), TRO_INVALID);
	ck_assert_int_eq(tro_tree_prove_consistency(&proof, &nodes, 0, 5, NULL), TRO_INVALID);
	ck_assert_int_eq(tro_tree_prove_consistency(&proof, &nodes, 6, 5, NULL), TRO_INVALID);
	ck_assert_int_eq(tro_tree_prove_inclusion(&proof, &nodes, 5, 5, NULL), TRO_INVALID);
	ck_assert_int_eq(check_in(1, 1, root, root, &proof), TRO_INVALID);
	ck_assert_int_eq(check_in(0, 1, root, root, &proof), TRO_OK);
	ck_assert_int_eq(tro_tree_check_consistency(3, 5, empty, root, NULL, 0, NULL), TRO_INVALID);
	ck_assert_int_eq(check_grown(5, 5, root, root, &proof), TRO_OK);
	ck_assert_int_eq(check_grown(5, 5, root, empty, &proof), TRO_INVALID);
	ck_assert_int_eq(check_grown(4, 5, root, root, &proof), TRO_INVALID);
	memory_close(&m);
}
END_TEST

/* A tree of 2^63 + 1 or 2^64 - 1 leaves cannot be built, but the way through it can: every sibling
 * is given some hash, and the root that they make is computed from the definition. */
START_TEST(sizes_of_64_bits_are_followed_to_the_end)
{
	const struct {
		uint64_t index, size;
		size_t count;
	} cases[] = {
		{0, UINT64_MAX, 64},
		{UINT64_MAX - 1, UINT64_MAX, 63},
		{UINT64_C(1) << 63, (UINT64_C(1) << 63) + 1, 1},
		{0, (UINT64_C(1) << 63) + 1, 64},
		{(UINT64_C(1) << 63) - 1, UINT64_C(1) << 63, 63},
	};
	tro_proof proof = {0};
	uint8_t leaf[32] = {1};
	uint8_t root[32];
	uint64_t start = 0;
	uint64_t count = cases[_i].size;
	bool left[65];

	while (count > 1) { /* from the root down: is the leaf on the left? */
		uint64_t k = UINT64_C(1) << 63;

		while (k >= count) {
			k >>= 1;
		}
		left[proof.count] = cases[_i].index - start < k;
		start += left[proof.count] ? 0 : k;
		count = left[proof.count] ? k : count - k;
		proof.count++;
	}
	ck_assert_uint_eq(proof.count, cases[_i].count);
	memcpy(root, leaf, 32);
	for (size_t i = 0; i < proof.count; i++) {
		memset(proof.hashes[i], (int)i + 2, 32);
		if (left[proof.count - 1 - i]) {
			tro_tree_node(root, root, proof.hashes[i]);
		} else {
			tro_tree_node(root, proof.hashes[i], root);
		}
	}
	ck_assert_int_eq(check_in(cases[_i].index, cases[_i].size, leaf, root, &proof), TRO_OK);
	ck_assert_int_eq(
		check_in(cases[_i].index ^ 1, cases[_i].size, leaf, root, &proof), TRO_INVALID);
	assert_damage_refused_in(cases[_i].index, cases[_i].size, leaf, root, &proof);
}
END_TEST

/* A store of 2^64 - 1 leaves, every full node of which is what the callback says. */
static tro_status imagined_get(
	uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err)
{
	(void)user;
	(void)err;
	memset(out, (int)level + 1, 32);
	for (unsigned i = 0; i < 8; i++) {
		out[i] = (uint8_t)(index >> 8 * i);
	}
	return TRO_OK;
}

START_TEST(the_longest_consistency_proof_fits)
{
	const uint64_t size1 = (UINT64_C(1) << 63) - 1;
	tro_tree_nodes nodes = {imagined_get, NULL, NULL};
	tro_proof proof;

	ck_assert_int_eq(
		tro_tree_prove_consistency(&proof, &nodes, size1, UINT64_MAX, NULL), TRO_OK);
	ck_assert_uint_eq(proof.count, TRO_PROOF_MAX);
	ck_assert_int_eq(tro_tree_prove_inclusion(&proof, &nodes, 0, UINT64_MAX, NULL), TRO_OK);
	ck_assert_uint_eq(proof.count, 64);
	ck_assert_int_eq(tro_tree_append(&nodes, UINT64_MAX, proof.hashes[0], NULL), TRO_INVALID);
}
END_TEST

START_TEST(a_failing_store_fails_the_call)
{
	memory m;
	tro_tree_nodes nodes = memory_open(&m, 8);
	uint8_t hash[32] = {0};
	tro_proof proof;

	fill(&m, &nodes, 7);
	ck_assert_int_eq(tro_tree_append(&nodes, 3, hash, NULL), TRO_SYSTEM);
	m.count[0] = 6;
	ck_assert_int_eq(tro_tree_root(hash, &nodes, 7, NULL), TRO_SYSTEM);
	ck_assert_int_eq(tro_tree_prove_inclusion(&proof, &nodes, 0, 7, NULL), TRO_SYSTEM);
	ck_assert_int_eq(tro_tree_prove_consistency(&proof, &nodes, 6, 7, NULL), TRO_SYSTEM);
	memory_close(&m);
}
END_TEST

START_TEST(a_leaf_of_any_length_is_hashed_with_its_prefix)
{
	enum { MAX = 70000 };
	uint8_t *bytes = malloc(MAX + 1);
	const size_t lens[] = {0, 1, 64999, 65000, 65001, MAX};
	uint8_t leaf[32];
	uint8_t expected[32];

	memset(bytes, 'x', MAX + 1);
	bytes[0] = 0;
	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		tro_tree_leaf(leaf, bytes + 1, lens[i]);
		tro_sha256(expected, bytes, lens[i] + 1);
		ck_assert_mem_eq(leaf, expected, 32);
	}
	free(bytes);
}
END_TEST

int main(void)
{
	tro_err err;
	Suite *suite = suite_create("tree");
	TCase *tcase = tcase_create("tree");

	if (tro_crypto_init(&err) != TRO_OK) {
		(void)fprintf(stderr, "%s\n", err.message);
		return EXIT_FAILURE;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(
		tcase, all_trees_up_to_64_leaves_agree_with_the_definition, 1, SMALL + 1);
	tcase_add_loop_test(
		tcase, all_growths_up_to_64_leaves_agree_with_the_definition, 1, SMALL + 1);
	tcase_add_test(tcase, random_larger_trees_prove_what_they_hold);
	tcase_add_test(tcase, the_classic_eight_leaves_have_their_known_roots);
	tcase_add_test(tcase, the_golden_inclusion_proof_holds_and_no_altered_byte_does);
	tcase_add_test(tcase, the_golden_consistency_proof_from_4_to_7_holds);
	tcase_add_test(tcase, nothing_beyond_the_edges_of_a_tree_is_proven);
	tcase_add_loop_test(tcase, sizes_of_64_bits_are_followed_to_the_end, 0, 5);
	tcase_add_test(tcase, the_longest_consistency_proof_fits);
	tcase_add_test(tcase, a_failing_store_fails_the_call);
	tcase_add_test(tcase, a_leaf_of_any_length_is_hashed_with_its_prefix);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
