/* SPDX-License-Identifier: MIT */
/* The guest's memory, as the card reaches it: what QEMU has mapped for its DMA. */
#ifndef MODEL_MEMORY_H
#define MODEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint64_t address, size;
	bool writable;
	uint8_t *host; /* NULL: QEMU alone reaches it, by messages */
};

/* memory_message - one transfer by a message; 0 or -errno */
typedef int memory_message(void *opaque, bool write, uint64_t address, void *data, size_t size);

struct memory {
	struct mapping *mappings; /* by address; they do not overlap */
	size_t num_mappings;
	memory_message *message;
	void *opaque;
};

/*
 * memory_map() - 0, -EEXIST when it overlaps, -EINVAL; takes over the file, -1 for none
 * @writable: may the card write it?
 */
int memory_map(struct memory *memory, uint64_t address, uint64_t size, bool writable, int file,
	       uint64_t offset);
/* memory_unmap() - all mappings in that range; -EINVAL, and none, when it cuts one in two */
int memory_unmap(struct memory *memory, uint64_t address, uint64_t size);
void memory_unmap_all(struct memory *memory);

/*
 * memory_transfer() - between the guest's memory and @data, across mappings. 0, or -EFAULT where
 * there is no memory, or none that may be written: what came before has been transferred.
 */
int memory_transfer(struct memory *memory, bool write, uint64_t address, void *data, size_t size);

#endif
