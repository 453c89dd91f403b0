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

@test "try" {
	store_has "${number}101"
	store_has "Kit line"
	erase_whole
	echo "$output" >&3
	lacks "${number}1[01][0-9]" "Kit line" "$(cut -c1-40 < "$papers/candour.txt" | head -1)"
	gives 12 tro verify
	echo "$output" >&3
	gives 0 tro erase "$c" --certificate
	echo "$output" >&3
	gives 0 tro show "$c"
	echo "$output" >&3
	gives 0 tro log "$c"
	gives 0 tro rebuild
}
