/* Where the store is, who acts and with which key. The client alone reads the environment and the
 * terminal. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

enum { PATH_LEN = 4096, PASSPHRASE_MAX = 1024, FILE_MAX = 64 * 1024 * 1024 };

/* ---- the store ---- */

static bool holds_store(const char *dir)
{
	char path[PATH_LEN];
	struct stat info;
	int len = snprintf(path, sizeof(path), "%s/tro.db", dir);

	return len > 0 && (size_t)len < sizeof(path) && stat(path, &info) == 0;
}

tro_status cli_store_dir(char **out, const client *cli, tro_err *err)
{
	const char *given = cli->store != NULL ? cli->store : getenv("TRO_STORE");
	char path[PATH_LEN];

	if (given != NULL && given[0] != '\0') {
		*out = strdup(given);
		return *out == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory") : TRO_OK;
	}
	if (getcwd(path, sizeof(path)) == NULL) {
		return tro_err_errno(err, errno, "cannot tell the present folder");
	}
	while (!holds_store(path)) {
		char *slash = strrchr(path, '/');

		if (slash == NULL || path[1] == '\0') {
			return tro_err_set(err, TRO_NOT_FOUND,
				"no store here or above: say --store DIR, set TRO_STORE, or make "
				"one with 'tro init'");
		}
		slash[slash == path] = '\0';
	}
	*out = strdup(path);
	return *out == NULL ? tro_err_set(err, TRO_NOMEM, "out of memory") : TRO_OK;
}

tro_status cli_open(client *cli, tro_err *err)
{
	char *dir = NULL;

	if (cli->registry != NULL) {
		return TRO_OK;
	}
	tro_status status = cli_store_dir(&dir, cli, err);

	if (status == TRO_OK) {
		status = tro_registry_open(&cli->registry, dir, err);
	}
	if (status == TRO_OK) {
		status = cli_check_mark(cli->registry, err);
		if (status != TRO_OK) {
			tro_registry_close(cli->registry);
			cli->registry = NULL;
		}
	}
	if (status == TRO_OK && cli->dry_run) {
		tro_registry_rehearse(cli->registry);
	}
	free(dir);
	return status;
}

/* ---- files ---- */

/* What is wrong with a file that was named: it is not there, or no file, or the system failed. */
static tro_status cannot_read(const char *name, int reason, tro_err *err)
{
	if (reason == EBADF) {
		return tro_err_set(err, TRO_USAGE, "cannot read %s, which is closed", name);
	}
	(void)tro_err_errno(err, reason, "cannot read %s", name[0] == '\0' ? "''" : name);
	if (reason == ENOENT || reason == ENOTDIR) {
		err->status = TRO_NOT_FOUND;
	} else if (reason == EISDIR) {
		err->status = TRO_INVALID;
	}
	return err->status;
}

static tro_status read_stream(tro_buf *out, FILE *file, const char *name, tro_err *err)
{
	char chunk[65536];

	out->max_len = FILE_MAX;
	for (size_t len;
		out->status == TRO_OK && (len = fread(chunk, 1, sizeof(chunk), file)) > 0;) {
		tro_buf_put(out, chunk, len); /* a device may never end: the limit ends it */
	}
	if (ferror(file)) {
		return cannot_read(name, errno, err);
	}
	return tro_buf_status(out, NULL) == TRO_OK
		       ? TRO_OK
		       : tro_err_set(err, TRO_INVALID, "%s is larger than %d MiB", name,
				 FILE_MAX >> 20);
}

/* What comes from a stream comes once: a second reading would find nothing, and say so to nobody.
 */
static tro_status take_stream(client *cli, int fd, const char *name, tro_err *err)
{
	struct stat info;

	if (fstat(fd, &info) != 0) {
		return cannot_read(name, errno, err);
	}
	for (size_t i = 0; i < cli->stream_count; i++) {
		if (cli->streams[i].device == info.st_dev && cli->streams[i].inode == info.st_ino) {
			return tro_err_set(err, TRO_USAGE,
				"%s was read already: one value alone can come from it", name);
		}
	}
	if (cli->stream_count == STREAMS_MAX) {
		return tro_err_set(err, TRO_USAGE, "more than %d values come from descriptors",
			(int)STREAMS_MAX);
	}
	cli->streams[cli->stream_count++] =
		(cli_stream){.device = info.st_dev, .inode = info.st_ino};
	return TRO_OK;
}

/* A descriptor that whoever calls us has opened: what they give there they mean. */
static bool names_descriptor(const char *path)
{
	return strcmp(path, "/dev/stdin") == 0 || strncmp(path, "/dev/fd/", 8) == 0 ||
	       strncmp(path, "/proc/self/fd/", 14) == 0;
}

/* *out_stream: it is no regular file. */
static tro_status open_file(int *out, bool *out_stream, const char *path, tro_err *err)
{
	struct stat info;
	/* O_NONBLOCK: a pipe of that name must not keep us waiting for a writer. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	tro_status status = TRO_OK;

	if (fd < 0) {
		return cannot_read(path, errno, err);
	}
	/* With a mode that waits again for what is written late. */
	if (fstat(fd, &info) != 0 || fcntl(fd, F_SETFL, 0) != 0) {
		status = cannot_read(path, errno, err);
	} else if (S_ISDIR(info.st_mode)) {
		status = cannot_read(path, EISDIR, err);
	} else if (!S_ISREG(info.st_mode) && !names_descriptor(path)) {
		status = tro_err_set(err, TRO_INVALID,
			"%s is not a regular file: give what comes from a pipe as -, or as "
			"/dev/fd/N",
			path);
	}
	if (status != TRO_OK) {
		(void)close(fd);
		return status;
	}
	*out = fd;
	*out_stream = !S_ISREG(info.st_mode);
	return TRO_OK;
}

static tro_status read_open(tro_buf *out, int fd, const char *path, tro_err *err)
{
	FILE *file = fdopen(fd, "rb");

	if (file == NULL) {
		int reason = errno;

		(void)close(fd);
		return cannot_read(path, reason, err);
	}
	tro_status status = read_stream(out, file, path, err);

	(void)fclose(file);
	return status;
}

tro_status cli_read_file(tro_buf *out, client *cli, const char *path, tro_err *err)
{
	int fd = -1;
	bool stream = false;
	tro_status status;

	if (strcmp(path, "-") == 0) {
		status = take_stream(cli, STDIN_FILENO, "standard input", err);
		return status == TRO_OK ? read_stream(out, stdin, "standard input", err) : status;
	}
	status = open_file(&fd, &stream, path, err);
	if (status == TRO_OK && stream) {
		status = take_stream(cli, fd, path, err);
		if (status != TRO_OK) {
			(void)close(fd);
		}
	}
	return status == TRO_OK ? read_open(out, fd, path, err) : status;
}

tro_status cli_write_file(const tro_buf *bytes, const char *path, tro_err *err)
{
	if (path == NULL || strcmp(path, "-") == 0) {
		(void)fwrite(bytes->ptr, 1, bytes->len, stdout);
		return TRO_OK;
	}
	FILE *file = fopen(path, "wbx");

	if (file == NULL && errno == EEXIST) {
		return tro_err_set(
			err, TRO_USAGE, "'%s' exists already, and is not overwritten", path);
	}
	if (file == NULL) {
		return tro_err_errno(err, errno, "cannot create '%s'", path);
	}
	bool good = fwrite(bytes->ptr, 1, bytes->len, file) == bytes->len;

	good = fclose(file) == 0 && good;
	return good ? TRO_OK : tro_err_errno(err, errno, "cannot write '%s'", path);
}

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
			return cannot_read(name, errno, err);
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
	(void)dprintf(tty, "%s %s: ", prompt, what);
	(void)tcsetattr(tty, TCSAFLUSH, &silent);
	tro_status status = read_line(out, tty, "the terminal", err);

	(void)tcsetattr(tty, TCSAFLUSH, &before);
	return status;
}

static tro_status ask_terminal(char *out, const char *what, bool twice, tro_err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (tty < 0) {
		return tro_err_set(err, TRO_KEY,
			"there is no terminal to ask for the passphrase of %s: use "
			"--passphrase-file, "
			"--passphrase-fd, or unlock the key into an ssh-agent with 'tro key "
			"unlock'",
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

		status = open_file(&fd, &stream, cli->passphrase_file, err);
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
