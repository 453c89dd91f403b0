#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* What the subcommands share. */
typedef struct key_words {
	char *name, *new_passphrase_file;
	int lifetime_s, ssh;
	cli_options o;
} key_words;

static const char *file_word(const key_words *k)
{
	return k->o.arg_count > 1 ? k->o.args[1] : NULL;
}

static tro_status print_public(const char *path, tro_err *err)
{
	char *name = NULL;
	uint8_t public_key[32];
	tro_buf vkey = TRO_BUF_INIT;
	tro_status status = tro_key_show_public(&name, public_key, path, err);

	if (status == TRO_OK) {
		status = tro_key_vkey(&vkey, name, public_key, err);
	}
	if (status == TRO_OK) {
		(void)printf("%s\n", vkey.ptr);
	}
	free(name);
	tro_buf_done(&vkey);
	return status;
}

static tro_status key_new(client *cli, const key_words *k, tro_err *err)
{
	char *passphrase = NULL;
	tro_status status = cli_passphrase(&passphrase, cli, file_word(k), true, err);

	if (status == TRO_OK) {
		status = cli->dry_run ? tro_key_check_new(file_word(k), k->name, passphrase, err)
				      : tro_key_create(file_word(k), k->name, passphrase, err);
	}
	passphrase_free(passphrase);
	return status == TRO_OK && !cli->dry_run ? print_public(file_word(k), err) : status;
}

/* What the agent would be asked, up to asking it. */
static tro_status try_unlock(
	const key_words *k, const char *socket, const char *passphrase, tro_err *err)
{
	tro_signer *signer = NULL;
	uint8_t *keys = NULL;
	size_t count;
	tro_status status = tro_signer_from_file(&signer, file_word(k), passphrase, err);

	if (status == TRO_OK) {
		status = tro_agent_list(&keys, &count, socket, err);
	}
	free(keys);
	tro_signer_free(signer);
	return status;
}

static tro_status key_unlock(client *cli, const key_words *k, tro_err *err)
{
	const char *socket = getenv("SSH_AUTH_SOCK");
	char *passphrase = NULL;

	if (socket == NULL) {
		return tro_err_set(err, TRO_KEY,
			"no ssh-agent is running here: start one with 'eval $(ssh-agent)'");
	}
	tro_status status = cli_passphrase(&passphrase, cli, file_word(k), false, err);

	if (status == TRO_OK && cli->dry_run) {
		status = try_unlock(k, socket, passphrase, err);
	} else if (status == TRO_OK) {
		status = tro_agent_add(socket, file_word(k), passphrase,
			k->lifetime_s < 0 ? 0 : (unsigned)k->lifetime_s, err);
	}
	passphrase_free(passphrase);
	if (status == TRO_OK && !cli->dry_run) {
		(void)printf("unlocked %s into the ssh-agent\n", file_word(k));
	}
	return status;
}

/* Of a person and the key of theirs that the agent holds, which may be the spare one. */
static tro_status print_held(
	const tro_person_info *info, const uint8_t public_key[32], tro_err *err)
{
	tro_buf vkey = TRO_BUF_INIT;
	char *name = strndup(info->vkey, strcspn(info->vkey, "+"));
	tro_status status = name == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
					 : tro_key_vkey(&vkey, name, public_key, err);

	if (status == TRO_OK) {
		bool first = strcmp(vkey.ptr, info->vkey) == 0;

		(void)printf("%s  %s  ", info->id, first ? info->vkey : info->spare);
		print_line(stdout, info->name, 0);
		(void)fputs(first ? "\n" : " (spare)\n", stdout);
	}
	tro_buf_done(&vkey);
	free(name);
	return status;
}

/* The agent's keys, with whoever they belong to in this store. */
static tro_status key_list(client *cli, const key_words *k, tro_err *err)
{
	(void)k;
	const char *socket = getenv("SSH_AUTH_SOCK");
	uint8_t *keys = NULL;
	size_t count = 0;

	if (socket == NULL) {
		return tro_err_set(err, TRO_KEY, "no ssh-agent is running here");
	}
	json_t *people = cli->json ? json_array() : NULL;
	tro_status status = tro_agent_list(&keys, &count, socket, err);

	if (status == TRO_OK) {
		status = cli_open(cli, err);
	}
	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		size_t person;
		tro_person_info info;

		if (tro_registry_person_by_key(&person, cli->registry, keys + 32 * i, NULL) ==
			TRO_OK) {
			tro_registry_person_at(cli->registry, person, &info);
			if (people != NULL) {
				(void)json_array_append_new(
					people, json_pack("{s:s, s:s, s:s}", "id", info.id, "name",
							info.name, "key", info.vkey));
			} else {
				status = print_held(&info, keys + 32 * i, err);
			}
		}
	}
	free(keys);
	if (status == TRO_OK && people != NULL) {
		(void)print_json(json_pack("{s:O}", "people", people)); /* finish_output sees */
	}
	json_decref(people);
	return status;
}

static tro_status key_show(client *cli, const key_words *k, tro_err *err)
{
	(void)cli;
	return print_public(file_word(k), err);
}

static tro_status key_passphrase(client *cli, const key_words *k, tro_err *err)
{
	client second = {.passphrase_file = k->new_passphrase_file, .passphrase_fd = -1};
	char *before = NULL;
	char *after = NULL;
	tro_status status = cli_passphrase(&before, cli, file_word(k), false, err);

	if (status == TRO_OK) {
		status = cli_passphrase(&after, &second, "the key from now on", true, err);
	}
	if (status == TRO_OK) {
		status = cli->dry_run ? tro_key_check_passphrase(file_word(k), before, after, err)
				      : tro_key_set_passphrase(file_word(k), before, after, err);
	}
	passphrase_free(before);
	passphrase_free(after);
	if (status == TRO_OK && !cli->dry_run) {
		(void)printf("%s has the new passphrase; copies of the file keep the old one\n",
			file_word(k));
	}
	return status;
}

static tro_status key_export(client *cli, const key_words *k, tro_err *err)
{
	char *name = NULL;
	uint8_t public_key[32];
	tro_buf text = TRO_BUF_INIT;
	tro_status status = tro_key_show_public(&name, public_key, file_word(k), err);

	if (status == TRO_OK) {
		status = k->ssh ? tro_key_export_ssh(&text, name, public_key, err)
				: tro_key_export_pem(&text, public_key, err);
	}
	if (status == TRO_OK && !cli->dry_run) {
		(void)fputs(text.ptr, stdout);
	}
	free(name);
	tro_buf_done(&text);
	return status;
}

static tro_status key_test(client *cli, const key_words *k, tro_err *err)
{
	tro_buf vkey = TRO_BUF_INIT;

	free(cli->key);
	cli->key = strdup(file_word(k));
	if (cli->key == NULL) {
		return tro_err_set(err, TRO_NOMEM, "out of memory");
	}
	tro_status status = cli_sign(cli, err);

	if (status == TRO_OK) {
		status = tro_signer_test(cli->signer, err);
	}
	if (status == TRO_OK) {
		status = tro_signer_vkey(&vkey, cli->signer, err);
	}
	if (status == TRO_OK) {
		(void)printf("it signs, and the signature verifies: %s\n", vkey.ptr);
	}
	tro_buf_done(&vkey);
	return status;
}

typedef struct key_verb {
	const char *name;
	tro_status (*run)(client *cli, const key_words *k, tro_err *err);
	bool takes_file, writes;
} key_verb;

static const key_verb verbs[] = {
	{"new", key_new, true, true},
	{"list", key_list, false, false},
	{"show", key_show, true, false},
	{"unlock", key_unlock, true, true},
	{"passphrase", key_passphrase, true, true},
	{"export", key_export, true, true},
	{"test", key_test, true, false},
};

static int run(client *cli, const key_words *k)
{
	const key_verb *verb = NULL;
	tro_err err;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		verb = strcmp(verbs[i].name, k->o.args[0]) == 0 ? &verbs[i] : verb;
	}
	if (k->lifetime_s == 0) { /* the agent would keep it for ever */
		return cli_usage(cli, "--for takes at least one second");
	}
	if (verb == NULL) {
		return cli_usage(cli, "say new, list, show, unlock, passphrase, export or test");
	}
	if (verb->takes_file != (file_word(k) != NULL)) {
		return cli_usage(
			cli, verb->takes_file ? "say which key file" : "list takes no key file");
	}
	if (verb->run == key_new && k->name == NULL) {
		return cli_usage(cli, "say --name, e.g. force.example/officer/1234");
	}
	if (cli->dry_run && !verb->writes) {
		return cli_usage(cli, "list, show and test write nothing: leave --dry-run out");
	}
	tro_status status = verb->run(cli, k, &err);

	if (status == TRO_OK) {
		say_dry_run(cli);
	}
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

int cmd_key(client *cli, int argc, const char **argv)
{
	key_words k = {.lifetime_s = -1};
	const struct poptOption own[] = {
		{"name", '\0', POPT_ARG_STRING, &k.name, 0,
			"new: the key's name, e.g. force.example/officer/1234", "NAME"},
		{"new-passphrase-file", '\0', POPT_ARG_STRING, &k.new_passphrase_file, 0,
			"passphrase: read the new one from a file", "FILE"},
		{"ssh", '\0', POPT_ARG_NONE, &k.ssh, 0, "export: as a line of OpenSSH, not PEM",
			NULL},
		{"for", '\0', POPT_ARG_INT, &k.lifetime_s, 0,
			"unlock: the agent forgets it after so many seconds", "SECONDS"},
		DRY_RUN_OPTION(cli), POPT_TABLEEND};
	int code = options_read(&k.o, cli, argc, argv, own, 1, 2);

	if (code == EXIT_DONE && !k.o.helped) {
		code = run(cli, &k);
	}
	options_free(&k.o);
	free(k.name);
	free(k.new_passphrase_file);
	return code;
}
