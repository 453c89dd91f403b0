/*
 * libxml2's serialisers writing into a tro_buf.
 */
#ifndef TRO_XML_OUTPUT_H
#define TRO_XML_OUTPUT_H

#include <libxml/xmlIO.h>
#include <stdbool.h>
#include <tro/buf.h>

/* What is being written, and what was there before. */
typedef struct tro_xml_output {
	xmlOutputBufferPtr buffer;
	tro_buf *out;
	size_t before;
} tro_xml_output;

/* encoder may be NULL for UTF-8; it is taken in any case. */
tro_status tro_xml_output_open(tro_xml_output *output, tro_buf *out,
	xmlCharEncodingHandlerPtr encoder, tro_err *err) TRO_MUST_USE;
/* Flushes and closes. False when anything was lost on the way or the serialiser `failed`: then out
 * is as it was before. */
bool tro_xml_output_close(tro_xml_output *output, bool failed) TRO_MUST_USE;

#endif
