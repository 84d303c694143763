// SPDX-License-Identifier: MIT
// The kplug command with a register map: registers and fields by name.
#include "command.h"

#include "file.h"

#define MAP    "/tmp/edu.json"
#define SHARED "/etc/kplug/maps"

static const char edu_map[] =
	"{ \"kplug_map\": 1, \"name\": \"edu\", \"regions\": ["
	"  { \"name\": \"regs\", \"bar\": 0, \"widths\": [32], \"items\": ["
	"    { \"name\": \"ID\", \"at\": 0, \"bits\": 32, \"access\": \"ro\", \"fields\": ["
	"      { \"name\": \"KIND\", \"bits\": \"7:0\" }, { \"name\": \"MAJOR\", \"bits\": \"31:24\" } ] },"
	"    { \"name\": \"LIVENESS\", \"at\": 4, \"bits\": 32, \"on_write\": \"other\", \"fields\": ["
	"      { \"name\": \"LOW\", \"bits\": \"7:0\" } ] },"
	"    { \"name\": \"FACTORIAL\", \"at\": 8, \"bits\": 32, \"on_read\": \"pop\" },"
	"    { \"name\": \"STATUS\", \"at\": \"0x20\", \"bits\": 32, \"fields\": ["
	"      { \"name\": \"BUSY\", \"bits\": \"0\" }, { \"name\": \"IRQ\", \"bits\": \"7\" } ] },"
	"    { \"name\": \"IRQ_STATUS\", \"at\": \"0x24\", \"bits\": 32, \"access\": \"ro\" },"
	"    { \"name\": \"IRQ_RAISE\", \"at\": \"0x60\", \"bits\": 32, \"access\": \"wo\" },"
	"    { \"name\": \"IRQ_ACK\", \"at\": \"0x64\", \"bits\": 32, \"access\": \"wo\" },"
	"    { \"name\": \"DMA\", \"at\": \"0x80\", \"count\": 3, \"stride\": 8, \"bits\": 64, \"word\": 64 }"
	" ] } ] }";

static void begin(void)
{
	core_start();
	device_bind(EDU1);
	OK(run("rm -rf " SHARED " && touch " MAP));
	OK(file_write(edu_map, MAP));
}

TEST(command_named, registers)
{
	begin();
	SAYS("^ID = 0x010000ed$", "kplug read %s --map " MAP " ID", EDU1);
	SAYS("^regs.ID.KIND = 0xed$", "kplug read %s regs.ID.KIND --map=" MAP, EDU1);
	SAYS("\"name\":.*\"ID.MAJOR\"", "kplug read %s ID.MAJOR --json --map " MAP, EDU1);
	OK(run("kplug write %s LIVENESS=0x12345678 --map " MAP, EDU1));
	SAYS("^LIVENESS = 0xedcba987$", "kplug read %s 0:0 LIVENESS --map " MAP, EDU1);
	OK(run("kplug write %s 'DMA[1]=0x123456789a' --map " MAP, EDU1));
	SAYS("^DMA.1. = 0x000000123456789a$", "kplug read %s 'DMA[1]' --map " MAP, EDU1);
	SAYS(" 0x00000080$",
	     "kplug write %s STATUS=0 STATUS.IRQ=1 --map " MAP
	     " && kplug watch %s STATUS --count 1 --map " MAP,
	     EDU1, EDU1);
	SAYS("^0:0x4 = 0xfffffffa$",
	     "printf 'write LIVENESS=5\nread LIVENESS\n' | "
	     "kplug script %s - --map " MAP,
	     EDU1);
}

TEST(command_named, refused)
{
	begin();
	REFUSES(2, "a name needs a map", "kplug read %s ID", EDU1);
	REFUSES(2, "1234:11e8.json", "kplug read %s ID", EDU1);
	REFUSES(2, "no such register", "kplug read %s NONE --map " MAP, EDU1);
	REFUSES(2, "which element", "kplug read %s DMA --map " MAP, EDU1);
	REFUSES(2, "No such file", "kplug read %s ID --map /none", EDU1);
	REFUSES(2, "kplug-map import", "kplug read %s ID --map /etc/guest.sh", EDU1);
	REFUSES(1, "side effects", "kplug write %s LIVENESS.LOW=1 --map " MAP, EDU1);
	REFUSES(1, "kplug info", "kplug write %s STATUS.IRQ=2 --map " MAP, EDU1);
	REFUSES(1, "a name needs a map", "kplug dump %s", EDU1);
}

/* The map of a device is installed under its ids. */
TEST(command_named, installed)
{
	begin();
	OK(run("mkdir -p " SHARED " && cp " MAP " " SHARED "/1234:11e8.json"));
	SAYS("^ID = 0x010000ed$", "kplug read %s ID", EDU1);
	SAYS("^ID = 0x010000ed$", "kplug read 00:04.0 ID");
	OK(run("rm -r " SHARED));
}

/* A dump reads nothing that a read changes. */
TEST(command_named, dump)
{
	begin();
	SAYS("^ID  *0x010000ed$", "kplug dump %s --map " MAP, EDU1);
	SAYS("^DMA.2.  *0x", "kplug dump %s --map " MAP, EDU1);
	REFUSES(0, "^3 registers are not shown", "kplug dump %s --map " MAP, EDU1);
	ck_assert_int_ne(run("kplug dump %s --map " MAP " 2>&1 | grep -q FACTORIAL", EDU1), 0);
	SAYS("\"STATUS\":.*\"0x", "kplug dump %s --map " MAP " --json", EDU1);
}

TEST(command_named, interrupts)
{
	begin();
	SAYS("",
	     "kplug irq %s --map " MAP " --count 1 --raise IRQ_RAISE=5 --status IRQ_STATUS "
	     "--ack IRQ_ACK",
	     EDU1);
}
