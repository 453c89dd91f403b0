/* What tro why and tro can ask alike: does anything stand against an event. */
#include "cli.h"

/* Whoever is asked about: the person named, else whoever asks. */
static tro_status find_person(size_t *out, client *cli, const char *as, tro_err *err)
{
	if (as == NULL) {
		return cli_whoami(out, cli, err);
	}
	tro_status status = cli_open(cli, err);

	return status == TRO_OK ? tro_registry_person_by_id(out, cli->registry, as, err) : status;
}

int cli_inquire(client *cli, const inquiry *q,
	int (*answer)(client *cli, const inquiry *q, const inquired *found))
{
	tro_err err;
	size_t person;
	tro_case *c = NULL;
	tro_findings *unmet = tro_findings_new();
	tro_status status = unmet == NULL ? tro_err_set(&err, TRO_NOMEM, "out of memory")
					  : find_person(&person, cli, q->as, &err);
	int code;

	if (status == TRO_OK) {
		status = cli_read_case(&c, cli, q->case_id, q->command, &err);
	}
	if (status == TRO_OK) {
		status = tro_case_why(c, q->event, q->matter, person, unmet, &err);
	}
	if (status == TRO_OK || (status == TRO_REFUSED && tro_findings_count(unmet) > 0)) {
		tro_person_info info;

		tro_registry_person_at(cli->registry, person, &info);
		code = answer(cli, q,
			&(inquired){
				.possible = status == TRO_OK, .person = info.id, .unmet = unmet});
		code = code != EXIT_DONE ? code : exit_code(status == TRO_OK ? TRO_OK : TRO_NO);
	} else {
		code = cli_fail(cli, status, &err);
	}
	tro_findings_free(unmet);
	tro_case_close(c);
	return code;
}
