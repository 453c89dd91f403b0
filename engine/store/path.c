#include "store/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

tro_status tro_store_check_case_id(const char *case_id, tro_err *err)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_.";
	size_t len = strlen(case_id);

	if (len == 0 || len > TRO_STORE_CASE_ID_MAX || case_id[0] == '.' ||
		strspn(case_id, allowed) != len) {
		return tro_err_set(err, TRO_INVALID,
			"\"%.64s\" cannot be a case id: 1 to %d letters, digits, hyphens, "
			"underscores "
			"and, not first, dots",
			case_id, TRO_STORE_CASE_ID_MAX);
	}
	return TRO_OK;
}

/* linux/magic.h lacks half of these. 9p and FUSE are not among them: under containers and virtual
 * machines they often hold a disk of the same host. */
static const struct {
	unsigned long type;
	const char *name;
} network_types[] = {
	{0x00006969, "NFS"},
	{0x0000517b, "SMB"},
	{0xff534d42, "CIFS"},
	{0xfe534d42, "SMB2"},
	{0x0000564c, "NCP"},
	{0x5346414f, "AFS"},
	{0x6b414653, "AFS"},
	{0x73757245, "Coda"},
	{0x00c36400, "Ceph"},
	{0x01161970, "GFS2"},
	{0x7461636f, "OCFS2"},
	{0x0bd00bd0, "Lustre"},
	{0x47504653, "GPFS"},
	{0x013111a8, "IBRIX"},
	{0x19830326, "BeeGFS"},
};

static const char *network_name(unsigned long type)
{
	for (size_t i = 0; i < sizeof(network_types) / sizeof(network_types[0]); i++) {
		/* f_type is signed on some systems: CIFS and SMB2 may come with high bits set. */
		if ((type & 0xffffffffUL) == network_types[i].type) {
			return network_types[i].name;
		}
	}
	return NULL;
}

bool tro_path_type_is_network(unsigned long type)
{
	return network_name(type) != NULL;
}

tro_status tro_path_check_local(int dir_fd, const char *path, tro_err *err)
{
	struct statfs fs;

	if (fstatfs(dir_fd, &fs) != 0) {
		return tro_err_errno(err, errno, "cannot tell the file system of %s", path);
	}
	const char *name = network_name((unsigned long)fs.f_type);

	if (name != NULL) {
		return tro_err_set(err, TRO_SYSTEM,
			"%s lies on a network file system (%s), where locks and shared memory do "
			"not "
			"hold: put the store on a local disk of the host that its users log in to",
			path, name);
	}
	return TRO_OK;
}

tro_status tro_path_open_dir(int *out, int dir_fd, const char *name, const char *path, tro_err *err)
{
	*out = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out >= 0) {
		return TRO_OK;
	}
	switch (errno) {
	case ENOENT:
		return tro_err_set(err, TRO_NOT_FOUND, "there is no folder %s", path);
	case ELOOP:
	case ENOTDIR:
		return tro_err_set(err, TRO_INVALID,
			"%s is not a folder, or is a symbolic link, which a store does not follow",
			path);
	default:
		return tro_err_errno(err, errno, "cannot open the folder %s", path);
	}
}

tro_status tro_path_sync(int fd, const char *path, tro_err *err)
{
	if (fsync(fd) != 0) {
		return tro_err_errno(err, errno, "cannot write %s to the disk", path);
	}
	return TRO_OK;
}
