/* SPDX-License-Identifier: MIT */
/*
 * Messages of vfio-user, the protocol in which QEMU talks to a device in another process. Sections
 * refer to docs/interop/vfio-user.rst of QEMU 10.1; what a command shares with VFIO is in
 * linux/vfio.h.
 */
#ifndef MODEL_PROTOCOL_H
#define MODEL_PROTOCOL_H

#include <linux/vfio.h>
#include <stdint.h>

/* "Header", and the table of commands in "VFIO-User Commands" */
enum protocol_command {
	PROTOCOL_VERSION = 1,
	PROTOCOL_DMA_MAP = 2,
	PROTOCOL_DMA_UNMAP = 3,
	PROTOCOL_GET_INFO = 4,
	PROTOCOL_GET_REGION_INFO = 5,
	PROTOCOL_GET_IRQ_INFO = 7,
	PROTOCOL_SET_IRQS = 8,
	PROTOCOL_REGION_READ = 9,
	PROTOCOL_REGION_WRITE = 10,
	PROTOCOL_DMA_READ = 11, /* from the device, as is DMA_WRITE */
	PROTOCOL_DMA_WRITE = 12,
	PROTOCOL_RESET = 13,
	PROTOCOL_COMMANDS
};

struct protocol_header {
	uint16_t id; /* a reply has that of its request */
	uint16_t command;
	uint32_t size; /* with this header */
	uint32_t flags;
	uint32_t error; /* an errno, with PROTOCOL_ERROR */
};

#define PROTOCOL_TYPE     0x0f
#define PROTOCOL_REQUEST  0x00
#define PROTOCOL_REPLY    0x01
#define PROTOCOL_NO_REPLY 0x10
#define PROTOCOL_ERROR    0x20

/* "VFIO_USER_VERSION": text in JSON follows */
struct protocol_version {
	uint16_t major, minor;
};

/* "VFIO_USER_DMA_MAP" */
struct protocol_map {
	uint32_t argsz, flags; /* VFIO_DMA_MAP_FLAG_* */
	uint64_t offset; /* in the file that comes with it */
	uint64_t address, size;
};

/* "VFIO_USER_DMA_UNMAP" */
struct protocol_unmap {
	uint32_t argsz, flags; /* VFIO_DMA_UNMAP_FLAG_ALL */
	uint64_t address, size;
};

/* "VFIO_USER_REGION_READ", "VFIO_USER_REGION_WRITE": data follows that of a write */
struct protocol_access {
	uint64_t offset;
	uint32_t region, count;
};

/* "VFIO_USER_DMA_READ", "VFIO_USER_DMA_WRITE" */
struct protocol_dma {
	uint64_t address, count;
};

#endif
