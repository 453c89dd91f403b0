#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "crypto/agent.h"

enum { LENGTH_LEN = 4 };

/* A connection that has to be done with by a point of the monotonic clock, which is no clock that a
 * record could take its time from. */
struct line {
	int fd;
	const tro_agent *agent;
	int64_t end_ms;
};

static int64_t monotonic_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static tro_status broke_off(const struct line *line, tro_err *err)
{
	return tro_err_set(err, TRO_KEY, "the ssh-agent at '%s' broke off before it had answered",
		line->agent->socket_path);
}

/* Waits until the socket is ready for the event. */
static tro_status await(const struct line *line, short event, tro_err *err)
{
	for (;;) {
		int64_t left_ms = line->end_ms - monotonic_ms();
		struct pollfd ready = {.fd = line->fd, .events = event};
		int count = left_ms <= 0 ? 0 : poll(&ready, 1, (int)left_ms);

		if (count > 0) {
			return TRO_OK;
		}
		if (count == 0) {
			return tro_err_set(err, TRO_KEY,
				"the ssh-agent at '%s' did not answer within %d ms",
				line->agent->socket_path, line->agent->timeout_ms);
		}
		if (errno != EINTR) {
			return tro_err_errno(err, errno, "cannot wait for the ssh-agent");
		}
	}
}

static bool again(int fault)
{
	return fault == EAGAIN || fault == EWOULDBLOCK || fault == EINTR;
}

static tro_status send_all(const struct line *line, const uint8_t *bytes, size_t len, tro_err *err)
{
	for (size_t done = 0; done < len;) {
		tro_status status = await(line, POLLOUT, err);

		if (status != TRO_OK) {
			return status;
		}
		ssize_t count = send(line->fd, bytes + done, len - done, MSG_NOSIGNAL);

		if (count < 0 && !again(errno)) {
			return broke_off(line, err);
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return TRO_OK;
}

static tro_status receive_all(const struct line *line, uint8_t *bytes, size_t len, tro_err *err)
{
	for (size_t done = 0; done < len;) {
		tro_status status = await(line, POLLIN, err);

		if (status != TRO_OK) {
			return status;
		}
		ssize_t count = recv(line->fd, bytes + done, len - done, 0);

		if (count == 0 || (count < 0 && !again(errno))) {
			return broke_off(line, err);
		}
		done += count > 0 ? (size_t)count : 0;
	}
	return TRO_OK;
}

static tro_status connect_to(struct line *line, tro_err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = line->agent->socket_path;
	size_t path_len = strlen(path);

	if (path_len == 0 || path_len >= sizeof(address.sun_path)) {
		return tro_err_set(err, TRO_INVALID,
			"'%s' cannot be the socket of an ssh-agent: its path has 1 to %zu bytes",
			path, sizeof(address.sun_path) - 1);
	}
	memcpy(address.sun_path, path, path_len);
	line->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (line->fd < 0 || fcntl(line->fd, F_SETFD, FD_CLOEXEC) != 0 ||
		fcntl(line->fd, F_SETFL, O_NONBLOCK) != 0) {
		return tro_err_errno(err, errno, "cannot make a socket");
	}
	/* To a local socket this never stays in progress: it succeeds, or fails at once, with
	 * EAGAIN when too many others are waiting for the agent. */
	if (connect(line->fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		return tro_err_errno(err, errno,
			"no ssh-agent answers at '%s' (is one running, and SSH_AUTH_SOCK right?)",
			path);
	}
	return TRO_OK;
}

static void put_length(uint8_t out[LENGTH_LEN], size_t len)
{
	for (size_t i = 0; i < LENGTH_LEN; i++) {
		out[i] = (uint8_t)(len >> (8 * (LENGTH_LEN - 1 - i)));
	}
}

static tro_status receive_message(
	uint8_t **out, size_t *out_len, const struct line *line, tro_err *err)
{
	uint8_t head[LENGTH_LEN];
	size_t len = 0;
	tro_status status = receive_all(line, head, sizeof(head), err);

	if (status != TRO_OK) {
		return status;
	}
	for (size_t i = 0; i < LENGTH_LEN; i++) {
		len = len << 8 | head[i];
	}
	if (len == 0 || len > TRO_AGENT_MESSAGE_MAX) {
		return tro_err_set(err, TRO_KEY,
			"the ssh-agent at '%s' announced an answer of %zu bytes; 1 to %d is what "
			"an agent sends",
			line->agent->socket_path, len, TRO_AGENT_MESSAGE_MAX);
	}
	uint8_t *bytes = malloc(len);

	if (bytes == NULL) {
		return tro_err_nomem(err);
	}
	status = receive_all(line, bytes, len, err);
	if (status != TRO_OK) {
		free(bytes);
		return status;
	}
	*out = bytes;
	*out_len = len;
	return TRO_OK;
}

tro_status tro_agent_exchange(uint8_t **out, size_t *out_len, const tro_agent *agent,
	const uint8_t *message, size_t len, tro_err *err)
{
	struct line line = {.fd = -1, .agent = agent, .end_ms = monotonic_ms() + agent->timeout_ms};
	uint8_t head[LENGTH_LEN];

	if (len > TRO_AGENT_MESSAGE_MAX) {
		return tro_err_set(err, TRO_INVALID,
			"a message to the ssh-agent has at most %d bytes", TRO_AGENT_MESSAGE_MAX);
	}
	put_length(head, len);
	tro_status status = connect_to(&line, err);

	if (status == TRO_OK) {
		status = send_all(&line, head, sizeof(head), err);
	}
	if (status == TRO_OK) {
		status = send_all(&line, message, len, err);
	}
	if (status == TRO_OK) {
		status = receive_message(out, out_len, &line, err);
	}
	if (line.fd >= 0) {
		(void)close(line.fd);
	}
	return status;
}
