/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Registers of QEMU's ivshmem-doorbell; sections refer to its docs/specs/ivshmem-spec.txt. */
#ifndef IVSHMEM_REGS_H
#define IVSHMEM_REGS_H

/* "The Device" */
#define IVSHMEM_VENDOR_ID 0x1af4
#define IVSHMEM_DEVICE_ID 0x1110
#define IVSHMEM_REGISTERS 0 /* region, 256 bytes */
#define IVSHMEM_MEMORY    2 /* region, the shared memory */

/* "Device registers" */
#define IVSHMEM_POSITION 0x08 /* RO: this device's id among the peers */
#define IVSHMEM_DOORBELL 0x0c /* WO: peer in the upper half, vector in the lower */

#endif /* IVSHMEM_REGS_H */
