# SPDX-License-Identifier: MIT
"""LiteX: the csr files with and without the SVD."""
import json
import unittest

from helper import MapTest, path, text
from kplug_map.report import BadFile
from kplug_map.source import Source


class Litex(MapTest):
    def svd(self, old, new):
        content = text("soc.svd")
        self.assertIn(old, content)
        return self.read_sources([Source(path("soc.csr.json")),
                                  Source("soc.svd", content.replace(old, new, 1).encode())])

    def test_csv_is_the_same_as_json(self):
        maps = [self.read(name)[0] for name in ("soc.csr.json", "soc.csr.csv")]
        for one in maps:
            del one["from"]["files"]
        self.assertEqual(*maps)

    def test_both(self):
        the_map, report = self.read("soc.csr.json", "soc.svd")
        self.assertEqual(report.errors, [])
        self.has(self.find(the_map, "regs.ctrl.scratch"), at=0, reset=0x12345678)
        self.has(self.find(the_map, "regs.adc.status"), access="ro",
                 desc="What the converter does.")
        self.has(self.find(the_map, "regs.adc.status.ready"), bits="0")

    def test_order_of_the_files_does_not_matter(self):
        one, _ = self.read("soc.csr.json", "soc.svd")
        other, _ = self.read("soc.svd", "soc.csr.json")
        self.assertEqual(one["regions"], other["regions"])

    def test_register_of_two_words(self):
        the_map, _ = self.read("soc.csr.json", "soc.svd")
        value = self.find(the_map, "regs.adc_table.value")
        self.has(value, at=0, bits=48, word=32, words="high_first", reset=0x100000002,
                 desc="Where samples go.")
        self.has(self.find(the_map, "regs.adc_table.value.length"), bits="47:32")
        self.has(self.find(the_map, "regs.adc_table.value.address"), bits="31:0")

    def test_the_longest_base_has_the_register(self):
        the_map, _ = self.read("soc.csr.json")
        self.assertEqual([one["name"] for one in self.find(the_map, "regs.adc")["items"]],
                         ["status"])

    def test_nothing_says_what_writes_do(self):
        the_map, report = self.read("soc.csr.json", "soc.svd")
        self.assertEqual(the_map["regions"][0]["effects"], "unsaid")
        self.noted(report, "does not export what a write does")

    def test_interrupts_and_no_date(self):
        the_map, _ = self.read("soc.csr.json", "soc.svd")
        self.assertEqual(the_map["from"]["interrupts"], [{"name": "adc", "number": 3}])
        self.assertNotIn("2026", json.dumps(the_map))

    def test_memory(self):
        the_map, report = self.read("soc.csr.json")
        self.has(self.find(the_map, "regs.samples"), at=0x20000, bytes=4096)
        self.noted(report, "id_mem has a base and no registers")

    def test_order_of_words_unknown(self):
        content = text("soc.csr.json").replace("config_csr_ordering_big", "something")
        _, report = self.read_text(content)
        self.one_error(report, "adc_table.value: 2 words, and no order of them")

    def test_low_word_first(self):
        content = text("soc.csr.json").replace("ordering_big", "ordering_little")
        the_map, _ = self.read_text(content)
        self.has(self.find(the_map, "regs.adc_table.value"), words="low_first")

    def test_words_of_eight_bits(self):
        content = text("soc.csr.json").replace('"config_csr_data_width": 32',
                                               '"config_csr_data_width": 8')
        the_map, report = self.read_text(content)
        self.has(self.find(the_map, "regs.adc_table.value"), bits=16, word=8, word_stride=4)
        self.assertEqual(report.errors, [])

    def test_svd_of_another_build(self):
        _, report = self.svd("<baseAddress>0x00000800", "<baseAddress>0x00000900")
        self.one_error(report, "status: at 0x800 in the csr file, at 0x900 in the SVD")

    def test_svd_with_more_registers(self):
        _, report = self.svd("<name>SCRATCH</name>", "<name>OTHER</name>")
        self.one_error(report, "ctrl_other, which the csr file does not have")

    def test_disagreement_about_the_order(self):
        content = text("soc.csr.json").replace("ordering_big", "ordering_little")
        _, report = self.read_sources([Source("csr.json", content.encode()),
                                       Source(path("soc.svd"))])
        self.assertIn("disagree about the order of the words", report.errors[0])

    def test_two_tables(self):
        with self.assertRaisesRegex(BadFile, "give one csr.json or csr.csv"):
            self.read("soc.csr.json", "soc.csr.csv")

    def test_broken_tables(self):
        for content in ('{"csr_bases": [], "csr_registers": 3}', '{"csr_bases": {"a": "x"}}',
                        '{"csr_bases": {}, "csr_registers": {"a": {"addr": 0}}}',
                        "csr_register,a,zzz,1,rw\n", "csr_base,a,0,,\ncsr_register,a_b,0x0,?,rw\n"):
            with self.assertRaises(BadFile, msg=content):
                self.read_text(content)

    def test_huge_size(self):
        _, report = self.read_text("csr_base,a,0x0,,\ncsr_register,a_b,0x0,99999999,rw\n"
                                   "csr_register,a_c,0x0,1,rw\n")
        self.one_error(report, "99999999 words")


if __name__ == "__main__":
    unittest.main()
