#include <stdio.h>
#include <string.h>
#include <tro/err.h>

static void append_v(char *message, size_t size, const char *fmt, va_list args)
{
	size_t used = strlen(message);
	int len = vsnprintf(message + used, size - used, fmt, args);

	if (len < 0 || (size_t)len >= size - used) {
		memcpy(message + size - 4, "...", 4);
	}
}

tro_status tro_err_set(tro_err *err, tro_status status, const char *fmt, ...)
{
	if (err != NULL) {
		va_list args;

		err->status = status;
		err->message[0] = '\0';
		va_start(args, fmt);
		append_v(err->message, sizeof(err->message), fmt, args);
		va_end(args);
	}
	return status;
}

tro_status tro_err_errno(tro_err *err, int errnum, const char *fmt, ...)
{
	if (err != NULL) {
		char reason[256];
		char subject[sizeof(err->message)] = "";
		va_list args;

		va_start(args, fmt);
		append_v(subject, sizeof(subject), fmt, args);
		va_end(args);
		if (strerror_r(errnum, reason, sizeof(reason)) != 0) {
			(void)snprintf(reason, sizeof(reason), "error %d", errnum);
		}
		return tro_err_set(err, TRO_SYSTEM, "%s: %s", subject, reason);
	}
	return TRO_SYSTEM;
}

tro_status tro_err_prefix(tro_err *err, tro_status status, const char *fmt, ...)
{
	if (err != NULL) {
		char before[sizeof(err->message)];
		va_list args;

		memcpy(before, err->message, sizeof(before));
		err->message[0] = '\0';
		va_start(args, fmt);
		append_v(err->message, sizeof(err->message), fmt, args);
		va_end(args);
		tro_err context = *err;
		(void)tro_err_set(err, status, "%s: %s", context.message, before);
	}
	return status;
}

tro_status tro_err_nomem(tro_err *err)
{
	return tro_err_set(err, TRO_NOMEM, "out of memory");
}
