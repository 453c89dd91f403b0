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
	if (person.spare[0] != '\0') {
		(void)printf("  spare key %s\n", person.spare);
	}
	for (size_t i = 0; i < person.grant_count; i++) {
		tro_grant_info grant;

		tro_registry_grant_at(cli->registry, index, i, &grant);
		(void)printf("  role %s", grant.role);
		if (grant.rank[0] != '\0') {
			(void)printf(grant.acting ? ", acting rank %s" : ", rank %s", grant.rank);
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
		(void)json_array_append_new(
			grants, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "role",
					grant.role, "rank", grant.rank, "office", grant.office,
					"force", grant.force, "from", grant.from, "until",
					grant.until, "acting", grant.acting, "ended", grant.ended));
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", person.id, "name", person.name, "key",
		person.vkey, "spare", person.spare, "grants", grants);
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
		return print_json(json_pack("{s:o, s:b}", "people", people, "acting_rank",
			tro_registry_acting_rank(cli->registry)));
	}
	json_decref(people);
	(void)printf("acting rank %s\n", tro_registry_acting_rank(cli->registry)
						 ? "gives authority, by recorded policy"
						 : "gives no authority");
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
	if (status == TRO_OK && !cli->dry_run) {
		(void)fwrite(note.ptr, 1, note.len, stdout);
	}
	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	tro_buf_done(&note);
	return status;
}

/* What the subcommands share. */
typedef struct person_words {
	char *name, *origin, *spare, *reason, *suspect_from;
	cli_options o;
} person_words;

/* The requests of a key (NULL for none) and of a spare. */
typedef struct key_requests {
	tro_buf key, spare;
	tro_new_keys keys;
} key_requests;

static tro_status read_requests(
	key_requests *out, client *cli, const char *key_path, const char *spare_path, tro_err *err)
{
	tro_status status = TRO_OK;

	*out = (key_requests){TRO_BUF_INIT, TRO_BUF_INIT, {0}};
	if (key_path != NULL) {
		status = cli_read_file(&out->key, cli, key_path, err);
		out->keys.key = out->key.ptr;
		out->keys.key_len = out->key.len;
	}
	if (status == TRO_OK && spare_path != NULL) {
		status = cli_read_file(&out->spare, cli, spare_path, err);
		out->keys.spare = out->spare.ptr;
		out->keys.spare_len = out->spare.len;
	}
	return status;
}

static tro_status enrol(client *cli, const person_words *w, tro_err *err)
{
	key_requests requests;
	char id[65];
	tro_status status = read_requests(&requests, cli, w->o.args[1], w->spare, err);

	if (status == TRO_OK) {
		status = cli_open(cli, err);
	}
	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_enrol(cli->registry, &requests.keys, cli->signer, id, err);
		status = w->spare == NULL ? cli_of_file(err, status, w->o.args[1]) : status;
	}
	if (status == TRO_OK && !cli->dry_run) { /* the next time it is another id */
		cli->recorded = true;
		(void)printf("%s\n", id);
	}
	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	tro_buf_done(&requests.key);
	tro_buf_done(&requests.spare);
	return status;
}

#define SERVICE_WORD "service" /* no id is like it */

static const char *person_id(const client *cli, const char *word)
{
	return strcmp(word, SERVICE_WORD) == 0 ? tro_registry_service(cli->registry) : word;
}

/* The key that it had is shown: whoever has the service's key replaced may have to revoke that. */
static tro_status replace_service_key(client *cli, tro_err *err)
{
	tro_person_info service;
	char *old = NULL;
	size_t index;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_person_by_id(
			&index, cli->registry, tro_registry_service(cli->registry), err);
	}
	if (status == TRO_OK) {
		tro_registry_person_at(cli->registry, index, &service);
		old = strdup(service.vkey);
		status = old == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
				     : tro_registry_replace_service_key(
					       cli->registry, cli->signer, err);
	}
	if (status == TRO_OK) {
		cli->recorded = !cli->dry_run;
		(void)puts(cli->dry_run ? "the service's key can be replaced"
					: "the service signs with a new key");
		if (old[0] != '\0') {
			(void)printf(
				"the one %s now: %s\n", cli->dry_run ? "it has" : "until", old);
		}
		say_dry_run(cli);
	}
	free(old);
	return status;
}

static tro_status rotate(client *cli, const person_words *w, tro_err *err)
{
	key_requests requests;
	bool already = false;
	tro_status status = read_requests(
		&requests, cli, w->o.arg_count > 2 ? w->o.args[2] : NULL, w->spare, err);

	if (status == TRO_OK) {
		status = cli_open(cli, err);
	}
	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_rotate(cli->registry, person_id(cli, w->o.args[1]),
			&requests.keys, cli->signer, &already, err);
	}
	if (status == TRO_OK) {
		cli->recorded = !already && !cli->dry_run;
		(void)printf("%s: %s\n", w->o.args[1],
			already	       ? "has this key already; nothing is changed"
			: cli->dry_run ? "new keys would be recorded"
				       : "new keys recorded");
		say_dry_run(cli);
		say_pending(cli);
	}
	tro_buf_done(&requests.key);
	tro_buf_done(&requests.spare);
	return status;
}

static tro_status revoke(client *cli, const person_words *w, tro_err *err)
{
	tro_time_us suspect_from;
	bool already = false;
	tro_status status = w->suspect_from == NULL
				    ? TRO_OK
				    : tro_time_parse(&suspect_from, w->suspect_from, err);

	if (status == TRO_OK) {
		status = cli_open(cli, err);
	}
	if (status == TRO_OK) {
		status = cli_sign(cli, err);
	}
	if (status == TRO_OK) {
		status = tro_registry_revoke(cli->registry, person_id(cli, w->o.args[1]),
			w->o.args[2], w->suspect_from == NULL ? NULL : &suspect_from, w->reason,
			cli->signer, &already, err);
	}
	if (status == TRO_OK) {
		cli->recorded = !already && !cli->dry_run;
		(void)printf("%s: %s\n", w->o.args[1],
			already	       ? "had this key revoked already; nothing is changed"
			: cli->dry_run ? "the key would be revoked"
				       : "key revoked");
		say_dry_run(cli);
		say_pending(cli);
	}
	return status;
}

static int run(client *cli, const person_words *w)
{
	static const char choices[] =
		"say 'list', 'request --name NAME', 'enrol FILE', 'rotate PERSON [FILE] [--spare "
		"FILE]', 'rotate service' or 'revoke PERSON VKEY --reason TEXT'";
	size_t count = w->o.arg_count;
	const char *verb = count == 0 ? "list" : w->o.args[0];
	tro_err err;
	tro_status status = TRO_OK;

	if (strcmp(verb, "list") == 0 && count <= 1) {
		return list(cli);
	}
	if (strcmp(verb, "request") == 0 && count == 1 && w->name != NULL) {
		status = request(cli, w->name, w->origin, &err);
	} else if (strcmp(verb, "enrol") == 0 && count == 2) {
		status = enrol(cli, w, &err);
	} else if (strcmp(verb, "rotate") == 0 &&
		   (count == 3 || (count == 2 && w->spare != NULL))) {
		status = rotate(cli, w, &err);
	} else if (strcmp(verb, "rotate") == 0 && count == 2 &&
		   strcmp(w->o.args[1], SERVICE_WORD) == 0) {
		status = replace_service_key(cli, &err);
	} else if (strcmp(verb, "revoke") == 0 && count == 3 && w->reason != NULL) {
		status = revoke(cli, w, &err);
	} else {
		return cli_usage(cli, choices);
	}
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

int cmd_person(client *cli, int argc, const char **argv)
{
	person_words w = {0};
	const struct poptOption own[] = {
		{"name", '\0', POPT_ARG_STRING, &w.name, 0,
			"request: your name, as it shall stand in the records", "NAME"},
		{"origin", '\0', POPT_ARG_STRING, &w.origin, 0,
			"request: the store's origin, when the store is not here", "ORIGIN"},
		{"spare", '\0', POPT_ARG_STRING, &w.spare, 0,
			"enrol, rotate: the request of the person's spare key", "FILE"},
		{"reason", '\0', POPT_ARG_STRING, &w.reason, 0, "revoke: why", "TEXT"},
		{"suspect-from", '\0', POPT_ARG_STRING, &w.suspect_from, 0,
			"revoke: since when what the key signed is in dispute", "TIME"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&w.o, cli, argc, argv, own, 0, 3);

	if (code == EXIT_DONE && !w.o.helped) {
		code = run(cli, &w);
	}
	options_free(&w.o);
	free(w.name);
	free(w.origin);
	free(w.spare);
	free(w.reason);
	free(w.suspect_from);
	return code;
}
