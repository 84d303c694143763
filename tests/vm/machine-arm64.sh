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

# without_coherence: the machine's device tree, without the word that says so.
without_coherence() {
	local tree=$sockets/tree
	"$qemu" -nodefaults -display none -machine "$machine,dumpdtb=$tree" -cpu max \
		-smp "${smp:-2}" -m "${mem:-512}" 2> "$out/tree.log"
	fdtput -d "$tree" /pcie@10000000 dma-coherent
	extra+=(-dtb "$tree")
	pack+=(--env KPLUG_NONCOHERENT=1)
}

[ -z "$noncoherent" ] || without_coherence
