# SPDX-License-Identifier: MIT
# Sourced: a generated project in one process (host.c), so that its tests need no guest.
# shellcheck shell=bash

top=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/../..")
new=$top/tests/new
flags=(-std=gnu11 -Wall -Wextra -Werror -O1 -fPIC)
library=(-I"$top/userlib/include" -I"$top/plugin_api")
mapfile -t check_library < <(pkg-config --cflags --libs check | xargs -n 1)
# The kernel, as far as a plugin needs it.
kernel=(-I"$new/shim" -I"$top/tests/unit/shim" -I"$top/plugin_api")

# The sources of the library of models.
models() {
	sed -n '/^add_library(modelcard /,/)/p' "$top/tests/models/CMakeLists.txt" |
		grep -oE '[a-z_]+\.c'
}

# build_common FOLDER: what all projects share.
build_common() {
	local file
	mkdir -p "$1"
	for file in $(models); do
		gcc "${flags[@]}" -c "$top/tests/models/$file" -o "$1/${file%.c}.o"
	done
	# The two headers that name a function kplug_io() do not meet in a program otherwise.
	gcc "${flags[@]}" "${kernel[@]}" -I"$top/tests/models" -c "$new/host.c" -o "$1/host.o"
	gcc "${flags[@]}" "${library[@]}" -c "$new/library.c" -o "$1/library.o"
}

# build_project COMMON PROJECT NAME: its test with its model and its plugin.
build_project() {
	local common=$1 project=$2 name=$3 out=$2/build/host
	local own=(-I"$project/generated" -I"$project/plugin" -I"$project/model")
	mkdir -p "$out"
	gcc "${flags[@]}" "${own[@]}" -I"$top/tests/models" \
		-c "$project/generated/${name}_model.c" -o "$out/model.o"
	gcc "${flags[@]}" -Wno-unused "${kernel[@]}" "${own[@]}" \
		-c "$project/plugin/kplug_$name.c" -o "$out/plugin.o"
	gcc "${flags[@]}" "${library[@]}" "${own[@]}" "$project/generated/${name}_test.c" \
		"$project/tests/own.c" "$out"/*.o "$common"/*.o -o "$out/test" \
		"${check_library[@]}"
}

# build_library COMMON PROJECT: the same as a library, for other languages.
build_library() {
	gcc -shared -o "$2/build/host/library.so" "$2"/build/host/*.o "$1"/*.o
}

# run_project PROJECT NAME: prints the tests that fail.
run_project() {
	KPLUG_DEVICE=card KPLUG_MODEL=$2 CK_VERBOSITY=normal \
		timeout 60 "$1/build/host/test" > "$1/build/host/log" 2>&1 ||
		cat "$1/build/host/log"
}
