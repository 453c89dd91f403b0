/* The public half of a key as other programs read it. */
#include <string.h>
#include <tro/key.h>

#include "base/text.h"
#include "crypto/crypto.h"

tro_status tro_key_export_pem(tro_buf *out, const uint8_t public_key[32], tro_err *err)
{
	/* SubjectPublicKeyInfo of id-Ed25519 (RFC 8410 section 4), up to the key itself. */
	static const uint8_t head[] = {
		0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	uint8_t der[sizeof(head) + TRO_ED25519_PUBLIC_LEN];

	memcpy(der, head, sizeof(head));
	memcpy(der + sizeof(head), public_key, TRO_ED25519_PUBLIC_LEN);
	tro_buf_puts(out, "-----BEGIN PUBLIC KEY-----\n");
	tro_base64_encode(out, der, sizeof(der)); /* fits in one line of 64 */
	tro_buf_puts(out, "\n-----END PUBLIC KEY-----\n");
	return tro_buf_status(out, err);
}

tro_status tro_key_export_ssh(
	tro_buf *out, const char *name, const uint8_t public_key[32], tro_err *err)
{
	/* string "ssh-ed25519", string of 32 bytes (RFC 8709 section 4) */
	static const uint8_t head[] = {
		0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, 32};
	uint8_t blob[sizeof(head) + TRO_ED25519_PUBLIC_LEN];

	memcpy(blob, head, sizeof(head));
	memcpy(blob + sizeof(head), public_key, TRO_ED25519_PUBLIC_LEN);
	tro_buf_puts(out, "ssh-ed25519 ");
	tro_base64_encode(out, blob, sizeof(blob));
	tro_buf_printf(out, " %s\n", name);
	return tro_buf_status(out, err);
}
