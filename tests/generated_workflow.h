/*
 * A large sound definition, made from numbers: a chain of states through each of which a case can
 * go on, with as many more transitions forward and back as are asked for, and a fact that some set,
 * some clear and some ask for. Included by one program each.
 */
#ifndef TRO_TESTS_GENERATED_WORKFLOW_H
#define TRO_TESTS_GENERATED_WORKFLOW_H

#include <stdint.h>
#include <tro/buf.h>

static inline void make_workflow(tro_buf *out, unsigned states, unsigned transitions)
{
	uint64_t random = 20171240;

	tro_buf_puts(out,
		"<scxml xmlns='http://www.w3.org/2005/07/scxml' xmlns:tro='urn:tro:workflow:1' "
		"version='1.0' datamodel='xpath' initial='s0' tro:id='made/large' tro:version='1' "
		"tro:semantics='1' tro:title='Large'>\n");
	for (unsigned t = 0; t < transitions; t++) {
		tro_buf_printf(out, "<tro:event name='e%u' title='E%u' role='clerk'%s/>\n", t, t,
			t % 7 == 3 ? " not-actor-of='e0 e1'" : "");
	}
	tro_buf_puts(out, "<tro:property id='ends' can-reach='end'/>\n"
			  "<tro:property id='first' never='e9' before='e0' not-by='e1'/>\n"
			  "<datamodel><data id='case'><marks xmlns=''/></data></datamodel>\n");
	for (unsigned s = 0; s < states; s++) {
		tro_buf_printf(out, "<state id='s%u'>\n<transition event='e%u' target='%s%u'>", s,
			s, "s", s + 1);
		if (s % 10 == 4) {
			tro_buf_puts(out, s % 20 == 4 ? "<assign location='$case/marks' "
							"type='lastchild'><mark xmlns=''/></assign>"
						      : "<assign location='$case/marks/mark' "
							"type='delete'/>");
		}
		tro_buf_puts(out, "</transition>\n");
		for (unsigned t = states + s; t < transitions; t += states) {
			random = random * 6364136223846793005U + 1442695040888963407U;
			tro_buf_printf(out, "<transition event='e%u' target='s%u'%s/>\n", t,
				(unsigned)(random >> 33) % states,
				t % 3 == 0 ? " cond='$case/marks/mark or $case/free'" : "");
		}
		tro_buf_puts(out, "</state>\n");
	}
	tro_buf_printf(out,
		"<state id='s%u'><transition event='e0' target='end'/></state>\n"
		"<final id='end'/>\n</scxml>\n",
		states);
}

#endif
