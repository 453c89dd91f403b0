#include <string.h>

#include "base/text.h"
#include "chart/model.h"

const char *tro_chart_label(const tro_chart *chart)
{
	return chart->id == NULL || chart->id[0] == '\0' ? chart->source : chart->id;
}

const char *tro_chart_id(const tro_chart *chart)
{
	return chart->id;
}

const char *tro_chart_version(const tro_chart *chart)
{
	return chart->version;
}

const char *tro_chart_title(const tro_chart *chart)
{
	return chart->title;
}

const char *tro_chart_attribute(const tro_chart *chart, const char *name)
{
	return tro_xml_get(chart->states[0].element, TRO_WORKFLOW_NS, name);
}

size_t tro_chart_event_count(const tro_chart *chart)
{
	return chart->event_count;
}

const tro_chart_event *tro_chart_event_at(const tro_chart *chart, size_t index)
{
	return &chart->events[index];
}

const tro_chart_event *tro_chart_event_named(const tro_chart *chart, const char *name)
{
	uint32_t index = tro_chart_find_name(chart->event_names, chart->event_count, name);

	return index == CHART_NONE ? NULL : &chart->events[index];
}

const char *tro_chart_state_title(const tro_chart *chart, const char *state_id)
{
	uint32_t index = tro_chart_find_state(chart, state_id);

	return index == CHART_NONE ? "" : chart->states[index].title;
}

tro_xml_node *tro_chart_data(const tro_chart *chart, const char *id)
{
	for (const chart_data *d = chart->data; d != NULL; d = d->next) {
		if (strcmp(d->id, id) == 0) {
			return tro_xml_first(d->element);
		}
	}
	return NULL;
}

bool tro_chart_matches(const chart_descriptor *descriptor, const char *event)
{
	if (descriptor->len == 0) {
		return true;
	}
	return strncmp(event, descriptor->name, descriptor->len) == 0 &&
	       (event[descriptor->len] == '\0' || event[descriptor->len] == '.');
}

bool tro_chart_accepts(const chart_transition *transition, const char *event)
{
	for (size_t i = 0; i < transition->event_count; i++) {
		if (tro_chart_matches(&transition->events[i], event)) {
			return true;
		}
	}
	return false;
}
