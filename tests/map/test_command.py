# SPDX-License-Identifier: MIT
"""The command: exit codes, output, messages."""
import json
import os
import unittest

from helper import path, run, scratch


class Command(unittest.TestCase):
    def file(self, content):
        name = scratch(content)
        self.addCleanup(os.unlink, name)
        return name

    def test_import_check_header(self):
        code, output, errors = run("import", "--bar", "0", path("soc.csr.json"), path("soc.svd"))
        self.assertEqual(code, 0, errors)
        self.assertIn("litex: 4 registers in 4 definitions, 4 fields, 0 errors", errors)
        name = self.file(output)
        self.assertEqual(run("check", name), (0, "", ""))
        code, output, errors = run("header", name)
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("#define LITEX_CTRL_SCRATCH 0x0U", output)

    def test_apply_prints_the_corrected_map(self):
        code, output, errors = run("apply", path("tagger.json"), path("tagger.roles.json"))
        self.assertEqual((code, errors), (0, ""))
        ctrl = json.loads(output)["regions"][0]["items"][1]
        self.assertEqual(ctrl["fields"][0]["on_write"], "pulse")
        self.assertEqual(run("apply", self.file(output)), (0, output, ""))

    def test_import_of_a_map_is_the_same_map(self):
        _, output, _ = run("import", path("mixer.hjson"))
        _, again, _ = run("import", self.file(output))
        self.assertEqual(output, again)

    def test_import_of_a_map_with_options(self):
        _, output, _ = run("import", path("mixer.hjson"))
        code, output, errors = run("import", "--bar", "2", "--name", "x", self.file(output))
        self.assertEqual(code, 0, errors)
        the_map = json.loads(output)
        self.assertEqual((the_map["name"], the_map["regions"][0]["bar"]), ("x", 2))

    def test_map_with_errors_is_printed_and_corrected_by_roles(self):
        code, output, errors = run("import", "--bar", "0", path("meter.2009.xml"))
        self.assertEqual(code, 1)
        self.assertIn("HIGH_TIME overlap at 0x180", errors)
        name = self.file(output)
        self.assertEqual(run("check", name)[0], 1)
        self.assertEqual(run("header", name)[:2], (1, ""))
        roles = self.file('{"kplug_roles": 1, "corrections": {"HIGH_TIME": {"at": "0x84"}}}')
        name2 = self.file(json.dumps({"kplug_roles": 1, "corrections": {
            "regs.main.HIGH_TIME": {"at": "0x84"}}}))
        self.assertEqual(run("check", name, roles)[0], 2)
        self.assertEqual(run("check", name, name2), (0, "", ""))
        self.assertEqual(run("header", name, name2)[0], 0)

    def test_overlap_accepted_by_name(self):
        _, output, _ = run("import", path("meter.2009.xml"))
        roles = self.file(json.dumps({"kplug_roles": 1, "corrections": {
            "main.HIGH_TIME": {"overlays": "LOW_TIME"}}}))
        self.assertEqual(run("check", self.file(output), roles), (0, "", ""))

    def test_set_and_base(self):
        code, output, _ = run("import", "--base", "0x43c00000", "--name", "led",
                              path("design.hwh"))
        self.assertEqual((code, json.loads(output)["name"]), (1, "led"))
        _, output, _ = run("import", "--set", "NumChannels=2", path("mixer.hjson"))
        self.assertIn('"count": 2', output)

    def test_format(self):
        code, output, errors = run("import", "--format", "svd", path("soc.csr.json"))
        self.assertEqual((code, output), (2, ""))
        self.assertIn("no XML that can be read", errors)

    def test_unusable_files(self):
        for arguments in (["import", "--base", "16", path("tagger.json")],
                          ["import", "--base", "16", path("mixer.hjson")],
                          ["import", "--bar", "0", path("tagger.json")],
                          ["import", path("none")], ["import", "/dev/null"], ["import", "/"],
                          ["check", path("pulser.svd")], ["header", path("tagger.roles.json")],
                          ["check", path("tagger.json"), path("tagger.json")]):
            code, output, errors = run(*arguments)
            self.assertEqual((code, output), (2, ""), arguments)
            self.assertRegex(errors, r"^kplug-map: [^\n]+\n$")

    def test_wrong_arguments(self):
        for arguments in ([], ["other"], ["import"], ["import", "--bar", "9", "x"],
                          ["import", "--base", "x", "y"], ["import", "--set", "x", "y"],
                          ["check"]):
            code, output, errors = run(*arguments)
            self.assertEqual((code, output), (2, ""), arguments)
            self.assertIn("usage: kplug-map", errors)


if __name__ == "__main__":
    unittest.main()
