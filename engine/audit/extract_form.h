/*
 * An extract: one case with all that is needed to judge it, as a folder of files that a shell can
 * read.
 *
 *	README.txt
 *		what this is and how to check it
 *	SHA256SUMS
 *		of every other file, for sha256sum -c: against accidents, it proves nothing
 *	checkpoint
 *		head of the log, signed by the log and cosigned by witnesses
 *	records/<position>.note
 *		the registry's records, the case's, and the newest heads record
 *	records/<position>.payload, records/<position>.salt (hex)
 *		what the record's line `payload` commits to
 *	records/<position>.outcome-salt
 *	proofs/<position>
 *		C2SP tlog-proof: the note stands at this place of the log
 *	heads/registry, heads/case
 *		tro-heads-proof: which record is the newest of each
 *	blobs/<sha256>
 *		adopted bytes that the case's steps used, and the witness policy
 *	exhibits/<sha256>
 *		taken in by the case's records
 *	filings/<sha256>
 *		made by the case's steps
 *
 * With payloads withheld there are no payloads, salts, exhibits, filings and blobs of the case; the
 * registry's stay, without which no signature can be judged.
 */
#ifndef TRO_AUDIT_EXTRACT_FORM_H
#define TRO_AUDIT_EXTRACT_FORM_H

#include <stddef.h>

#define TRO_EXTRACT_README "README.txt"
#define TRO_EXTRACT_CHECKPOINT "checkpoint"
#define TRO_EXTRACT_RECORDS "records"
#define TRO_EXTRACT_PROOFS "proofs"
#define TRO_EXTRACT_HEADS "heads"
#define TRO_EXTRACT_HEADS_REGISTRY "heads/registry"
#define TRO_EXTRACT_HEADS_CASE "heads/case"
#define TRO_EXTRACT_BLOBS "blobs"
#define TRO_EXTRACT_EXHIBITS "exhibits"
#define TRO_EXTRACT_FILINGS "filings"

#endif
