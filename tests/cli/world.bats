#!/usr/bin/env bats
# Makes what most other files begin with, once for all of them (TRO_WORLD).

load world

setup_file() {
	world_env
	world_build
}
teardown_file() { world_end; }

@test "a store with five people, a case that can be submitted and one that was begun" {
	world_env
	valid "$world/store"
	rm -rf "$TRO_WORLD" "$TRO_WORLD.new"
	mkdir "$TRO_WORLD.new"
	cp -a "$world/store" "$world/keys" "$world/ids" "$world"/*.enrol "$world/case" "$world/other" "$TRO_WORLD.new"
	mv "$TRO_WORLD.new" "$TRO_WORLD"
}
