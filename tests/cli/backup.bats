#!/usr/bin/env bats
# Backups, and older copies that somebody puts in the place of a store.

load world

setup_file() { world_make; }
teardown_file() { world_end; }
setup() { world_copy; }

# What lies here, but for what the tests themselves write.
left() { find . -mindepth 1 -maxdepth 1 ! -name errors ! -name look | sort | cut -c 3-; }

@test "a backup is one file that stock tools read, and the store of it goes on" {
	remember
	gives 0 tro backup backup.tar
	answers VALID records root
	only_read
	[ "$(stat -c %a backup.tar)" = 600 ]
	[ "$(left)" = $'backup.tar\nstore' ] || wrong "$(left)"
	tar -tf backup.tar > names
	[ "$(head -n 2 names)" = $'MANIFEST\ntro.db' ]
	[ "$(tail -n +3 names)" = "$(cd store && find exhibits -type f | LC_ALL=C sort)" ]
	! grep -q keys names || wrong "the store's keys are in it"
	mkdir unpacked
	tar -xf backup.tar -C unpacked
	(cd unpacked && sed -n '2,$s/^\([0-9a-f]*\) [0-9]* \(.*\)/\1  \2/p' MANIFEST | sha256sum -c --quiet)
	gives 2 tro backup backup.tar
	says "not overwritten"
	gives 0 tro backup again.tar # with the entry of the first in it
	cmp <(tar -xOf backup.tar MANIFEST | grep -v tro.db) <(tar -xOf again.tar MANIFEST | grep -v tro.db)
	gives 0 tro restore-store backup.tar restored
	answers VALID
	says "keys/"
	export TRO_STORE=$PWD/restored
	gives 4 tro show "$c"
	says "nothing is shown" "service.key"
	gives 0 tro draft.set "$c" --title "After the restoration"
	cp -a store/keys restored
	gives 0 tro tick
	valid restored
}

@test "what is no backup, or is damaged, is not restored" {
	tro backup backup.tar > /dev/null
	for change in 's/^tro-backup/tro-backUp/' 's/event note/event nose/' 's/registrars-required 1/registrars-required 2/'; do
		sed "$change" backup.tar > damaged.tar
		cmp -s backup.tar damaged.tar && continue
		gives 7 tro restore-store damaged.tar restored
		[ ! -e restored ]
	done
	head -c 10000 backup.tar > damaged.tar
	gives 7 tro restore-store damaged.tar restored
	gives 7 tro restore-store /dev/null restored
	gives 4 tro restore-store nowhere.tar restored
	gives 2 tro restore-store backup.tar store
	says "not an empty folder"
	[ "$(find . -maxdepth 1 -name 'restored*')" = "" ] || wrong "something is left"
	mkdir restored
	gives 0 tro restore-store backup.tar restored
}

@test "a store that does not verify is not backed up" {
	find store/exhibits -type f -exec sh -c 'echo x >> "$1"' sh {} \;
	gives 7 tro backup backup.tar
	says "altered"
	[ "$(left)" = store ] || wrong "$(left)"
}

@test "an old copy in the place of the store is noticed by the next command, whatever it is" {
	tro backup backup.tar > /dev/null
	tro draft.set "$c" --title "This must not be undone" > /dev/null
	mv store newer
	tro restore-store backup.tar store > /dev/null
	for words in "show $c" "status" "log $c" "draft.set $c --title X" "tick" "next $c" "person" "rebuild"; do
		# shellcheck disable=SC2086 # words
		gives 7 tro $words
		one_message
		says "older than it was" "$marks/"
	done
	gives 15 tro verify
	answers INCOMPLETE "mark: the store in $PWD/store is older"
	# Whoever meant it says so; and the newer one is welcome back.
	rm -rf store
	mv newer store
	gives 0 tro show "$c"
	valid
	rm -rf store
	tro restore-store backup.tar store > /dev/null
	forget "$PWD/store"
	cp -a "$world/store/keys" store
	gives 0 tro show "$c"
}

@test "a copy that went on otherwise is noticed, too" {
	cp -a store other-store
	tro draft.set "$c" --title "One" > /dev/null
	tro draft.set "$c" --title "Two" --store other-store > /dev/null
	tro draft.set "$c" --title "Three" --store other-store > /dev/null
	rm -rf store
	mv other-store store
	gives 7 tro show "$c"
	says "went on otherwise"
	gives 15 tro verify
	forget "$PWD/store"
	valid
}

@test "a mark that is not there or cannot be read is made anew, and no variable moves it" {
	forget "$PWD/store"
	gives 0 env HOME="$PWD" XDG_STATE_HOME="$PWD" tro status
	[ "$(left)" = store ] || wrong "$(left)"
	mark=$marks/$(printf %s "$PWD/store" | sha256sum | cut -d ' ' -f 1)
	[ "$(sed -n 2p "$mark")" = "store $PWD/store" ]
	[ "$(sed -n 4p "$mark")" = "size $(sqlite3 store/tro.db 'SELECT count(*) FROM record')" ]
	[ "$(sed -n 5p "$mark")" = "$(tro verify | grep '^root')" ]
	printf 'size 99999999\n' > "$mark"
	gives 0 tro status
	[ "$(head -n 1 "$mark")" = tro-mark/v1 ]
}
