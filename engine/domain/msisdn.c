/*
 * Telephone numbers. Canonical form: +447 and nine digits. The United Kingdom shares +44 with
 * Jersey, Guernsey and the Isle of Man, and numbers are portable: a prefix proves neither where a
 * number is used nor who provides it, so all that a prefix says is a warning.
 */
#include <string.h>

#include "domain/identify.h"

typedef enum number_kind {
	KIND_MOBILE,
	KIND_PERSONAL,
	KIND_PAGER,
	KIND_JERSEY,
	KIND_GUERNSEY,
	KIND_MAN,
	KIND_UNKNOWN,
} number_kind;

/* Numbers whose first five national digits lie between two values. The facts are those of
 * libphonenumber's metadata for GB, JE, GG and IM; ascending, without overlap. What is in no row is
 * not assigned there. */
static const struct {
	long first;
	long last;
	number_kind kind;
} prefixes[] = {
	{70000, 70999, KIND_PERSONAL},
	{71000, 73999, KIND_MOBILE},
	{74000, 74499, KIND_MOBILE},
	{74500, 74575, KIND_MOBILE},
	{74576, 74576, KIND_MAN},
	{74577, 74999, KIND_MOBILE},
	{75000, 75089, KIND_MOBILE},
	{75090, 75099, KIND_JERSEY},
	{75100, 75239, KIND_MOBILE},
	{75240, 75249, KIND_MAN},
	{75250, 75999, KIND_MOBILE},
	{76000, 76029, KIND_PAGER},
	{76080, 76089, KIND_PAGER},
	{76230, 76239, KIND_PAGER},
	{76240, 76249, KIND_MAN},
	{76250, 76269, KIND_PAGER},
	{76340, 76349, KIND_PAGER},
	{76400, 76419, KIND_PAGER},
	{76430, 76449, KIND_PAGER},
	{76464, 76464, KIND_PAGER},
	{76470, 76479, KIND_PAGER},
	{76540, 76549, KIND_PAGER},
	{76590, 76639, KIND_PAGER},
	{76652, 76652, KIND_PAGER},
	{76660, 76669, KIND_PAGER},
	{76690, 76699, KIND_PAGER},
	{76770, 76779, KIND_PAGER},
	{76810, 76819, KIND_PAGER},
	{76840, 76849, KIND_PAGER},
	{76910, 76919, KIND_PAGER},
	{76930, 76939, KIND_PAGER},
	{76990, 76999, KIND_PAGER},
	{77000, 77001, KIND_MOBILE},
	{77003, 77003, KIND_JERSEY},
	{77007, 77008, KIND_JERSEY},
	{77010, 77809, KIND_MOBILE},
	{77810, 77819, KIND_GUERNSEY},
	{77820, 77969, KIND_MOBILE},
	{77970, 77979, KIND_JERSEY},
	{77980, 78289, KIND_MOBILE},
	{78290, 78299, KIND_JERSEY},
	{78300, 78389, KIND_MOBILE},
	{78390, 78399, KIND_GUERNSEY},
	{78400, 79110, KIND_MOBILE},
	{79111, 79111, KIND_GUERNSEY},
	{79112, 79112, KIND_MOBILE},
	{79117, 79117, KIND_GUERNSEY},
	{79118, 79118, KIND_MOBILE},
	{79120, 79369, KIND_MOBILE},
	{79370, 79379, KIND_JERSEY},
	{79380, 79999, KIND_MOBILE},
};

static number_kind kind_of(const char *national)
{
	long prefix = 0;

	for (size_t i = 0; i < 5; i++) {
		prefix = prefix * 10 + (national[i] - '0');
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (prefix >= prefixes[i].first && prefix <= prefixes[i].last) {
			return prefixes[i].kind;
		}
	}
	return KIND_UNKNOWN;
}

/* Takes brackets out; they must pair and hold digits. False when they do not. */
static bool drop_brackets(tro_identify *value)
{
	size_t kept = 0;
	bool open = false;

	for (size_t i = 0; i < value->len; i++) {
		char c = value->symbols[i];

		if (c == '(' || c == ')') {
			if (open == (c == '(')) {
				return false;
			}
			open = c == '(';
			continue;
		}
		value->symbols[kept++] = c;
	}
	value->symbols[kept] = '\0';
	value->len = kept;
	return !open;
}

/* The national number without its leading 0; NULL when the spelling is none of +44, 0044, 44 or
 * 0. */
static const char *national_number(const tro_identify *value)
{
	const char *at = value->symbols;
	bool country = true;

	if (strncmp(at, "+44", 3) == 0) {
		at += 3;
	} else if (strncmp(at, "0044", 4) == 0) {
		at += 4;
	} else if (strncmp(at, "44", 2) == 0 && value->len >= 12) {
		at += 2;
	} else {
		country = false;
	}
	if (*at == '0') {
		return at + 1; /* 07..., and the usual mistake +44 (0)7... */
	}
	/* A spreadsheet that takes the value for a number drops its leading 0. */
	return country || (*at == '7' && value->len == 10) ? at : NULL;
}

static tro_status warn_kind(tro_identify *value, const char *national)
{
	static const char island[] = "'0%s' lies in a range of %s: its providers are not bound by "
				     "an order of a court in the United Kingdom";
	const char *plan = "policy:national-numbering-plan";

	switch (kind_of(national)) {
	case KIND_MOBILE:
		return TRO_OK;
	case KIND_PERSONAL:
		return tro_identify_warn(value, plan,
			"'0%s' is a personal number (070), which forwards calls to another number",
			national);
	case KIND_PAGER:
		return tro_identify_warn(
			value, plan, "'0%s' lies in a range for pagers (076)", national);
	case KIND_JERSEY:
		return tro_identify_warn(value, plan, island, national, "Jersey");
	case KIND_GUERNSEY:
		return tro_identify_warn(value, plan, island, national, "Guernsey");
	case KIND_MAN:
		return tro_identify_warn(value, plan, island, national, "the Isle of Man");
	case KIND_UNKNOWN:
		break;
	}
	if (strncmp(national, "7700900", 7) == 0) {
		return TRO_OK; /* reserved for drama: tro_identifier_fictional tells */
	}
	return tro_identify_warn(value, plan,
		"'0%s' lies in no range known to be assigned: check "
		"it against the exhibit",
		national);
}

tro_status tro_identify_msisdn(tro_identify *value)
{
	if (!drop_brackets(value)) {
		return tro_err_set(value->err, TRO_INVALID,
			"the brackets do not pair: write the number as 07700 900123");
	}
	const char *digits = value->symbols + (value->symbols[0] == '+' ? 1 : 0);

	if (*digits == '\0' || !tro_identify_digits(digits, strlen(digits))) {
		return tro_err_set(value->err, TRO_INVALID,
			"'%s' is not a telephone number: write digits, such as 07700 900123",
			value->symbols);
	}
	const char *national = national_number(value);

	if (national == NULL || *national != '7') {
		return tro_err_set(value->err, TRO_INVALID,
			"'%s' is not a mobile number of +44: write it as 07700 900123, or give "
			"another number under type other",
			value->symbols);
	}
	if (strlen(national) != 10) {
		return tro_err_set(value->err, TRO_INVALID,
			"'%s' has %zu digits after the 0 or +44, not 10: compare it with the "
			"exhibit",
			value->symbols, strlen(national));
	}
	tro_status status = tro_identify_write(value, "+44%s", national);

	return status == TRO_OK ? warn_kind(value, national) : status;
}
