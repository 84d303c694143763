// SPDX-License-Identifier: MIT
/*
 * The program of docs/from-uio.md before it moves: it serves interrupts of QEMU's edu device, which
 * the kernel's driver uio_pci_generic has.
 *
 *	uio_before uio0
 */
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <edu/edu_regs.h>

#define ROUNDS 10

struct edu {
	int uio;
	int config;
	uint16_t command; /* its value with the line unmasked */
	volatile uint32_t *registers;
};

static int must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(EXIT_FAILURE);
	}
	return result;
}

static int open_file(const char *uio, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/uio/%s/device/%s", uio, name);
	return must(open(path, O_RDWR), path);
}

static void edu_open(struct edu *edu, const char *name)
{
	char path[64];
	int bar;

	snprintf(path, sizeof(path), "/dev/%s", name);
	edu->uio = must(open(path, O_RDWR), path);
	bar = open_file(name, "resource0");
	edu->registers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, bar, 0);
	if (edu->registers == MAP_FAILED)
		must(-1, "map");
	close(bar);
	edu->config = open_file(name, "config");
	must(pread(edu->config, &edu->command, 2, PCI_COMMAND), "read the command register");
	edu->command &= (uint16_t)~PCI_COMMAND_INTX_DISABLE;
}

static uint32_t edu_read(struct edu *edu, unsigned int offset)
{
	return edu->registers[offset / 4];
}

static void edu_write(struct edu *edu, unsigned int offset, uint32_t value)
{
	edu->registers[offset / 4] = value;
}

/* The kernel has masked the line at each interrupt. */
static void edu_unmask(struct edu *edu)
{
	must(pwrite(edu->config, &edu->command, 2, PCI_COMMAND), "unmask");
}

static uint32_t edu_serve(struct edu *edu)
{
	uint32_t count, status;

	must(read(edu->uio, &count, sizeof(count)), "wait");
	status = edu_read(edu, EDU_IRQ_STATUS);
	edu_write(edu, EDU_IRQ_ACK, status);
	edu_unmask(edu);
	printf("interrupt %u: status 0x%x\n", count, status);
	return status;
}

int main(int argc, char **argv)
{
	struct edu edu;
	uint32_t i;

	if (argc != 2)
		return 2;
	edu_open(&edu, argv[1]);
	edu_unmask(&edu);
	for (i = 1; i <= ROUNDS; i++) {
		edu_write(&edu, EDU_IRQ_RAISE, i); /* the device interrupts */
		if (edu_serve(&edu) != i)
			return 1;
	}
	return 0;
}
