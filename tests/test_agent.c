#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tro/key.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/agent.h"
#include "crypto/keyfile.h"
#include "suite.h"

static const char record_text[] = "tro-record/v1\nlog tro.example/log/1\n";
static const char officer[] = "force.example/officer/1234";

enum {
	RECORD_LEN = sizeof(record_text) - 1,
	SHORT_TIMEOUT_MS = 300, /* for agents that never answer */
	REQUEST_MAX = 4096,
};

/* What a fake agent does with a question, once it has read it whole. */
enum behaviour {
	ANSWERS, /* sends the bytes it was given, then hangs up */
	HANGS,	 /* says nothing until the other side has gone */
	DRIPS,	 /* sends the bytes one at a time and slowly */
	CLOSES,	 /* hangs up without having read the question */
};

/* An agent in a thread of its own, for one connection. */
struct fake {
	char path[96];
	int listener;
	pthread_t thread;
	enum behaviour behaviour;
	uint8_t answer[REQUEST_MAX]; /* length included */
	size_t answer_len;
	uint8_t question[REQUEST_MAX]; /* what it was asked, without the length */
	size_t question_len;
};

static char folder[64];
static tro_ed25519 *key;

static void start(void)
{
	const uint8_t seed[TRO_ED25519_SEED_LEN] = {[31] = 4};
	tro_err err;

	ck_assert_msg(tro_crypto_init(&err) == TRO_OK, "%s", err.message);
	(void)snprintf(folder, sizeof(folder), "/tmp/tro-agent-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(tro_ed25519_new(&key, seed, NULL), TRO_OK);
}

static void finish(void)
{
	tro_ed25519_free(key);
	ck_assert_int_eq(rmdir(folder), 0);
}

/* ---- the fake agent ---- */

static bool read_exactly(int fd, uint8_t *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t count = read(fd, bytes + done, len - done);

		if (count <= 0) {
			return false;
		}
		done += (size_t)count;
	}
	return true;
}

/* Waits until the other side has gone, at most so long; false while it is still there. */
static bool gone_within(int fd, int timeout_ms)
{
	struct pollfd state = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&state, 1, timeout_ms) > 0 && read(fd, &byte, 1) <= 0;
}

static void behave(const struct fake *fake, int fd)
{
	switch (fake->behaviour) {
	case ANSWERS:
		(void)send(fd, fake->answer, fake->answer_len, MSG_NOSIGNAL);
		break;
	case CLOSES:
		break;
	case HANGS:
		while (!gone_within(fd, -1)) {
		}
		break;
	case DRIPS:
		for (size_t i = 0; i < fake->answer_len && !gone_within(fd, 20); i++) {
			(void)send(fd, fake->answer + i, 1, MSG_NOSIGNAL);
		}
		break;
	}
}

static void *serve(void *untyped)
{
	struct fake *fake = untyped;
	uint8_t head[4];
	int fd = accept(fake->listener, NULL, NULL);

	if (fd >= 0 && fake->behaviour != CLOSES && read_exactly(fd, head, sizeof(head))) {
		size_t len = (size_t)head[2] << 8 | head[3];

		if (len <= sizeof(fake->question) && read_exactly(fd, fake->question, len)) {
			fake->question_len = len;
			behave(fake, fd);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 4), 0);
	return fd;
}

static struct fake *fake_start(enum behaviour behaviour, const void *answer, size_t answer_len)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	ck_assert_ptr_nonnull(fake);
	ck_assert_uint_le(answer_len, sizeof(fake->answer));
	fake->behaviour = behaviour;
	memcpy(fake->answer, answer, answer_len);
	fake->answer_len = answer_len;
	(void)snprintf(fake->path, sizeof(fake->path), "%s/agent", folder);
	fake->listener = listen_at(fake->path);
	ck_assert_int_eq(pthread_create(&fake->thread, NULL, serve, fake), 0);
	return fake;
}

static void fake_stop(struct fake *fake)
{
	ck_assert_int_eq(pthread_join(fake->thread, NULL), 0);
	(void)close(fake->listener);
	(void)unlink(fake->path);
	free(fake);
}

/* ---- answers ---- */

static void put_u32(tro_buf *out, size_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		tro_buf_putc(out, (char)(unsigned char)(value >> shift));
	}
}

static void put_string(tro_buf *out, const void *bytes, size_t len)
{
	put_u32(out, len);
	tro_buf_put(out, bytes, len);
}

/* Starts a fake agent that answers with this message, its length put before it. */
static struct fake *fake_answering(enum behaviour behaviour, const tro_buf *message)
{
	tro_buf whole = TRO_BUF_INIT;

	put_string(&whole, message->ptr, message->len);
	struct fake *fake = fake_start(behaviour, whole.ptr, whole.len);

	tro_buf_done(&whole);
	return fake;
}

/* "ssh-ed25519" and some bytes, each with its length: a key's or a signature's blob. */
static void put_blob(tro_buf *out, const char *algorithm, const void *bytes, size_t len)
{
	tro_buf blob = TRO_BUF_INIT;

	put_string(&blob, algorithm, strlen(algorithm));
	put_string(&blob, bytes, len);
	put_string(out, blob.ptr, blob.len);
	tro_buf_done(&blob);
}

static tro_status ask_signature(const struct fake *fake, tro_err *err)
{
	const tro_agent agent = {.socket_path = fake->path, .timeout_ms = SHORT_TIMEOUT_MS};
	const uint8_t untouched[TRO_ED25519_SIGNATURE_LEN] = {0};
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN] = {0};
	tro_status status = tro_agent_sign(
		signature, &agent, tro_ed25519_public(key), record_text, RECORD_LEN, err);

	if (status != TRO_OK) {
		ck_assert_mem_eq(signature, untouched, sizeof(signature));
	} else {
		ck_assert_int_eq(tro_ed25519_verify(tro_ed25519_public(key), record_text,
					 RECORD_LEN, signature, NULL),
			TRO_OK);
	}
	return status;
}

/* ---- signing ---- */

START_TEST(an_honest_answer_is_taken_and_the_question_is_that_of_the_protocol)
{
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	tro_buf answer = TRO_BUF_INIT;
	tro_buf question = TRO_BUF_INIT;
	tro_err err = {.message = ""};

	ck_assert_int_eq(tro_ed25519_sign(signature, key, record_text, RECORD_LEN, NULL), TRO_OK);
	tro_buf_putc(&answer, 14);
	put_blob(&answer, "ssh-ed25519", signature, sizeof(signature));
	tro_buf_putc(&question, 13);
	put_blob(&question, "ssh-ed25519", tro_ed25519_public(key), TRO_ED25519_PUBLIC_LEN);
	put_string(&question, record_text, RECORD_LEN);
	put_u32(&question, 0);
	struct fake *fake = fake_answering(ANSWERS, &answer);

	ck_assert_msg(ask_signature(fake, &err) == TRO_OK, "%s", err.message);
	ck_assert_uint_eq(fake->question_len, question.len);
	ck_assert_mem_eq(fake->question, question.ptr, question.len);
	fake_stop(fake);
	tro_buf_done(&question);
	tro_buf_done(&answer);
}
END_TEST

/* One lie a row, told in a signature. */
enum lie {
	LIE_FAILURE,
	LIE_OTHER_TYPE,
	LIE_OTHER_ALGORITHM,
	LIE_SHORT_SIGNATURE,
	LIE_LONG_SIGNATURE,
	LIE_NO_SIGNATURE,
	LIE_OTHER_TEXT,
	LIE_OTHER_KEY,
	LIE_ONE_BIT,
	LIE_MORE_IN_THE_BLOB,
	LIE_MORE_AFTER_THE_BLOB,
	LIE_INNER_LENGTH,
	LIE_COUNT,
};

static void put_lie(tro_buf *out, enum lie lie)
{
	const uint8_t other_seed[TRO_ED25519_SEED_LEN] = {[31] = 3};
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN + 1] = {0};
	const char *text =
		lie == LIE_OTHER_TEXT ? "tro-record/v1\nlog another/log/1\n" : record_text;
	size_t signature_len = TRO_ED25519_SIGNATURE_LEN;
	tro_ed25519 *other = NULL;
	tro_buf blob = TRO_BUF_INIT;

	ck_assert_int_eq(tro_ed25519_new(&other, other_seed, NULL), TRO_OK);
	ck_assert_int_eq(tro_ed25519_sign(signature, lie == LIE_OTHER_KEY ? other : key, text,
				 strlen(text), NULL),
		TRO_OK);
	signature[40] ^= lie == LIE_ONE_BIT ? 1 : 0;
	signature_len -= lie == LIE_SHORT_SIGNATURE ? 1 : 0;
	signature_len += lie == LIE_LONG_SIGNATURE ? 1 : 0;
	signature_len = lie == LIE_NO_SIGNATURE ? 0 : signature_len;
	tro_buf_putc(out, lie == LIE_FAILURE ? 5 : lie == LIE_OTHER_TYPE ? 12 : 14);
	if (lie != LIE_FAILURE) {
		const char *algorithm = lie == LIE_OTHER_ALGORITHM ? "ssh-ed25518" : "ssh-ed25519";

		put_string(&blob, algorithm, strlen(algorithm));
		put_u32(&blob, lie == LIE_INNER_LENGTH ? UINT32_MAX : signature_len);
		tro_buf_put(&blob, signature, signature_len);
		tro_buf_puts(&blob, lie == LIE_MORE_IN_THE_BLOB ? "x" : "");
		put_string(out, blob.ptr, blob.len);
		tro_buf_puts(out, lie == LIE_MORE_AFTER_THE_BLOB ? "x" : "");
	}
	tro_buf_done(&blob);
	tro_ed25519_free(other);
}

START_TEST(an_agent_that_lies_gives_an_error_and_no_signature)
{
	enum lie lie = (enum lie)_i;
	tro_buf answer = TRO_BUF_INIT;
	tro_err err = {.message = ""};

	put_lie(&answer, lie);
	struct fake *fake = fake_answering(ANSWERS, &answer);

	ck_assert_int_eq(ask_signature(fake, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, fake->path));
	fake_stop(fake);
	tro_buf_done(&answer);
}
END_TEST

START_TEST(an_answer_of_impossible_length_or_cut_short_is_an_error)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} rows[] = {
		{"", 0, "broke off"},
		{"\0\0", 2, "broke off"},
		{"\0\0\0\x53", 4, "broke off"},
		{"\0\0\0\x53\x0e\0\0\0", 8, "broke off"},
		{"\0\0\0\0", 4, "answer of 0 bytes"},
		{"\0\x04\0\x01", 4, "answer of 262145 bytes"},
		{"\xff\xff\xff\xff", 4, "answer of 4294967295 bytes"},
		{"\0\0\0\x01\x0e", 5, "something else"},
		{"\0\0\0\x05\x0e\0\0\0\0", 9, "something else"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake *fake = fake_start(ANSWERS, rows[i].bytes, rows[i].len);
		tro_err err = {.message = ""};

		ck_assert_int_eq(ask_signature(fake, &err), TRO_KEY);
		ck_assert_msg(strstr(err.message, rows[i].why) != NULL, "%zu: %s", i, err.message);
		fake_stop(fake);
	}
}
END_TEST

START_TEST(an_agent_that_hangs_is_left_at_the_deadline)
{
	struct fake *fake = fake_start(HANGS, "", 0);
	tro_err err = {.message = ""};

	ck_assert_int_eq(ask_signature(fake, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "within 300 ms"));
	fake_stop(fake);
	ck_assert_int_le(TRO_AGENT_TIMEOUT_MS, 5000);
}
END_TEST

START_TEST(an_agent_that_drips_is_left_at_the_same_deadline)
{
	tro_buf answer = TRO_BUF_INIT;
	tro_err err = {.message = ""};

	for (int i = 0; i < 1000; i++) {
		tro_buf_putc(&answer, 14);
	}
	struct fake *fake = fake_answering(DRIPS, &answer);

	ck_assert_int_eq(ask_signature(fake, &err), TRO_KEY);
	ck_assert_msg(strstr(err.message, "within 300 ms") != NULL, "%s", err.message);
	fake_stop(fake);
	tro_buf_done(&answer);
}
END_TEST

START_TEST(an_agent_that_never_reads_is_left_at_the_deadline)
{
	char path[96];
	/* More than a socket takes without a reader. */
	static uint8_t message[TRO_AGENT_MESSAGE_MAX];
	const tro_agent agent = {.socket_path = path, .timeout_ms = SHORT_TIMEOUT_MS};
	uint8_t *answer = NULL;
	size_t answer_len = 0;
	tro_err err = {.message = ""};

	(void)snprintf(path, sizeof(path), "%s/agent", folder);
	int listener = listen_at(path);

	ck_assert_int_eq(
		tro_agent_exchange(&answer, &answer_len, &agent, message, sizeof(message), &err),
		TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "within 300 ms"));
	ck_assert_ptr_null(answer);
	(void)close(listener);
	(void)unlink(path);
}
END_TEST

START_TEST(an_agent_that_hangs_up_on_the_question_does_not_end_the_process)
{
	static uint8_t message[TRO_AGENT_MESSAGE_MAX];
	struct fake *fake = fake_start(CLOSES, "", 0);
	const tro_agent agent = {.socket_path = fake->path, .timeout_ms = TRO_AGENT_TIMEOUT_MS};
	uint8_t *answer = NULL;
	size_t answer_len = 0;
	tro_err err = {.message = ""};

	ck_assert_int_eq(
		tro_agent_exchange(&answer, &answer_len, &agent, message, sizeof(message), &err),
		TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "broke off"));
	fake_stop(fake);
}
END_TEST

START_TEST(a_socket_where_no_agent_is_gives_the_remedy)
{
	char path[256];
	uint8_t *keys = NULL;
	size_t count = 0;
	tro_err err;

	(void)snprintf(path, sizeof(path), "%s/none", folder);
	ck_assert_int_eq(tro_agent_list(&keys, &count, path, &err), TRO_SYSTEM);
	ck_assert_ptr_nonnull(strstr(err.message, "SSH_AUTH_SOCK"));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(tro_agent_list(&keys, &count, path, &err), TRO_INVALID);
	ck_assert_int_eq(tro_agent_list(&keys, &count, "", &err), TRO_INVALID);
	ck_assert_ptr_null(keys);
}
END_TEST

/* ---- the list of keys ---- */

START_TEST(only_ed25519_keys_are_listed)
{
	uint8_t public_keys[2][TRO_ED25519_PUBLIC_LEN] = {{1}, {2}};
	tro_buf answer = TRO_BUF_INIT;
	uint8_t *keys = NULL;
	size_t count = 0;

	tro_buf_putc(&answer, 12);
	put_u32(&answer, 4);
	put_blob(&answer, "ssh-rsa", "eee", 3);
	put_string(&answer, "a comment", 9);
	put_blob(&answer, "ssh-ed25519", public_keys[0], 32);
	put_string(&answer, "", 0);
	put_blob(&answer, "sk-ssh-ed25519@openssh.com", public_keys[0], 32);
	put_string(&answer, "", 0);
	put_blob(&answer, "ssh-ed25519", public_keys[1], 32);
	put_string(&answer, "", 0);
	struct fake *fake = fake_answering(ANSWERS, &answer);

	ck_assert_int_eq(tro_agent_list(&keys, &count, fake->path, NULL), TRO_OK);
	ck_assert_uint_eq(count, 2);
	ck_assert_mem_eq(keys, public_keys, sizeof(public_keys));
	ck_assert_uint_eq(fake->question_len, 1);
	ck_assert_uint_eq(fake->question[0], 11);
	free(keys);
	fake_stop(fake);
	tro_buf_done(&answer);
}
END_TEST

START_TEST(a_list_that_does_not_add_up_is_an_error)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{"\x05", 1},
		{"\x0e\0\0\0\0", 5},
		{"\x0c\0\0\0\x01\x7f\xff\xff\xff", 9},
		{"\x0c", 1},
		{"\x0c\0\0\0", 4},
		{"\x0c\0\0\0\x01", 5},
		{"\x0c\xff\xff\xff\xff", 5},
		{"\x0c\0\0\0\0x", 6},
		{"\x0c\0\0\0\x01\0\0\0\x01x\0\0\0\x09", 14},
		{"\x0c\0\0\0\x01\0\0\0\x10\0\0\0\x0bssh-ed25519\0\0\0\0", 28},
		{"\x0c\0\0\0\x01\0\0\0\x13\0\0\0\x0bssh-ed25519\0\0\0\0\0\0\0\0", 32},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		tro_buf answer = TRO_BUF_INIT;
		uint8_t *keys = NULL;
		size_t count = 0;

		tro_buf_put(&answer, rows[i].bytes, rows[i].len);
		struct fake *fake = fake_answering(ANSWERS, &answer);

		ck_assert_msg(
			tro_agent_list(&keys, &count, fake->path, NULL) == TRO_KEY, "row %zu", i);
		ck_assert_ptr_null(keys);
		fake_stop(fake);
		tro_buf_done(&answer);
	}
}
END_TEST

START_TEST(an_agent_without_the_key_is_told_from_one_that_lies)
{
	tro_signer *signer = NULL;
	tro_err err;
	struct fake *fake = fake_start(ANSWERS, "\0\0\0\x05\x0c\0\0\0\0", 9);

	ck_assert_int_eq(
		tro_signer_from_agent(&signer, fake->path, officer, tro_ed25519_public(key), &err),
		TRO_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(err.message, officer));
	ck_assert_ptr_null(signer);
	fake_stop(fake);
}
END_TEST

/* ---- handing a key over ---- */

static void make_key_file(char *path, size_t path_size)
{
	tro_buf text = TRO_BUF_INIT;

	(void)snprintf(path, path_size, "%s/officer.key", folder);
	ck_assert_int_eq(tro_keyfile_compose(&text, officer, key, NULL, NULL, NULL), TRO_OK);
	ck_assert_int_eq(tro_keyfile_write(path, text.ptr, text.len, false, NULL), TRO_OK);
	tro_buf_wipe(&text);
}

START_TEST(a_key_is_handed_over_for_its_lifetime_only)
{
	char path[96];

	make_key_file(path, sizeof(path));
	for (int round = 0; round < 2; round++) {
		unsigned int lifetime_s = round == 0 ? 0 : 28800;
		struct fake *fake = fake_start(ANSWERS, "\0\0\0\x01\x06", 5);
		tro_buf question = TRO_BUF_INIT;

		tro_buf_putc(&question, round == 0 ? 17 : 25);
		put_string(&question, "ssh-ed25519", 11);
		put_string(&question, tro_ed25519_public(key), 32);
		put_u32(&question, 64);
		tro_buf_put(&question, tro_ed25519_seed(key), 32);
		tro_buf_put(&question, tro_ed25519_public(key), 32);
		put_string(&question, officer, strlen(officer));
		if (round == 1) {
			tro_buf_putc(&question, 1);
			put_u32(&question, lifetime_s);
		}
		ck_assert_int_eq(tro_agent_add(fake->path, path, NULL, lifetime_s, NULL), TRO_OK);
		ck_assert_uint_eq(fake->question_len, question.len);
		ck_assert_mem_eq(fake->question, question.ptr, question.len);
		tro_buf_wipe(&question);
		fake_stop(fake);
	}
	(void)unlink(path);
}
END_TEST

START_TEST(a_refused_key_is_reported)
{
	char path[96];
	tro_err err;
	struct fake *fake = fake_start(ANSWERS, "\0\0\0\x01\x05", 5);

	make_key_file(path, sizeof(path));
	ck_assert_int_eq(tro_agent_add(fake->path, path, NULL, 0, &err), TRO_KEY);
	ck_assert_ptr_nonnull(strstr(err.message, "did not take the key"));
	fake_stop(fake);
	(void)unlink(path);
}
END_TEST

/* ---- OpenSSH's agent ---- */

/* Starts ssh-agent and waits until it listens; 0 when there is none on this host. */
static pid_t start_ssh_agent(const char *path)
{
	char command[160];
	char line[256];
	long pid = 0;

	(void)snprintf(command, sizeof(command), "ssh-agent -s -a %s 2>/dev/null", path);
	FILE *output = popen(command, "r");

	ck_assert_ptr_nonnull(output);
	while (fgets(line, sizeof(line), output) != NULL) {
		(void)sscanf(line, "SSH_AGENT_PID=%ld;", &pid);
	}
	(void)pclose(output);
	return (pid_t)pid;
}

/* Does `ssh-add -L` print this key? */
static bool ssh_add_lists(const char *path, const uint8_t *public_key)
{
	char command[160];
	char line[512];
	tro_buf blob = TRO_BUF_INIT;
	tro_buf expected = TRO_BUF_INIT;
	bool found = false;

	put_string(&blob, "ssh-ed25519", 11);
	put_string(&blob, public_key, TRO_ED25519_PUBLIC_LEN);
	tro_buf_puts(&expected, "ssh-ed25519 ");
	tro_base64_encode(&expected, (const uint8_t *)blob.ptr, blob.len);
	tro_buf_printf(&expected, " %s\n", officer);
	(void)snprintf(command, sizeof(command), "SSH_AUTH_SOCK=%s ssh-add -L", path);
	FILE *output = popen(command, "r");

	ck_assert_ptr_nonnull(output);
	while (fgets(line, sizeof(line), output) != NULL) {
		found = found || strcmp(line, expected.ptr) == 0;
	}
	(void)pclose(output);
	tro_buf_done(&expected);
	tro_buf_done(&blob);
	return found;
}

START_TEST(openssh_takes_our_key_and_signs_with_it)
{
	char socket_path[96];
	char key_path[96];
	uint8_t signature[TRO_ED25519_SIGNATURE_LEN];
	uint8_t expected[TRO_ED25519_SIGNATURE_LEN];
	tro_signer *signer = NULL;
	tro_err err = {.message = ""};

	(void)snprintf(socket_path, sizeof(socket_path), "%s/real", folder);
	pid_t pid = start_ssh_agent(socket_path);

	if (pid <= 0) {
		(void)fprintf(stderr,
			"SKIPPED openssh_takes_our_key_and_signs_with_it: no ssh-agent here\n");
		return;
	}
	make_key_file(key_path, sizeof(key_path));
	ck_assert_int_eq(
		tro_signer_from_agent(&signer, socket_path, officer, tro_ed25519_public(key), NULL),
		TRO_NOT_FOUND);
	ck_assert_msg(tro_agent_add(socket_path, key_path, NULL, 3600, &err) == TRO_OK, "%s",
		err.message);
	ck_assert(ssh_add_lists(socket_path, tro_ed25519_public(key)));
	ck_assert_msg(tro_signer_from_agent(&signer, socket_path, officer, tro_ed25519_public(key),
			      &err) == TRO_OK,
		"%s", err.message);
	ck_assert_msg(tro_signer_sign(signature, signer, record_text, RECORD_LEN, &err) == TRO_OK,
		"%s", err.message);
	ck_assert_int_eq(tro_ed25519_sign(expected, key, record_text, RECORD_LEN, NULL), TRO_OK);
	ck_assert_mem_eq(signature, expected, sizeof(signature));
	ck_assert_int_eq(tro_signer_sign(signature, signer, "hello\n", 6, NULL), TRO_KEY);
	/* The agent goes away between two signatures. */
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
	(void)unlink(socket_path); /* if it has not done so itself by now */
	ck_assert_int_eq(
		tro_signer_sign(signature, signer, record_text, RECORD_LEN, &err), TRO_SYSTEM);
	tro_signer_free(signer);
	(void)unlink(key_path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent");
	TCase *tests = tcase_create("agent");

	tcase_add_checked_fixture(tests, start, finish);
	tcase_set_timeout(tests, 30);
	tcase_add_test(tests, an_honest_answer_is_taken_and_the_question_is_that_of_the_protocol);
	tcase_add_loop_test(
		tests, an_agent_that_lies_gives_an_error_and_no_signature, 0, LIE_COUNT);
	tcase_add_test(tests, an_answer_of_impossible_length_or_cut_short_is_an_error);
	tcase_add_test(tests, an_agent_that_hangs_is_left_at_the_deadline);
	tcase_add_test(tests, an_agent_that_drips_is_left_at_the_same_deadline);
	tcase_add_test(tests, an_agent_that_never_reads_is_left_at_the_deadline);
	tcase_add_test(tests, an_agent_that_hangs_up_on_the_question_does_not_end_the_process);
	tcase_add_test(tests, a_socket_where_no_agent_is_gives_the_remedy);
	tcase_add_test(tests, only_ed25519_keys_are_listed);
	tcase_add_test(tests, a_list_that_does_not_add_up_is_an_error);
	tcase_add_test(tests, an_agent_without_the_key_is_told_from_one_that_lies);
	tcase_add_test(tests, a_key_is_handed_over_for_its_lifetime_only);
	tcase_add_test(tests, a_refused_key_is_reported);
	tcase_add_test(tests, openssh_takes_our_key_and_signs_with_it);
	suite_add_tcase(suite, tests);

	return run_suite(suite);
}
