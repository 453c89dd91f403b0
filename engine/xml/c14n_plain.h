/* The canonical form of trees without namespaces; for c14n.c alone. */
#ifndef TRO_XML_C14N_PLAIN_H
#define TRO_XML_C14N_PLAIN_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <tro/buf.h>

/* Elements, attributes and texts alone, no namespace anywhere, of moderate depth? */
bool tro_xml_is_plain(const xmlNode *element);
/* Appends the canonical form of such an element. */
void tro_xml_put_plain(tro_buf *out, const xmlNode *element);

#endif
