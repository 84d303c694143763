// SPDX-License-Identifier: MIT
/* tests/bench: what it costs to let a device reach memory of a program. */
#include <errno.h>
#include <kplug.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "vfio.h"

#define PAGES 256
#define BYTES (PAGES * 4096u)
#define TIMES 9

/* Pages that do not follow each other, as a program's do after a while. */
static void *scattered(void)
{
	void *memory =
		mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile uint8_t *bytes = memory;
	int i;

	bench_check("mmap", memory == MAP_FAILED ? -errno : 0);
	bench_check("madvise", madvise(memory, BYTES, MADV_NOHUGEPAGE) ? -errno : 0);
	for (i = 0; i < PAGES; i += 2)
		bytes[i * 4096] = 1;
	for (i = 1; i < PAGES; i += 2)
		bytes[i * 4096] = 1;
	return memory;
}

struct times {
	uint64_t map[TIMES];
	uint64_t unmap[TIMES];
};

static void row(const char *path, struct times *times)
{
	bench_row(path, "map_page", bench_median(times->map, TIMES) / PAGES, "unmap_page",
		  bench_median(times->unmap, TIMES) / PAGES, NULL);
}

void bench_map_kplug(const char *address)
{
	void *memory = scattered();
	struct kplug_dma_mapping mapping;
	struct times times;
	uint64_t offset;
	struct kplug *k;
	int i, fd;

	bench_check("kplug_open", kplug_open(&k, address, NULL));
	for (i = 0; i < TIMES; i++) {
		times.map[i] = bench_now();
		fd = kplug_dma_buffer_pin(k, memory, BYTES, 0, &offset);
		bench_check("kplug_dma_buffer_pin", fd);
		bench_check("kplug_dma_map",
			    kplug_dma_map(k, fd, offset, BYTES, KPLUG_DMA_BOTH, &mapping));
		times.unmap[i] = bench_now();
		times.map[i] = times.unmap[i] - times.map[i];
		bench_check("kplug_dma_unmap", kplug_dma_unmap(k, mapping.id));
		close(fd);
		times.unmap[i] = bench_now() - times.unmap[i];
	}
	row("kplug, pin and map 1 MiB", &times);
	kplug_close(k);
}

void bench_map_vfio(const char *address)
{
	void *memory = scattered();
	struct times times;
	struct vfio vfio;
	int i;

	vfio_open(&vfio, address);
	for (i = 0; i < TIMES; i++) {
		times.map[i] = bench_now();
		vfio_map(&vfio, memory, BYTES, BYTES);
		times.unmap[i] = bench_now();
		times.map[i] = times.unmap[i] - times.map[i];
		vfio_unmap(&vfio, BYTES, BYTES);
		times.unmap[i] = bench_now() - times.unmap[i];
	}
	row("VFIO, pin and map 1 MiB", &times);
}
