/* SPDX-License-Identifier: MIT */
/* tests/bench: a device of vfio-pci. */
#ifndef BENCH_VFIO_H
#define BENCH_VFIO_H

#include <stdint.h>

struct vfio {
	int container; /* for memory */
	int device;
};

void vfio_open(struct vfio *vfio, const char *address);
uint64_t vfio_region(const struct vfio *vfio, uint32_t index); /* offset in the device's file */
void vfio_map(const struct vfio *vfio, void *memory, uint64_t iova, uint64_t length);
void vfio_unmap(const struct vfio *vfio, uint64_t iova, uint64_t length);

#endif /* BENCH_VFIO_H */
