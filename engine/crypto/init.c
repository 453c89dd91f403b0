#include <errno.h>
#include <gcrypt.h>
#include <pthread.h>
#include <sys/resource.h>

#include "crypto/crypto.h"

/* Room for some sixty private keys at once; under the least limit that systems set (64 KiB). */
enum { SECRET_POOL_LEN = 48 * 1024 };

static const char least_version[] = "1.10.0";

static tro_status forbid_core_dumps(tro_err *err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) != 0) {
		return tro_err_errno(err, errno, "cannot read the limit on core dumps");
	}
	limit.rlim_cur = 0;
	if (setrlimit(RLIMIT_CORE, &limit) != 0) {
		return tro_err_errno(err, errno, "cannot turn core dumps off");
	}
	return TRO_OK;
}

static tro_status reserve_secret_memory(tro_err *err)
{
	static const char message[] = "no memory can be locked for private keys: raise the limit, "
				      "see `ulimit -l`, to 64 KiB or more";

	/* Another library of the process may have started libgcrypt its own way. */
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) == 0) {
		gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
		if (gcry_control(GCRYCTL_INIT_SECMEM, SECRET_POOL_LEN, 0) != 0) {
			return tro_err_set(err, TRO_SYSTEM, "%s", message);
		}
		gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	}
	void *probe = tro_secret_alloc(1);

	if (probe == NULL) {
		return tro_err_set(err, TRO_SYSTEM, "%s", message);
	}
	tro_secret_free(probe);
	return TRO_OK;
}

static tro_status start(tro_err *err)
{
	/* Before anything else: the kernel's generator needs no seeding of its own. */
	gcry_control(GCRYCTL_SET_PREFERRED_RNG_TYPE, GCRY_RNG_TYPE_SYSTEM);
	if (gcry_check_version(least_version) == NULL) {
		return tro_err_set(err, TRO_SYSTEM,
			"libgcrypt %s is too old: %s or newer is needed", gcry_check_version(NULL),
			least_version);
	}
	if (gcry_fips_mode_active()) {
		return tro_err_set(err, TRO_SYSTEM,
			"libgcrypt runs in FIPS mode, which has no Ed25519 signatures: turn it off "
			"on this host (/etc/gcrypt/fips_enabled, /proc/sys/crypto/fips_enabled)");
	}
	tro_status status = forbid_core_dumps(err);

	return status != TRO_OK ? status : reserve_secret_memory(err);
}

tro_status tro_crypto_init(tro_err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool tried;
	static tro_err outcome;

	/* libgcrypt cannot be started over: whatever came of the first time stays. */
	pthread_mutex_lock(&lock);
	if (!tried) {
		tried = true;
		outcome.status = start(&outcome);
	}
	pthread_mutex_unlock(&lock);
	return outcome.status == TRO_OK ? TRO_OK
					: tro_err_set(err, outcome.status, "%s", outcome.message);
}
