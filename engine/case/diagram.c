/* The matters of a case as one picture. */
#include <tro/case.h>

#include "case/case_internal.h"

tro_status tro_case_diagram(tro_buf *out, const tro_case *c, tro_err *err)
{
	tro_chart_draw_begin(out);
	for (size_t i = 0; i < c->session->matter_count; i++) {
		const tro_matter *matter = &c->session->matters[i];

		tro_chart_draw(
			out, tro_chart_session_chart(matter->chart), matter->chart, matter->id);
	}
	tro_chart_draw_end(out);
	return tro_buf_status(out, err);
}
