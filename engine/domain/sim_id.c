/*
 * Identifiers of SIMs and subscriptions: ICCID (ITU-T E.118), IMSI and MSIN (ITU-T E.212), MIN.
 */
#include <string.h>

#include "domain/identify.h"

static const char sim_rule[] = "policy:identifier-sim";

static tro_status refuse(tro_identify *value, const char *what)
{
	return tro_err_set(value->err, TRO_INVALID, "'%s' is not %s", value->symbols, what);
}

/* Some data sets fill an ICCID up with F. */
static void drop_padding(tro_identify *value)
{
	while (value->len > 0 && strchr("Ff", value->symbols[value->len - 1]) != NULL) {
		value->symbols[--value->len] = '\0';
	}
}

tro_status tro_identify_iccid(tro_identify *value)
{
	tro_status status;

	drop_padding(value);
	const char *digits = value->symbols;
	size_t len = value->len;

	if (len < 18 || len > 22 || !tro_identify_digits(digits, len) ||
		strncmp(digits, "89", 2) != 0) {
		return refuse(value, "an ICCID: write its 19 or 20 digits, which begin 89");
	}
	if (len == 18) {
		char check = tro_identify_luhn(digits, len);

		status = tro_identify_write(value, "%s%c", digits, check);
		if (status == TRO_OK) {
			status = tro_identify_warn(value, sim_rule,
				"'%s' lacks its check digit: kept with %c", digits, check);
		}
	} else {
		status = tro_identify_write(value, "%s", digits);
		if (status == TRO_OK && tro_identify_luhn(digits, len - 1) != digits[len - 1]) {
			status = tro_identify_warn(value, sim_rule,
				"'%s' fails its check digit, or was recorded without it: compare "
				"it with the exhibit",
				digits);
		}
	}
	if (status == TRO_OK && len > 20) {
		status = tro_identify_warn(value, sim_rule,
			"'%s' has %zu digits, more than the 19 or 20 in use", digits, len);
	}
	if (status == TRO_OK && strncmp(digits, "8944", 4) != 0) {
		status = tro_identify_warn(value, sim_rule,
			"'%s' was issued outside the United Kingdom (which is 8944): the SIM may "
			"be roaming",
			digits);
	}
	return status;
}

tro_status tro_identify_imsi(tro_identify *value)
{
	const char *digits = value->symbols;

	if (value->len < 6 || value->len > 15 || !tro_identify_digits(digits, value->len)) {
		return refuse(
			value, "an IMSI: write its digits, 15 at most, such as 001010123456789");
	}
	bool ours = strncmp(digits, "234", 3) == 0 || strncmp(digits, "235", 3) == 0;
	bool test = strncmp(digits, "001", 3) == 0;
	tro_status status = tro_identify_write(value, "%s", digits);

	if (status == TRO_OK && value->len != 15) {
		status = tro_identify_warn(value, sim_rule,
			"'%s' has %zu digits; an IMSI of the United Kingdom has 15", digits,
			value->len);
	}
	if (status == TRO_OK && !ours && !test) {
		status = tro_identify_warn(value, sim_rule,
			"'%s' belongs to a network abroad (the United Kingdom is 234 and 235): "
			"the SIM may be roaming",
			digits);
	}
	return status;
}

tro_status tro_identify_min(tro_identify *value)
{
	if (value->len != 10 || !tro_identify_digits(value->symbols, 10)) {
		return refuse(value, "a MIN: write its 10 digits");
	}
	return tro_identify_write(value, "%s", value->symbols);
}

tro_status tro_identify_msin(tro_identify *value)
{
	bool good = (value->len == 9 || value->len == 10) &&
		    tro_identify_digits(value->symbols, value->len);

	if (!good) {
		return refuse(value,
			"an MSIN: write the 9 or 10 digits that follow the network's in an IMSI");
	}
	return tro_identify_write(value, "%s", value->symbols);
}
