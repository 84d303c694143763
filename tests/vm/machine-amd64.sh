# SPDX-License-Identifier: MIT
# Sourced by tests/vm/run, whose variables it uses: a PC.
# shellcheck shell=bash disable=SC2034,SC2054,SC2100,SC2154
qemu=qemu-system-x86_64
machine=q35
icount_cpu=max,-cx16
# An NMI, sent to a guest that hangs, makes it print every task and processor, and end.
parameters+=" console=ttyS0 unknown_nmi_panic"
[ -z "$icount" ] || parameters+=" tsc=reliable"
# The verdict is ttyS1, requests are ttyS2.
channels=(-serial chardev:verdict -device isa-serial,index=2,iobase=0x3e8,irq=7,chardev=request)
devices+=(-device isa-serial,index=3,iobase=0x2e8,irq=6)  # for a driver of ours
[ -z "$noncoherent" ] || die "all devices of a PC are coherent"
case $leg in
iommu)
	machine=q35,kernel-irqchip=split
	devices=(-device "intel-iommu,intremap=on" "${devices[@]}")
	# On a busy host the timer may be late for the check at boot.
	parameters+=" intel_iommu=on no_timer_check" ;;
pciehp)
	devices+=(-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off) ;;
esac
