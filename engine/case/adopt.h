/*
 * What a data folder offers for adoption: workflows/<any>/workflow.xml and templates/MANIFEST.txt
 * name the files. Whether they are sound is judged by adopt_check.h, before anybody signs for them.
 */
#ifndef TRO_CASE_ADOPT_H
#define TRO_CASE_ADOPT_H

#include <stddef.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>

typedef struct tro_offer {
	char *kind;
	char *name;
	char *path; /* where it was read from */
	uint8_t sha256[32];
	tro_buf bytes;
} tro_offer;

typedef struct tro_offers {
	tro_offer *items;
	size_t count;
} tro_offers;

/* TRO_NOT_FOUND, TRO_INVALID (a file that is too large, a list that is none), TRO_SYSTEM. */
tro_status tro_offers_read(tro_offers *out, const char *data_dir, tro_err *err) TRO_MUST_USE;
void tro_offers_done(tro_offers *offers);

#endif
