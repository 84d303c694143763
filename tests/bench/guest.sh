#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/bench in the guest: every path on one device; the rows go to the host as files.
device=0000:00:04.0
disk=0000:00:0a.0
failed=0

# give_to DRIVER DEVICE
give_to() {
	sys=/sys/bus/pci/devices/$2
	[ ! -e "$sys/driver" ] || echo "$2" > "$sys/driver/unbind"
	echo "$1" > "$sys/driver_override"
	echo "$2" > /sys/bus/pci/drivers_probe
}

# part NAME COMMAND...: what it prints is kept back until it is over, so that no output interrupts
# it.
part() {
	name=$1
	shift
	echo "measuring: $name" > /dev/ttyS1
	if ! "$@" > "/tmp/$name.json" 2> "/tmp/$name.err"; then
		echo "failed: $name: $(cat "/tmp/$name.err")" > /dev/ttyS1
		failed=1
	fi
	hostcall put "$name.json" < "/tmp/$name.json" > /dev/null
}

# watched NAME COMMAND...: a part that COMMAND looks at, which rests meanwhile, but for some moments
# of its own.
watched() {
	name=$1
	shift
	"$@" > "/tmp/$name.seen" 2> "/tmp/$name.says" &
	until grep -q ing "/tmp/$name.says" || ! kill -0 $!; do usleep 10000; done
	part "$name" kplug-bench "$name" "$device"
	kill -INT $! && wait $! || failed=1
	hostcall put "$name.seen" < "/tmp/$name.seen" > /dev/null
}

# Real-time threads may have the whole CPU.
echo -1 > /proc/sys/kernel/sched_rt_runtime_us
for module in kplug_edu kplug_bench kplug_nvme bare_edu kplug_bare uio_pci_generic vfio-pci \
	vfio_iommu_type1 nvme; do
	modprobe $module || echo "no module $module" > /dev/ttyS1
done

give_to vfio-pci "$device"
part registers_vfio kplug-bench vfio "$device"
give_to nobody "$device"
part registers_sysfs kplug-bench sysfs "$device"
give_to bare_edu "$device"
part floors kplug-bench bare
give_to kplug "$device"
part bench kplug-bench kplug "$device"
watched by_latency kplug latency --dev "$device" --json
watched by_slow kplug slow --dev "$device" --over 1s
watched by_trace kplug trace "$device"
watched by_nothing kplug trace "$device" --vector 5
part registers_kplug kplug-bench registers "$device"
# With a rest before each, and in no greater number, for the reason that measure.c gives.
for path in user recipe plugin bare uio vfio; do
	sleep 2
	part "$path" kplug ladder "$device" --json --unit instructions --count 1000 --paths "$path"
done
give_to kplug "$device"
part flood kplug-bench flood "$device"

# The kernel's driver probes in the background.
give_to nvme "$disk"
while [ ! -e /dev/nvme0n1 ]; do
	usleep 10000
done
part disk_linux kplug-bench disk_linux /dev/nvme0n1
give_to vfio-pci "$disk"
part map_vfio kplug-bench map_vfio "$disk"
part disk_vfio kplug-bench disk_vfio "$disk"
give_to kplug "$disk"
part map_kplug kplug-bench map_kplug "$disk"
part disk_kplug kplug-bench disk_kplug "$disk"
exit "$failed"
