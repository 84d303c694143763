# SPDX-License-Identifier: MIT
"""The C side of libkplug. userlib/python/bindings wrote this file from the headers, and the test
`python:bindings` fails when the two differ."""
from ctypes import (POINTER, Structure, c_char, c_char_p, c_int, c_int32, c_int64, c_size_t,
                    c_uint, c_uint16, c_uint32, c_uint64, c_uint8, c_void_p)
from enum import IntEnum, IntFlag
from typing import Any

KPLUG_ABI_VERSION = 1
KPLUG_ACCESS_WRITE = 1
KPLUG_AFFINITY_SET = 1
KPLUG_ALL_REGIONS = 0xffffffff
KPLUG_ALL_VECTORS = 0xfffffffe
KPLUG_CONFIG_REGION = 7
KPLUG_DEFER = 2
KPLUG_DEVICE_ATTACHED = 2
KPLUG_DEVICE_GRANTED = 8
KPLUG_DEVICE_PERMANENT = 4
KPLUG_DEVICE_TRUSTED = 1
KPLUG_DMA_ARGS = 4
KPLUG_DMA_BUFFER_COHERENT = 2
KPLUG_DMA_BUFFER_READ_ONLY = 1
KPLUG_EVENT_WORDS = 6
KPLUG_FEATURE_EXCLUSIVE = 4
KPLUG_FEATURE_PLUGIN_VERSION = 2
KPLUG_FEATURE_STRIDE = 1
KPLUG_GRANT_GROUP = 1
KPLUG_GRANT_UNSAFE = 2
KPLUG_HANDLED = 1
KPLUG_IOCTL_TYPE = 0xe7
KPLUG_MAX_CAPTURES = 4
KPLUG_MAX_CLEANUP = 0x40
KPLUG_MAX_CLIENTS = 0x400
KPLUG_MAX_CPU_MASK = 0x400
KPLUG_MAX_EXECUTIONS = 0x400
KPLUG_MAX_LISTENERS = 0x40
KPLUG_MAX_MAPPINGS = 0x1000
KPLUG_MAX_MESSAGE = 0x100000
KPLUG_MAX_RANGES = 0x40
KPLUG_MAX_REGIONS = 8
KPLUG_MAX_RING = 0x10000
KPLUG_MAX_SHM = 0x1000000
KPLUG_MAX_SHMS = 0x40
KPLUG_MAX_SIZE = 0x1000
KPLUG_MAX_STEPS = 0x10
KPLUG_MAX_TRANSACTIONS = 0x1000
KPLUG_MAX_TRANSFERS = 0x1000
KPLUG_MAX_VECTORS = 0x100
KPLUG_NAME_MAX = 0x40
KPLUG_NONE = 0
KPLUG_NOTIFY = 4
KPLUG_NO_VECTOR = 0xffffffff
KPLUG_OPEN_EXCLUSIVE = 4
KPLUG_OPEN_NO_RING = 1
KPLUG_OPEN_NO_TIMES = 2
KPLUG_POLL_ALWAYS = 0xffffffff
KPLUG_REGION_CONFIG = 0x10
KPLUG_REGION_LOCKED = 0x40
KPLUG_REGION_MEM = 1
KPLUG_REGION_MMAP = 4
KPLUG_REGION_PORT = 2
KPLUG_REGION_PREFETCH = 8
KPLUG_REGION_WC = 0x20
KPLUG_RING_DEFAULT = 0x400
KPLUG_RING_NO_TIMES = 1
KPLUG_TIMEOUT_NONE = 0xffffffff
KPLUG_TRANSFER_FIFO = 1
KPLUG_VECTOR_ARMED = 1
KPLUG_VECTOR_MASKED = 4
KPLUG_VECTOR_MINE = 2
KPLUG_VECTOR_STORM = 8
KPLUG_WIDTH_16 = 2
KPLUG_WIDTH_32 = 4
KPLUG_WIDTH_64 = 8
KPLUG_WIDTH_8 = 1
KPLUG_BUS_PCI = 1
KPLUG_BUS_VIRTUAL = 2
KPLUG_BUS_PLATFORM = 3
KPLUG_BUS_ISA = 4
KPLUG_IRQ_AUTO = 0
KPLUG_IRQ_INTX = 1
KPLUG_IRQ_MSI = 2
KPLUG_IRQ_MSIX = 3
KPLUG_IRQ_VIRTUAL = 4
KPLUG_IRQ_WIRED = 5
KPLUG_HANDLER_USER = 0
KPLUG_HANDLER_RECIPE = 1
KPLUG_HANDLER_PLUGIN = 3
KPLUG_TRANSFER_READ = 1
KPLUG_TRANSFER_WRITE = 2
KPLUG_CACHING_UC = 0
KPLUG_CACHING_WC = 1
KPLUG_STEP_READ = 1
KPLUG_STEP_NOT_MINE = 2
KPLUG_STEP_WRITE = 3
KPLUG_STEP_WRITE_BACK = 4
KPLUG_STEP_CAPTURE = 5
KPLUG_STEP_WRITE_INVERSE = 6
KPLUG_EVENT_IRQ = 1
KPLUG_EVENT_REMOVED = 2
KPLUG_EVENT_STORM = 3
KPLUG_EVENT_RESET = 4
KPLUG_EVENT_ERROR = 5
KPLUG_EVENT_SUSPEND = 6
KPLUG_EVENT_RESUME = 7
KPLUG_EVENT_DMA = 8
KPLUG_EVENT_CUSTOM = 0x100
KPLUG_ERROR_NONFATAL = 1
KPLUG_ERROR_FROZEN = 2
KPLUG_ERROR_PERMANENT = 3
KPLUG_ERROR_RECOVERED = 4
KPLUG_DMA_BUFFER_CONTIGUOUS = 1
KPLUG_DMA_BUFFER_USER = 2
KPLUG_DMA_BUFFER_REGION = 3
KPLUG_DMA_BOTH = 0
KPLUG_DMA_TO_DEVICE = 1
KPLUG_DMA_FROM_DEVICE = 2
KPLUG_DMA_SYNC_FOR_CPU = 1
KPLUG_DMA_SYNC_FOR_DEVICE = 2
KPLUG_DMA_TRANSACTION_IDLE = 0
KPLUG_DMA_TRANSACTION_QUEUED = 1
KPLUG_DMA_TRANSACTION_RUNNING = 2
KPLUG_STAGE_HANDLER = 0
KPLUG_STAGE_TAKEN = 1
KPLUG_STAGE_WHOLE = 2
KPLUG_TRUST_RESTRICTED = 0
KPLUG_TRUST_FULL = 1
KPLUG_TRUST_GRANTED = 2
KPLUG_TRUST_REVOKED = 3


class Open(IntFlag):
    """KPLUG_OPEN_*"""

    EXCLUSIVE = KPLUG_OPEN_EXCLUSIVE
    NO_RING = KPLUG_OPEN_NO_RING
    NO_TIMES = KPLUG_OPEN_NO_TIMES


class RegionFlag(IntFlag):
    """KPLUG_REGION_*"""

    CONFIG = KPLUG_REGION_CONFIG
    LOCKED = KPLUG_REGION_LOCKED
    MEM = KPLUG_REGION_MEM
    MMAP = KPLUG_REGION_MMAP
    PORT = KPLUG_REGION_PORT
    PREFETCH = KPLUG_REGION_PREFETCH
    WC = KPLUG_REGION_WC


class Width(IntFlag):
    """KPLUG_WIDTH_*"""

    BITS_16 = KPLUG_WIDTH_16
    BITS_32 = KPLUG_WIDTH_32
    BITS_64 = KPLUG_WIDTH_64
    BITS_8 = KPLUG_WIDTH_8


class VectorFlag(IntFlag):
    """KPLUG_VECTOR_*"""

    ARMED = KPLUG_VECTOR_ARMED
    MASKED = KPLUG_VECTOR_MASKED
    MINE = KPLUG_VECTOR_MINE
    STORM = KPLUG_VECTOR_STORM


class DeviceFlag(IntFlag):
    """KPLUG_DEVICE_*"""

    ATTACHED = KPLUG_DEVICE_ATTACHED
    GRANTED = KPLUG_DEVICE_GRANTED
    PERMANENT = KPLUG_DEVICE_PERMANENT
    TRUSTED = KPLUG_DEVICE_TRUSTED


class Feature(IntFlag):
    """KPLUG_FEATURE_*"""

    EXCLUSIVE = KPLUG_FEATURE_EXCLUSIVE
    PLUGIN_VERSION = KPLUG_FEATURE_PLUGIN_VERSION
    STRIDE = KPLUG_FEATURE_STRIDE


class Bus(IntEnum):
    """enum kplug_bus"""

    PCI = KPLUG_BUS_PCI
    VIRTUAL = KPLUG_BUS_VIRTUAL
    PLATFORM = KPLUG_BUS_PLATFORM
    ISA = KPLUG_BUS_ISA


class IrqMode(IntEnum):
    """enum kplug_irq_mode"""

    AUTO = KPLUG_IRQ_AUTO
    INTX = KPLUG_IRQ_INTX
    MSI = KPLUG_IRQ_MSI
    MSIX = KPLUG_IRQ_MSIX
    VIRTUAL = KPLUG_IRQ_VIRTUAL
    WIRED = KPLUG_IRQ_WIRED


class HandlerKind(IntEnum):
    """enum kplug_handler_kind"""

    USER = KPLUG_HANDLER_USER
    RECIPE = KPLUG_HANDLER_RECIPE
    PLUGIN = KPLUG_HANDLER_PLUGIN


class EventType(IntEnum):
    """enum kplug_event_type"""

    IRQ = KPLUG_EVENT_IRQ
    REMOVED = KPLUG_EVENT_REMOVED
    STORM = KPLUG_EVENT_STORM
    RESET = KPLUG_EVENT_RESET
    ERROR = KPLUG_EVENT_ERROR
    SUSPEND = KPLUG_EVENT_SUSPEND
    RESUME = KPLUG_EVENT_RESUME
    DMA = KPLUG_EVENT_DMA
    CUSTOM = KPLUG_EVENT_CUSTOM


class ErrorState(IntEnum):
    """enum kplug_error_state"""

    NONFATAL = KPLUG_ERROR_NONFATAL
    FROZEN = KPLUG_ERROR_FROZEN
    PERMANENT = KPLUG_ERROR_PERMANENT
    RECOVERED = KPLUG_ERROR_RECOVERED


class Direction(IntEnum):
    """enum kplug_dma_direction"""

    BOTH = KPLUG_DMA_BOTH
    TO_DEVICE = KPLUG_DMA_TO_DEVICE
    FROM_DEVICE = KPLUG_DMA_FROM_DEVICE


class SyncFor(IntEnum):
    """enum kplug_dma_sync_for"""

    CPU = KPLUG_DMA_SYNC_FOR_CPU
    DEVICE = KPLUG_DMA_SYNC_FOR_DEVICE


class TransactionState(IntEnum):
    """enum kplug_dma_transaction_state"""

    IDLE = KPLUG_DMA_TRANSACTION_IDLE
    QUEUED = KPLUG_DMA_TRANSACTION_QUEUED
    RUNNING = KPLUG_DMA_TRANSACTION_RUNNING


class Caching(IntEnum):
    """enum kplug_caching"""

    UC = KPLUG_CACHING_UC
    WC = KPLUG_CACHING_WC


class StepOp(IntEnum):
    """enum kplug_step_op"""

    READ = KPLUG_STEP_READ
    NOT_MINE = KPLUG_STEP_NOT_MINE
    WRITE = KPLUG_STEP_WRITE
    WRITE_BACK = KPLUG_STEP_WRITE_BACK
    CAPTURE = KPLUG_STEP_CAPTURE
    WRITE_INVERSE = KPLUG_STEP_WRITE_INVERSE


class TransferOp(IntEnum):
    """enum kplug_transfer_op"""

    READ = KPLUG_TRANSFER_READ
    WRITE = KPLUG_TRANSFER_WRITE


class Stage(IntEnum):
    """enum kplug_stage"""

    HANDLER = KPLUG_STAGE_HANDLER
    TAKEN = KPLUG_STAGE_TAKEN
    WHOLE = KPLUG_STAGE_WHOLE


class Trust(IntEnum):
    """enum kplug_trust"""

    RESTRICTED = KPLUG_TRUST_RESTRICTED
    FULL = KPLUG_TRUST_FULL
    GRANTED = KPLUG_TRUST_GRANTED
    REVOKED = KPLUG_TRUST_REVOKED


class kplug_irq(Structure):
    _fields_ = (
        ("io", c_void_p),
        ("ctx", c_void_p),
        ("vector", c_uint32),
        ("captured", c_uint32),
        ("data", c_uint64 * 6),
    )


class kplug_step(Structure):
    _fields_ = (
        ("op", c_uint8),
        ("region", c_uint8),
        ("width", c_uint8),
        ("flags", c_uint8),
        ("__reserved", c_uint32),
        ("offset", c_uint64),
        ("mask", c_uint64),
        ("value", c_uint64),
    )


class kplug_handler(Structure):
    _fields_ = (
        ("plugin", c_char_p),
        ("steps", POINTER(kplug_step)),
        ("num_steps", c_uint),
        ("user", c_void_p),
        ("ctx", c_void_p),
        ("event_type", c_uint),
        ("plugin_version", c_uint),
    )


class kplug_cap(Structure):
    _fields_ = (
        ("id", c_uint16),
        ("offset", c_uint16),
        ("version", c_uint8),
        ("extended", c_uint8),
    )


class kplug_dma_buffer(Structure):
    _fields_ = (
        ("addr", c_void_p),
        ("length", c_size_t),
        ("fd", c_int),
    )


class kplug_dma_mapping(Structure):
    _fields_ = (
        ("id", c_uint32),
        ("num_segments", c_uint32),
    )


class kplug_dma_segment(Structure):
    _fields_ = (
        ("address", c_uint64),
        ("length", c_uint64),
    )


class kplug_dma_limits(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("address_bits", c_uint32),
        ("max_segment", c_uint32),
        ("boundary", c_uint64),
    )


class kplug_dma_execution(Structure):
    _fields_ = (
        ("id", c_uint32),
        ("flags", c_uint32),
        ("offset", c_uint64),
        ("length", c_uint64),
        ("timeout_ms", c_uint32),
        ("poll_us", c_uint32),
        ("cookie", c_uint64),
        ("args", c_uint64 * 4),
    )


class kplug_dma_transaction(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("mapping", c_uint32),
        ("direction", c_uint32),
        ("offset", c_uint64),
        ("length", c_uint64),
        ("max_chunk", c_uint32),
        ("alignment", c_uint32),
        ("out_id", c_uint32),
        ("__reserved", c_uint32),
    )


class kplug_dma_transaction_info(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("id", c_uint32),
        ("timeout_ms", c_uint32),
        ("out_state", c_uint32),
        ("out_status", c_int32),
        ("out_bytes", c_uint64),
        ("out_cookie", c_uint64),
        ("out_chunks", c_uint32),
        ("__reserved", c_uint32),
    )


class kplug_features(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("command", c_uint32),
        ("out_command_size", c_uint32),
        ("out_command_flags", c_uint32),
        ("out_stride", c_uint32),
        ("out_features", c_uint64),
    )


class kplug_grant(Structure):
    _fields_ = (
        ("id", c_uint32),
        ("flags", c_uint),
    )


class kplug_holder(Structure):
    _fields_ = (
        ("pid", c_int),
        ("trusted", c_int),
        ("trust", c_int),
        ("client", c_uint32),
        ("user", c_uint32),
        ("plugin", c_char * 64),
    )


class kplug_device_info(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("out_flags", c_uint32),
        ("out_abi", c_uint32),
        ("out_bus", c_uint32),
        ("out_irq_mode", c_uint32),
        ("out_vectors", c_uint32),
        ("out_regions", c_uint32),
        ("out_vendor", c_uint16),
        ("out_device", c_uint16),
        ("out_subvendor", c_uint16),
        ("out_subdevice", c_uint16),
        ("out_class", c_uint32),
        ("out_revision", c_uint32),
        ("out_max_in", c_uint32),
        ("out_max_out", c_uint32),
        ("out_plugin_version", c_uint32),
        ("out_client", c_uint32),
        ("out_name", c_char * 64),
        ("out_plugin", c_char * 64),
    )


class kplug_range(Structure):
    _fields_ = (
        ("start", c_uint32),
        ("length", c_uint32),
        ("flags", c_uint32),
    )


class kplug_found(Structure):
    _fields_ = (
        ("name", c_char * 64),
        ("bus", c_char * 12),
        ("parent", c_char * 64),
        ("vendor", c_uint16),
        ("device", c_uint16),
        ("subvendor", c_uint16),
        ("subdevice", c_uint16),
        ("class_code", c_uint32),
        ("revision", c_uint32),
        ("iommu_group", c_int),
        ("numa_node", c_int),
        ("on_kplug", c_int),
        ("driver", c_char * 64),
        ("plugin", c_char * 64),
        ("irq_mode", c_char * 8),
    )


class kplug_opts(Structure):
    _fields_ = (
        ("flags", c_uint),
        ("ring_entries", c_uint),
        ("spin_ns", c_uint64),
    )


class kplug_event(Structure):
    _fields_ = (
        ("seq", c_uint64),
        ("lost", c_uint64),
        ("t_hard", c_uint64),
        ("t_handler_end", c_uint64),
        ("t_post", c_uint64),
        ("vector", c_uint32),
        ("type", c_uint16),
        ("words", c_uint16),
        ("data", c_uint64 * 6),
    )


class kplug_region_info(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("index", c_uint32),
        ("out_flags", c_uint32),
        ("out_length", c_uint64),
        ("out_mmap_offset", c_uint64),
        ("ranges", c_uint64),
        ("num_ranges", c_uint32),
        ("stride", c_uint32),
        ("out_num_ranges", c_uint32),
        ("out_widths", c_uint32),
    )


class kplug_map_range(Structure):
    _fields_ = (
        ("offset", c_uint64),
        ("length", c_uint64),
    )


class kplug_transfer(Structure):
    _fields_ = (
        ("op", c_uint8),
        ("region", c_uint8),
        ("width", c_uint8),
        ("flags", c_uint8),
        ("count", c_uint32),
        ("offset", c_uint64),
        ("value", c_uint64),
        ("buffer", c_uint64),
        ("out_value", c_uint64),
    )


class kplug_shm(Structure):
    _fields_ = (
        ("addr", c_void_p),
        ("length", c_size_t),
        ("id", c_uint32),
    )


class kplug_event_counts(Structure):
    _fields_ = (
        ("events", c_uint64),
        ("untimed", c_uint64),
        ("lost", c_uint64),
    )


class kplug_stage_times(Structure):
    _fields_ = (
        ("count", c_uint64),
        ("min", c_uint64),
        ("mean", c_uint64),
        ("p50", c_uint64),
        ("p90", c_uint64),
        ("p99", c_uint64),
        ("p999", c_uint64),
        ("max", c_uint64),
    )


class kplug_vector_info(Structure):
    _fields_ = (
        ("size", c_uint32),
        ("flags", c_uint32),
        ("index", c_uint32),
        ("out_flags", c_uint32),
        ("out_handler", c_uint32),
        ("out_irq", c_uint32),
        ("out_event_type", c_uint32),
        ("__reserved", c_uint32),
        ("out_raised", c_uint64),
        ("out_handled", c_uint64),
        ("out_none", c_uint64),
        ("out_deferred", c_uint64),
        ("out_coalesced", c_uint64),
        ("out_posted", c_uint64),
        ("out_dropped", c_uint64),
        ("out_storms", c_uint64),
    )


# name: (result, (argument, ...))
FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "kplug_access_read": (c_int, (c_void_p, c_uint, c_uint64, c_uint, POINTER(c_uint64),)),
    "kplug_access_write": (c_int, (c_void_p, c_uint, c_uint64, c_uint, c_uint64,)),
    "kplug_affinity_get": (c_int, (c_void_p, c_uint, c_size_t, c_void_p,)),
    "kplug_affinity_set": (c_int, (c_void_p, c_uint, c_size_t, c_void_p,)),
    "kplug_attach": (c_int, (c_void_p, c_uint, POINTER(kplug_handler),)),
    "kplug_attach_permanent": (c_int, (c_char_p, c_char_p,)),
    "kplug_bind": (c_int, (c_char_p,)),
    "kplug_call": (c_int, (c_void_p, c_uint, c_void_p, c_size_t, c_void_p, c_size_t,)),
    "kplug_cap_name": (c_char_p, (POINTER(kplug_cap),)),
    "kplug_caps": (c_int, (c_void_p, POINTER(POINTER(kplug_cap)),)),
    "kplug_close": (c_int, (c_void_p,)),
    "kplug_detach": (c_int, (c_void_p, c_uint,)),
    "kplug_detach_permanent": (c_int, (c_char_p,)),
    "kplug_dma_buffer_alloc": (c_int, (c_void_p, c_size_t, POINTER(kplug_dma_buffer),)),
    "kplug_dma_buffer_alloc_coherent": (c_int, (c_void_p, c_size_t, POINTER(kplug_dma_buffer),)),
    "kplug_dma_buffer_free": (None, (POINTER(kplug_dma_buffer),)),
    "kplug_dma_buffer_pin": (c_int, (c_void_p, c_void_p, c_size_t, c_uint, POINTER(c_uint64),)),
    "kplug_dma_buffer_region": (c_int, (c_void_p, c_uint, c_uint64, c_size_t,)),
    "kplug_dma_map": (c_int, (c_void_p, c_int, c_uint64, c_uint64, c_uint,
         POINTER(kplug_dma_mapping),)),
    "kplug_dma_segments": (c_int, (c_void_p, c_uint32, c_uint32, POINTER(kplug_dma_segment),
         c_uint32,)),
    "kplug_dma_set_limits": (c_int, (c_void_p, POINTER(kplug_dma_limits),)),
    "kplug_dma_sync": (c_int, (c_void_p, c_uint32, c_uint, c_uint64, c_uint64,)),
    "kplug_dma_transaction_abort": (c_int, (c_void_p, c_uint32,)),
    "kplug_dma_transaction_execute": (c_int, (c_void_p, POINTER(kplug_dma_execution), c_uint32,)),
    "kplug_dma_transaction_make": (c_int, (c_void_p, POINTER(kplug_dma_transaction),)),
    "kplug_dma_transaction_release": (c_int, (c_void_p, c_uint32,)),
    "kplug_dma_transaction_wait": (c_int, (c_void_p, c_uint32, c_uint32,
         POINTER(kplug_dma_transaction_info),)),
    "kplug_dma_unmap": (c_int, (c_void_p, c_uint32,)),
    "kplug_eventfd": (c_int, (c_void_p, c_uint, c_int,)),
    "kplug_fd": (c_int, (c_void_p,)),
    "kplug_features": (c_int, (c_void_p, c_uint, POINTER(kplug_features),)),
    "kplug_find_cap": (c_int, (c_void_p, c_uint,)),
    "kplug_find_ext_cap": (c_int, (c_void_p, c_uint,)),
    "kplug_grant": (c_int, (c_char_p, c_uint32, c_uint,)),
    "kplug_grant_end": (c_int, (c_char_p, c_uint32, c_uint,)),
    "kplug_grants": (c_int, (c_char_p, POINTER(POINTER(kplug_grant)),)),
    "kplug_holders": (c_int, (c_char_p, POINTER(POINTER(kplug_holder)),)),
    "kplug_info": (c_int, (c_void_p, POINTER(kplug_device_info),)),
    "kplug_irq_mode": (c_int, (c_void_p, c_uint, c_uint,)),
    "kplug_isa_add": (c_int, (c_char_p, POINTER(kplug_range), c_uint, c_uint,)),
    "kplug_isa_del": (c_int, (c_char_p,)),
    "kplug_map": (c_int, (c_void_p, c_uint,)),
    "kplug_map_range": (c_int, (c_void_p, c_uint, c_uint64, c_size_t, POINTER(c_void_p),)),
    "kplug_match": (c_int, (POINTER(kplug_found), c_char_p,)),
    "kplug_open": (c_int, (POINTER(c_void_p), c_char_p, POINTER(kplug_opts),)),
    "kplug_read": (c_int, (c_void_p, POINTER(kplug_event), c_uint,)),
    "kplug_reason": (c_char_p, (c_void_p,)),
    "kplug_region_info": (c_int, (c_void_p, c_uint, POINTER(kplug_region_info),)),
    "kplug_region_ranges": (c_int, (c_void_p, c_uint, POINTER(kplug_map_range), c_uint,)),
    "kplug_reset": (c_int, (c_void_p,)),
    "kplug_restrict": (c_int, (c_void_p,)),
    "kplug_revoke": (c_int, (c_char_p, c_uint32,)),
    "kplug_scan": (c_int, (POINTER(POINTER(kplug_found)),)),
    "kplug_scan_all": (c_int, (POINTER(POINTER(kplug_found)),)),
    "kplug_select": (c_int, (c_char_p, POINTER(POINTER(kplug_found)),)),
    "kplug_set_caching": (c_int, (c_void_p, c_uint, c_uint,)),
    "kplug_set_cleanup": (c_int, (c_void_p, POINTER(kplug_transfer), c_uint,)),
    "kplug_set_spin": (None, (c_void_p, c_uint64,)),
    "kplug_set_widths": (c_int, (c_char_p, c_uint, c_uint,)),
    "kplug_shm_alloc": (c_int, (c_void_p, c_size_t, POINTER(kplug_shm),)),
    "kplug_shm_free": (c_int, (c_void_p, POINTER(kplug_shm),)),
    "kplug_stats_add": (None, (c_void_p, POINTER(kplug_event),)),
    "kplug_stats_counts": (None, (c_void_p, POINTER(kplug_event_counts),)),
    "kplug_stats_free": (None, (c_void_p,)),
    "kplug_stats_merge": (c_int, (c_void_p, c_void_p,)),
    "kplug_stats_new": (c_int, (c_uint, POINTER(c_void_p),)),
    "kplug_stats_reset": (None, (c_void_p,)),
    "kplug_stats_times": (c_int, (c_void_p, c_uint, c_uint, POINTER(kplug_stage_times),)),
    "kplug_subscribe": (c_int, (c_void_p, POINTER(c_uint), c_uint,)),
    "kplug_transfer": (c_int, (c_void_p, POINTER(kplug_transfer), c_uint, POINTER(c_uint),)),
    "kplug_transfer_read": (c_int, (c_void_p, c_uint, c_uint64, c_uint, c_void_p, c_uint32,
         c_uint,)),
    "kplug_transfer_write": (c_int, (c_void_p, c_uint, c_uint64, c_uint, c_void_p, c_uint32,
         c_uint,)),
    "kplug_unbind": (c_int, (c_char_p,)),
    "kplug_unmap": (c_int, (c_void_p, c_uint,)),
    "kplug_unmap_range": (c_int, (c_void_p, c_void_p,)),
    "kplug_unmask": (c_int, (c_void_p, c_uint,)),
    "kplug_vector_info": (c_int, (c_void_p, c_uint, POINTER(kplug_vector_info),)),
    "kplug_wait": (c_int, (c_void_p, POINTER(kplug_event), c_uint, c_int64,)),
}
