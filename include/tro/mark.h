/*
 * High-water marks: what a host has seen of a store, kept outside of it, so that an older copy put
 * in its place is noticed by the next command. A copy verifies as well as the store did at the
 * time: no check of the store alone can tell.
 *
 * A mark is a small file in a folder of the host, named by the SHA-256 of the store's absolute
 * path:
 *
 *     tro-mark/v1
 *     store PATH
 *     genesis SHA256       of the registry's first note: a new store in the place of another one
 *     size N               records
 *     root SHA256          of the tree over them
 *
 * Each command compares it, and moves it on. Where there is none, or it cannot be read, the store
 * as it is becomes the first one seen.
 */
#ifndef TRO_MARK_H
#define TRO_MARK_H

#include <tro/err.h>
#include <tro/registry.h>

/* TRO_INVALID when the store has fewer records than the mark in the folder says, or another tree
 * over as many; the message names the mark's file. Writes nothing. */
tro_status tro_mark_check(
	const tro_registry *registry, const char *folder, tro_err *err) TRO_MUST_USE;
/* Moves the mark on to the store as it is now, if it may be: tro_mark_check comes first, and what
 * it finds is left as it is. TRO_SYSTEM when the folder is not there or cannot be written. */
tro_status tro_mark_advance(
	const tro_registry *registry, const char *folder, tro_err *err) TRO_MUST_USE;

#endif
