// SPDX-License-Identifier: MIT
// A guest for tests of models: its memory, and one card.
#define _GNU_SOURCE
#include "fake_guest.h"

#include <sys/mman.h>
#include <unistd.h>

#include "test.h"

struct card card;
uint8_t *guest;
static int file; /* that the memory is */

void guest_begin(const char *model)
{
	const uint16_t command = PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY;

	file = memfd_create("guest", 0);
	OK(ftruncate(file, GUEST_BYTES));
	guest = mmap(NULL, GUEST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	ck_assert_ptr_ne(guest, MAP_FAILED);
	OK(card_init(&card, model_find(model)));
	OK(memory_map(&card.memory, GUEST, GUEST_BYTES, true, dup(file), 0));
	OK(card_write(&card, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, &command, sizeof(command)));
}

void guest_end(void)
{
	ck_assert_str_eq(card.complaints.text, "");
	card_end(&card);
	munmap(guest, GUEST_BYTES);
	close(file);
}

void guest_also_at(uint64_t address)
{
	OK(memory_map(&card.memory, address, GUEST_BYTES, true, dup(file), 0));
}

void guest_put(unsigned int region, uint64_t at, uint32_t value)
{
	OK(card_write(&card, region, at, &value, sizeof(value)));
}

uint32_t guest_get(unsigned int region, uint64_t at)
{
	uint32_t value;

	OK(card_read(&card, region, at, &value, sizeof(value)));
	return value;
}

void guest_put8(unsigned int region, uint64_t at, uint8_t value)
{
	OK(card_write(&card, region, at, &value, sizeof(value)));
}

uint8_t guest_get8(unsigned int region, uint64_t at)
{
	uint8_t value;

	OK(card_read(&card, region, at, &value, sizeof(value)));
	return value;
}

void guest_works(void)
{
	while (card.model->work(card.state))
		;
}

uint8_t guest_pattern(uint32_t place)
{
	return place * 2654435761u >> 24;
}

void guest_fill(uint32_t at, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		guest[at + i] = guest_pattern(i);
}

void guest_check(uint32_t at, uint32_t from, uint32_t length)
{
	uint32_t i = 0;

	while (i < length && guest[at + i] == guest_pattern(from + i))
		i++;
	ck_assert_uint_eq(i, length);
}
