/* README.txt of an extract: the same bytes in each, so that nobody needs to believe them. */
#ifndef TRO_AUDIT_EXTRACT_README_H
#define TRO_AUDIT_EXTRACT_README_H

extern const char tro_extract_readme[];

#endif
