/* Headers of a tar archive (POSIX.1-2001, pax, section "ustar Interchange Format"), always the same
 * for the same name and size: no time, no owner, mode 0600. */
#ifndef TRO_STORE_TAR_H
#define TRO_STORE_TAR_H

#include <stdbool.h>
#include <stdint.h>

enum { TRO_TAR_BLOCK = 512, TRO_TAR_NAME_MAX = 100, TRO_TAR_PREFIX_MAX = 155 };
#define TRO_TAR_SIZE_MAX (((uint64_t)1 << 33) - 1) /* eleven octal digits */

/* False when the size is over the maximum, or the name cannot be split at its last slash. */
bool tro_tar_header(uint8_t out[TRO_TAR_BLOCK], const char *name, uint64_t size);
/* The size that a header claims; false when it is no number. */
bool tro_tar_size(uint64_t *out, const uint8_t header[TRO_TAR_BLOCK]);

#endif
