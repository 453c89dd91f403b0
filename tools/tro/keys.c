/* Passphrases, and whose key signs. The client alone reads the environment and the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

enum { PASSPHRASE_MAX = 1024 };

/* ---- passphrases ---- */

void passphrase_free(char *passphrase)
{
	if (passphrase != NULL) {
		explicit_bzero(passphrase, PASSPHRASE_MAX);
		free(passphrase);
	}
}

/* The first line, without its line end. */
static tro_status read_line(char *out, int fd, const char *name, tro_err *err)
{
	size_t len = 0;

	for (;;) {
		ssize_t got = read(fd, out + len, 1);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0 && errno == EBADF) {
			return tro_err_set(err, TRO_USAGE,
				"the passphrase is to come from %s, which is not open", name);
		}
		if (got < 0) {
			return cli_cannot_read(name, errno, err);
		}
		if (got == 0 || out[len] == '\n') {
			break;
		}
		if (++len == PASSPHRASE_MAX - 1) {
			return tro_err_set(err, TRO_INVALID,
				"the passphrase from %s is longer than %d bytes", name,
				PASSPHRASE_MAX - 2);
		}
	}
	out[len] = '\0';
	return len > 0 ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "the passphrase from %s is empty", name);
}

static tro_status ask(char *out, int tty, const char *prompt, const char *what, tro_err *err)
{
	struct termios before;
	struct termios silent;

	if (tcgetattr(tty, &before) != 0) {
		return tro_err_errno(err, errno, "cannot use the terminal");
	}
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	silent.c_lflag |= ECHONL;
	silent.c_cc[VSUSP] = _POSIX_VDISABLE; /* a shell in between would show it when we go on */
	cli_ending_terminal(tty, &before);
	(void)dprintf(tty, "%s %s: ", prompt, what);
	(void)tcsetattr(tty, TCSAFLUSH, &silent);
	tro_status status = read_line(out, tty, "the terminal", err);

	(void)tcsetattr(tty, TCSAFLUSH, &before);
	cli_ending_terminal(-1, NULL);
	return status;
}

static tro_status ask_terminal(char *out, const char *what, bool twice, tro_err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (tty < 0) {
		return tro_err_set(err, TRO_KEY,
			"there is no terminal to ask for the passphrase of %s: use "
			"--passphrase-file or --passphrase-fd",
			what);
	}
	tro_status status = ask(out, tty, "passphrase for", what, err);

	if (status == TRO_OK && twice) {
		char *again = calloc(1, PASSPHRASE_MAX);

		status = again == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory")
				       : ask(again, tty, "the same again for", what, err);
		if (status == TRO_OK && strcmp(out, again) != 0) {
			status = tro_err_set(err, TRO_INVALID, "the two passphrases differ");
		}
		passphrase_free(again);
	}
	(void)close(tty);
	return status;
}

tro_status cli_passphrase(char **out, const client *cli, const char *what, bool twice, tro_err *err)
{
	char *passphrase = calloc(1, PASSPHRASE_MAX);
	tro_status status;

	if (passphrase == NULL) {
		return tro_err_set(err, TRO_NOMEM, "out of memory");
	}
	if (cli->passphrase_file != NULL) {
		int fd = -1;
		bool stream;

		status = cli_open_file(&fd, &stream, cli->passphrase_file, err);
		if (status == TRO_OK) {
			status = read_line(passphrase, fd, cli->passphrase_file, err);
			(void)close(fd);
		}
	} else if (cli->passphrase_fd >= 0) {
		status = read_line(passphrase, cli->passphrase_fd, "the descriptor", err);
	} else {
		status = ask_terminal(passphrase, what, twice, err);
	}
	if (status != TRO_OK) {
		passphrase_free(passphrase);
		return status;
	}
	*out = passphrase;
	return TRO_OK;
}

/* ---- who acts ---- */

const char *cli_key_path(const client *cli)
{
	const char *path = cli->key != NULL ? cli->key : getenv("TRO_KEY");

	return path != NULL && path[0] != '\0' ? path : NULL;
}

static const char *agent_socket(void)
{
	const char *socket = getenv("SSH_AUTH_SOCK");

	return socket != NULL && socket[0] != '\0' ? socket : NULL;
}

/* The name of one of a person's keys, as enrolled: what stands before the first '+'. */
static tro_status key_name(
	char **out, client *cli, size_t person, const uint8_t public_key[32], tro_err *err)
{
	tro_person_info info;
	tro_buf vkey = TRO_BUF_INIT;

	tro_registry_person_at(cli->registry, person, &info);
	*out = strndup(info.vkey, strcspn(info.vkey, "+"));
	if (*out == NULL) {
		return tro_err_set(err, TRO_NOMEM, "out of memory");
	}
	tro_status status = tro_key_vkey(&vkey, *out, public_key, err);

	if (status == TRO_OK && strcmp(vkey.ptr, info.vkey) != 0) { /* the spare one */
		free(*out);
		*out = strndup(info.spare, strcspn(info.spare, "+"));
		status = *out == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory") : TRO_OK;
	}
	tro_buf_done(&vkey);
	return status;
}

/* The one enrolled person whose key the agent holds. */
static tro_status person_in_agent(
	size_t *out_person, uint8_t out_public[32], const client *cli, tro_err *err)
{
	uint8_t *keys = NULL;
	size_t count = 0;
	size_t found = 0;

	if (agent_socket() == NULL) {
		return tro_err_set(err, TRO_KEY,
			"no key: say --key FILE, set TRO_KEY, or unlock one into an ssh-agent with "
			"'tro key unlock'");
	}
	tro_status status = tro_agent_list(&keys, &count, agent_socket(), err);

	for (size_t i = 0; i < count && status == TRO_OK; i++) {
		size_t person;

		if (tro_registry_person_by_key(&person, cli->registry, keys + 32 * i, NULL) ==
			TRO_OK) {
			if (found > 0 && *out_person == person) {
				continue; /* a key and its spare */
			}
			*out_person = person;
			memcpy(out_public, keys + 32 * i, 32);
			found++;
		}
	}
	free(keys);
	if (status == TRO_OK && found != 1) {
		status = tro_err_set(err, found == 0 ? TRO_KEY : TRO_AMBIGUOUS,
			found == 0 ? "the ssh-agent holds no key that is enrolled in this store: "
				     "say --key FILE"
				   : "the ssh-agent holds several enrolled keys: say which with "
				     "--key FILE");
	}
	return status;
}

tro_status cli_whoami(size_t *out_person, client *cli, tro_err *err)
{
	uint8_t public_key[32];
	char *name = NULL;
	tro_status status = cli_open(cli, err);

	if (status != TRO_OK) {
		return status;
	}
	if (cli_key_path(cli) == NULL) {
		return person_in_agent(out_person, public_key, cli, err);
	}
	status = tro_key_read_public(&name, public_key, cli_key_path(cli), err);
	free(name);
	if (status == TRO_OK) {
		status = tro_registry_person_by_key(out_person, cli->registry, public_key, err);
		/* The key was found; what it lacks is an enrolment. */
		status = status == TRO_NOT_FOUND ? (err->status = TRO_KEY) : status;
	}
	return status;
}

static tro_status sign_with_file(client *cli, const char *path, tro_err *err)
{
	char *name = NULL;
	char *passphrase = NULL;
	uint8_t public_key[32];
	tro_status status = tro_key_read_public(&name, public_key, path, err);

	if (status == TRO_OK && agent_socket() != NULL &&
		tro_signer_from_agent(&cli->signer, agent_socket(), name, public_key, NULL) ==
			TRO_OK) {
		free(name);
		return TRO_OK;
	}
	free(name);
	if (status == TRO_OK) {
		status = cli_passphrase(&passphrase, cli, path, false, err);
		if (status == TRO_KEY) { /* nobody could be asked */
			(void)tro_err_set(err, TRO_KEY,
				"there is no terminal to ask for the passphrase of %s: use "
				"--passphrase-file, --passphrase-fd, or unlock the key into an "
				"ssh-agent with 'tro key unlock'",
				path);
		}
	}
	if (status == TRO_OK) {
		status = tro_signer_from_file(&cli->signer, path, passphrase, err);
	}
	passphrase_free(passphrase);
	return status;
}

tro_status cli_sign_with(client *cli, const char *name, const uint8_t public_key[32], tro_err *err)
{
	if (agent_socket() == NULL) {
		return tro_err_set(err, TRO_KEY,
			"no key: say --key FILE, set TRO_KEY, or unlock one into an ssh-agent with "
			"'tro key unlock'");
	}
	return tro_signer_from_agent(&cli->signer, agent_socket(), name, public_key, err);
}

tro_status cli_sign(client *cli, tro_err *err)
{
	size_t person;
	uint8_t public_key[32];
	char *name = NULL;

	if (cli->signer != NULL) {
		return TRO_OK;
	}
	if (cli_key_path(cli) != NULL) {
		return sign_with_file(cli, cli_key_path(cli), err);
	}
	tro_status status = cli_open(cli, err);

	if (status == TRO_OK) {
		status = person_in_agent(&person, public_key, cli, err);
	}
	if (status == TRO_OK) {
		status = key_name(&name, cli, person, public_key, err);
	}
	if (status == TRO_OK) {
		status = tro_signer_from_agent(&cli->signer, agent_socket(), name, public_key, err);
	}
	free(name);
	return status;
}
