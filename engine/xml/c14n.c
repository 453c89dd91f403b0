#include "xml/c14n_plain.h"
#include "xml/chars.h"
#include "xml/fault.h"
#include "xml/output.h"
#include "xml/xml.h"

#include <libxml/c14n.h>

/* Does the document hold nothing of account but this element? Instructions beside the root are
 * part of the document, not of the element. */
static bool is_whole_document(const xmlNode *element)
{
	if (element->parent == NULL || element->parent->type != XML_DOCUMENT_NODE) {
		return false;
	}
	for (const xmlNode *node = element->parent->children; node != NULL; node = node->next) {
		if (node != element && node->type != XML_COMMENT_NODE) {
			return false;
		}
	}
	return true;
}

static tro_status canonicalise(tro_buf *out, xmlDocPtr doc, tro_err *err)
{
	tro_xml_fault fault = {0};
	tro_xml_output output;
	tro_status status = tro_xml_output_open(&output, out, NULL, err);

	if (status != TRO_OK) {
		return status;
	}
	tro_xml_fault *outer = tro_xml_fault_catch(&fault);
	int result =
		xmlC14NExecute(doc, NULL, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, output.buffer);
	bool complete = tro_xml_output_close(&output, result < 0);

	tro_xml_fault_catch(outer);
	status = tro_buf_status(out, err);
	if (complete || status != TRO_OK) {
		return status;
	}
	return tro_xml_fault_report(&fault, "cannot canonicalise the document", NULL, err);
}

tro_status tro_xml_c14n(tro_buf *out, tro_xml_node *node, tro_err *err)
{
	if (node->type == XML_ELEMENT_NODE && tro_xml_is_plain(node)) {
		tro_xml_put_plain(out, node);
		return tro_buf_status(out, err);
	}
	if (node->type == XML_DOCUMENT_NODE || is_whole_document(node)) {
		return canonicalise(out, node->doc, err);
	}
	if (node->type != XML_ELEMENT_NODE) {
		return tro_err_set(
			err, TRO_USAGE, "only a document or an element has a canonical form");
	}
	xmlDocPtr copy = tro_xml_copy_doc(node);

	if (copy == NULL) {
		return tro_err_nomem(err);
	}
	tro_status status = canonicalise(out, copy, err);

	xmlFreeDoc(copy);
	return status;
}
