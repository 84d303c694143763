// SPDX-License-Identifier: MIT
// Memory of one device as a buffer for another: reached through a switch, and revoked with its
// device.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <edu/edu_regs.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096u
#define LENGTH (1024u * 1024) /* of the memory behind the switch */

/* Below the switch: edu and ivshmem, plugged into its ports when they are needed. */
static char edu[PCI_ADDRESS_SIZE], memory[PCI_ADDRESS_SIZE];

static bool known(const char *address)
{
	static const char *const all[] = { EDU0, EDU1, EDU2, EDU3, IVSHMEM };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(address, all[i]))
			return true;
	return false;
}

/* Not always plugged in. */
static bool find(uint16_t vendor, uint16_t device, char address[PCI_ADDRESS_SIZE])
{
	for (int i = 0; pci_find(vendor, device, i, address); i++)
		if (!known(address))
			return true;
	return false;
}

static bool find_edu(void)
{
	return find(0x1234, 0x11e8, edu);
}

static bool find_memory(void)
{
	return find(IVSHMEM_VENDOR_ID, IVSHMEM_DEVICE_ID, memory);
}

static void route(bool through_root_complex)
{
	OK(file_write(through_root_complex ? "Y" : "N",
		      "/sys/module/kplug/parameters/root_complex_routes"));
}

static void plug(void)
{
	if (!find_edu()) {
		ck_assert(hostcall("device_add edu peer0 down0 dma_mask=0xffffffffffffffff"));
		ck_assert(WAIT_UNTIL(find_edu(), 20000));
		pci_wait_added(edu);
	}
	if (!find_memory()) {
		/* QEMU does not accept the same memory twice. */
		ck_assert(hostcall("hmp object_add memory-backend-ram,id=memory%d,size=1M",
				   getpid()));
		ck_assert(
			hostcall("device_add ivshmem-plain peer1 down1 memdev=memory%d", getpid()));
		ck_assert(WAIT_UNTIL(find_memory(), 20000));
		pci_wait_added(memory);
	}
}

/* With an IOMMU the route leads through the root complex. */
static void setup(void)
{
	plug();
	core_start();
	route(leg_is("iommu"));
}

static struct kplug *engine_open(const char *address)
{
	const struct kplug_dma_limits everything = { .address_bits = 64 };
	struct kplug *engine = edu_open(address, NULL);

	OK(kplug_dma_set_limits(engine, &everything));
	return engine;
}

static struct kplug *memory_open(void)
{
	device_bind(memory);
	return device_open(memory);
}

static int region_of(struct kplug *k)
{
	const int fd = kplug_dma_buffer_region(k, IVSHMEM_MEMORY, 0, LENGTH);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static uint8_t *mapped(int fd, size_t length)
{
	void *addr = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ck_assert_ptr_ne(addr, MAP_FAILED);
	return addr;
}

static bool idle(struct kplug *engine)
{
	return !(kplug_read64(kplug_io_user(engine), EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START);
}

static void start(struct kplug *engine, uint64_t source, uint64_t destination, uint32_t count,
		  uint32_t direction)
{
	const struct kplug_io *io = kplug_io_user(engine);

	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, source);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, destination);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, count);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | direction);
}

/* From one place on the bus to another, through its own buffer. */
static void copy(struct kplug *engine, uint64_t from, uint64_t to, uint32_t count)
{
	start(engine, from, EDU_DMA_BUFFER, count, 0);
	ck_assert(WAIT_UNTIL(idle(engine), 10000));
	start(engine, EDU_DMA_BUFFER, to, count, EDU_DMA_FROM_DEVICE);
	ck_assert(WAIT_UNTIL(idle(engine), 10000));
}

static struct kplug_dma_mapping map_of(struct kplug *engine, int fd)
{
	struct kplug_dma_mapping mapping;

	OK(kplug_dma_map(engine, fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	return mapping;
}

static uint64_t address_of(struct kplug *engine, const struct kplug_dma_mapping *mapping,
			   uint64_t length)
{
	struct kplug_dma_segment segment;

	ck_assert_uint_eq(mapping->num_segments, 1);
	OK(kplug_dma_segments(engine, mapping->id, 0, &segment, 1));
	ck_assert_uint_eq(segment.length, length);
	return segment.address;
}

static void check_gone(const volatile uint8_t *from, size_t length)
{
	dma_check_all(from, length, 0xff);
}

/* Written and read by the engine, compared through the region of the memory's own device. */
TEST(peer, copies, .variants = VARIANTS("switch", "root_complex"), .timeout = 120)
{
	struct kplug *engine, *owner;
	struct kplug_dma_mapping mapping;
	uint64_t address;
	uint8_t *through;
	const uint8_t *part;
	int fd;

	setup();
	if (!strcmp(variant, "root_complex"))
		route(true);
	engine = engine_open(!strcmp(variant, "root_complex") ? EDU2 : edu);
	owner = memory_open();
	fd = region_of(owner);
	through = mapped(fd, LENGTH);
	mapping = map_of(engine, fd);
	address = address_of(engine, &mapping, LENGTH);
	dma_fill(through, LENGTH, 0);
	copy(engine, address + 100, address + LENGTH - 3000, 2000);
	OK(kplug_dma_sync(engine, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, 0, 0));
	dma_check(through + LENGTH - 3000, 2000, 100);
	dma_check(through, LENGTH - 3000, 0);
	dma_check(through + LENGTH - 1000, 1000, LENGTH - 1000);
	OK(kplug_map(owner, IVSHMEM_MEMORY));
	for (uint64_t i = 0; i < 2000; i += 8) {
		uint64_t word;

		memcpy(&word, through + LENGTH - 3000 + i, 8);
		ck_assert_uint_eq(kplug_read64(kplug_io_user(owner), IVSHMEM_MEMORY,
					       LENGTH - 3000 + i),
				  word);
	}
	OK(kplug_dma_unmap(engine, mapping.id));
	OK(munmap(through, LENGTH));
	close(fd);

	/* A part of the region is a buffer, too. */
	fd = kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 5 * PAGE, PAGE + 1);
	ck_assert_int_ge(fd, 0);
	part = mapped(fd, 2 * PAGE);
	dma_check(part, 2 * PAGE, 5 * PAGE);
	mapping = map_of(engine, fd);
	ck_assert_uint_eq(address_of(engine, &mapping, 2 * PAGE) % PAGE, 0);
	copy(engine, address_of(engine, &mapping, 2 * PAGE),
	     address_of(engine, &mapping, 2 * PAGE) + PAGE, 256);
	dma_check(part + PAGE, 256, 5 * PAGE);
	OK(kplug_dma_unmap(engine, mapping.id));
	close(fd);
	kplug_close(engine);
	kplug_close(owner);
	objects_settle();
	ck_assert_int_eq(objects_live("mapping"), 0);
}

/*
 * Their ports lead to the root complex, and software cannot find out whether it passes requests
 * from one of them to the other.
 */
TEST(peer, refused)
{
	struct kplug *engine, *restricted, *owner;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_buffer_make raw = { .size = sizeof(raw),
					     .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
					     .region = 1,
					     .length = PAGE };
	int fd;

	setup();
	route(false);
	owner = memory_open();
	engine = engine_open(EDU2);
	fd = region_of(owner);
	ck_assert_int_eq(kplug_dma_map(engine, fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_map(owner, fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -EOPNOTSUPP);
	kplug_close(engine);

	engine = edu_open(edu, NULL);
	if (leg_is("iommu")) {
		ck_assert_int_eq(kplug_dma_map(engine, fd, 0, 0, KPLUG_DMA_BOTH, &mapping),
				 -EOPNOTSUPP);
	} else {
		OK(kplug_dma_set_limits(engine, &(struct kplug_dma_limits){ .address_bits = 31 }));
		ck_assert_int_eq(kplug_dma_map(engine, fd, 0, 0, KPLUG_DMA_BOTH, &mapping),
				 -EOPNOTSUPP);
	}
	close(fd);

	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 1, PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 0, 0), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 0, LENGTH + 1), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, LENGTH, 1), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, PAGE, LENGTH), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, -PAGE, 2 * PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 0, SIZE_MAX), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_REGISTERS, 0, PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, 5, 0, PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, 8, 0, PAGE), -EINVAL);
	ck_assert_int_eq(command(engine, KPLUG_DMA_BUFFER, &raw), -EINVAL);
	raw = (struct kplug_dma_buffer_make){
		.size = sizeof(raw),
		.source = KPLUG_DMA_BUFFER_REGION,
		.region = 2,
		.length = PAGE,
		.flags = 1,
	};
	ck_assert_int_eq(command(owner, KPLUG_DMA_BUFFER, &raw), -EOPNOTSUPP);
	restricted = device_open_restricted(memory);
	ck_assert_int_eq(kplug_dma_buffer_region(restricted, IVSHMEM_MEMORY, 0, PAGE), -EPERM);
	ck_assert_int_eq(objects_live("peer"), 0);
}

/* The memory's device goes while the engine has it mapped, and a transfer to it is under way. */
TEST(peer, revoked, .smoke = true, .variants = VARIANTS("unbind", "unplug"), .timeout = 120)
{
	struct kplug_dma_buffer ours;
	struct kplug_dma_mapping mapping, other, again;
	struct kplug *engine, *owner;
	struct kplug_dma_segment segment;
	uint64_t address;
	uint8_t *through;
	int fd;

	setup();
	engine = engine_open(edu);
	owner = memory_open();
	fd = region_of(owner);
	through = mapped(fd, LENGTH);
	dma_fill(through, PAGE, 1);
	mapping = map_of(engine, fd);
	address = address_of(engine, &mapping, LENGTH);
	OK(kplug_dma_buffer_alloc(engine, PAGE, &ours));
	other = map_of(engine, ours.fd);
	start(engine, EDU_DMA_BUFFER, address, PAGE / 2, EDU_DMA_FROM_DEVICE);
	if (!strcmp(variant, "unbind")) {
		device_unbind(memory);
	} else {
		if (leg_is("iommu"))
			log_allow("DMAR:|arm-smmu-v3 .*: event");
		pci_unplug("peer1", memory);
	}
	check_gone(through, PAGE);
	check_gone(through + LENGTH - PAGE, PAGE);
	ck_assert_int_eq(kplug_dma_segments(engine, mapping.id, 0, &segment, 1), -ENODEV);
	ck_assert_int_eq(kplug_dma_sync(engine, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, 0, 0), -ENODEV);
	ck_assert_int_eq(kplug_dma_map(engine, fd, 0, 0, KPLUG_DMA_BOTH, &again), -ENODEV);
	ck_assert_int_eq(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 0, PAGE), -ENODEV);
	ck_assert(WAIT_UNTIL(idle(engine), 10000));
	/* The program knew addresses: until it unmaps, the device transfers nothing. */
	OK(kplug_dma_segments(engine, other.id, 0, &segment, 1));
	dma_fill(ours.addr, PAGE, 9);
	copy(engine, segment.address, segment.address + PAGE / 2, 1024);
	dma_check(ours.addr, PAGE, 9);
	OK(kplug_dma_unmap(engine, mapping.id));
	ck_assert_int_eq(kplug_dma_unmap(engine, mapping.id), -ENOENT);
	copy(engine, segment.address, segment.address + PAGE / 2, 1024);
	dma_check((uint8_t *)ours.addr + PAGE / 2, 1024, 9);
	kplug_close(owner);
	check_gone(through + PAGE, PAGE);
	OK(munmap(through, LENGTH));
	close(fd);
	ck_assert_int_eq(objects_live("peer"), 0);
	OK(kplug_dma_unmap(engine, other.id));
	kplug_dma_buffer_free(&ours);
	kplug_close(engine);
	objects_settle();
	ck_assert_int_eq(objects_live("mapping") + objects_live("buffer"), 0);
}

/* With the plugin: no program sees the engine's addresses. */
static struct kplug *plugged(void)
{
	struct kplug *engine;

	OK(module_load("kplug_edu dma_bits=64"));
	engine = edu_open(edu, NULL);
	ck_assert_int_eq(kplug_attach(engine, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	return engine;
}

static uint32_t transaction(struct kplug *engine, const struct kplug_dma_mapping *mapping)
{
	struct kplug_dma_transaction t = { .mapping = mapping->id,
					   .direction = KPLUG_DMA_FROM_DEVICE };

	OK(kplug_dma_transaction_make(engine, &t));
	return t.out_id;
}

static void execute(struct kplug *engine, uint32_t id, uint64_t length)
{
	const struct kplug_dma_execution execution = { .id = id, .length = length };

	ck_assert_int_eq(kplug_dma_transaction_execute(engine, &execution, 1), 1);
}

static int status_of(struct kplug *engine, uint32_t id)
{
	struct kplug_dma_transaction_info info;

	OK(kplug_dma_transaction_wait(engine, id, 20000, &info));
	ck_assert_int_eq(info.out_state, KPLUG_DMA_TRANSACTION_IDLE);
	return info.out_status;
}

/*
 * Running transactions end, also elsewhere; those that wait for that memory do not begin; others
 * that wait go on.
 */
TEST(peer, transactions_end, .timeout = 180)
{
	const struct kplug_dma_execution once = { .length = PAGE };
	uint32_t running, waiting, elsewhere;
	struct kplug_dma_execution more = once;
	struct kplug_dma_buffer ours;
	struct kplug_dma_mapping mapping, other;
	struct kplug_dma_transaction t;
	struct kplug *engine, *owner;
	int fd;

	setup();
	engine = plugged();
	OK(kplug_dma_buffer_alloc(engine, 16 * PAGE, &ours));
	other = map_of(engine, ours.fd);
	elsewhere = transaction(engine, &other);
	for (int i = 0; i < 10; i++) {
		owner = memory_open();
		fd = region_of(owner);
		mapping = map_of(engine, fd);
		running = transaction(engine, &mapping);
		waiting = transaction(engine, &mapping);
		if (!i) {
			execute(engine, running, PAGE);
			ck_assert_int_eq(status_of(engine, running), 0);
		}
		if (i % 2)
			execute(engine, elsewhere, 16 * PAGE);
		execute(engine, running, LENGTH);
		execute(engine, waiting, PAGE);
		if (!(i % 2))
			execute(engine, elsewhere, PAGE);
		usleep(i * 20000);
		device_unbind(memory);
		ck_assert_int_eq(status_of(engine, running), -ENODEV);
		ck_assert_int_eq(status_of(engine, waiting), -ENODEV);
		ck_assert_int_eq(status_of(engine, elsewhere), i % 2 ? -EIO : 0);
		more.id = running;
		ck_assert_int_eq(kplug_dma_transaction_execute(engine, &more, 1), -ENODEV);
		t = (struct kplug_dma_transaction){ .mapping = mapping.id,
						    .direction = KPLUG_DMA_TO_DEVICE };
		ck_assert_int_eq(kplug_dma_transaction_make(engine, &t), -ENOENT);
		execute(engine, elsewhere, 2 * PAGE);
		ck_assert_int_eq(status_of(engine, elsewhere), 0);
		OK(kplug_dma_transaction_release(engine, running));
		OK(kplug_dma_transaction_release(engine, waiting));
		OK(kplug_dma_unmap(engine, mapping.id));
		kplug_close(owner);
		close(fd);
	}
	kplug_dma_buffer_free(&ours);
	kplug_close(engine);
	objects_settle();
	ck_assert_int_eq(
		objects_live("peer") + objects_live("mapping") + objects_live("transaction"), 0);
}

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int to, int fd)
{
	union control control = { .header = {
					  .cmsg_level = SOL_SOCKET,
					  .cmsg_type = SCM_RIGHTS,
					  .cmsg_len = CMSG_LEN(sizeof(fd)),
				  } };
	struct msghdr message = {
		.msg_iov = &(struct iovec){ "", 1 },
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	ck_assert_int_eq(sendmsg(to, &message, 0), 1);
}

static int receive_fd(int from)
{
	union control control;
	char byte;
	struct msghdr message = {
		.msg_iov = &(struct iovec){ &byte, 1 },
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	ck_assert_int_eq(recvmsg(from, &message, 0), 1);
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static void check_killed(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Each holder of the descriptor keeps the memory after its maker has ended. */
TEST(peer, outlives_its_maker, .smoke = true, .timeout = 120)
{
	struct kplug_dma_mapping mapping;
	struct kplug *engine;
	uint64_t address;
	uint8_t *through;
	int fd, ends[2];
	pid_t child;

	setup();
	engine = engine_open(edu);
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	child = fork();
	if (!child) {
		send_fd(ends[1], region_of(memory_open()));
		raise(SIGKILL);
	}
	check_killed(child);
	fd = receive_fd(ends[0]);
	through = mapped(fd, LENGTH);
	dma_fill(through, LENGTH, 4);
	mapping = map_of(engine, fd);
	address = address_of(engine, &mapping, LENGTH);
	copy(engine, address, address + PAGE, 100);
	dma_check(through + PAGE, 100, 4);
	device_unbind(memory);
	check_gone(through, PAGE);
	ck_assert_int_eq(kplug_dma_sync(engine, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, 0, 0), -ENODEV);
	close(fd);
	OK(munmap(through, LENGTH));
	kplug_close(engine);
	ck_assert(WAIT_UNTIL(objects_live("peer") == 0, 5000));
}

/*
 * The program with the engine is killed, with or without the owner's device going at the same time.
 */
TEST(peer, killed, .timeout = 180)
{
	int ends[2];
	pid_t child;
	char byte;

	setup();
	OK(pipe(ends));
	for (int i = 0; i < 20; i++) {
		child = fork();
		if (!child) {
			struct kplug *engine = plugged();
			struct kplug_dma_mapping mapping = map_of(engine, region_of(memory_open()));

			execute(engine, transaction(engine, &mapping), LENGTH);
			ck_assert_int_eq(write(ends[1], "", 1), 1);
			usleep(i * 10000);
			raise(SIGKILL);
		}
		ck_assert_int_eq(read(ends[0], &byte, 1), 1);
		if (i % 2) {
			usleep(i * 10000);
			device_unbind(memory);
		}
		check_killed(child);
		ck_assert(WAIT_UNTIL(objects_live("peer") + objects_live("mapping") +
						     objects_live("transaction") ==
					     0,
				     5000));
	}
}
