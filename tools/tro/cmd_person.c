#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void print_person(client *cli, size_t index)
{
	tro_person_info person;

	tro_registry_person_at(cli->registry, index, &person);
	(void)printf("%s  ", person.id);
	print_line(stdout, person.name, 0);
	(void)printf("\n  key %s\n", person.vkey[0] == '\0' ? "(none)" : person.vkey);
	for (size_t i = 0; i < person.grant_count; i++) {
		tro_grant_info grant;

		tro_registry_grant_at(cli->registry, index, i, &grant);
		(void)printf("  role %s", grant.role);
		if (grant.rank[0] != '\0') {
			(void)printf(", rank %s", grant.rank);
		}
		if (grant.office[0] != '\0') {
			(void)fputs(", office ", stdout);
			print_line(stdout, grant.office, 0);
		}
		if (grant.force[0] != '\0') {
			(void)fputs(", force ", stdout);
			print_line(stdout, grant.force, 0);
		}
		if (grant.from[0] != '\0' || grant.until[0] != '\0') {
			(void)printf(", %s to %s", grant.from, grant.until);
		}
		(void)printf("%s\n", grant.ended ? ", ended" : "");
	}
}

static json_t *person_json(client *cli, size_t index)
{
	tro_person_info person;
	json_t *grants = json_array();

	tro_registry_person_at(cli->registry, index, &person);
	for (size_t i = 0; i < person.grant_count; i++) {
		tro_grant_info grant;

		tro_registry_grant_at(cli->registry, index, i, &grant);
		(void)json_array_append_new(grants,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "role", grant.role, "rank",
				grant.rank, "office", grant.office, "force", grant.force, "from",
				grant.from, "until", grant.until, "ended", grant.ended));
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "id", person.id, "name", person.name, "key",
		person.vkey, "grants", grants);
}

static int list(client *cli)
{
	tro_err err;
	json_t *people = json_array();
	tro_status status = cli_open(cli, &err);

	if (status != TRO_OK) {
		json_decref(people);
		return cli_fail(cli, status, &err);
	}
	for (size_t i = 0; i < tro_registry_person_count(cli->registry); i++) {
		if (cli->json) {
			(void)json_array_append_new(people, person_json(cli, i));
		} else {
			print_person(cli, i);
		}
	}
	if (cli->json) {
		return print_json(json_pack("{s:o}", "people", people));
	}
	json_decref(people);
	return finish_output(cli);
}

static tro_status request(client *cli, const char *name, const char *origin, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	tro_status status = TRO_OK;

	if (origin == NULL) {
		status = cli_open(cli, err);
		origin = status == TRO_OK ? tro_registry_origin(cli->registry) : NULL;
	}
	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status == TRO_OK) {
		status = tro_enrolment_request(&note, origin, name, cli->signer, err);
	}
	if (status == TRO_OK) {
		(void)fwrite(note.ptr, 1, note.len, stdout);
	}
	tro_buf_done(&note);
	return status;
}

static tro_status enrol(client *cli, const char *path, tro_err *err)
{
	tro_buf note = TRO_BUF_INIT;
	char id[65];
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = cli_read_file(&note, cli, path, err);
	}
	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status == TRO_OK) {
		status =
			tro_registry_enrol(cli->registry, note.ptr, note.len, cli->signer, id, err);
	}
	if (status == TRO_OK && !cli->dry_run) { /* the next time it is another id */
		(void)printf("%s\n", id);
	}
	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	tro_buf_done(&note);
	return status;
}

int cmd_person(client *cli, int argc, const char **argv)
{
	char *name = NULL;
	char *origin = NULL;
	const struct poptOption own[] = {
		{"name", '\0', POPT_ARG_STRING, &name, 0,
			"request: your name, as it shall stand in the records", "NAME"},
		{"origin", '\0', POPT_ARG_STRING, &origin, 0,
			"request: the store's origin, when the store is not here", "ORIGIN"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	cli_options o;
	tro_err err;
	tro_status status = TRO_OK;
	int code = options_read(&o, cli, argc, argv, own, 0, 2);

	if (code == EXIT_DONE && !o.helped) {
		if (o.arg_count == 0 || (o.arg_count == 1 && strcmp(o.args[0], "list") == 0)) {
			code = list(cli);
		} else if (o.arg_count == 1 && strcmp(o.args[0], "request") == 0 && name != NULL) {
			status = request(cli, name, origin, &err);
			code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
		} else if (strcmp(o.args[0], "enrol") == 0 && o.arg_count == 2) {
			status = enrol(cli, o.args[1], &err);
			code = status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
		} else {
			code = cli_usage(cli, "say 'list', 'request --name NAME' or 'enrol FILE'");
		}
	}
	options_free(&o);
	free(name);
	free(origin);
	return code;
}
