/*
 * Identifiers of handsets: IMEI and IMEISV (3GPP TS 23.003 6.2), MEID and ESN (3GPP2), MAC, UDID,
 * Android ID.
 */
#include <stdlib.h>
#include <string.h>

#include "domain/identify.h"

static const char imei_rule[] = "policy:identifier-imei";
static const char device_rule[] = "policy:identifier-device";

static bool all_same(const char *text, size_t len)
{
	return len > 0 && strspn(text, (char[]){text[0], '\0'}) >= len;
}

static tro_status refuse(tro_identify *value, const char *what)
{
	return tro_err_set(value->err, TRO_INVALID, "'%s' is not %s", value->symbols, what);
}

tro_status tro_identify_imei(tro_identify *value)
{
	const char *digits = value->symbols;

	if (value->len == 16 && tro_identify_digits(digits, 16)) {
		return refuse(value, "an IMEI, which has 14 or 15 digits: give it as an imeisv");
	}
	if ((value->len != 14 && value->len != 15) || !tro_identify_digits(digits, value->len)) {
		return refuse(value, "an IMEI: write its 15 digits, or 14 without the check digit");
	}
	char check = tro_identify_luhn(digits, 14);
	char given = value->len == 15 ? digits[14] : check;
	/* Networks carry 0 in the place of the check digit (TS 23.003 6.2.1): the first 14 digits
	 * are the handset, so both spellings become one. */
	bool spare = given == '0' && given != check;
	tro_status status = tro_identify_write(value, "%.14s%c", digits, spare ? check : given);

	if (status == TRO_OK && spare) {
		status = tro_identify_warn(value, imei_rule,
			"'%s' carries 0 for the check digit, as network records do: kept with %c",
			digits, check);
	} else if (status == TRO_OK && given != check) {
		status = tro_identify_warn(value, imei_rule,
			"'%s' fails its check digit, which would be %c: compare it with the "
			"exhibit",
			digits, check);
	}
	if (status == TRO_OK && all_same(digits, 14)) {
		status = tro_identify_warn(value, imei_rule,
			"'%s' repeats one digit: handsets with a faked IMEI share such values",
			digits);
	}
	return status;
}

tro_status tro_identify_imeisv(tro_identify *value)
{
	if (value->len != 16 || !tro_identify_digits(value->symbols, 16)) {
		return refuse(
			value, "an IMEISV: write its 16 digits, the last two the software version");
	}
	return tro_identify_write(value, "%s", value->symbols);
}

/* Reads digits of a part of a decimal MEID or ESN. */
static unsigned long part(const char *digits, size_t len)
{
	char text[16] = {0};

	memcpy(text, digits, len);
	return strtoul(text, NULL, 10);
}

tro_status tro_identify_meid(tro_identify *value)
{
	tro_status status;

	if (value->len == 18 && tro_identify_digits(value->symbols, 18)) {
		unsigned long high = part(value->symbols, 10);
		unsigned long low = part(value->symbols + 10, 8);

		if (high > 0xffffffff || low > 0xffffff) {
			return refuse(value, "a decimal MEID: its parts of 10 and 8 digits are at "
					     "most 4294967295 and 16777215");
		}
		status = tro_identify_write(value, "%08lX%06lX", high, low);
	} else if (value->len == 14 && tro_identify_hex(value->symbols, 14)) {
		tro_identify_upper(value->symbols);
		status = tro_identify_write(value, "%s", value->symbols);
	} else {
		return refuse(value, "a MEID: write its 14 hexadecimal digits without the check "
				     "digit, or 18 decimal digits");
	}
	if (status == TRO_OK && value->out[0] < 'A') {
		status = tro_identify_warn(value, device_rule,
			"'%s' begins with a digit, as an IMEI does: a MEID begins A to F",
			value->out);
	}
	return status;
}

tro_status tro_identify_esn(tro_identify *value)
{
	tro_status status;

	if (value->len == 11 && tro_identify_digits(value->symbols, 11)) {
		unsigned long maker = part(value->symbols, 3);
		unsigned long serial = part(value->symbols + 3, 8);

		if (maker > 0xff || serial > 0xffffff) {
			return refuse(value, "a decimal ESN: its parts of 3 and 8 digits are at "
					     "most 255 and 16777215");
		}
		status = tro_identify_write(value, "%02lX%06lX", maker, serial);
	} else if (value->len == 8 && tro_identify_hex(value->symbols, 8)) {
		tro_identify_upper(value->symbols);
		status = tro_identify_write(value, "%s", value->symbols);
	} else {
		return refuse(value, "an ESN: write its 8 hexadecimal or 11 decimal digits");
	}
	if (status == TRO_OK && strncmp(value->out, "80", 2) == 0) {
		status = tro_identify_warn(value, device_rule,
			"'%s' is a pseudo-ESN made from a MEID, which several handsets may share: "
			"give the MEID",
			value->out);
	}
	return status;
}

tro_status tro_identify_mac(tro_identify *value)
{
	char *hex = value->symbols;

	if (value->len != 12 || !tro_identify_hex(hex, 12)) {
		return refuse(value, "a MAC address: write its 12 hexadecimal digits, such as "
				     "00:00:5e:00:53:01");
	}
	tro_identify_lower(hex);
	tro_status status = tro_identify_write(value, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2,
		hex + 4, hex + 6, hex + 8, hex + 10);
	unsigned long first = strtoul((char[]){hex[0], hex[1], '\0'}, NULL, 16);

	if (status == TRO_OK && (first & 1) != 0) {
		status = tro_identify_warn(
			value, device_rule, "'%s' addresses a group, not one device", value->out);
	}
	if (status == TRO_OK && (first & 2) != 0) {
		status = tro_identify_warn(value, device_rule,
			"'%s' is locally administered, so probably random and changing",
			value->out);
	}
	return status;
}

tro_status tro_identify_udid(tro_identify *value)
{
	char *hex = value->symbols;

	if (value->len == 40 && tro_identify_hex(hex, 40)) {
		tro_identify_lower(hex);
		return tro_identify_write(value, "%s", hex);
	}
	if (value->len == 24 && tro_identify_hex(hex, 24)) {
		tro_identify_upper(hex);
		return tro_identify_write(value, "%.8s-%s", hex, hex + 8);
	}
	return refuse(value, "a UDID: write its 40 hexadecimal digits, or 8 and 16 with a hyphen");
}

tro_status tro_identify_android_id(tro_identify *value)
{
	if (value->len != 16 || !tro_identify_hex(value->symbols, 16)) {
		return refuse(value, "an Android ID: write its 16 hexadecimal digits");
	}
	tro_identify_lower(value->symbols);
	tro_status status = tro_identify_write(value, "%s", value->symbols);

	if (status == TRO_OK) {
		status = tro_identify_warn(value, device_rule,
			"'%s' differs from app to app since Android 8: it may not be the whole "
			"device's",
			value->out);
	}
	return status;
}
