/*
 * Sets of states: one bit a state, in document order. Walking up a set is entry order, walking
 * down it is exit order.
 */
#ifndef TRO_CHART_BITS_H
#define TRO_CHART_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_NONE SIZE_MAX

static inline size_t bits_words(size_t count)
{
	return (count + 63) / 64;
}

static inline bool bits_has(const uint64_t *bits, size_t index)
{
	return (bits[index / 64] >> (index % 64) & 1) != 0;
}

static inline void bits_add(uint64_t *bits, size_t index)
{
	bits[index / 64] |= (uint64_t)1 << (index % 64);
}

static inline void bits_drop(uint64_t *bits, size_t index)
{
	bits[index / 64] &= ~((uint64_t)1 << (index % 64));
}

static inline size_t bits_lowest(uint64_t word)
{
	size_t at = 0;

	for (unsigned half = 32; half > 0; half /= 2) {
		if ((word & (((uint64_t)1 << half) - 1)) == 0) {
			word >>= half;
			at += half;
		}
	}
	return at;
}

static inline size_t bits_highest(uint64_t word)
{
	size_t at = 0;

	for (unsigned half = 32; half > 0; half /= 2) {
		if (word >> half != 0) {
			word >>= half;
			at += half;
		}
	}
	return at;
}

/* The first member from `from` on and below `end`; BITS_NONE when there is none. */
static inline size_t bits_from(const uint64_t *bits, size_t from, size_t end)
{
	while (from < end) {
		uint64_t word = bits[from / 64] >> (from % 64);

		if (word != 0) {
			size_t found = from + bits_lowest(word);

			return found < end ? found : BITS_NONE;
		}
		from = (from / 64 + 1) * 64;
	}
	return BITS_NONE;
}

/* The last member below `end`; BITS_NONE when there is none. */
static inline size_t bits_below(const uint64_t *bits, size_t end)
{
	while (end > 0) {
		size_t last = end - 1;
		uint64_t word = bits[last / 64] << (63 - last % 64);

		if (word != 0) {
			return last - (63 - bits_highest(word));
		}
		end = last / 64 * 64;
	}
	return BITS_NONE;
}

#endif
