#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* What the subcommands share. */
typedef struct key_words {
	char *name;
	int lifetime_s;
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
	tro_status status = tro_key_read_public(&name, public_key, path, err);

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
		status = tro_key_create(file_word(k), k->name, passphrase, err);
	}
	passphrase_free(passphrase);
	return status == TRO_OK ? print_public(file_word(k), err) : status;
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

	if (status == TRO_OK) {
		status = tro_agent_add(
			socket, file_word(k), passphrase, (unsigned)k->lifetime_s, err);
	}
	passphrase_free(passphrase);
	if (status == TRO_OK) {
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
static tro_status key_list(client *cli, tro_err *err)
{
	const char *socket = getenv("SSH_AUTH_SOCK");
	uint8_t *keys = NULL;
	size_t count = 0;

	if (socket == NULL) {
		return tro_err_set(err, TRO_KEY, "no ssh-agent is running here");
	}
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
			status = print_held(&info, keys + 32 * i, err);
		}
	}
	free(keys);
	return status;
}

static int run(client *cli, const key_words *k)
{
	tro_err err;
	tro_status status;
	const char *verb = k->o.args[0];

	if ((strcmp(verb, "list") != 0) != (file_word(k) != NULL)) {
		return cli_usage(cli,
			file_word(k) == NULL ? "say which key file" : "list takes no key file");
	}
	if (strcmp(verb, "new") == 0) {
		if (k->name == NULL) {
			return cli_usage(cli, "say --name, e.g. force.example/officer/1234");
		}
		status = key_new(cli, k, &err);
	} else if (strcmp(verb, "show") == 0) {
		status = print_public(file_word(k), &err);
	} else if (strcmp(verb, "unlock") == 0) {
		status = key_unlock(cli, k, &err);
	} else if (strcmp(verb, "list") == 0) {
		status = key_list(cli, &err);
	} else {
		return cli_usage(cli, "say new, show, list or unlock");
	}
	return status == TRO_OK ? finish_output(cli) : cli_fail(cli, status, &err);
}

int cmd_key(client *cli, int argc, const char **argv)
{
	key_words k = {0};
	const struct poptOption own[] = {
		{"name", '\0', POPT_ARG_STRING, &k.name, 0,
			"new: the key's name, e.g. force.example/officer/1234", "NAME"},
		{"for", '\0', POPT_ARG_INT, &k.lifetime_s, 0,
			"unlock: the agent forgets it after so many seconds", "SECONDS"},
		POPT_TABLEEND};
	int code = options_read(&k.o, cli, argc, argv, own, 1, 2);

	if (code == EXIT_DONE && !k.o.helped) {
		code = run(cli, &k);
	}
	options_free(&k.o);
	free(k.name);
	return code;
}
