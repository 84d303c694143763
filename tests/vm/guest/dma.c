// SPDX-License-Identifier: MIT
// Test patterns for DMA.
#define _GNU_SOURCE
#include "dma.h"

#include <fcntl.h>
#include <linux/udmabuf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

uint8_t dma_byte(uint64_t place)
{
	return (uint8_t)(place * 0x9e3779b97f4a7c15 >> 56);
}

void dma_fill(void *to, size_t length, uint64_t seed)
{
	uint8_t *bytes = to;

	for (size_t i = 0; i < length; i++)
		bytes[i] = dma_byte(seed + i);
}

void dma_check(const void *from, size_t length, uint64_t seed)
{
	const uint8_t *bytes = from;
	size_t i = 0;

	/* One assertion for all bytes: an assertion takes longer than a comparison. */
	while (i < length && bytes[i] == dma_byte(seed + i))
		i++;
	ck_assert_msg(i == length, "byte %zu", i);
}

void dma_check_all(const volatile void *from, size_t length, uint8_t value)
{
	const volatile uint8_t *bytes = from;
	size_t i = 0;

	while (i < length && bytes[i] == value)
		i++;
	ck_assert_msg(i == length, "byte %zu", i);
}

bool dma_copies(void)
{
	char text[1024];

	ck_assert_int_eq(file_read(text, sizeof(text), "/proc/cmdline"), 0);
	return strstr(text, "swiotlb=force") && !leg_is("iommu");
}

int dma_udmabuf(size_t length)
{
	struct udmabuf_create create = { .size = length };
	int driver = open("/dev/udmabuf", O_RDWR), fd;

	if (driver < 0)
		test_skip("this kernel has no udmabuf");
	create.memfd = memfd_create("memory", MFD_ALLOW_SEALING);
	ck_assert_int_eq(ftruncate(create.memfd, length), 0);
	ck_assert_int_eq(fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	fd = ioctl(driver, UDMABUF_CREATE, &create);
	close(create.memfd);
	close(driver);
	return fd;
}
