# SPDX-License-Identifier: MIT
# Runs in the guest of tools/fuzz: loads everything, lets the fuzzer run in rounds, and checks that
# nothing is left after each. FUZZ_* come from tools/fuzz.
# shellcheck shell=sh disable=SC2153,SC2154

say() { echo "$*" > /dev/ttyS1; }

failed=0
complain() { say "REPORT seed $seed: $*"; failed=1; }

# Faults come without a text of their own, and everywhere.
prepare_faults() {
	for dir in failslab fail_page_alloc fail_usercopy; do
		dir=/sys/kernel/debug/$dir
		echo 0 > $dir/verbose
		for file in ignore-gfp-wait ignore-gfp-highmem; do
			[ ! -e $dir/$file ] || echo N > $dir/$file
		done
		[ ! -e $dir/min-order ] || echo 0 > $dir/min-order
	done
}

# After a change of the address space an emulator is slow for a while: such changes are seldom.
prepare_scheduler() {
	[ "$KPLUG_ACCEL" = kvm ] || echo 20000000 > /sys/kernel/debug/sched/base_slice_ns
}

# The firmware lists the UART for ISA as a COM port, so the kernel's driver has it.
release_uart() {
	for file in /sys/bus/pnp/drivers/serial/*/resources; do
		grep -q 'io 0x2e8-' "$file" || continue
		name=${file%/resources}
		echo "${name##*/}" > /sys/bus/pnp/drivers/serial/unbind
	done
}

# The kernel's driver leaks memory of a disk that does not start, as virtual functions do not.
forget_nvme() {
	rm -f /lib/modules/*/kernel/nvme.ko
	rmmod nvme 2>/dev/null
}

card='name=isa-2e8 port=0x2e8+8 irq=6'
ids='0x1234:0x11e8 0x1b36:0x0005 0x1af4:0x1110 0x1b36:0x0010 0x8086:0x10d3 0x1b36:0x0002'
ids="$ids 0x1af4:0x1044"

functions() {
	for dir in /sys/bus/pci/devices/*; do
		case " $ids " in
		*" $(cat "$dir/vendor"):$(cat "$dir/device") "*) echo "${dir##*/}" ;;
		esac
	done
}

bind() {
	dir=/sys/bus/pci/devices/$1
	[ ! -e "$dir/driver" ] || echo "$1" > "$dir/driver/unbind"
	echo kplug > "$dir/driver_override"
	echo "$1" > /sys/bus/pci/drivers_probe
}

start() {
	modprobe kplug pool=4x64K,1x1M || return 1
	board=''
	# In every other round one edu device is a platform device.
	if [ $((seed % 2)) = 0 ]; then
		board=0000:00:08.0
		echo none > /sys/bus/pci/devices/$board/driver_override
		[ ! -e /sys/bus/pci/devices/$board/driver ] ||
			echo $board > /sys/bus/pci/devices/$board/driver/unbind
		modprobe kplug_board
	fi
	for function in $(functions); do
		[ "$function" = "$board" ] || bind "$function"
	done
	# A reset of this function would take its virtual functions away (see upheave_functions()).
	echo > /sys/bus/pci/devices/0000:00:0a.0/reset_method
	echo 2 > /sys/bus/pci/devices/0000:00:0a.0/sriov_numvfs
	echo Y > /sys/module/kplug/parameters/root_complex_routes
	for plugin in edu null nvme ivshmem uart bench; do modprobe "kplug_$plugin"; done
	modprobe kplug_odd flags=63 windows=1 verdict=7 virtual=softy virtual_vectors=3
	echo "$card" > /sys/class/kplug/isa_add
	for file in /sys/class/kplug/*/grants; do echo 'uid:1000 unsafe' > "$file"; done
}

# release: takes back all devices and modules but the core.
release() {
	rmmod kplug_fault kplug_nomask kplug_nobar kplug_bare 2>/dev/null
	# A plugin that stays attached to its own virtual device cannot be unloaded.
	for file in /sys/class/kplug/*/plugin; do echo none 2>/dev/null > "$file"; done
	for file in /sys/bus/pci/drivers/kplug*/????:*; do
		[ ! -e "$file" ] || echo "${file##*/}" > "$file/driver/unbind"
	done
	for file in /sys/class/kplug/isa-*; do
		[ ! -e "$file" ] || echo "${file##*/}" > /sys/class/kplug/isa_del
	done
	for file in /sys/bus/platform/drivers/kplug/*/driver_override; do
		[ -e "$file" ] || continue
		name=${file%/driver_override}
		echo > "$file"
		echo "${name##*/}" > /sys/bus/platform/drivers/kplug/unbind
	done
	for module in board bench odd uart ivshmem nvme null edu; do
		rmmod "kplug_$module" 2>/dev/null
	done
}

# left: the kinds of objects of which some exist. Without an IOMMU, memory of a function that cannot
# be reset is lost on purpose, and its place in the quarantine with it.
left() {
	awk -v lost="$(dmesg | grep -c 'which are lost until')" '
		NR > 1 && $2 != $3 && !(lost && $1 == "quarantine") { printf " %s %d", $1, $2 - $3 }
	' /sys/kernel/debug/kplug/objects
}

stop() {
	echo 0 > /sys/kernel/tracing/events/kplug/enable
	# What was about to be loaded may come late, and objects are freed late.
	for _ in 1 2 3 4 5 6 7 8; do
		release
		[ -n "$(left)" ] || break
		sleep 3
	done
	[ -z "$(left)" ] || complain "objects are left:$(left)"
	# The core takes back a card that is still there.
	echo "$card" > /sys/class/kplug/isa_add
	for _ in 1 2 3 4 5; do
		rmmod kplug && return
		sleep 3
		release
	done
	complain "rmmod kplug fails"
}

# send_coverage: the counters that the modules left, by the paths of their build.
send_coverage() {
	mkdir -p /tmp/gcov
	(cd /sys/kernel/debug/gcov && find . -name '*.gcda' | grep '/core_kmod/') |
		while read -r file; do
			mkdir -p "/tmp/gcov/${file%/*}"
			cat "/sys/kernel/debug/gcov/$file" > "/tmp/gcov/$file"
		done
	tar -C /tmp/gcov -czf /tmp/gcov.tar.gz .
	hostcall put gcov.tar.gz < /tmp/gcov.tar.gz
}

# load_without: the core undoes what it has done when a later part of it cannot be set up.
load_without() {
	for function in alloc_chrdev_region class_register class_create_file_ns \
		__pci_register_driver __platform_driver_register; do
		modprobe kplug_fault functions=$function status=-12
		! modprobe kplug 2>/dev/null || complain "the core loads without $function"
		rmmod kplug_fault
	done
}

seed=$FUZZ_SEED
# One is the default, and buffers of the kernel's own may cause it.
echo 100 > /sys/kernel/debug/dma-api/num_errors
echo 0 > /proc/sys/kernel/hung_task_panic
echo 100 > /proc/sys/kernel/hung_task_timeout_secs
# A call that only a kill ends keeps its task from freezing.
echo 2000 > /sys/power/pm_freeze_timeout
prepare_faults
prepare_scheduler
forget_nvme
release_uart
if [ -n "$FUZZ_RUN" ]; then
	start || exit 1
	# shellcheck disable=SC2086
	kplug-fuzz --replay $FUZZ_RUN > /dev/ttyS1 2>&1 || failed=1
	stop
	exit $failed
fi
# Other machines make no difference to this.
if [ -n "$FUZZ_FIRST" ]; then
	core=$(find /lib/modules -name kplug.ko)
	kplug-fuzz --seed "$seed" --load "$core" > /tmp/loads 2>&1 ||
		complain "$(tail -n 1 /tmp/loads)"
	load_without
fi
end=$(($(date +%s) + FUZZ_SECONDS))
while seconds=$((end - $(date +%s))) && [ $seconds -gt 0 ]; do
	[ $seconds -le "$FUZZ_ROUND" ] || seconds=$FUZZ_ROUND
	start || { complain "the core cannot be loaded"; break; }
	# shellcheck disable=SC2086
	kplug-fuzz --seed "$seed" --seconds $seconds --processes "$FUZZ_PROCESSES" \
		--state /tmp/state --report /dev/ttyS1 $FUZZ_OPTIONS > "/tmp/history.$seed" 2>&1 ||
		failed=1
	stop
	say "ROUND $seed"
	hostcall put "history.$seed" < "/tmp/history.$seed" > /dev/null
	seed=$((seed + 1))
done
send_coverage > /dev/null
exit $failed
