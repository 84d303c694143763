// SPDX-License-Identifier: MIT
/* The ABI stays as published: sizes, offsets, numbers; and it has no holes. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <uapi/kplug_abi.h>

#include "test.h"

struct field {
	const char *name;
	size_t offset, size; /* of this compiler */
	size_t pinned; /* the offset as published */
};

struct structure {
	const char *name;
	size_t size, pinned;
	const struct field *fields;
};

#define FIELD(type, member, pinned)                                \
	{                                                          \
#type "." #member, offsetof(struct type, member),  \
			sizeof(((struct type *)0)->member), pinned \
	}

#define STRUCTURE(type, pinned)                                   \
	{                                                         \
#type, sizeof(struct type), pinned, type##_fields \
	}

static const struct field kplug_features_fields[] = { FIELD(kplug_features, size, 0),
						      FIELD(kplug_features, flags, 4),
						      FIELD(kplug_features, command, 8),
						      FIELD(kplug_features, out_command_size, 12),
						      FIELD(kplug_features, out_command_flags, 16),
						      FIELD(kplug_features, out_stride, 20),
						      FIELD(kplug_features, out_features, 24),
						      { 0 } };

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
	FIELD(kplug_device_info, out_plugin_version, 56),
	FIELD(kplug_device_info, out_client, 60),
	FIELD(kplug_device_info, out_name, 64),
	FIELD(kplug_device_info, out_plugin, 128),
	{ 0 }
};

static const struct field kplug_region_info_fields[] = {
	FIELD(kplug_region_info, size, 0),        FIELD(kplug_region_info, flags, 4),
	FIELD(kplug_region_info, index, 8),       FIELD(kplug_region_info, out_flags, 12),
	FIELD(kplug_region_info, out_length, 16), FIELD(kplug_region_info, out_mmap_offset, 24),
	FIELD(kplug_region_info, ranges, 32),     FIELD(kplug_region_info, num_ranges, 40),
	FIELD(kplug_region_info, stride, 44),     FIELD(kplug_region_info, out_num_ranges, 48),
	FIELD(kplug_region_info, out_widths, 52), { 0 }
};

static const struct field kplug_map_range_fields[] = { FIELD(kplug_map_range, offset, 0),
						       FIELD(kplug_map_range, length, 8),
						       { 0 } };

static const struct field kplug_vector_info_fields[] = {
	FIELD(kplug_vector_info, size, 0),
	FIELD(kplug_vector_info, flags, 4),
	FIELD(kplug_vector_info, index, 8),
	FIELD(kplug_vector_info, out_flags, 12),
	FIELD(kplug_vector_info, out_handler, 16),
	FIELD(kplug_vector_info, out_irq, 20),
	FIELD(kplug_vector_info, out_event_type, 24),
	FIELD(kplug_vector_info, __reserved, 28),
	FIELD(kplug_vector_info, out_raised, 32),
	FIELD(kplug_vector_info, out_handled, 40),
	FIELD(kplug_vector_info, out_none, 48),
	FIELD(kplug_vector_info, out_deferred, 56),
	FIELD(kplug_vector_info, out_coalesced, 64),
	FIELD(kplug_vector_info, out_posted, 72),
	FIELD(kplug_vector_info, out_dropped, 80),
	FIELD(kplug_vector_info, out_storms, 88),
	{ 0 }
};

static const struct field kplug_access_fields[] = {
	FIELD(kplug_access, size, 0),       FIELD(kplug_access, flags, 4),
	FIELD(kplug_access, region, 8),     FIELD(kplug_access, width, 12),
	FIELD(kplug_access, offset, 16),    FIELD(kplug_access, value, 24),
	FIELD(kplug_access, out_value, 32), { 0 }
};

static const struct field kplug_transfer_fields[] = {
	FIELD(kplug_transfer, op, 0),         FIELD(kplug_transfer, region, 1),
	FIELD(kplug_transfer, width, 2),      FIELD(kplug_transfer, flags, 3),
	FIELD(kplug_transfer, count, 4),      FIELD(kplug_transfer, offset, 8),
	FIELD(kplug_transfer, value, 16),     FIELD(kplug_transfer, buffer, 24),
	FIELD(kplug_transfer, out_value, 32), { 0 }
};

static const struct field kplug_transfers_fields[] = {
	FIELD(kplug_transfers, size, 0),        FIELD(kplug_transfers, flags, 4),
	FIELD(kplug_transfers, transfers, 8),   FIELD(kplug_transfers, num_transfers, 16),
	FIELD(kplug_transfers, stride, 20),     FIELD(kplug_transfers, out_done, 24),
	FIELD(kplug_transfers, __reserved, 28), { 0 }
};

static const struct field kplug_cleanup_fields[] = {
	FIELD(kplug_cleanup, size, 0),    FIELD(kplug_cleanup, flags, 4),
	FIELD(kplug_cleanup, writes, 8),  FIELD(kplug_cleanup, num_writes, 16),
	FIELD(kplug_cleanup, stride, 20), { 0 }
};

static const struct field kplug_caching_set_fields[] = { FIELD(kplug_caching_set, size, 0),
							 FIELD(kplug_caching_set, flags, 4),
							 FIELD(kplug_caching_set, region, 8),
							 FIELD(kplug_caching_set, caching, 12),
							 { 0 } };

static const struct field kplug_irq_mode_set_fields[] = { FIELD(kplug_irq_mode_set, size, 0),
							  FIELD(kplug_irq_mode_set, flags, 4),
							  FIELD(kplug_irq_mode_set, mode, 8),
							  FIELD(kplug_irq_mode_set, count, 12),
							  FIELD(kplug_irq_mode_set, out_mode, 16),
							  FIELD(kplug_irq_mode_set, out_count, 20),
							  { 0 } };

static const struct field kplug_step_fields[] = {
	FIELD(kplug_step, op, 0),    FIELD(kplug_step, region, 1),     FIELD(kplug_step, width, 2),
	FIELD(kplug_step, flags, 3), FIELD(kplug_step, __reserved, 4), FIELD(kplug_step, offset, 8),
	FIELD(kplug_step, mask, 16), FIELD(kplug_step, value, 24),     { 0 }
};

static const struct field kplug_arm_fields[] = {
	FIELD(kplug_arm, size, 0),        FIELD(kplug_arm, flags, 4),
	FIELD(kplug_arm, vector, 8),      FIELD(kplug_arm, handler, 12),
	FIELD(kplug_arm, event_type, 16), FIELD(kplug_arm, num_steps, 20),
	FIELD(kplug_arm, steps, 24),      FIELD(kplug_arm, stride, 32),
	FIELD(kplug_arm, __reserved, 36), { 0 }
};

static const struct field kplug_vector_cmd_fields[] = { FIELD(kplug_vector_cmd, size, 0),
							FIELD(kplug_vector_cmd, flags, 4),
							FIELD(kplug_vector_cmd, vector, 8),
							FIELD(kplug_vector_cmd, __reserved, 12),
							{ 0 } };

static const struct field kplug_eventfd_fields[] = { FIELD(kplug_eventfd, size, 0),
						     FIELD(kplug_eventfd, flags, 4),
						     FIELD(kplug_eventfd, vector, 8),
						     FIELD(kplug_eventfd, fd, 12),
						     { 0 } };

static const struct field kplug_subscribe_fields[] = { FIELD(kplug_subscribe, size, 0),
						       FIELD(kplug_subscribe, flags, 4),
						       FIELD(kplug_subscribe, vectors, 8),
						       { 0 } };

static const struct field kplug_restrict_fields[] = { FIELD(kplug_restrict, size, 0),
						      FIELD(kplug_restrict, flags, 4),
						      { 0 } };

static const struct field kplug_event_fields[] = {
	FIELD(kplug_event, seq, 0),     FIELD(kplug_event, lost, 8),
	FIELD(kplug_event, t_hard, 16), FIELD(kplug_event, t_handler_end, 24),
	FIELD(kplug_event, t_post, 32), FIELD(kplug_event, vector, 40),
	FIELD(kplug_event, type, 44),   FIELD(kplug_event, words, 46),
	FIELD(kplug_event, data, 48),   { 0 }
};

static const struct field kplug_ring_page_fields[] = { FIELD(kplug_ring_page, head, 0),
						       FIELD(kplug_ring_page, dropped, 8),
						       FIELD(kplug_ring_page, entries, 16),
						       FIELD(kplug_ring_page, record_size, 20),
						       FIELD(kplug_ring_page, records_offset, 24),
						       FIELD(kplug_ring_page, __pad, 32),
						       FIELD(kplug_ring_page, tail, 64),
						       { 0 } };

static const struct field kplug_ring_fields[] = { FIELD(kplug_ring, size, 0),
						  FIELD(kplug_ring, flags, 4),
						  FIELD(kplug_ring, entries, 8),
						  FIELD(kplug_ring, __reserved, 12),
						  FIELD(kplug_ring, out_mmap_offset, 16),
						  FIELD(kplug_ring, out_mmap_size, 24),
						  { 0 } };

static const struct field kplug_attach_fields[] = {
	FIELD(kplug_attach, size, 0),        FIELD(kplug_attach, flags, 4),
	FIELD(kplug_attach, name, 8),        FIELD(kplug_attach, min_version, 72),
	FIELD(kplug_attach, __reserved, 76), { 0 }
};

static const struct field kplug_detach_fields[] = { FIELD(kplug_detach, size, 0),
						    FIELD(kplug_detach, flags, 4),
						    { 0 } };

static const struct field kplug_call_fields[] = { FIELD(kplug_call, size, 0),
						  FIELD(kplug_call, flags, 4),
						  FIELD(kplug_call, cmd, 8),
						  FIELD(kplug_call, __reserved, 12),
						  FIELD(kplug_call, in, 16),
						  FIELD(kplug_call, out, 24),
						  FIELD(kplug_call, in_len, 32),
						  FIELD(kplug_call, out_len, 36),
						  { 0 } };

static const struct field kplug_shm_alloc_fields[] = { FIELD(kplug_shm_alloc, size, 0),
						       FIELD(kplug_shm_alloc, flags, 4),
						       FIELD(kplug_shm_alloc, length, 8),
						       FIELD(kplug_shm_alloc, out_id, 16),
						       FIELD(kplug_shm_alloc, __reserved, 20),
						       FIELD(kplug_shm_alloc, out_mmap_offset, 24),
						       { 0 } };

static const struct field kplug_shm_free_fields[] = { FIELD(kplug_shm_free, size, 0),
						      FIELD(kplug_shm_free, flags, 4),
						      FIELD(kplug_shm_free, id, 8),
						      FIELD(kplug_shm_free, __reserved, 12),
						      { 0 } };

static const struct field kplug_affinity_fields[] = {
	FIELD(kplug_affinity, size, 0),   FIELD(kplug_affinity, flags, 4),
	FIELD(kplug_affinity, vector, 8), FIELD(kplug_affinity, length, 12),
	FIELD(kplug_affinity, mask, 16),  { 0 }
};

static const struct field kplug_reset_fields[] = { FIELD(kplug_reset, size, 0),
						   FIELD(kplug_reset, flags, 4),
						   { 0 } };

static const struct field kplug_dma_buffer_make_fields[] = {
	FIELD(kplug_dma_buffer_make, size, 0),        FIELD(kplug_dma_buffer_make, flags, 4),
	FIELD(kplug_dma_buffer_make, source, 8),      FIELD(kplug_dma_buffer_make, region, 12),
	FIELD(kplug_dma_buffer_make, address, 16),    FIELD(kplug_dma_buffer_make, length, 24),
	FIELD(kplug_dma_buffer_make, out_offset, 32), FIELD(kplug_dma_buffer_make, out_fd, 40),
	FIELD(kplug_dma_buffer_make, __reserved, 44), { 0 }
};

static const struct field kplug_dma_map_fields[] = { FIELD(kplug_dma_map, size, 0),
						     FIELD(kplug_dma_map, flags, 4),
						     FIELD(kplug_dma_map, fd, 8),
						     FIELD(kplug_dma_map, direction, 12),
						     FIELD(kplug_dma_map, offset, 16),
						     FIELD(kplug_dma_map, length, 24),
						     FIELD(kplug_dma_map, out_id, 32),
						     FIELD(kplug_dma_map, out_segments, 36),
						     { 0 } };

static const struct field kplug_dma_unmap_fields[] = { FIELD(kplug_dma_unmap, size, 0),
						       FIELD(kplug_dma_unmap, flags, 4),
						       FIELD(kplug_dma_unmap, id, 8),
						       FIELD(kplug_dma_unmap, __reserved, 12),
						       { 0 } };

static const struct field kplug_dma_segment_fields[] = { FIELD(kplug_dma_segment, address, 0),
							 FIELD(kplug_dma_segment, length, 8),
							 { 0 } };

static const struct field kplug_dma_segments_fields[] = {
	FIELD(kplug_dma_segments, size, 0),      FIELD(kplug_dma_segments, flags, 4),
	FIELD(kplug_dma_segments, id, 8),        FIELD(kplug_dma_segments, first, 12),
	FIELD(kplug_dma_segments, segments, 16), FIELD(kplug_dma_segments, num_segments, 24),
	FIELD(kplug_dma_segments, stride, 28),   { 0 }
};

static const struct field kplug_dma_sync_fields[] = { FIELD(kplug_dma_sync, size, 0),
						      FIELD(kplug_dma_sync, flags, 4),
						      FIELD(kplug_dma_sync, id, 8),
						      FIELD(kplug_dma_sync, sync_for, 12),
						      FIELD(kplug_dma_sync, offset, 16),
						      FIELD(kplug_dma_sync, length, 24),
						      { 0 } };

static const struct field kplug_dma_limits_fields[] = {
	FIELD(kplug_dma_limits, size, 0),         FIELD(kplug_dma_limits, flags, 4),
	FIELD(kplug_dma_limits, address_bits, 8), FIELD(kplug_dma_limits, max_segment, 12),
	FIELD(kplug_dma_limits, boundary, 16),    { 0 }
};

static const struct field kplug_dma_transaction_fields[] = {
	FIELD(kplug_dma_transaction, size, 0),
	FIELD(kplug_dma_transaction, flags, 4),
	FIELD(kplug_dma_transaction, mapping, 8),
	FIELD(kplug_dma_transaction, direction, 12),
	FIELD(kplug_dma_transaction, offset, 16),
	FIELD(kplug_dma_transaction, length, 24),
	FIELD(kplug_dma_transaction, max_chunk, 32),
	FIELD(kplug_dma_transaction, alignment, 36),
	FIELD(kplug_dma_transaction, out_id, 40),
	FIELD(kplug_dma_transaction, __reserved, 44),
	{ 0 }
};

static const struct field kplug_dma_execution_fields[] = { FIELD(kplug_dma_execution, id, 0),
							   FIELD(kplug_dma_execution, flags, 4),
							   FIELD(kplug_dma_execution, offset, 8),
							   FIELD(kplug_dma_execution, length, 16),
							   FIELD(kplug_dma_execution, timeout_ms,
								 24),
							   FIELD(kplug_dma_execution, poll_us, 28),
							   FIELD(kplug_dma_execution, cookie, 32),
							   FIELD(kplug_dma_execution, args, 40),
							   { 0 } };

static const struct field kplug_dma_execute_fields[] = {
	FIELD(kplug_dma_execute, size, 0),        FIELD(kplug_dma_execute, flags, 4),
	FIELD(kplug_dma_execute, executions, 8),  FIELD(kplug_dma_execute, num_executions, 16),
	FIELD(kplug_dma_execute, stride, 20),     FIELD(kplug_dma_execute, out_started, 24),
	FIELD(kplug_dma_execute, __reserved, 28), { 0 }
};

static const struct field kplug_dma_transaction_cmd_fields[] = {
	FIELD(kplug_dma_transaction_cmd, size, 0),
	FIELD(kplug_dma_transaction_cmd, flags, 4),
	FIELD(kplug_dma_transaction_cmd, id, 8),
	FIELD(kplug_dma_transaction_cmd, __reserved, 12),
	{ 0 }
};

static const struct field kplug_dma_transaction_info_fields[] = {
	FIELD(kplug_dma_transaction_info, size, 0),
	FIELD(kplug_dma_transaction_info, flags, 4),
	FIELD(kplug_dma_transaction_info, id, 8),
	FIELD(kplug_dma_transaction_info, timeout_ms, 12),
	FIELD(kplug_dma_transaction_info, out_state, 16),
	FIELD(kplug_dma_transaction_info, out_status, 20),
	FIELD(kplug_dma_transaction_info, out_bytes, 24),
	FIELD(kplug_dma_transaction_info, out_cookie, 32),
	FIELD(kplug_dma_transaction_info, out_chunks, 40),
	FIELD(kplug_dma_transaction_info, __reserved, 44),
	{ 0 }
};

static const struct structure structures[] = {
	STRUCTURE(kplug_features, 32),
	STRUCTURE(kplug_device_info, 192),
	STRUCTURE(kplug_region_info, 56),
	STRUCTURE(kplug_map_range, 16),
	STRUCTURE(kplug_vector_info, 96),
	STRUCTURE(kplug_access, 40),
	STRUCTURE(kplug_transfer, 40),
	STRUCTURE(kplug_transfers, 32),
	STRUCTURE(kplug_cleanup, 24),
	STRUCTURE(kplug_caching_set, 16),
	STRUCTURE(kplug_irq_mode_set, 24),
	STRUCTURE(kplug_step, 32),
	STRUCTURE(kplug_arm, 40),
	STRUCTURE(kplug_vector_cmd, 16),
	STRUCTURE(kplug_eventfd, 16),
	STRUCTURE(kplug_subscribe, 40),
	STRUCTURE(kplug_restrict, 8),
	STRUCTURE(kplug_event, 96),
	STRUCTURE(kplug_ring_page, 72),
	STRUCTURE(kplug_ring, 32),
	STRUCTURE(kplug_attach, 80),
	STRUCTURE(kplug_detach, 8),
	STRUCTURE(kplug_call, 40),
	STRUCTURE(kplug_shm_alloc, 32),
	STRUCTURE(kplug_shm_free, 16),
	STRUCTURE(kplug_affinity, 24),
	STRUCTURE(kplug_reset, 8),
	STRUCTURE(kplug_dma_buffer_make, 48),
	STRUCTURE(kplug_dma_map, 40),
	STRUCTURE(kplug_dma_unmap, 16),
	STRUCTURE(kplug_dma_segment, 16),
	STRUCTURE(kplug_dma_segments, 32),
	STRUCTURE(kplug_dma_sync, 32),
	STRUCTURE(kplug_dma_limits, 24),
	STRUCTURE(kplug_dma_transaction, 48),
	STRUCTURE(kplug_dma_execution, 72),
	STRUCTURE(kplug_dma_execute, 32),
	STRUCTURE(kplug_dma_transaction_cmd, 16),
	STRUCTURE(kplug_dma_transaction_info, 48),
};

#define NUM_STRUCTURES (sizeof(structures) / sizeof(structures[0]))

/* Each field begins where the one before ended, so that a field that is not listed shows, too. */
static void check_structure(const struct structure *s)
{
	const struct field *field;
	size_t end = 0;

	for (field = s->fields; field->name; field++) {
		ck_assert_msg(field->offset == field->pinned, "%s is at %zu, not %zu", field->name,
			      field->offset, field->pinned);
		ck_assert_msg(field->offset == end, "hole of %zu before %s", field->offset - end,
			      field->name);
		end = field->offset + field->size;
	}
	ck_assert_msg(s->size == s->pinned, "%s has %zu bytes, not %zu", s->name, s->size,
		      s->pinned);
	ck_assert_msg(s->size == end, "%s has %zu bytes after its fields", s->name, s->size - end);
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
		ck_assert_msg(structures[i].size % 8 == 0, "%s ends within a word",
			      structures[i].name);
}

static bool is_pinned(const char *structure)
{
	size_t i;

	for (i = 0; i < NUM_STRUCTURES; i++)
		if (!strcmp(structures[i].name, structure))
			return true;
	return false;
}

/* Each number is used once, and each argument begins with its size and flags. */
TEST(abi, commands)
{
	static const struct {
		const char *name, *argument;
		unsigned int request, number;
		size_t size, flags;
	} commands[] = {
#define KPLUG_COMMAND(number, NAME, name, argument, ...) \
	{ #NAME,                                         \
	  #argument,                                     \
	  KPLUG_##NAME,                                  \
	  number,                                        \
	  offsetof(struct argument, size),               \
	  offsetof(struct argument, flags) },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		ck_assert_uint_eq(commands[i].request, 0xe700 | commands[i].number);
		ck_assert_uint_eq(commands[i].number, 0x40 + i);
		ck_assert_uint_eq(commands[i].size, 0);
		ck_assert_uint_eq(commands[i].flags, 4);
		ck_assert_msg(is_pinned(commands[i].argument), "%s has no line above",
			      commands[i].argument);
	}
}

TEST(abi, values)
{
	ck_assert_uint_eq(KPLUG_BUS_PCI, 1);
	ck_assert_uint_eq(KPLUG_BUS_VIRTUAL, 2);
	ck_assert_uint_eq(KPLUG_BUS_PLATFORM, 3);
	ck_assert_uint_eq(KPLUG_BUS_ISA, 4);
	ck_assert_uint_eq(KPLUG_IRQ_AUTO, 0);
	ck_assert_uint_eq(KPLUG_IRQ_INTX, 1);
	ck_assert_uint_eq(KPLUG_IRQ_MSI, 2);
	ck_assert_uint_eq(KPLUG_IRQ_MSIX, 3);
	ck_assert_uint_eq(KPLUG_IRQ_VIRTUAL, 4);
	ck_assert_uint_eq(KPLUG_IRQ_WIRED, 5);
	ck_assert_uint_eq(KPLUG_HANDLER_USER, 0);
	ck_assert_uint_eq(KPLUG_HANDLER_RECIPE, 1);
	ck_assert_uint_eq(KPLUG_HANDLER_PLUGIN, 3);
	ck_assert_uint_eq(KPLUG_STEP_READ, 1);
	ck_assert_uint_eq(KPLUG_STEP_NOT_MINE, 2);
	ck_assert_uint_eq(KPLUG_STEP_WRITE, 3);
	ck_assert_uint_eq(KPLUG_STEP_WRITE_BACK, 4);
	ck_assert_uint_eq(KPLUG_STEP_CAPTURE, 5);
	ck_assert_uint_eq(KPLUG_STEP_WRITE_INVERSE, 6);
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
	ck_assert_uint_eq(KPLUG_DMA_BUFFER_CONTIGUOUS, 1);
	ck_assert_uint_eq(KPLUG_DMA_BUFFER_USER, 2);
	ck_assert_uint_eq(KPLUG_DMA_BUFFER_REGION, 3);
	ck_assert_uint_eq(KPLUG_DMA_BUFFER_READ_ONLY, 1u << 0);
	ck_assert_uint_eq(KPLUG_DMA_BUFFER_COHERENT, 1u << 1);
	ck_assert_uint_eq(KPLUG_ABI_VERSION, 1);
	ck_assert_uint_eq(KPLUG_NAME_MAX, 64);
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
