// SPDX-License-Identifier: MIT
// Runs a command with an argument of the grammar, and at times with one that is wrong in a way that
// does not depend on the command.
#include "command.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "memory.h"
#include "process.h"
#include "random.h"
#include "state.h"

#define COMPAT_IOCTL 54
#define HEADER       8 /* size and flags */

static const struct {
	unsigned long request;
	unsigned int size;
	unsigned int zero; /* offset of a field that must be 0; 0: there is none */
	void (*fill)(enum device_type type, union argument *a);
} commands[] = {
#define KPLUG_COMMAND(number, NAME, name, argument, zero, ...) \
	{ KPLUG_##NAME, sizeof(struct argument), offsetof(struct argument, zero), fill_##name },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
};

long command(int fd, unsigned long request, void *argument)
{
	long result = ioctl(fd, request, argument);

	if (state)
		state->calls++;
	return result < 0 ? -errno : result;
}

long compat_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	long result = number;

#ifdef __x86_64__
	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int32_t)result;
#else
	(void)a, (void)b, (void)c, (void)d, (void)e;
	(void)result;
	return -ENOSYS;
#endif
}

/* A register is not changed, because another one may be dangerous. */
static void flip_a_bit(union argument *a, unsigned int index)
{
	if (commands[index].request != KPLUG_ACCESS)
		a->bytes[4 + below(commands[index].size - 4)] ^= 1u << below(8);
	else
		a->access.flags ^= 1u << below(32);
}

static void distort(union argument *a, unsigned int index)
{
	unsigned int size = commands[index].size;

	if (chance(6))
		a->size = chance(50) ? size + below(65) :
			  chance(50) ? below(size + 1) :
				       odd_value();
	if (chance(2))
		a->bytes[size + below(32)] = 1;
	if (chance(2) && size > HEADER)
		flip_a_bit(a, index);
	if (chance(2))
		a->bytes[4 + below(4)] |= 1u << below(8);
	if (chance(2) && commands[index].zero)
		a->bytes[commands[index].zero] = 1;
}

static long run_compat(unsigned int index, int fd, enum device_type type, const union argument *a)
{
	char *place = arena_page(type);

	if (!memory_copy(place, a, sizeof(*a)))
		return -EFAULT;
	return compat_call(COMPAT_IOCTL, fd, commands[index].request, (uintptr_t)place, 0, 0);
}

static long run_native(unsigned int index, int fd, enum device_type type, union argument *a)
{
	void *place = a;

	if (chance(20))
		place = (void *)(uintptr_t)memory_place(type, a, sizeof(*a));
	return command(fd, commands[index].request, place);
}

long command_run(unsigned int index, unsigned int slot)
{
	enum device_type type = client_type(slot);
	int fd = client_fd(slot);
	union argument a = { 0 };
	long result;

	commands[index].fill(type, &a);
	a.size = commands[index].size;
	distort(&a, index);
	result = chance(5) ? run_compat(index, fd, type, &a) : run_native(index, fd, type, &a);
	/* Of an answer that went elsewhere the descriptor is 0, and stays open. */
	if (!result && commands[index].request == KPLUG_DMA_BUFFER && a.dma_buffer.out_fd > 0)
		descriptor_keep(buffers, NUM_BUFFERS, a.dma_buffer.out_fd);
	return result;
}
