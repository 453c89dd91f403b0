/*
 * libxml2 spells UTF-8 as unsigned bytes, we as char: the one place where the two meet.
 */
#ifndef TRO_XML_CHARS_H
#define TRO_XML_CHARS_H

#include <libxml/xmlstring.h>

static inline const xmlChar *to_xml(const char *text)
{
	return (const xmlChar *)text;
}

static inline const char *from_xml(const xmlChar *text)
{
	return (const char *)text;
}

#endif
