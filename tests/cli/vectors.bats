#!/usr/bin/env bats
# The harness that foreign test vectors are let at: one answer a line, whatever the line.
bats_require_minimum_version 1.5.0

public=fd50b8e3b144ea244fbf7737f550bc8dd0c2650bbc1aada833ca17ff8dbf329b
text=74726f2d7265636f72642f76310a
good=f4461aa11af2e28c141ca8c4c225bcefac74c10342940ace6e395ac48ee7cb92a12305b2bb9604508fcf7ad2277af47c1ed690530e8e553070b0e7698c538b0a
court=court.example/witness+414b99b3+BHQiuYh1mAaOMsREipSa2ykND041ueAbDuXxoeYA/iZ0
officer=force.example/officer/1234+c81eb141+Af1QuOOxROokT793N/VQvI3QwmULvBqtqDPKF/+NvzKb

# Each argument is a line; prints the answers in one line.
ask() {
	local what=$1
	shift
	printf '%s\n' "$@" | "$VECTORS" $what | tr '\n' ' '
}

note() {
	printf '%s\n' 'tro.example/record/v1' 'case TRO-2026-0001' 'seq 2' \
		'prev sha256:8b1789bac8c228ae1c6848d087baf559bcfc34fb8595dab75f8042c1c2dacc4e' 'kind note' \
		'time 2026-11-23T12:02:00Z' \
		'payload hmac-sha256:d2bfc8025ea4935a806fc25efa328dd3491fb3e89b1c4f3095f1fea9d6ef09e8' '' \
		"— force.example/officer/1234 $1"
}
signature='yB6xQbDqZh/Jlhhskaa7sDgFkXjAwvTuEkfwKc5awMyfQRbARIE6akl2rhlSBXzpc9JP/fihto0mAL9hEfqo3YW7fgM='

@test "signatures in hex, and every line that is none is invalid" {
	[ "$(ask ed25519 "$public $text $good" "${public^^} $text ${good^^}" "$public - $good" \
		"$public $text ${good:2}" "$public $text ${good}00" "${public:2} $text $good" "$public  $good" \
		"$public $text" "$public $text $good x" "" "-" "- - -" "$public 7 $good" "$public zz $good" \
		"$public $text $good")" = \
		"valid valid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid valid " ]
}

@test "each vector of the file gets the verdict that stands before it" {
	local file=$TRO_SOURCE_DIR/tests/data/ed25519.vectors
	grep -v '^#' "$file" | cut -d' ' -f1 >"$BATS_TEST_TMPDIR/expected"
	grep -v '^#' "$file" | cut -d' ' -f2-4 | "$VECTORS" ed25519 >"$BATS_TEST_TMPDIR/answers"
	diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/answers"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/answers")" -gt 30 ]
}

@test "a message of any length, a line without end and bytes of zero are borne" {
	local long
	long=$(printf '%0200000d' 0)
	[ "$(ask ed25519 "$public $long $good" "$public $text $good")" = "invalid valid " ]
	[ "$(printf '%s' "$public $text $good" | "$VECTORS" ed25519)" = valid ]
	[ "$(printf '%s\0\n' "$public $text $good" | "$VECTORS" ed25519)" = invalid ]
	[ -z "$("$VECTORS" ed25519 </dev/null)" ]
}

hex() { base64 -d | od -An -v -tx1 | tr -d ' \n'; }

@test "proofs of inclusion and consistency" {
	local root7 root4 h1 h2 h3 leaf
	root7=$(echo C/HUJoYtBkzvXNZu7IcnBL8ay46G8bvc09h76nX0a0U= | hex)
	root4=$(echo lPB40VPwer8Lsz00COUoMc1EeqLxq4qlHhXB/JSrRUs= | hex)
	h1=$(echo f4gKKt2jl5opGNo7ZdJ/r7WrCepPlFPiWf8Tb5Ec57s= | hex)
	h2=$(echo sUECGSvaK8NRWZKb3gP2FWleb61GCb5cy95651WQ9yI= | hex)
	h3=$(echo p7fRxJWDWFrcnyLiI9ZlDLe64B+HLjAi87ghaK+N9VY= | hex)
	leaf=7613061dc2018a8f9d810c4b197771f2efdd57010bd151e5e11297d1749062ab
	[ "$(ask merkle "inclusion 2 7 $root7 $leaf $h1,$h2,$h3" "inclusion 3 7 $root7 $leaf $h1,$h2,$h3" \
		"inclusion 0 1 $leaf $leaf -" "inclusion 0 0 $leaf $leaf -" \
		"inclusion 18446744073709551615 18446744073709551615 $leaf $leaf -" \
		"inclusion 0 18446744073709551616 $leaf $leaf -" "inclusion -1 7 $root7 $leaf $h1,$h2,$h3" \
		"inclusion 2 7 $root7 $leaf $h1,$h2,${h3:2}" "inclusion 2 7 $root7 $leaf $h1,$h2,${h3}00" \
		"inclusion 2 7 $root7 $leaf $h1,$h2," "inclusion 2 7 $root7 $leaf ,$h1,$h2,$h3" \
		"inclusion 2 7 ${root7}00 $leaf $h1,$h2,$h3" "inclusion 2 7 $root7 ${leaf:2} $h1,$h2,$h3" \
		"inclusion 2 7 $root7 $leaf -" "inclusion 2 7 $root7 $leaf" "exclusion 2 7 $root7 $leaf $h1")" = \
		"valid invalid valid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid invalid " ]
	[ "$(ask merkle "consistency 4 7 $root4 $root7 $h3" "consistency 4 7 $root7 $root4 $h3" \
		"consistency 7 7 $root7 $root7 -" "consistency 7 7 $root7 $root4 -" "consistency 7 7 $root7 $root7 $h3" \
		"consistency 0 7 $root4 $root7 -" "consistency 0 0 $root7 $root7 -" "consistency 7 4 $root7 $root4 $h3" \
		"consistency 4 7 $root4 $root7 ${h3:1}" "consistency 4 7 $root4 $root7 $h3,$h3" "consistency" "")" = \
		"valid invalid valid invalid invalid invalid invalid invalid invalid invalid invalid invalid " ]
}

@test "a proof of a hundred thousand hashes is refused and not died of" {
	local h=7613061dc2018a8f9d810c4b197771f2efdd57010bd151e5e11297d1749062ab
	[ "$({ printf 'inclusion 2 7 %s %s %s' $h $h $h; yes ",$h" | head -n 100000 | tr -d '\n'; echo; } |
		"$VECTORS" merkle)" = invalid ]
}

@test "notes in base64, and base64 that is not canonical" {
	local bytes other
	bytes=$(note "$signature" | base64 -w0)
	other=$(note "${signature%fgM=}fgN=" | base64 -w0)
	[ "$(ask "note $officer" "$bytes" "$other" "${bytes:4}" "" "-" "$bytes=" "%%%" "$bytes")" = \
		"valid invalid invalid invalid invalid invalid invalid valid " ]
	[ "$(ask "note $court" "$bytes")" = "invalid " ]
	[ "$(ask "note nonsense" "$bytes" 2>/dev/null)" = "invalid " ]
}

@test "anything else on the command line is a wrong use" {
	run -2 "$VECTORS"
	run -2 "$VECTORS" rsa
	run -2 "$VECTORS" note
}
