// SPDX-License-Identifier: MIT
/* Configuration space in dumps and of devices, decoded by kplug caps and kplug cfg. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <pci/header.h>

#include "fake.h"
#include "pci/bar.h"
#include "pci/chain.h"
#include "pci/dump.h"
#include "pci/std_header.h"

static struct pci_space space;
static struct chain chain;
static unsigned int accesses, fail_at;

static void put(unsigned int offset, unsigned int width, uint32_t value)
{
	memcpy(&space.bytes[offset], &value, width); /* little endian, as PCI */
}

/* An empty function with this header. */
static void begin(unsigned int size, unsigned int header)
{
	memset(&space, 0, sizeof(space));
	space.size = size;
	put(PCI_VENDOR_ID, 4, 0x01001af0);
	put(PCI_HEADER_TYPE, 1, header);
}

static void standard(unsigned int offset, unsigned int id, unsigned int next)
{
	put(PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	if (!space.bytes[PCI_CAPABILITY_LIST])
		put(PCI_CAPABILITY_LIST, 1, offset);
	put(offset, 2, id | next << 8);
}

static void extended(unsigned int offset, unsigned int id, unsigned int next)
{
	put(offset, 4, id | 1 << 16 | next << 20);
}

/* The facts of one capability, as JSON. */
static cJSON *facts(unsigned int id, bool is_extended, unsigned int offset)
{
	const struct capability cap = { .space = &space,
					.id = (uint16_t)id,
					.extended = is_extended,
					.offset = (uint16_t)offset,
					.port = PCI_EXP_TYPE_ROOT_PORT };
	cJSON *object = cJSON_CreateObject();
	struct sheet sheet;

	sheet_json_init(&sheet, object);
	capability_show(&cap, &sheet);
	return object;
}

static cJSON *header_facts(void)
{
	cJSON *object = cJSON_CreateObject();
	struct sheet sheet;

	sheet_json_init(&sheet, object);
	header_show(&space, &sheet);
	return object;
}

/* The string at "NAME" or "PART.NAME". */
static const char *string(const cJSON *object, const char *part, const char *name)
{
	if (part)
		object = cJSON_GetObjectItem(object, part);
	object = cJSON_GetObjectItem(object, name);
	ck_assert_msg(cJSON_IsString(object), "no %s", name);
	return object->valuestring;
}

static double value(const cJSON *object, const char *name)
{
	object = cJSON_GetObjectItem(object, name);
	ck_assert_msg(cJSON_IsNumber(object), "no %s", name);
	return object->valuedouble;
}

static bool has_bit(const cJSON *object, const char *name, const char *bit)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, cJSON_GetObjectItem(object, name))
		if (!strcmp(item->valuestring, bit))
			return true;
	return false;
}

/* What is printed about all capabilities; release it with free(). */
static char *text_of_all(void)
{
	struct sheet sheet;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	unsigned int i;

	chain_walk(&space, &chain);
	for (i = 0; i < chain.count; i++) {
		sheet_text_init(&sheet, out, false);
		sheet_heading(&sheet, capability_name(&chain.caps[i]));
		capability_show(&chain.caps[i], &sheet);
		sheet_end(&sheet);
	}
	fclose(out);
	return text;
}

TEST(pci, wide_windows)
{
	cJSON *header;

	begin(256, PCI_HEADER_TYPE_BRIDGE);
	put(PCI_IO_BASE, 2, 0x4111); /* 32-bit */
	put(PCI_IO_BASE_UPPER16, 4, 0x00020002);
	put(PCI_MEMORY_BASE, 4, 0x71a07120);
	put(PCI_PREF_MEMORY_BASE, 4, 0x00610001); /* 64-bit */
	put(PCI_PREF_BASE_UPPER32, 4, 9);
	put(PCI_PREF_LIMIT_UPPER32, 4, 10);
	header = header_facts();
	ck_assert_str_eq(string(header, NULL, "ports_behind_first"), "0x00021000");
	ck_assert_str_eq(string(header, NULL, "ports_behind_last"), "0x00024fff");
	ck_assert_str_eq(string(header, NULL, "memory_behind_first"), "0x71200000");
	ck_assert_str_eq(string(header, NULL, "memory_behind_last"), "0x71afffff");
	ck_assert_str_eq(string(header, NULL, "prefetchable_behind_first"), "0x0000000900000000");
	ck_assert_str_eq(string(header, NULL, "prefetchable_behind_last"), "0x0000000a006fffff");
	cJSON_Delete(header);
}

/* The upper halves count only if the lower ones say that they are there. */
TEST(pci, narrow_windows)
{
	cJSON *header;

	begin(256, PCI_HEADER_TYPE_BRIDGE);
	put(PCI_IO_BASE, 2, 0x00f0);
	put(PCI_IO_BASE_UPPER16, 4, 0x00020002);
	put(PCI_PREF_MEMORY_BASE, 4, 0x0000fff0);
	put(PCI_PREF_BASE_UPPER32, 4, 9);
	header = header_facts();
	ck_assert_str_eq(string(header, NULL, "ports_behind_first"), "0x0000f000");
	ck_assert_str_eq(string(header, NULL, "ports_behind_kind"), "closed");
	ck_assert_str_eq(string(header, NULL, "prefetchable_behind_first"), "0xfff00000");
	ck_assert_str_eq(string(header, NULL, "prefetchable_behind_last"), "0x000fffff");
	cJSON_Delete(header);
}

TEST(pci, bars)
{
	cJSON *header;

	begin(256, PCI_HEADER_TYPE_NORMAL);
	put(PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	put(PCI_BASE_ADDRESS_0, 4, 0xe000000c); /* 64-bit, prefetchable */
	put(PCI_BASE_ADDRESS_1, 4, 0x21);
	put(PCI_BASE_ADDRESS_2, 4, 0xc001);
	put(PCI_BASE_ADDRESS_3, 4, 0xffffffff);
	put(PCI_BASE_ADDRESS_5, 4, 0x10000004); /* there is no room for its upper half */
	header = header_facts();
	ck_assert_str_eq(string(header, NULL, "bar0"), "0x00000021e0000000");
	ck_assert_str_eq(string(header, NULL, "bar0_kind"), "memory 64-bit prefetchable");
	ck_assert_str_eq(string(header, NULL, "bar2"), "0x0000c000");
	ck_assert_str_eq(string(header, NULL, "bar2_kind"), "ports disabled");
	ck_assert_ptr_null(cJSON_GetObjectItem(header, "bar1"));
	ck_assert_ptr_null(cJSON_GetObjectItem(header, "bar3"));
	ck_assert_ptr_null(cJSON_GetObjectItem(header, "bar4"));
	ck_assert_str_eq(string(header, NULL, "bar5"), "0x0000000010000000");
	ck_assert_str_eq(string(header, NULL, "bar5_kind"), "memory 64-bit without-upper-half");
	cJSON_Delete(header);
}

TEST(pci, message)
{
	cJSON *fields;

	begin(256, PCI_HEADER_TYPE_NORMAL);
	put(0x40 + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASK_BIT);
	put(0x40 + PCI_MSI_ADDRESS_LO, 4, 0xfee00000);
	put(0x40 + PCI_MSI_ADDRESS_HI, 4, 1);
	put(0x40 + PCI_MSI_DATA_64, 2, 0x4021);
	put(0x40 + PCI_MSI_MASK_BIT_64, 4, 5);
	fields = facts(PCI_CAP_ID_MSI, false, 0x40);
	ck_assert_str_eq(string(fields, NULL, "address"), "0x00000001fee00000");
	ck_assert_str_eq(string(fields, NULL, "data"), "0x4021");
	ck_assert_str_eq(string(fields, NULL, "masked"), "0x00000005");
	cJSON_Delete(fields);

	put(0x40 + PCI_MSI_FLAGS, 2, 0);
	fields = facts(PCI_CAP_ID_MSI, false, 0x40);
	ck_assert_str_eq(string(fields, NULL, "address"), "0xfee00000");
	ck_assert_str_eq(string(fields, NULL, "data"), "0x0001");
	ck_assert_ptr_null(cJSON_GetObjectItem(fields, "masked"));
	cJSON_Delete(fields);
}

TEST(pci, errors)
{
	cJSON *fields;

	begin(512, PCI_HEADER_TYPE_BRIDGE);
	put(0x100 + PCI_ERR_UNCOR_STATUS, 4, PCI_ERR_UNC_COMP_TIME);
	put(0x100 + PCI_ERR_UNCOR_SEVER, 4, PCI_ERR_UNC_DLP);
	put(0x100 + PCI_ERR_COR_STATUS, 4, PCI_ERR_COR_BAD_TLP);
	put(0x100 + PCI_ERR_CAP, 4, 14);
	put(0x100 + PCI_ERR_HEADER_LOG, 4, 0x4a000001);
	put(0x100 + PCI_ERR_ROOT_STATUS, 4, PCI_ERR_ROOT_COR_RCV);
	fields = facts(PCI_EXT_CAP_ID_AER, true, 0x100);
	ck_assert(has_bit(fields, "uncorrectable_bits", "completion-timeout"));
	ck_assert(!has_bit(fields, "uncorrectable_bits", "data-link-protocol"));
	ck_assert(has_bit(fields, "uncorrectable_severity_bits", "data-link-protocol"));
	ck_assert(has_bit(fields, "correctable_bits", "bad-tlp"));
	ck_assert_str_eq(string(fields, NULL, "first_error"), "completion-timeout");
	ck_assert_str_eq(string(fields, NULL, "header_log"), "4a000001 00000000 00000000 00000000");
	ck_assert_str_eq(string(fields, "root", "status"), "0x00000001");
	cJSON_Delete(fields);

	/* The pointer stays when the error is cleared. */
	put(0x100 + PCI_ERR_UNCOR_STATUS, 4, 0);
	fields = facts(PCI_EXT_CAP_ID_AER, true, 0x100);
	ck_assert_str_eq(string(fields, NULL, "first_error"), "none");
	cJSON_Delete(fields);
}

TEST(pci, express)
{
	cJSON *fields;

	begin(256, PCI_HEADER_TYPE_NORMAL);
	put(0x40 + PCI_EXP_FLAGS, 2, 2);
	put(0x40 + PCI_EXP_DEVCAP, 4, 2 | 25 << 18 | 1 << 26);
	put(0x40 + PCI_EXP_DEVSTA, 2, PCI_EXP_DEVSTA_URD);
	put(0x40 + PCI_EXP_LNKCAP, 4, 4 | 16 << 4 | 2 << 10);
	put(0x40 + PCI_EXP_LNKSTA, 2, 3 | 8 << 4 | PCI_EXP_LNKSTA_DL_ACT);
	put(0x40 + PCI_EXP_DEVCTL2, 2, 6);
	fields = facts(PCI_CAP_ID_EXP, false, 0x40);
	ck_assert_str_eq(string(fields, NULL, "type"), "endpoint");
	ck_assert(value(fields, "payload_offered") == 512);
	ck_assert_str_eq(string(fields, NULL, "speed_offered"), "16 GT/s");
	ck_assert_str_eq(string(fields, NULL, "speed"), "8 GT/s");
	ck_assert(value(fields, "lanes") == 8);
	ck_assert(value(cJSON_GetObjectItem(fields, "device"), "power_limit_mw") == 2500);
	ck_assert(has_bit(cJSON_GetObjectItem(fields, "device"), "status_bits",
			  "unsupported-request"));
	ck_assert_str_eq(string(fields, "link", "aspm_offered"), "L1");
	ck_assert_str_eq(string(fields, "device_2", "completion_timeout"), "65ms to 210ms");
	/* An endpoint has no slot, whatever its bit says, and no root. */
	ck_assert_ptr_null(cJSON_GetObjectItem(fields, "slot"));
	ck_assert_ptr_null(cJSON_GetObjectItem(fields, "root"));
	cJSON_Delete(fields);

	put(0x40 + PCI_EXP_FLAGS, 2, 1 | PCI_EXP_TYPE_ROOT_INT_EP << 4);
	fields = facts(PCI_CAP_ID_EXP, false, 0x40);
	ck_assert_ptr_null(cJSON_GetObjectItem(fields, "link"));
	ck_assert_ptr_null(cJSON_GetObjectItem(fields, "speed"));
	ck_assert_ptr_null(cJSON_GetObjectItem(fields, "device_2"));
	cJSON_Delete(fields);
}

TEST(pci, slot)
{
	const cJSON *slot;
	cJSON *fields;

	begin(256, PCI_HEADER_TYPE_BRIDGE);
	put(0x40 + PCI_EXP_FLAGS, 2, 2 | PCI_EXP_TYPE_ROOT_PORT << 4 | PCI_EXP_FLAGS_SLOT);
	put(0x40 + PCI_EXP_SLTCAP, 4, PCI_EXP_SLTCAP_HPC | 75 << 7 | 12 << 19);
	put(0x40 + PCI_EXP_SLTSTA, 2, PCI_EXP_SLTSTA_PRES);
	fields = facts(PCI_CAP_ID_EXP, false, 0x40);
	slot = cJSON_GetObjectItem(fields, "slot");
	ck_assert(value(slot, "number") == 12);
	ck_assert(value(slot, "power_limit_mw") == 75000);
	ck_assert(has_bit(slot, "offers_bits", "hot-plug"));
	ck_assert(has_bit(slot, "status_bits", "present"));
	cJSON_Delete(fields);
}

static double limit_of(unsigned int number, unsigned int scale)
{
	double limit;
	cJSON *fields;

	put(0x40 + PCI_EXP_SLTCAP, 4, number << 7 | scale << 15);
	fields = facts(PCI_CAP_ID_EXP, false, 0x40);
	limit = value(cJSON_GetObjectItem(fields, "slot"), "power_limit_mw");
	cJSON_Delete(fields);
	return limit;
}

TEST(pci, power_limits)
{
	begin(256, PCI_HEADER_TYPE_BRIDGE);
	put(0x40 + PCI_EXP_FLAGS, 2, 2 | PCI_EXP_TYPE_ROOT_PORT << 4 | PCI_EXP_FLAGS_SLOT);
	ck_assert(limit_of(0xef, 0) == 239000);
	ck_assert(limit_of(0xf0, 0) == 250000);
	ck_assert(limit_of(0xfe, 0) == 600000);
	ck_assert(limit_of(0xff, 1) == 25500);
	ck_assert(limit_of(0xff, 3) == 255);
}

TEST(pci, resizable_bars)
{
	cJSON *fields;

	begin(512, PCI_HEADER_TYPE_NORMAL);
	put(0x104, 4, 0x3 << 4 | 1u << 31); /* 1 and 2 MB, and 128 TB */
	put(0x108, 4, 2 | 1 << 5 | 8 << 8 | 1 << 16); /* BAR 2, one, now 256 MB; 256 TB too */
	fields = facts(PCI_EXT_CAP_ID_REBAR, true, 0x100);
	ck_assert(value(fields, "bars") == 1);
	ck_assert_str_eq(string(fields, "bar2", "size"), "256MB");
	ck_assert_str_eq(string(fields, "bar2", "sizes"), "1MB 2MB 128TB 256TB");
	cJSON_Delete(fields);
}

TEST(pci, enhanced_allocation)
{
	cJSON *fields;

	begin(256, PCI_HEADER_TYPE_NORMAL);
	put(0x42, 2, 2);
	put(0x44, 4, 4 | 0 << 4 | 0 << 8 | PCI_EA_CAP_ENT_ENABLE);
	put(0x48, 4, 0xd0000002); /* and an upper half */
	put(0x4c, 4, 0x000ffffc);
	put(0x50, 4, 7);
	put(0x58, 4, 2 | 4 << 4 | 2 << 8);
	put(0x5c, 4, 0xe000);
	put(0x60, 4, 0xfc);
	fields = facts(PCI_CAP_ID_EA, false, 0x40);
	ck_assert_str_eq(string(fields, "entry_0", "stands_for"), "BAR 0");
	ck_assert_str_eq(string(fields, "entry_0", "range_first"), "0x00000007d0000000");
	ck_assert_str_eq(string(fields, "entry_0", "range_last"), "0x00000007d00fffff");
	ck_assert_str_eq(string(fields, "entry_1", "stands_for"), "BAR 4");
	ck_assert_str_eq(string(fields, "entry_1", "properties"), "ports");
	ck_assert_str_eq(string(fields, "entry_1", "range_last"), "0x000000000000e0ff");
	cJSON_Delete(fields);
}

TEST(pci, virtual_bars)
{
	cJSON *fields;

	begin(512, PCI_HEADER_TYPE_NORMAL);
	put(0x100 + PCI_IOV_BAR_BASE, 4, 0x90000004);
	put(0x100 + PCI_IOV_BAR_BASE + 4, 4, 2);
	fields = facts(PCI_EXT_CAP_ID_SRIOV, true, 0x100);
	ck_assert_str_eq(string(fields, NULL, "bar0"), "0x0000000290000000");
	cJSON_Delete(fields);
}

static void check_problem(const char *part)
{
	chain_walk(&space, &chain);
	ck_assert_uint_eq(chain.problems, 1);
	ck_assert_msg(strstr(chain.problem[0], part), "%s", chain.problem[0]);
}

TEST(pci, broken_lists)
{
	begin(512, PCI_HEADER_TYPE_NORMAL);
	standard(0x40, PCI_CAP_ID_PM, 0x50);
	standard(0x50, PCI_CAP_ID_MSI, 0x40);
	check_problem("0x50 points back to 0x40");
	ck_assert_uint_eq(chain.count, 2);
	standard(0x50, PCI_CAP_ID_MSI, 0x10);
	check_problem("0x50 points to 0x10");
	standard(0x50, 0xff, 0);
	check_problem("0x50 has the id 0xff");
	ck_assert_uint_eq(chain.count, 1);
	standard(0x50, PCI_CAP_ID_EXP, 0);
	extended(0x100, PCI_EXT_CAP_ID_DSN, 0x80);
	check_problem("0x100 points to 0x80");
	extended(0x100, PCI_EXT_CAP_ID_DSN, 0x300);
	check_problem("goes on at 0x300, and there are only 512 bytes");
	extended(0x100, PCI_EXT_CAP_ID_DSN, 0);
	chain_walk(&space, &chain);
	ck_assert_uint_eq(chain.problems, 0);
	ck_assert_uint_eq(chain.count, 3);
}

/* What a function of conventional PCI has behind its 256 bytes is no list. */
TEST(pci, no_extended_list)
{
	begin(512, PCI_HEADER_TYPE_NORMAL);
	standard(0x40, PCI_CAP_ID_PCIX, 0);
	extended(0x100, PCI_EXT_CAP_ID_DSN, 0x40);
	chain_walk(&space, &chain);
	ck_assert_uint_eq(chain.count, 1);
	ck_assert_uint_eq(chain.problems, 0);
	/* The second mode of PCI-X has one. */
	put(0x40 + PCI_PCIX_STATUS, 4, PCI_PCIX_STATUS_266MHZ);
	check_problem("0x100 points to 0x40");
	ck_assert_uint_eq(chain.count, 2);
}

TEST(pci, senseless_headers)
{
	begin(256, PCI_HEADER_TYPE_NORMAL);
	ck_assert_ptr_null(header_problem(&space));
	put(PCI_HEADER_TYPE, 1, 0x83);
	ck_assert_ptr_nonnull(strstr(header_problem(&space), "header type 0x03"));
	memset(space.bytes, 0xff, sizeof(space.bytes));
	ck_assert_ptr_nonnull(strstr(header_problem(&space), "read as ones"));
}

/* Whatever a space has, its facts are inside, and all lines but the first of each fit. */
TEST(pci, random_spaces)
{
	unsigned int round, i, state = 1;
	char *text, *line;

	for (round = 0; round < 60; round++) {
		begin(round % 2 ? 4096 : 256 + round, PCI_HEADER_TYPE_NORMAL);
		for (i = 0x40; i < space.size; i++) {
			state = state * 1103515245 + 12345;
			space.bytes[i] = (uint8_t)(state >> 16);
		}
		for (i = 0x40; i < 0x100; i += 8)
			standard(i, i / 8 % 0x15, i < 0xf8 ? i + 8 : 0);
		for (i = 0x100; i + 16 <= space.size; i += 16)
			extended(i, i / 16 % 0x35, i + 32 <= space.size ? i + 16 : 0);
		text = text_of_all();
		for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			ck_assert(line[0] != ' ' || strlen(line) <= 80);
		free(text);
	}
}

TEST(pci, text)
{
	char *text;

	begin(256, PCI_HEADER_TYPE_NORMAL);
	standard(0x40, PCI_CAP_ID_MSI, 0);
	text = text_of_all();
	ck_assert_str_eq(text, "MSI: enabled no, vectors 1, allocated 1, 64 bit no, maskable no\n"
			       "    address 0x00000000, data 0x0000\n");
	free(text);
}

static bool read_text(struct dump *dump, const char *text)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	bool good = dump_read(dump, file);

	fclose(file);
	return good;
}

#define ROW0 "00: f0 1a 00 01 00 00 00 00 00 00 80 05 00 00 00 00\n"
#define ROW1 "10: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10\n"

TEST(pci, dump)
{
	struct dump dump;

	ck_assert(read_text(&dump, "# words\n"
				   "00:04.0 Memory controller: Device\r\n"
				   "\tControl: I/O- Mem+\r\n"
				   "00: F0 1a 00 01 00 00 00 00 00 00 80 05 00 00 00 00\r\n" ROW1
				   "\n0001:02:1f.7\n" ROW0));
	ck_assert_uint_eq(dump.count, 2);
	ck_assert_str_eq(dump.functions[0].name, "00:04.0");
	ck_assert_uint_eq(dump.functions[0].size, 32);
	ck_assert_uint_eq(pci_space_get(&dump.functions[0], 0, 4), 0x01001af0);
	ck_assert_uint_eq(pci_space_get(&dump.functions[0], 0x1c, 4), 0x100f0e0d);
	ck_assert_uint_eq(pci_space_get(&dump.functions[0], 0x20, 2), 0xffff);
	ck_assert_str_eq(dump.functions[1].name, "0001:02:1f.7");
	dump_free(&dump);
}

TEST(pci, damaged_dumps)
{
	static const struct {
		const char *text, *problem;
	} rows[] = {
		{ "words\n", "no function" },
		{ ROW0, "line 1: bytes come behind the address" },
		{ "00:20.0\n" ROW0, "00:20.0 is no address" },
		{ "00:00.9\n" ROW0, "00:00.9 is no address" },
		{ "00:04.0\n" ROW0 ROW0, "line 3: the bytes at 0x00 of 00:04.0 are there twice" },
		{ "00:04.0\n" ROW1, "line 2: the bytes at 0x00 of 00:04.0 are missing" },
		{ "00:04.0\n00: f0 1a", "this one 2; is it cut off?" },
		{ "00:04.0\n00: f0 1a 0\n", "its byte 2 is not" },
		{ "00:04.0\n00: f0 1a 00x\n", "its byte 2 is not" },
		{ "00:04.0\n04: f0 1a\n", "0x04 is no offset of a row" },
		{ "00:04.0\n1000: 00\n", "0x1000 is out of range" },
	};
	struct dump dump;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert(!read_text(&dump, rows[i].text));
		ck_assert_msg(strstr(dump.problem, rows[i].problem), "%s", dump.problem);
	}
}

TEST(pci, addresses)
{
	ck_assert(dump_same_address("00:04.0", "0000:00:04.0"));
	ck_assert(dump_same_address("0A:1f.7", "0a:1F.7"));
	ck_assert(!dump_same_address("00:04.0", "0001:00:04.0"));
	ck_assert(!dump_same_address("00:04.0", "00:04.1"));
	ck_assert(!dump_same_address("00:04.0", "00:04"));
	ck_assert(!dump_same_address("00:04.0", "00:04.0x"));
}

static int model(unsigned long cmd, void *arg)
{
	struct kplug_region_info *info = arg;
	struct kplug_access *access = arg;

	if (cmd == KPLUG_REGION_INFO) {
		info->out_length = 256;
		info->out_flags = KPLUG_REGION_CONFIG;
		return 0;
	}
	ck_assert_uint_eq(cmd, KPLUG_ACCESS);
	ck_assert_uint_eq(access->region, KPLUG_CONFIG_REGION);
	if (++accesses == fail_at)
		return -ENODEV;
	access->out_value = 0x01020304 + (uint32_t)access->offset;
	return 0;
}

/* Reads each register once: a second read may give something else. */
TEST(pci, device)
{
	struct kplug *k = fake_open(0);

	fake.on_ioctl = model;
	ck_assert_int_eq(pci_space_open(&space, k, "0000:00:04.0"), 0);
	ck_assert_uint_eq(space.size, 256);
	ck_assert_uint_eq(accesses, 0);
	ck_assert_uint_eq(pci_space_get(&space, 0x40, 4), 0x01020344);
	ck_assert_uint_eq(pci_space_get(&space, 0x42, 2), 0x0102);
	ck_assert_uint_eq(accesses, 1);
	ck_assert(pci_space_get64(&space, 0x40, 0x44) == 0x0102034801020344);
	ck_assert_uint_eq(accesses, 2);
	/* There is nothing to read behind the end. */
	ck_assert_uint_eq(pci_space_get(&space, 0x100, 4), 0xffffffff);
	ck_assert_uint_eq(accesses, 2);
	/* The first error stays, and ends the accesses. */
	fail_at = 3;
	ck_assert_uint_eq(pci_space_get(&space, 0x80, 1), 0xff);
	ck_assert_int_eq(space.err, -ENODEV);
	ck_assert_uint_eq(pci_space_get(&space, 0x84, 1), 0xff);
	ck_assert_uint_eq(accesses, 3);
	fake_close(k);
}
