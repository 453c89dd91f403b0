/* The inside of tro_signing. */
#ifndef TRO_CASE_SIGNING_H
#define TRO_CASE_SIGNING_H

#include <tro/signing.h>

#include "crypto/crypto.h"
#include "ledger/sheet.h"
#include "xml/xml.h"

struct tro_signing {
	tro_sheet sheet;
	tro_xml_doc *data;    /* the event */
	tro_xml_doc *session; /* after the step */
	tro_buf title;
};

#endif
