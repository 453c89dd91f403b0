/*
 * One value of a parameter: from what stands in an argument or a cell to its canonical text, by the
 * parameter's declared type. The canonical text is read as itself.
 */
#ifndef TRO_CASE_VALUES_H
#define TRO_CASE_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <tro/buf.h>
#include <tro/err.h>
#include <tro/finding.h>

#include "case/rules.h"
#include "chart/chart.h"

/* A value with where it stands, and the element that holds the values read before it (for
 * identifiers whose type another column gives). */
typedef struct tro_cell {
	const char *value;
	size_t len;
	const char *place;
	tro_xml_node *siblings;
} tro_cell;

/* Appends the canonical text of a value of any type but rows and exhibit. TRO_INVALID or
 * TRO_NOT_FOUND with what is wrong; warnings about identifiers become findings. */
tro_status tro_value_read(tro_buf *out, const tro_chart_param *param, const tro_cell *cell,
	const tro_rules *rules, tro_findings *findings, tro_err *err) TRO_MUST_USE;
/* By the name's suffix; application/octet-stream for an unknown one. */
const char *tro_media_type(const char *name);
/* Could a file that begins with these bytes be what its name says? */
bool tro_media_fits(const char *name, const uint8_t *head, size_t len);

#endif
