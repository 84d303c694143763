// SPDX-License-Identifier: MIT
// The guest's memory, as the card reaches it: what QEMU has mapped for its DMA.
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* first_behind() - the index of the first mapping that ends behind the address */
static size_t first_behind(const struct memory *memory, uint64_t address)
{
	size_t low = 0, high = memory->num_mappings;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct mapping *m = &memory->mappings[middle];

		if (m->address + (m->size - 1) >= address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* A store to a shared page that the file does not have would end this process. */
static bool file_has(int file, uint64_t offset, uint64_t size)
{
	struct stat status;

	return !fstat(file, &status) && offset <= (uint64_t)status.st_size &&
	       size <= (uint64_t)status.st_size - offset;
}

static int map_file(struct mapping *mapping, int file, uint64_t offset)
{
	int protection = PROT_READ | (mapping->writable ? PROT_WRITE : 0);
	void *host;

	if (file < 0)
		return 0;
	if (!file_has(file, offset, mapping->size))
		return -EINVAL;
	host = mmap(NULL, mapping->size, protection, MAP_SHARED, file, offset);
	if (host == MAP_FAILED)
		return -errno;
	mapping->host = host;
	return 0;
}

static int insert(struct memory *memory, size_t at, const struct mapping *mapping)
{
	size_t count = memory->num_mappings;
	struct mapping *more = realloc(memory->mappings, (count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	memmove(more + at + 1, more + at, (count - at) * sizeof(*more));
	more[at] = *mapping;
	memory->mappings = more;
	memory->num_mappings = count + 1;
	return 0;
}

int memory_map(struct memory *memory, uint64_t address, uint64_t size, bool writable, int file,
	       uint64_t offset)
{
	struct mapping mapping = { .address = address, .size = size, .writable = writable };
	size_t at = first_behind(memory, address);
	int error = 0;

	if (!size || address + (size - 1) < address)
		error = -EINVAL;
	else if (at < memory->num_mappings && memory->mappings[at].address <= address + (size - 1))
		error = -EEXIST;
	if (!error)
		error = map_file(&mapping, file, offset);
	if (!error) {
		error = insert(memory, at, &mapping);
		if (error && mapping.host)
			munmap(mapping.host, size);
	}
	if (file >= 0)
		close(file);
	return error;
}

int memory_unmap(struct memory *memory, uint64_t address, uint64_t size)
{
	uint64_t last = address + (size - 1);
	size_t first = first_behind(memory, address), end = first;
	const struct mapping *m = memory->mappings;

	if (!size || last < address)
		return -EINVAL;
	for (; end < memory->num_mappings && m[end].address <= last; end++) {
		if (m[end].address < address || m[end].address + (m[end].size - 1) > last)
			return -EINVAL;
	}
	if (end == first)
		return -ENOENT;
	for (size_t i = first; i < end; i++) {
		if (m[i].host)
			munmap(m[i].host, m[i].size);
	}
	memmove(memory->mappings + first, m + end, (memory->num_mappings - end) * sizeof(*m));
	memory->num_mappings -= end - first;
	return 0;
}

void memory_unmap_all(struct memory *memory)
{
	for (size_t i = 0; i < memory->num_mappings; i++) {
		if (memory->mappings[i].host)
			munmap(memory->mappings[i].host, memory->mappings[i].size);
	}
	free(memory->mappings);
	memory->mappings = NULL;
	memory->num_mappings = 0;
}

static int transfer_in(struct memory *memory, const struct mapping *mapping, bool write,
		       uint64_t address, void *data, size_t size)
{
	uint8_t *host = mapping->host + (address - mapping->address);

	if (write && !mapping->writable)
		return -EFAULT;
	if (!mapping->host)
		return memory->message(memory->opaque, write, address, data, size);
	if (write)
		memcpy(host, data, size);
	else
		memcpy(data, host, size);
	return 0;
}

int memory_transfer(struct memory *memory, bool write, uint64_t address, void *data, size_t size)
{
	uint8_t *bytes = data;

	while (size) {
		size_t at = first_behind(memory, address), part;
		const struct mapping *m = &memory->mappings[at];
		uint64_t left;
		int error;

		if (at == memory->num_mappings || m->address > address)
			return -EFAULT;
		left = m->size - (address - m->address);
		part = left < size ? left : size;
		error = transfer_in(memory, m, write, address, bytes, part);
		if (error)
			return error;
		address += part;
		bytes += part;
		size -= part;
	}
	return 0;
}
