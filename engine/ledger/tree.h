/*
 * The Merkle tree of RFC 9162 section 2.1 over nodes that a callback holds. Level 0 are leaf
 * hashes; node (level, index) covers leaves [index * 2^level, (index + 1) * 2^level) and is kept
 * once it is full; others are computed.
 */
#ifndef TRO_LEDGER_TREE_H
#define TRO_LEDGER_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <tro/err.h>

typedef struct tro_tree_nodes {
	/* Reads or writes a full node. get is only asked for nodes that are full. */
	tro_status (*get)(
		uint8_t out[32], void *user, unsigned level, uint64_t index, tro_err *err);
	tro_status (*put)(
		void *user, unsigned level, uint64_t index, const uint8_t hash[32], tro_err *err);
	void *user;
} tro_tree_nodes;

/* The longest proof: consistency with a tree of more than 2^63 leaves; 64 suffice below that. */
enum { TRO_PROOF_MAX = 65 };
typedef struct tro_proof {
	size_t count;
	uint8_t hashes[TRO_PROOF_MAX][32]; /* the leaf's side first */
} tro_proof;

/* Any length; beyond that of the longest record (65,000 bytes) it allocates, and gives zeros, which
 * are no leaf's hash, when out of memory. */
void tro_tree_leaf(uint8_t out[32], const void *bytes, size_t len);
void tro_tree_node(uint8_t out[32], const uint8_t left[32], const uint8_t right[32]);
/* Appends leaf number `size` (the tree's size before); puts that node and every node it completes.
 */
tro_status tro_tree_append(const tro_tree_nodes *nodes, uint64_t size, const uint8_t leaf[32],
	tro_err *err) TRO_MUST_USE;
/* Root of the first `size` leaves; size 0 gives SHA-256 of nothing. */
tro_status tro_tree_root(
	uint8_t out[32], const tro_tree_nodes *nodes, uint64_t size, tro_err *err) TRO_MUST_USE;
/* Inclusion of leaf `index` in the first `size` leaves (2.1.3); consistency of two sizes (2.1.4).
 * TRO_INVALID for a leaf beyond the tree, for size1 = 0 and for size1 > size2. */
tro_status tro_tree_prove_inclusion(tro_proof *out, const tro_tree_nodes *nodes, uint64_t index,
	uint64_t size, tro_err *err) TRO_MUST_USE;
tro_status tro_tree_prove_consistency(tro_proof *out, const tro_tree_nodes *nodes, uint64_t size1,
	uint64_t size2, tro_err *err) TRO_MUST_USE;
/* TRO_OK or TRO_INVALID, for all 64-bit sizes and any count of hashes. size1 = 0 is refused; equal
 * sizes need equal roots and an empty proof. */
tro_status tro_tree_check_inclusion(uint64_t index, uint64_t size, const uint8_t leaf[32],
	const uint8_t root[32], const uint8_t (*hashes)[32], size_t count,
	tro_err *err) TRO_MUST_USE;
tro_status tro_tree_check_consistency(uint64_t size1, uint64_t size2, const uint8_t root1[32],
	const uint8_t root2[32], const uint8_t (*hashes)[32], size_t count,
	tro_err *err) TRO_MUST_USE;

#endif
