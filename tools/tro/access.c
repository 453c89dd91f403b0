/* Before something of a case is shown: who is shown what is written down (tro/access.h). */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { TEXT_SIZE = 129 };

/* Of the host's list of accounts; its number where it has no name there. */
static void name_account(char out[TEXT_SIZE])
{
	const struct passwd *account = getpwuid(getuid());

	if (account == NULL || account->pw_name == NULL || account->pw_name[0] == '\0') {
		(void)snprintf(out, TEXT_SIZE, "uid %llu", (unsigned long long)getuid());
	} else {
		(void)snprintf(out, TEXT_SIZE, "%s", account->pw_name);
	}
}

/* Whoever's key is at hand; nobody is asked for a passphrase, so that it is a claim. */
static void name_person(tro_access *access, char out[TEXT_SIZE], client *cli)
{
	size_t index;
	tro_person_info person;
	tro_err nobody;

	if (cli_whoami(&index, cli, &nobody) == TRO_OK) {
		tro_registry_person_at(cli->registry, index, &person);
		(void)snprintf(out, TEXT_SIZE, "%s", person.id);
		access->person = out;
		access->by_agent = cli_key_path(cli) == NULL;
	}
}

tro_status cli_note_access(client *cli, tro_processing processing, const char *case_id,
	const char *what, const char *recipient, tro_err *err)
{
	char account[TEXT_SIZE];
	char person[TEXT_SIZE];
	tro_access access = {.processing = processing,
		.case_id = case_id,
		.what = what,
		.account = account,
		.recipient = recipient,
		.reason = cli->reason};
	tro_status status = cli_open(cli, err);

	if (status != TRO_OK) {
		return status;
	}
	name_account(account);
	name_person(&access, person, cli);
	return tro_access_append(cli->registry, &access, err);
}

tro_status cli_read_case(
	tro_case **out, client *cli, const char *id, const char *what, tro_err *err)
{
	tro_case *c = NULL;
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = tro_case_open(&c, cli->registry, id, err);
	}
	if (status == TRO_OK) {
		status = cli_note_access(cli, TRO_CONSULTATION, tro_case_id(c), what, NULL, err);
	}
	if (status != TRO_OK) {
		tro_case_close(c);
		return status;
	}
	*out = c;
	return TRO_OK;
}
