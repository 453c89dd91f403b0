#include "xml/value.h"

#include "xml/chars.h"
#include "xml/number.h"

#include <libxml/xpathInternals.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct tro_xpath_value {
	tro_xpath_type type;
	bool truth;
	double number;
	char *text;
	tro_xml_node **nodes; /* borrowed nodes in document order */
	size_t count;
	/* Namespace nodes exist in their set alone: a set that has any is kept. */
	xmlXPathObjectPtr kept;
};

void tro_xpath_sort(xmlNodeSetPtr set)
{
	/* Most sets come in order, and asking is linear where sorting is not. */
	for (int i = 1; set != NULL && i < set->nodeNr; i++) {
		if (xmlXPathCmpNodes(set->nodeTab[i - 1], set->nodeTab[i]) != 1) {
			xmlXPathNodeSetSort(set);
			return;
		}
	}
}

static tro_xpath_value *new_value(tro_xpath_type type)
{
	tro_xpath_value *value = calloc(1, sizeof(*value));

	if (value != NULL) {
		value->type = type;
	}
	return value;
}

tro_xpath_value *tro_xpath_value_nodes(tro_xml_node *const *nodes, size_t count)
{
	if (count > INT_MAX) {
		return NULL;
	}
	tro_xpath_value *value = new_value(TRO_XPATH_NODES);

	if (value == NULL || count == 0) {
		return value;
	}
	value->nodes = malloc(count * sizeof(*nodes));
	if (value->nodes == NULL) {
		free(value);
		return NULL;
	}
	memcpy(value->nodes, nodes, count * sizeof(*nodes));

	xmlNodeSet set = {.nodeNr = (int)count, .nodeMax = (int)count, .nodeTab = value->nodes};

	tro_xpath_sort(&set);
	/* Equal nodes are neighbours now. */
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || value->nodes[i] != value->nodes[i - 1]) {
			value->nodes[value->count++] = value->nodes[i];
		}
	}
	return value;
}

tro_xpath_value *tro_xpath_value_string(const char *text)
{
	tro_xpath_value *value = new_value(TRO_XPATH_STRING);

	if (value == NULL) {
		return NULL;
	}
	value->text = strdup(text == NULL ? "" : text);
	if (value->text == NULL) {
		free(value);
		return NULL;
	}
	return value;
}

tro_xpath_value *tro_xpath_value_number(double number)
{
	tro_xpath_value *value = new_value(TRO_XPATH_NUMBER);

	if (value != NULL) {
		value->number = number;
	}
	return value;
}

tro_xpath_value *tro_xpath_value_boolean(bool truth)
{
	tro_xpath_value *value = new_value(TRO_XPATH_BOOLEAN);

	if (value != NULL) {
		value->truth = truth;
	}
	return value;
}

void tro_xpath_value_free(tro_xpath_value *value)
{
	if (value == NULL) {
		return;
	}
	if (value->kept == NULL) {
		free(value->nodes);
	}
	xmlXPathFreeObject(value->kept);
	free(value->text);
	free(value);
}

static bool has_namespace_node(const xmlNodeSet *set)
{
	for (int i = 0; set != NULL && i < set->nodeNr; i++) {
		if (set->nodeTab[i]->type == XML_NAMESPACE_DECL) {
			return true;
		}
	}
	return false;
}

static tro_xpath_value *from_nodes(xmlXPathObjectPtr object)
{
	xmlNodeSetPtr set = object->nodesetval;
	size_t count = set == NULL ? 0 : (size_t)set->nodeNr;

	if (!has_namespace_node(set)) {
		tro_xpath_value *value =
			tro_xpath_value_nodes(count == 0 ? NULL : set->nodeTab, count);

		xmlXPathFreeObject(object);
		return value;
	}
	tro_xpath_value *value = new_value(TRO_XPATH_NODES);

	if (value == NULL) {
		xmlXPathFreeObject(object);
		return NULL;
	}
	tro_xpath_sort(set);
	value->kept = object;
	value->nodes = set->nodeTab;
	value->count = count;
	return value;
}

tro_xpath_value *tro_xpath_value_from(xmlXPathObjectPtr object)
{
	tro_xpath_value *value = NULL;

	switch ((int)object->type) {
	case XPATH_NODESET:
	case XPATH_XSLT_TREE:
		return from_nodes(object);
	case XPATH_BOOLEAN:
		value = tro_xpath_value_boolean(object->boolval != 0);
		break;
	case XPATH_NUMBER:
		value = tro_xpath_value_number(object->floatval);
		break;
	case XPATH_STRING:
		value = tro_xpath_value_string(from_xml(object->stringval));
		break;
	default: /* XPointer's types, which no expression here can give */
		break;
	}
	xmlXPathFreeObject(object);
	return value;
}

static xmlXPathObjectPtr object_of_nodes(const tro_xpath_value *value)
{
	xmlNodeSetPtr set = xmlXPathNodeSetCreate(NULL);

	if (set == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < value->count; i++) {
		if (xmlXPathNodeSetAddUnique(set, value->nodes[i]) != 0) {
			xmlXPathFreeNodeSet(set);
			return NULL;
		}
	}
	xmlXPathObjectPtr object = xmlXPathWrapNodeSet(set);

	if (object == NULL) {
		xmlXPathFreeNodeSet(set);
	}
	return object;
}

xmlXPathObjectPtr tro_xpath_value_object(const tro_xpath_value *value)
{
	switch (value->type) {
	case TRO_XPATH_NODES:
		return object_of_nodes(value);
	case TRO_XPATH_STRING:
		return xmlXPathNewString(to_xml(value->text));
	case TRO_XPATH_NUMBER:
		return xmlXPathNewFloat(value->number);
	case TRO_XPATH_BOOLEAN:
		break;
	}
	return xmlXPathNewBoolean(value->truth);
}

tro_xpath_type tro_xpath_value_type(const tro_xpath_value *value)
{
	return value->type;
}

bool tro_xpath_truth(const tro_xpath_value *value)
{
	switch (value->type) {
	case TRO_XPATH_NODES:
		return value->count > 0;
	case TRO_XPATH_STRING:
		return value->text[0] != '\0';
	case TRO_XPATH_NUMBER:
		return xmlXPathCastNumberToBoolean(value->number) != 0;
	case TRO_XPATH_BOOLEAN:
		break;
	}
	return value->truth;
}

double tro_xpath_number(const tro_xpath_value *value)
{
	switch (value->type) {
	case TRO_XPATH_NODES: {
		tro_buf text = TRO_BUF_INIT;

		if (value->count > 0) {
			tro_xml_text(&text, value->nodes[0]);
		}
		double number = xmlXPathCastStringToNumber(to_xml(text.ptr));

		tro_buf_done(&text);
		return number;
	}
	case TRO_XPATH_STRING:
		return xmlXPathCastStringToNumber(to_xml(value->text));
	case TRO_XPATH_NUMBER:
		return value->number;
	case TRO_XPATH_BOOLEAN:
		break;
	}
	return value->truth ? 1 : 0;
}

tro_status tro_xpath_text(tro_buf *out, const tro_xpath_value *value, tro_err *err)
{
	switch (value->type) {
	case TRO_XPATH_NODES:
		if (value->count > 0) {
			tro_xml_text(out, value->nodes[0]);
		}
		break;
	case TRO_XPATH_STRING:
		tro_buf_puts(out, value->text);
		break;
	case TRO_XPATH_NUMBER:
		tro_xpath_put_number(out, value->number);
		break;
	case TRO_XPATH_BOOLEAN:
		tro_buf_puts(out, value->truth ? "true" : "false");
		break;
	}
	return tro_buf_status(out, err);
}

size_t tro_xpath_node_count(const tro_xpath_value *value)
{
	return value->count;
}

tro_xml_node *tro_xpath_node_at(const tro_xpath_value *value, size_t index)
{
	return index < value->count ? value->nodes[index] : NULL;
}
