# SPDX-License-Identifier: MIT
"""The C header: names, and that no function changes what has effects."""
import os
import re
import subprocess
import tempfile
import unittest

from helper import MapTest, TOP, text
from kplug_map import formats, header
from kplug_map.report import Report
from kplug_map.source import Options, Source

INCLUDES = [f"-I{os.path.join(TOP, 'plugin_api')}", f"-I{os.path.join(TOP, 'userlib/include')}"]
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-pedantic"]

PROGRAM = r"""
#include <stdio.h>
#include <string.h>
#include "tag_regs.h"
static unsigned char memory[0x1000] __attribute__((aligned(8)));
static struct kplug_io io;
__u64 kplug_io_read_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width)
{
	(void)io, (void)region, (void)width;
	return 0xbad0000 + offset;
}
void kplug_io_write_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width, __u64 value)
{
	(void)io, (void)width, (void)value;
	printf("outside: region %u at %#llx\n", region, (unsigned long long)offset);
}
#define SHOW(...) printf(__VA_ARGS__)
int main(void)
{
	io.region[0].base = memory;
	io.region[0].length = sizeof(memory);
	tag_write_regs_now(&io, 0x1122334455667788ULL);
	SHOW("%02x %02x\n", memory[0x10], memory[0x14]);
	SHOW("%llx\n", (unsigned long long)tag_read_regs_now(&io));
	tag_write_regs_period(&io, 0x1122334455ULL);
	SHOW("%02x %02x\n", memory[0x18], memory[0x1c]);
	memset(memory + 0x18, 0xff, 8);
	SHOW("%llx\n", (unsigned long long)tag_read_regs_period(&io));
	tag_change_regs_period_ticks(&io, 0x123);
	SHOW("%llx\n", (unsigned long long)tag_read_regs_period(&io));
	tag_write_regs_ch_tap(&io, 3, 2, 7);
	SHOW("%x %x\n", memory[0x100 + 3 * 0x40 + 0x10 + 2 * 4],
	     (unsigned int)tag_read_regs_ch_tap(&io, 3, 2));
	tag_write_regs_ctrl(&io, 1);
	tag_change_regs_ctrl_clock(&io, TAG_REGS_CTRL_CLOCK_OUTER);
	SHOW("%x %d\n", (unsigned int)tag_read_regs_ctrl(&io),
	     tag_get_regs_ctrl_clock(tag_read_regs_ctrl(&io)));
	tag_write_regs_ch_level(&io, 1, 0xffff);
	SHOW("%d\n", tag_get_regs_ch_level_millivolt(tag_read_regs_ch_level(&io, 1)));
	SHOW("%d %d %x\n", TAG_REGS_CH_ELEMENTS, TAG_REGS_CH_TAP_ELEMENTS, TAG_REGS_CH_STRIDE);
	return 0;
}
"""
SHOWN = "44 88\n1122334455667788\n55 11\nffffffffff\n123f\n7 7\n11 1\n-1\n4 3 40\n"


class Header(MapTest):
    def setUp(self):
        self.map, self.report = self.read("tagger.json")
        self.assertEqual(self.report.errors, [])

    def written(self, the_map=None):
        report = Report()
        result = header.text(the_map or self.map, report)
        self.assertEqual(report.errors, [])
        return result

    def errors(self):
        report = Report()
        header.text(self.map, report)
        return report.errors

    def changers(self, content):
        return re.findall(r"void (\w+_change_\w+)\(", content)

    def compiled(self, content, *command):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "regs.h")
            with open(name, "w", encoding="utf-8") as handle:
                handle.write(content)
            subprocess.run([*command, "-fsyntax-only", *WARNINGS, *INCLUDES, "-include", name,
                            "/dev/null"], check=True, timeout=60)

    def test_every_format_compiles(self):
        for names in (["tagger.json"], ["pulser.svd"], ["soc.csr.json", "soc.svd"],
                      ["mixer.hjson"], ["card.csv"], ["tool.csv"]):
            content = self.written(self.read(*names, bar=0)[0])
            self.compiled(content, "gcc", "-std=c11", "-x", "c")
            self.compiled(content, "g++", "-std=c++17", "-x", "c++")

    def test_functions_work(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "tag_regs.h"), "w", encoding="utf-8") as handle:
                handle.write(self.written())
            source = os.path.join(folder, "main.c")
            with open(source, "w", encoding="utf-8") as handle:
                handle.write(PROGRAM)
            program = os.path.join(folder, "main")
            subprocess.run(["gcc", "-std=gnu11", *WARNINGS, *INCLUDES, "-I", folder, "-o", program,
                            source], check=True, timeout=60)
            shown = subprocess.run([program], capture_output=True, text=True, timeout=60)
        self.assertEqual(shown.stdout, SHOWN)

    def test_no_change_where_something_has_effects(self):
        changers = self.changers(self.written())
        self.assertIn("tag_change_regs_ctrl_run", changers)
        for name in ("status", "tags", "key", "id"):
            self.assertFalse([one for one in changers if f"_{name}_" in one], name)

    def test_every_effect_forbids_a_change(self):
        for key, words in (("on_write", ("1clear", "1set", "1toggle", "0clear", "0set", "0toggle",
                                         "clear", "set", "pulse", "push", "once", "other")),
                           ("on_read", ("clear", "set", "pop", "other")), ("access", ("wo",))):
            for word in words:
                for place in ("regs.CTRL", "regs.CTRL.RUN"):
                    the_map, _ = self.read("tagger.json")
                    self.find(the_map, place)[key] = word
                    changers = self.changers(self.written(the_map))
                    self.assertFalse([one for one in changers if "_ctrl_" in one], (place, word))

    def test_unsaid_effects_forbid_a_change(self):
        self.map["regions"][0]["effects"] = "unsaid"
        self.assertEqual(self.changers(self.written()), [])
        self.find(self.map, "regs.CTRL").update(on_read="plain", on_write="plain")
        self.assertEqual(self.changers(self.written()),
                         ["tag_change_regs_ctrl_run", "tag_change_regs_ctrl_clock"])

    def test_functions_follow_the_access(self):
        content = self.written()
        self.assertNotIn("tag_write_regs_id(", content)
        self.assertNotIn("tag_write_regs_tags(", content)
        self.assertNotIn("tag_read_regs_key(", content)

    def test_no_bit_fields(self):
        without = re.sub(r"/\*.*?\*/", "", self.written(), flags=re.S)
        self.assertNotRegex(without, r"\w+ *: *\d+ *;")

    def test_arrays_stay_arrays(self):
        content = self.written()
        self.assertIn("#define TAG_REGS_CH_TAP(i0, i1) "
                      "(0x110ULL + 0x40ULL * (i0) + 0x4ULL * (i1))", content)
        self.assertEqual(content.count("#define TAG_REGS_CH_ELEMENTS"), 1)

    def test_reset_and_memory(self):
        content = self.written()
        self.assertIn("#define TAG_REGS_ID_RESET_VALUE 0x54470001U", content)
        self.assertIn("#define TAG_PATTERN_RAM_BYTES 0x4000U", content)

    def test_text_cannot_leave_its_comment(self):
        evil = "*/ int evil; /* \\\n??/ \0 \u2028 end"
        self.map["desc"] = evil
        self.find(self.map, "regs.CTRL").update(desc=evil, was=evil)
        self.find(self.map, "regs.CTRL.RUN")["desc"] = evil
        content = self.written()
        self.compiled(content, "gcc", "-std=c11", "-x", "c")
        without = re.sub(r"/\*.*?\*/", "", content, flags=re.S)
        self.assertNotIn("evil", without)

    def test_register_count_of_an_array(self):
        self.find(self.map, "regs.CH.TAP")["name"] = "COUNT"
        self.assertEqual(self.errors(), [])

    def test_two_things_of_one_name(self):
        self.map["regions"][0]["items"].append({"name": "CTRL_RUN_MASK", "at": 0x30, "bits": 32})
        self.assertIn("both make the name TAG_REGS_CTRL_RUN_MASK", self.errors()[0])

    def test_names_that_differ_in_case(self):
        self.map["regions"][0]["items"].append({"name": "ctrl", "at": 0x30, "bits": 32})
        self.assertIn("both make the name TAG_REGS_CTRL", self.errors()[0])

    def test_no_bar(self):
        del self.map["regions"][1]["bar"]
        self.assertIn("the region pattern has no bar", self.errors()[0])

    def test_same_file_same_header(self):
        options, report = Options(bar=0), Report()
        texts = {header.text(formats.read([Source("a.hjson", text("mixer.hjson").encode())],
                                          options, report), report) for _ in range(3)}
        self.assertEqual(len(texts), 1)


if __name__ == "__main__":
    unittest.main()
