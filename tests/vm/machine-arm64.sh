# SPDX-License-Identifier: MIT
# Sourced by tests/vm/run, whose variables it uses: a machine of arm64 that a device tree describes.
# Hot-plug is native in each leg, and there is neither an ISA bus nor an NMI.
# shellcheck shell=bash disable=SC2034,SC2054,SC2100,SC2154
qemu=qemu-system-aarch64
machine=virt,gic-version=3
# Its counter counts instructions, too.
icount_cpu=max,pauth-impdef=on,cntfrq=1000000000
parameters+=" console=ttyAMA0"
# The kernel numbers serial ports of PCI in the order of their slots: ttyS0 is the device in 0e.0,
# the verdict is ttyS1, requests are ttyS2. No test uses the INTx line of slot 15.0.
channels=(-device pci-serial-2x,addr=15.0,chardev1=verdict,chardev2=request)
[ "$leg" != iommu ] || machine+=,iommu=smmuv3

# set_node NODE PROPERTY TYPE VALUE...: in the device tree, as fdtput(1) takes it.
set_node() { fdtput -t "$3" "$tree" "$1" "$2" "${@:4}"; }

# change_devices: two devices that the AMBA bus would take become plain platform devices, for tests;
# one depends on a power domain and a reset line, which tests/kmod/kplug_supply.c makes.
change_devices() {
	local supply=0x7000
	fdtput -c "$tree" /supply
	set_node /supply compatible s kplug,supply
	set_node /supply '#power-domain-cells' x 0
	set_node /supply '#reset-cells' x 1
	set_node /supply phandle x $supply
	set_node /pl031@9010000 compatible s kplug,rtc
	set_node /pl061@9030000 compatible s kplug,gpio
	set_node /pl061@9030000 power-domains x $supply
	set_node /pl061@9030000 resets x $supply 0
}

tree=$sockets/tree
"$qemu" -nodefaults -display none -machine "$machine,dumpdtb=$tree" -cpu max \
	-smp "${smp:-2}" -m "${mem:-512}" 2> "$out/tree.log"
change_devices
extra+=(-dtb "$tree")
if [ -n "$noncoherent" ]; then
	fdtput -d "$tree" /pcie@10000000 dma-coherent
	pack+=(--env KPLUG_NONCOHERENT=1)
fi
