// SPDX-License-Identifier: MIT
/* The ABI stays as it was published: sizes, offsets, numbers; and has no holes. */
#include <stddef.h>

#include <uapi/kplug_abi.h>

#include "test.h"

struct field {
	const char *name;
	size_t offset, size;	/* what the compiler says */
	size_t pinned;	/* the offset as published */
};

struct structure {
	const char *name;
	size_t size, pinned;
	const struct field *fields;
};

#define FIELD(type, member, pinned)					\
	{ #type "." #member, offsetof(struct type, member),		\
	  sizeof(((struct type *)0)->member), pinned }

#define STRUCTURE(type, pinned)						\
	{ #type, sizeof(struct type), pinned, type##_fields }

static const struct field kplug_device_info_fields[] = {
	FIELD(kplug_device_info, size, 0),
	FIELD(kplug_device_info, flags, 4),
	FIELD(kplug_device_info, out_flags, 8),
	FIELD(kplug_device_info, out_abi, 12),
	FIELD(kplug_device_info, out_bus, 16),
	FIELD(kplug_device_info, out_irq_mode, 20),
	FIELD(kplug_device_info, out_vectors, 24),
	FIELD(kplug_device_info, out_regions, 28),
	FIELD(kplug_device_info, out_vendor, 32),
	FIELD(kplug_device_info, out_device, 34),
	FIELD(kplug_device_info, out_subvendor, 36),
	FIELD(kplug_device_info, out_subdevice, 38),
	FIELD(kplug_device_info, out_class, 40),
	FIELD(kplug_device_info, out_revision, 44),
	FIELD(kplug_device_info, out_max_in, 48),
	FIELD(kplug_device_info, out_max_out, 52),
	FIELD(kplug_device_info, out_name, 56),
	FIELD(kplug_device_info, out_plugin, 88),
	{ 0 }
};

static const struct field kplug_region_info_fields[] = {
	FIELD(kplug_region_info, size, 0),
	FIELD(kplug_region_info, index, 4),
	FIELD(kplug_region_info, out_flags, 8),
	FIELD(kplug_region_info, __reserved, 12),
	FIELD(kplug_region_info, out_length, 16),
	FIELD(kplug_region_info, out_mmap_offset, 24),
	{ 0 }
};

static const struct field kplug_vector_info_fields[] = {
	FIELD(kplug_vector_info, size, 0),
	FIELD(kplug_vector_info, index, 4),
	FIELD(kplug_vector_info, out_flags, 8),
	FIELD(kplug_vector_info, out_handler, 12),
	FIELD(kplug_vector_info, out_irq, 16),
	FIELD(kplug_vector_info, out_event_type, 20),
	FIELD(kplug_vector_info, out_raised, 24),
	FIELD(kplug_vector_info, out_handled, 32),
	FIELD(kplug_vector_info, out_none, 40),
	FIELD(kplug_vector_info, out_deferred, 48),
	FIELD(kplug_vector_info, out_coalesced, 56),
	FIELD(kplug_vector_info, out_posted, 64),
	FIELD(kplug_vector_info, out_dropped, 72),
	FIELD(kplug_vector_info, out_storms, 80),
	{ 0 }
};

static const struct field kplug_access_fields[] = {
	FIELD(kplug_access, size, 0),
	FIELD(kplug_access, flags, 4),
	FIELD(kplug_access, region, 8),
	FIELD(kplug_access, width, 12),
	FIELD(kplug_access, offset, 16),
	FIELD(kplug_access, value, 24),
	FIELD(kplug_access, out_value, 32),
	{ 0 }
};

static const struct field kplug_irq_mode_set_fields[] = {
	FIELD(kplug_irq_mode_set, size, 0),
	FIELD(kplug_irq_mode_set, flags, 4),
	FIELD(kplug_irq_mode_set, mode, 8),
	FIELD(kplug_irq_mode_set, count, 12),
	FIELD(kplug_irq_mode_set, out_mode, 16),
	FIELD(kplug_irq_mode_set, out_count, 20),
	{ 0 }
};

static const struct field kplug_step_fields[] = {
	FIELD(kplug_step, op, 0),
	FIELD(kplug_step, region, 1),
	FIELD(kplug_step, width, 2),
	FIELD(kplug_step, __reserved, 3),
	FIELD(kplug_step, offset, 8),
	FIELD(kplug_step, mask, 16),
	FIELD(kplug_step, value, 24),
	{ 0 }
};

static const struct field kplug_arm_fields[] = {
	FIELD(kplug_arm, size, 0),
	FIELD(kplug_arm, flags, 4),
	FIELD(kplug_arm, vector, 8),
	FIELD(kplug_arm, handler, 12),
	FIELD(kplug_arm, event_type, 16),
	FIELD(kplug_arm, num_steps, 20),
	FIELD(kplug_arm, steps, 24),
	{ 0 }
};

static const struct field kplug_vector_cmd_fields[] = {
	FIELD(kplug_vector_cmd, size, 0),
	FIELD(kplug_vector_cmd, flags, 4),
	FIELD(kplug_vector_cmd, vector, 8),
	FIELD(kplug_vector_cmd, __reserved, 12),
	{ 0 }
};

static const struct field kplug_eventfd_fields[] = {
	FIELD(kplug_eventfd, size, 0),
	FIELD(kplug_eventfd, flags, 4),
	FIELD(kplug_eventfd, vector, 8),
	FIELD(kplug_eventfd, fd, 12),
	{ 0 }
};

static const struct field kplug_event_fields[] = {
	FIELD(kplug_event, seq, 0),
	FIELD(kplug_event, lost, 8),
	FIELD(kplug_event, t_hard, 16),
	FIELD(kplug_event, t_handler_end, 24),
	FIELD(kplug_event, t_post, 32),
	FIELD(kplug_event, vector, 40),
	FIELD(kplug_event, type, 44),
	FIELD(kplug_event, words, 46),
	FIELD(kplug_event, data, 48),
	{ 0 }
};

static const struct field kplug_ring_page_fields[] = {
	FIELD(kplug_ring_page, head, 0),
	FIELD(kplug_ring_page, dropped, 8),
	FIELD(kplug_ring_page, entries, 16),
	FIELD(kplug_ring_page, record_size, 20),
	FIELD(kplug_ring_page, records_offset, 24),
	FIELD(kplug_ring_page, __pad, 32),
	FIELD(kplug_ring_page, tail, 64),
	{ 0 }
};

static const struct field kplug_ring_fields[] = {
	FIELD(kplug_ring, size, 0),
	FIELD(kplug_ring, flags, 4),
	FIELD(kplug_ring, entries, 8),
	FIELD(kplug_ring, __reserved, 12),
	FIELD(kplug_ring, out_mmap_offset, 16),
	FIELD(kplug_ring, out_mmap_size, 24),
	{ 0 }
};

static const struct field kplug_attach_fields[] = {
	FIELD(kplug_attach, size, 0),
	FIELD(kplug_attach, flags, 4),
	FIELD(kplug_attach, name, 8),
	{ 0 }
};

static const struct field kplug_detach_fields[] = {
	FIELD(kplug_detach, size, 0),
	FIELD(kplug_detach, flags, 4),
	{ 0 }
};

static const struct field kplug_call_fields[] = {
	FIELD(kplug_call, size, 0),
	FIELD(kplug_call, cmd, 4),
	FIELD(kplug_call, in, 8),
	FIELD(kplug_call, out, 16),
	FIELD(kplug_call, in_len, 24),
	FIELD(kplug_call, out_len, 28),
	{ 0 }
};

static const struct field kplug_shm_alloc_fields[] = {
	FIELD(kplug_shm_alloc, size, 0),
	FIELD(kplug_shm_alloc, flags, 4),
	FIELD(kplug_shm_alloc, length, 8),
	FIELD(kplug_shm_alloc, out_id, 16),
	FIELD(kplug_shm_alloc, __reserved, 20),
	FIELD(kplug_shm_alloc, out_mmap_offset, 24),
	{ 0 }
};

static const struct field kplug_shm_free_fields[] = {
	FIELD(kplug_shm_free, size, 0),
	FIELD(kplug_shm_free, id, 4),
	{ 0 }
};

static const struct field kplug_affinity_fields[] = {
	FIELD(kplug_affinity, size, 0),
	FIELD(kplug_affinity, flags, 4),
	FIELD(kplug_affinity, vector, 8),
	FIELD(kplug_affinity, length, 12),
	FIELD(kplug_affinity, mask, 16),
	{ 0 }
};

static const struct field kplug_reset_fields[] = {
	FIELD(kplug_reset, size, 0),
	FIELD(kplug_reset, flags, 4),
	{ 0 }
};

static const struct field kplug_transfer_fields[] = {
	FIELD(kplug_transfer, op, 0),
	FIELD(kplug_transfer, region, 1),
	FIELD(kplug_transfer, width, 2),
	FIELD(kplug_transfer, flags, 3),
	FIELD(kplug_transfer, count, 4),
	FIELD(kplug_transfer, offset, 8),
	FIELD(kplug_transfer, value, 16),
	FIELD(kplug_transfer, buffer, 24),
	FIELD(kplug_transfer, out_value, 32),
	{ 0 }
};

static const struct field kplug_transfers_fields[] = {
	FIELD(kplug_transfers, size, 0),
	FIELD(kplug_transfers, flags, 4),
	FIELD(kplug_transfers, transfers, 8),
	FIELD(kplug_transfers, num_transfers, 16),
	FIELD(kplug_transfers, out_done, 20),
	{ 0 }
};

static const struct field kplug_cleanup_fields[] = {
	FIELD(kplug_cleanup, size, 0),
	FIELD(kplug_cleanup, flags, 4),
	FIELD(kplug_cleanup, writes, 8),
	FIELD(kplug_cleanup, num_writes, 16),
	FIELD(kplug_cleanup, __reserved, 20),
	{ 0 }
};

static const struct field kplug_caching_set_fields[] = {
	FIELD(kplug_caching_set, size, 0),
	FIELD(kplug_caching_set, flags, 4),
	FIELD(kplug_caching_set, region, 8),
	FIELD(kplug_caching_set, caching, 12),
	{ 0 }
};

static const struct field kplug_buffer_fields[] = {
	FIELD(kplug_buffer, size, 0),
	FIELD(kplug_buffer, flags, 4),
	FIELD(kplug_buffer, source, 8),
	FIELD(kplug_buffer, region, 12),
	FIELD(kplug_buffer, address, 16),
	FIELD(kplug_buffer, length, 24),
	FIELD(kplug_buffer, out_offset, 32),
	FIELD(kplug_buffer, out_fd, 40),
	FIELD(kplug_buffer, __reserved, 44),
	{ 0 }
};

static const struct field kplug_map_fields[] = {
	FIELD(kplug_map, size, 0),
	FIELD(kplug_map, flags, 4),
	FIELD(kplug_map, fd, 8),
	FIELD(kplug_map, direction, 12),
	FIELD(kplug_map, offset, 16),
	FIELD(kplug_map, length, 24),
	FIELD(kplug_map, out_id, 32),
	FIELD(kplug_map, out_segments, 36),
	{ 0 }
};

static const struct field kplug_unmap_fields[] = {
	FIELD(kplug_unmap, size, 0),
	FIELD(kplug_unmap, id, 4),
	{ 0 }
};

static const struct field kplug_segment_fields[] = {
	FIELD(kplug_segment, address, 0),
	FIELD(kplug_segment, length, 8),
	{ 0 }
};

static const struct field kplug_segments_fields[] = {
	FIELD(kplug_segments, size, 0),
	FIELD(kplug_segments, id, 4),
	FIELD(kplug_segments, segments, 8),
	FIELD(kplug_segments, first, 16),
	FIELD(kplug_segments, num_segments, 20),
	{ 0 }
};

static const struct field kplug_sync_fields[] = {
	FIELD(kplug_sync, size, 0),
	FIELD(kplug_sync, id, 4),
	FIELD(kplug_sync, sync_for, 8),
	FIELD(kplug_sync, __reserved, 12),
	FIELD(kplug_sync, offset, 16),
	FIELD(kplug_sync, length, 24),
	{ 0 }
};

static const struct field kplug_dma_limits_fields[] = {
	FIELD(kplug_dma_limits, size, 0),
	FIELD(kplug_dma_limits, flags, 4),
	FIELD(kplug_dma_limits, address_bits, 8),
	FIELD(kplug_dma_limits, max_segment, 12),
	FIELD(kplug_dma_limits, boundary, 16),
	{ 0 }
};

static const struct field kplug_transaction_fields[] = {
	FIELD(kplug_transaction, size, 0),
	FIELD(kplug_transaction, flags, 4),
	FIELD(kplug_transaction, mapping, 8),
	FIELD(kplug_transaction, direction, 12),
	FIELD(kplug_transaction, offset, 16),
	FIELD(kplug_transaction, length, 24),
	FIELD(kplug_transaction, max_chunk, 32),
	FIELD(kplug_transaction, alignment, 36),
	FIELD(kplug_transaction, out_id, 40),
	FIELD(kplug_transaction, __reserved, 44),
	{ 0 }
};

static const struct field kplug_execution_fields[] = {
	FIELD(kplug_execution, id, 0),
	FIELD(kplug_execution, flags, 4),
	FIELD(kplug_execution, offset, 8),
	FIELD(kplug_execution, length, 16),
	FIELD(kplug_execution, timeout_ms, 24),
	FIELD(kplug_execution, poll_us, 28),
	FIELD(kplug_execution, cookie, 32),
	FIELD(kplug_execution, args, 40),
	{ 0 }
};

static const struct field kplug_execute_fields[] = {
	FIELD(kplug_execute, size, 0),
	FIELD(kplug_execute, flags, 4),
	FIELD(kplug_execute, executions, 8),
	FIELD(kplug_execute, num_executions, 16),
	FIELD(kplug_execute, out_started, 20),
	{ 0 }
};

static const struct field kplug_transaction_cmd_fields[] = {
	FIELD(kplug_transaction_cmd, size, 0),
	FIELD(kplug_transaction_cmd, id, 4),
	{ 0 }
};

static const struct field kplug_transaction_info_fields[] = {
	FIELD(kplug_transaction_info, size, 0),
	FIELD(kplug_transaction_info, id, 4),
	FIELD(kplug_transaction_info, timeout_ms, 8),
	FIELD(kplug_transaction_info, out_state, 12),
	FIELD(kplug_transaction_info, out_bytes, 16),
	FIELD(kplug_transaction_info, out_cookie, 24),
	FIELD(kplug_transaction_info, out_chunks, 32),
	FIELD(kplug_transaction_info, out_status, 36),
	{ 0 }
};

static const struct structure structures[] = {
	STRUCTURE(kplug_device_info, 120),
	STRUCTURE(kplug_region_info, 32),
	STRUCTURE(kplug_vector_info, 88),
	STRUCTURE(kplug_access, 40),
	STRUCTURE(kplug_irq_mode_set, 24),
	STRUCTURE(kplug_step, 32),
	STRUCTURE(kplug_arm, 32),
	STRUCTURE(kplug_vector_cmd, 16),
	STRUCTURE(kplug_eventfd, 16),
	STRUCTURE(kplug_event, 96),
	STRUCTURE(kplug_ring_page, 72),
	STRUCTURE(kplug_ring, 32),
	STRUCTURE(kplug_attach, 40),
	STRUCTURE(kplug_detach, 8),
	STRUCTURE(kplug_call, 32),
	STRUCTURE(kplug_shm_alloc, 32),
	STRUCTURE(kplug_shm_free, 8),
	STRUCTURE(kplug_affinity, 24),
	STRUCTURE(kplug_reset, 8),
	STRUCTURE(kplug_transfer, 40),
	STRUCTURE(kplug_transfers, 24),
	STRUCTURE(kplug_cleanup, 24),
	STRUCTURE(kplug_caching_set, 16),
	STRUCTURE(kplug_buffer, 48),
	STRUCTURE(kplug_map, 40),
	STRUCTURE(kplug_unmap, 8),
	STRUCTURE(kplug_segment, 16),
	STRUCTURE(kplug_segments, 24),
	STRUCTURE(kplug_sync, 32),
	STRUCTURE(kplug_dma_limits, 24),
	STRUCTURE(kplug_transaction, 48),
	STRUCTURE(kplug_execution, 72),
	STRUCTURE(kplug_execute, 24),
	STRUCTURE(kplug_transaction_cmd, 8),
	STRUCTURE(kplug_transaction_info, 40),
};

#define NUM_STRUCTURES (sizeof(structures) / sizeof(structures[0]))

/* Each field begins where the one before ended: a field not listed shows too. */
static void check_structure(const struct structure *s)
{
	const struct field *field;
	size_t end = 0;

	for (field = s->fields; field->name; field++) {
		ck_assert_msg(field->offset == field->pinned,
			      "%s is at %zu, not %zu", field->name,
			      field->offset, field->pinned);
		ck_assert_msg(field->offset == end, "hole of %zu before %s",
			      field->offset - end, field->name);
		end = field->offset + field->size;
	}
	ck_assert_msg(s->size == s->pinned, "%s has %zu bytes, not %zu",
		      s->name, s->size, s->pinned);
	ck_assert_msg(s->size == end, "%s has %zu bytes after its fields",
		      s->name, s->size - end);
}

TEST(abi, structures)
{
	size_t i;

	for (i = 0; i < NUM_STRUCTURES; i++)
		check_structure(&structures[i]);
}

/* Whole 64-bit words, so that 32-bit programs have the same structures. */
TEST(abi, aligned)
{
	size_t i;

	for (i = 0; i < NUM_STRUCTURES; i++)
		ck_assert_msg(structures[i].size % 8 == 0,
			      "%s ends within a word", structures[i].name);
}

TEST(abi, commands)
{
	static const struct {
		unsigned long cmd, pinned;
	} commands[] = {
		{ KPLUG_DEVICE_INFO, 0xe740 },
		{ KPLUG_REGION_INFO, 0xe741 },
		{ KPLUG_VECTOR_INFO, 0xe742 },
		{ KPLUG_ACCESS, 0xe743 },
		{ KPLUG_IRQ_MODE, 0xe744 },
		{ KPLUG_ARM, 0xe745 },
		{ KPLUG_DISARM, 0xe746 },
		{ KPLUG_UNMASK, 0xe747 },
		{ KPLUG_EVENTFD, 0xe748 },
		{ KPLUG_RING, 0xe749 },
		{ KPLUG_ATTACH, 0xe74a },
		{ KPLUG_DETACH, 0xe74b },
		{ KPLUG_CALL, 0xe74c },
		{ KPLUG_SHM_ALLOC, 0xe74d },
		{ KPLUG_SHM_FREE, 0xe74e },
		{ KPLUG_AFFINITY, 0xe74f },
		{ KPLUG_RESET, 0xe750 },
		{ KPLUG_TRANSFER, 0xe751 },
		{ KPLUG_CLEANUP, 0xe752 },
		{ KPLUG_CACHING, 0xe753 },
		{ KPLUG_BUFFER, 0xe754 },
		{ KPLUG_MAP, 0xe755 },
		{ KPLUG_UNMAP, 0xe756 },
		{ KPLUG_SEGMENTS, 0xe757 },
		{ KPLUG_SYNC, 0xe758 },
		{ KPLUG_DMA_LIMITS, 0xe759 },
		{ KPLUG_TRANSACTION, 0xe75a },
		{ KPLUG_EXECUTE, 0xe75b },
		{ KPLUG_ABORT, 0xe75c },
		{ KPLUG_TRANSACTION_INFO, 0xe75d },
		{ KPLUG_RELEASE, 0xe75e },
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		ck_assert_uint_eq(commands[i].cmd, commands[i].pinned);
}

TEST(abi, values)
{
	ck_assert_uint_eq(KPLUG_BUS_PCI, 1);
	ck_assert_uint_eq(KPLUG_BUS_SOFT, 2);
	ck_assert_uint_eq(KPLUG_BUS_PLATFORM, 3);
	ck_assert_uint_eq(KPLUG_BUS_ISA, 4);
	ck_assert_uint_eq(KPLUG_IRQ_AUTO, 0);
	ck_assert_uint_eq(KPLUG_IRQ_INTX, 1);
	ck_assert_uint_eq(KPLUG_IRQ_MSI, 2);
	ck_assert_uint_eq(KPLUG_IRQ_MSIX, 3);
	ck_assert_uint_eq(KPLUG_IRQ_SOFT, 4);
	ck_assert_uint_eq(KPLUG_IRQ_WIRED, 5);
	ck_assert_uint_eq(KPLUG_HANDLER_USER, 0);
	ck_assert_uint_eq(KPLUG_HANDLER_RECIPE, 1);
	ck_assert_uint_eq(KPLUG_HANDLER_PLUGIN, 3);
	ck_assert_uint_eq(KPLUG_STEP_READ, 1);
	ck_assert_uint_eq(KPLUG_STEP_NOT_MINE, 2);
	ck_assert_uint_eq(KPLUG_STEP_WRITE, 3);
	ck_assert_uint_eq(KPLUG_STEP_WRITE_BACK, 4);
	ck_assert_uint_eq(KPLUG_STEP_CAPTURE, 5);
	ck_assert_uint_eq(KPLUG_EVENT_IRQ, 1);
	ck_assert_uint_eq(KPLUG_EVENT_REMOVED, 2);
	ck_assert_uint_eq(KPLUG_EVENT_STORM, 3);
	ck_assert_uint_eq(KPLUG_EVENT_RESET, 4);
	ck_assert_uint_eq(KPLUG_EVENT_ERROR, 5);
	ck_assert_uint_eq(KPLUG_ERROR_NONFATAL, 1);
	ck_assert_uint_eq(KPLUG_ERROR_FROZEN, 2);
	ck_assert_uint_eq(KPLUG_ERROR_PERMANENT, 3);
	ck_assert_uint_eq(KPLUG_ERROR_RECOVERED, 4);
	ck_assert_uint_eq(KPLUG_EVENT_SUSPEND, 6);
	ck_assert_uint_eq(KPLUG_EVENT_RESUME, 7);
	ck_assert_uint_eq(KPLUG_EVENT_CUSTOM, 0x100);
	ck_assert_uint_eq(KPLUG_DEVICE_TRUSTED, 1u << 0);
	ck_assert_uint_eq(KPLUG_DEVICE_ATTACHED, 1u << 1);
	ck_assert_uint_eq(KPLUG_DEVICE_PERMANENT, 1u << 2);
	ck_assert_uint_eq(KPLUG_REGION_MEM, 1u << 0);
	ck_assert_uint_eq(KPLUG_REGION_PORT, 1u << 1);
	ck_assert_uint_eq(KPLUG_REGION_MMAP, 1u << 2);
	ck_assert_uint_eq(KPLUG_REGION_PREFETCH, 1u << 3);
	ck_assert_uint_eq(KPLUG_VECTOR_ARMED, 1u << 0);
	ck_assert_uint_eq(KPLUG_VECTOR_MINE, 1u << 1);
	ck_assert_uint_eq(KPLUG_VECTOR_MASKED, 1u << 2);
	ck_assert_uint_eq(KPLUG_VECTOR_STORM, 1u << 3);
	ck_assert_uint_eq(KPLUG_ACCESS_WRITE, 1u << 0);
	ck_assert_uint_eq(KPLUG_AFFINITY_SET, 1u << 0);
	ck_assert_uint_eq(KPLUG_BUFFER_CONTIGUOUS, 1);
	ck_assert_uint_eq(KPLUG_BUFFER_USER, 2);
	ck_assert_uint_eq(KPLUG_BUFFER_REGION, 3);
	ck_assert_uint_eq(KPLUG_BUFFER_READ_ONLY, 1u << 0);
	ck_assert_uint_eq(KPLUG_BUFFER_COHERENT, 1u << 1);
	ck_assert_uint_eq(KPLUG_ABI_VERSION, 1);
	ck_assert_uint_eq(KPLUG_NAME_MAX, 32);
	ck_assert_uint_eq(KPLUG_MAX_REGIONS, 8);
	ck_assert_uint_eq(KPLUG_MAX_VECTORS, 256);
	ck_assert_uint_eq(KPLUG_MAX_STEPS, 16);
	ck_assert_uint_eq(KPLUG_MAX_CAPTURES, 4);
	ck_assert_uint_eq(KPLUG_EVENT_WORDS, 6);
	ck_assert_uint_eq(KPLUG_MAX_RING, 65536);
	ck_assert_uint_eq(KPLUG_MAX_MESSAGE, 1024 * 1024);
	ck_assert_uint_eq(KPLUG_MAX_SHM, 16 * 1024 * 1024);
	ck_assert_uint_eq(KPLUG_MAX_SHMS, 64);
	ck_assert_uint_eq(KPLUG_MAX_CPU_MASK, 1024);
	ck_assert_uint_eq(KPLUG_NO_VECTOR, 0xffffffffu);
}
