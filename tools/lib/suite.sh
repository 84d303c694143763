# SPDX-License-Identifier: MIT
# Sourced after packages.sh: programs of a newer Debian, unpacked into the cache. Nothing is
# installed, and the programs run with the libraries of their own suite.
# shellcheck shell=bash

# mirror: the first address that this machine's apt has for Debian itself.
mirror() {
	# shellcheck disable=SC2016 # apt fills it in
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
		grep -m 1 '/debian/\?$' || die "apt knows no mirror of Debian"
}

# suite_apt SUITE ROOT PROGRAM...: apt-get or apt-cache as on a machine of that suite with no
# package installed. Backports need the suite that they are for.
suite_apt() {
	local suite=$1 root=$2 program=$3
	shift 3
	mkdir -p "$root"/apt/{lists,archives}/partial
	: > "$root/apt/status"
	printf "deb $(mirror) %s main\n" "${suite%-backports}" "$suite" | uniq \
		> "$root/apt/sources.list"
	"$program" -o Dir::State="$root/apt" -o Dir::State::Lists="$root/apt/lists" \
		-o Dir::State::status="$root/apt/status" -o Dir::Cache="$root/apt" \
		-o Dir::Etc::SourceList="$root/apt/sources.list" -o Dir::Etc::SourceParts=- \
		-o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@"
}

# unpack_suite SUITE ROOT PKG...: the packages and all they depend on.
unpack_suite() {
	local suite=$1 root=$2 file
	shift 2
	[ -d "$root/apt" ] || suite_apt "$suite" "$root" apt-get -q update >&2
	# Where a suite is for another one, its packages go before those of that one.
	suite_apt "$suite" "$root" apt-get -qy install --target-release "$suite" \
		--download-only --no-install-recommends "$@" >&2
	for file in "$root"/apt/archives/*.deb; do
		dpkg-deb -x "$file" "$root"
	done
	rm -r "$root/apt"
}

# suite_root SUITE PKG...: the folder that has them, which is made the first time.
suite_root() {
	local root
	root=$KPLUG_CACHE/suites/$1-$(printf '%s\n' "${@:2}" | sha256sum | cut -c 1-12)
	mkdir -p "${root%/*}"
	(
		flock 5
		[ ! -d "$root" ] || exit 0
		note "unpacking ${*:2} of Debian $1"
		rm -rf "$root.new"
		unpack_suite "$1" "$root.new" "${@:2}"
		mv "$root.new" "$root"
	) 5>"$root.lock" || die "Debian $1's ${*:2} could not be unpacked"
	echo "$root"
}

# suite_exec ROOT PROGRAM...: becomes it, by the loader and the libraries of the suite.
suite_exec() {
	local root=$1 program=$2 libraries
	shift 2
	libraries=$root/usr/lib/x86_64-linux-gnu
	exec "$root/usr/lib64/ld-linux-x86-64.so.2" \
		--library-path "$libraries:$libraries/pulseaudio:$root/usr/lib" \
		--argv0 "$program" "$root/usr/bin/$program" "$@"
}

# suite_run ROOT PROGRAM...: runs it so.
suite_run() { (suite_exec "$@"); }

# suite_enter ROOT COMMAND...: with the programs of the suite in place of this machine's, which the
# command alone sees.
suite_enter() {
	local root=$1 user=()
	shift
	[ "$(id -u)" = 0 ] || user=(--map-root-user)
	# shellcheck disable=SC2016 # the inner shell fills it in
	LC_ALL=C unshare --mount "${user[@]}" \
		sh -c 'mount --bind "$0/usr" /usr && exec "$@"' "$root" "$@"
}
