// SPDX-License-Identifier: MIT
/* tests/bench: reads through the kernel's own driver. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <unistd.h>

#include "disk.h"

static int file;
static uint8_t *memory;
static struct io_uring ring;
static uint64_t next_block;

static void pread_submit(const unsigned int *slots, const uint64_t *blocks, unsigned int n)
{
	(void)slots, (void)n;
	next_block = blocks[0];
}

static unsigned int pread_wait(unsigned int *slots)
{
	slots[0] = 0;
	bench_check("pread", pread(file, memory, DISK_BYTES, (off_t)(next_block * DISK_BYTES)) ==
					     DISK_BYTES ?
				     0 :
				     -EIO);
	return 1;
}

static void uring_submit(const unsigned int *slots, const uint64_t *blocks, unsigned int n)
{
	struct io_uring_sqe *sqe;
	unsigned int i;

	for (i = 0; i < n; i++) {
		sqe = io_uring_get_sqe(&ring);
		io_uring_prep_read_fixed(sqe, 0, memory + slots[i] * DISK_BYTES, DISK_BYTES,
					 blocks[i] * DISK_BYTES, 0);
		sqe->flags |= IOSQE_FIXED_FILE;
		io_uring_sqe_set_data64(sqe, slots[i]);
	}
}

/* What was prepared goes in with the same system call. */
static unsigned int uring_wait(unsigned int *slots)
{
	struct io_uring_cqe *cqes[DISK_DEPTH];
	unsigned int n, i;

	bench_check("io_uring_submit_and_wait", io_uring_submit_and_wait(&ring, 1));
	n = io_uring_peek_batch_cqe(&ring, cqes, DISK_DEPTH);
	for (i = 0; i < n; i++) {
		bench_check("io_uring", cqes[i]->res == DISK_BYTES ? 0 : -EIO);
		slots[i] = (unsigned int)io_uring_cqe_get_data64(cqes[i]);
	}
	io_uring_cq_advance(&ring, n);
	return n;
}

/* Registered file and memory, and completions only when we ask for them: as fast as it gets. */
static void uring_start(void)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
	};
	struct iovec iov = { memory, DISK_DEPTH * DISK_BYTES };

	bench_check("io_uring_queue_init_params",
		    io_uring_queue_init_params(DISK_DEPTH, &ring, &params));
	bench_check("io_uring_register_files", io_uring_register_files(&ring, &file, 1));
	bench_check("io_uring_register_buffers", io_uring_register_buffers(&ring, &iov, 1));
}

void bench_disk_linux(const char *path)
{
	struct disk with_pread = { .submit = pread_submit, .wait = pread_wait };
	struct disk with_uring = { .submit = uring_submit, .wait = uring_wait };

	memory = disk_memory();
	with_pread.memory = memory;
	with_uring.memory = memory;
	file = open(path, O_RDONLY | O_DIRECT);
	bench_check(path, file < 0 ? -errno : 0);
	bench_busy_start();
	disk_row("kernel driver, O_DIRECT pread", &with_pread, 1);
	uring_start();
	disk_row("kernel driver, io_uring", &with_uring, 1);
	disk_row("kernel driver, io_uring, 32 at a time", &with_uring, DISK_DEPTH);
}
