/* Where this host keeps what it has seen of stores. No variable says so: what could be pointed
 * elsewhere would be no witness. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tro/mark.h>
#include <unistd.h>

#include "cli.h"

enum { PATH_LEN = 4096 };

#define HOST_MARKS "/var/lib/tro/marks" /* for all accounts, where somebody has made it */

/* Below the home that the host's accounts give, not the environment. Makes the folders. */
static bool account_marks(char out[PATH_LEN])
{
	static const char *const steps[] = {"/.local", "/state", "/tro", "/marks"};
	const struct passwd *account = getpwuid(geteuid());
	int len = account == NULL ? -1 : snprintf(out, PATH_LEN, "%s", account->pw_dir);

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (len < 0 || len >= PATH_LEN - 16) {
			return false;
		}
		len += snprintf(out + len, PATH_LEN - (size_t)len, "%s", steps[i]);
		if (mkdir(out, 0700) != 0 && errno != EEXIST) {
			return false;
		}
	}
	return true;
}

static bool marks_folder(char out[PATH_LEN])
{
	struct stat about;

	if (stat(HOST_MARKS, &about) == 0 && S_ISDIR(about.st_mode)) {
		(void)snprintf(out, PATH_LEN, HOST_MARKS);
		return true;
	}
	return account_marks(out);
}

tro_status cli_check_mark(const tro_registry *registry, tro_err *err)
{
	char folder[PATH_LEN];

	return marks_folder(folder) ? tro_mark_check(registry, folder, err) : TRO_OK;
}

tro_status cli_advance_mark(const tro_registry *registry, tro_err *err)
{
	char folder[PATH_LEN];

	if (!marks_folder(folder)) {
		return tro_err_set(err, TRO_SYSTEM,
			"this account has no home, where it would keep what it has seen of the "
			"store");
	}
	tro_status status = tro_mark_check(registry, folder, err);

	return status == TRO_OK ? tro_mark_advance(registry, folder, err) : status;
}
