# SPDX-License-Identifier: MIT
# Sourced by tests/vm/run, whose variables it uses: a card that a process of ours models, and QEMU
# asks over a socket.
# shellcheck shell=bash disable=SC2034,SC2054,SC2154

# use_model NAME MB: adds it to the machine, whose memory of that size the model can reach. A NAME
# with a slash is a program of its own.
use_model() {
	local place name=${1##*/} socket=$sockets/model-${1##*/}
	qemu=$here/../../tools/lib/newer-qemu
	"$qemu"  # unpacks it
	machine+=,memory-backend=ram
	case $1 in
	bmd | xdma*)
		devices+=(-device pcie-root-port,id=rp5,addr=10.0,chassis=8,slot=8,x-speed=5)
		place='"bus": "rp5"' ;;
	*) place='"addr": "10.0"' ;;
	esac
	# Tests also ask the model itself, which must know of each write by then.
	devices+=(
		-object "memory-backend-memfd,id=ram,size=$2M,share=on"
		-device "{\"driver\": \"vfio-user-pci\", \"id\": \"model0\", $place,
			\"x-no-posted-writes\": true,
			\"socket\": {\"type\": \"unix\", \"path\": \"$socket\"}}"
	)
	pack+=(--env "KPLUG_MODEL=$name")
}

# start_model NAME: leaves its process id in $model_pid. What it complains about goes into a log.
start_model() {
	local program=$here/../../build/tests/models/kplug-model name=${1##*/}
	[[ $1 != */* ]] || program=$1
	[ -x "$program" ] || die "there is no $program: build the programs first" \
		"(cmake --build build)"
	"$program" "$name" "$sockets/model-$name" > "$sockets/model.out" \
		2> "$out/model-$name.log" &
	model_pid=$!
	until [ -s "$sockets/model.out" ]; do
		kill -0 "$model_pid" 2>/dev/null ||
			die "the model $name ended: $(cat "$out/model-$name.log")"
		sleep 0.05
	done
}
