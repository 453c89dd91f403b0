#!/usr/bin/env bats
# Holds and erasures: who may, when it is refused, what is left, and what it takes to find again what was erased.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# What the case is about, in the spellings in which it came in and is kept.
number='7700[- .()]*900[- .()]*'

# Every file of the store, the log and the shared memory of SQLite with it.
store_has() { # REGEX
	local file
	while IFS= read -r file; do
		if grep -aqE "$1" "$file"; then
			found=$file
			return 0
		fi
	done < <(find store -type f)
	return 1
}

lacks() { # REGEX...
	local what
	for what; do
		! store_has "$what" || wrong "'$what' is still in $found"
	done
}

erased() { # [STORE]
	gives 12 tro verify --store "${1:-store}"
	[ "$(tail -n 1 <<< "$output")" = PAYLOAD-ERASED ] || wrong "the last word is not PAYLOAD-ERASED"
}

propose() { # [PATH...]
	gives 0 tro erase "$c" "$@" --reason "kept longer than needed"
	proposal=$(sed -n '1s/.* seq //p' <<< "$output")
}

erase_whole() {
	as officer
	propose
	as reviewer
	gives 0 tro erase "$c" --confirm "$proposal"
}

# From the draft to the court, and what became of it.
before_court() {
	as officer
	tro submit "$c"
	as reviewer
	tro review.pass "$c"
	as superintendent
	tro approve "$c" --document "$(tro show "$c" --json | jq -r '.filings[-1].sha256')" --decision "I am satisfied"
	as reviewer
	tro file "$c"
}

@test "a case that was erased is gone from every file, and every proof of the store holds" {
	store_has "${number}101" || wrong "the number was never there"
	store_has "Kit line" || wrong "its name was never there"
	root=$(tro verify | sed -n 's/^root //p')
	erase_whole
	answers "destroys the data of records 0-10, the salts of outcomes from record 0 on, 0 filings and 2 files"
	lacks "${number}1[01][0-9]" "${number}10" "Kit line" "advertise and arrange"
	[ ! -e "store/exhibits/$c" ] || [ -z "$(ls -A "store/exhibits/$c")" ] || wrong "a file of the case is left"
	erased
	answers "erased the data of records 0-10"
	[ "$(sed -n 's/^root //p' <<< "$output")" != "$root" ] || wrong "no record was added"
	gives 0 tro rebuild
	erased
	gives 0 tro show "$c"
	gives 0 tro log "$c"
	answers "statement.sign" "erase.propose"
	gives 0 tro log "$c" --record 3 --payload
	[ -z "$output" ] || wrong "there is a payload"
	gives 4 tro show "$c" --since 3
	says "was erased by its record 11"
	as officer
	gives 3 tro set "$c" title=Again
	says "was erased as a whole by its record 11"
	gives 0 tro next "$c"
	gives 0 tro set "$other" title="Life goes on"
	gives 0 tro status
	erased
}

@test "parts that were erased leave a case that can be filed" {
	as officer
	propose "/case/items/item[@n='2']"
	as reviewer
	store_has "${number}102" || wrong "the number was never there"
	# Two exhibits hold it, too, which is for a person to look at.
	gives 0 tro erase "$c" --confirm "$proposal"
	answers "warn  erase/exhibit" "destroys the data of records 3, the salts of outcomes from record 3 on"
	rm -r store/exhibits
	lacks "${number}102"
	cp -a "$world/store/exhibits" store
	store_has "${number}101" || wrong "another number is gone"
	erased
	gives 0 tro show "$c"
	as officer
	gives 0 tro submit "$c"
	erased
}

@test "what stands elsewhere in the case refuses the erasure of a part and says where" {
	as officer
	tro set "$c" "grounds=The line 07700-900 102 is the worst of them."
	propose "/case/items/item[@n='2']"
	as reviewer
	remember
	gives 3 tro erase "$c" --confirm "$proposal"
	says "erase/elsewhere: /case/application/grounds"
	unchanged
	as officer
	propose "/case/items/item[@n='2']" /case/application/grounds
	as reviewer
	gives 0 tro erase "$c" --confirm "$proposal"
	lacks "07700-900 102" "the worst of them"
	erased
}

@test "nothing is erased while the court has the application, or an order is in force" {
	before_court
	as officer
	gives 3 tro erase "$c" --reason "too early"
	says "'Before the court, or decided'" "'Applied for'"
	as reviewer
	tro order.made "$c" --matter order.1 --date 2026-11-02 --sealed "$papers/sealed-northway.pdf"
	gives 3 tro erase "$c" --reason "too early"
	says "order.1 is in the state 'In force'"
	valid
}

@test "the certificate names those who may still have copies" {
	before_court
	tro withdraw "$c" --reason "The line fell by itself"
	store_has "${number}101" || wrong "the number was never there"
	erase_whole
	lacks "${number}1[01][0-9]" "Kit line" "fell by itself"
	gives 0 tro erase "$c" --certificate
	answers TRAINING "Proposed by $(id_of officer) (Ann Example) as officer" \
		"Done by     $(id_of reviewer) (Lee Example) as legal-reviewer" "Reason: kept longer than needed" \
		"Erased: the whole case" "approve" "data and outcome" "recipient exampletown" "every backup"
	erased
}

@test "an erasure takes two persons, and a hold keeps the case" {
	as officer
	propose
	gives 3 tro erase "$c" --confirm "$proposal" --role officer
	as reviewer
	gives 0 tro hold "$c" --reason "An appeal was lodged"
	hold=$(sed -n '1s/.* seq //p' <<< "$output")
	gives 0 tro hold "$c"
	answers "$hold " "An appeal was lodged" "$(id_of reviewer) as legal-reviewer"
	remember
	gives 3 tro erase "$c" --confirm "$proposal"
	says "the case is held since record $hold: An appeal was lodged" "do: tro hold --release"
	gives 6 tro erase "$c" --reason "by nobody's power" --role second-reader
	unchanged
	as reader
	gives 6 tro hold "$c" --reason "not mine to say"
	as reviewer
	gives 0 tro hold "$c" --release "$hold" --reason "It was dismissed"
	gives 0 tro hold "$c"
	[ -z "$output" ] || wrong "a hold is left"
	remember
	gives 0 tro erase "$c" --confirm "$proposal" --dry-run
	answers "would be done" "destroys the data"
	unchanged
	gives 0 tro erase "$c" --confirm "$proposal"
	gives 0 tro erase "$c" --confirm "$proposal"
	answers "already recorded"
	erased
}

@test "what is asked wrongly is answered with a message" {
	gives 2 tro erase "$c"
	gives 2 tro erase "$c" /case/items --certificate
	gives 2 tro erase "$c" --reason x --confirm 3
	gives 2 tro hold "$c" --release 3
	gives 4 tro erase "$c" --certificate
	one_message
	gives 7 tro erase 2222-2222 --certificate
	as reviewer
	gives 7 tro erase "$c" --confirm three
	gives 4 tro hold "$c" --release 3 --reason "no such hold"
	valid
}

@test "a proposal names what is there and can be erased" {
	as officer
	remember
	gives 7 tro erase "$c" "/case/items/item[" --reason "none"
	says "/case/items/item["
	gives 7 tro erase "$c" "count(//item)" --reason "none"
	says "'count(//item)' names neither elements within the case nor attributes"
	gives 7 tro erase "$c" /case --reason "none"
	gives 4 tro erase "$c" "/case/items/item[@n='2']" /case/nosuch --reason "none"
	says "'/case/nosuch' names nothing"
	unchanged
}

@test "a proposal says what it would destroy, and what stands against it" {
	as officer
	remember
	gives 0 tro erase "$c" "/case/items/item[@n='2']" --reason "kept too long" --dry-run
	answers "would destroy the data of records 3, the salts of outcomes from record 3 on" "nothing is written"
	gives 0 tro erase "$c" --reason "kept too long" --dry-run
	answers "would destroy the data of records 0-"
	unchanged
	gives 0 tro erase "$c" "/case/items/item[@n='2']" --reason "07700 900102 is not needed"
	answers "warn  erase/elsewhere" "propose the erasure anew, with a reason and paths that do not say it"
	proposal=$(sed -n '1s/.* seq //p' <<< "$output")
	as reviewer
	gives 3 tro erase "$c" --confirm "$proposal"
	says "propose the erasure anew"
	as officer
	propose "/case/items/item[@n='2']"
	as reviewer
	gives 0 tro erase "$c" --confirm "$proposal"
	lacks "900102 is not needed"
	erased
}
