# SPDX-License-Identifier: MIT
"""kplug new: roles that names of registers give away, and those that they do not."""
import unittest

from helper import MapTest
from kplug_map.project import guess


def register(name, at, **more):
    return {"name": name, "at": at, "bits": 32, **more}


def roles_of(*items):
    return guess.roles({"kplug_map": 1, "name": "card",
                        "regions": [{"name": "regs", "bar": 0, "items": list(items)}]})


class Guess(MapTest):
    def test_opentitan(self):
        the_map, _ = self.read("mixer.hjson")
        one = guess.roles(the_map)["interrupts"]
        self.assertEqual(len(one), 1)
        self.has(one[0], status="regs.INTR_STATE", enable="regs.INTR_ENABLE", ack="write_back",
                 raise_at="regs.INTR_TEST")
        self.assertEqual([source["bit"] for source in one[0]["sources"]],
                         list(range(len(one[0]["sources"]))))

    def test_xilinx(self):
        field = {"name": "DONE", "bits": "1", "on_write": "1toggle"}
        switch = {"name": "ON", "bits": "31"}
        block = {"name": "timer", "at": 0, "items": [
            register("GIE", 0, fields=[switch]), register("IER", 4),
            register("ISR", 8, fields=[field])]}
        one = roles_of(block)["interrupts"][0]
        self.has(one, name="timer", status="regs.timer.ISR", enable="regs.timer.IER",
                 ack="write_back", raise_at="regs.timer.ISR")
        self.assertEqual(one["global"], {"at": "regs.timer.GIE.ON", "value": 1})
        self.assertEqual(one["sources"], [{"name": "DONE", "bit": 1}])

    def test_litex(self):
        found = roles_of(register("uart_ev_status", 0), register("uart_ev_pending", 4),
                         register("uart_ev_enable", 8))
        self.has(found["interrupts"][0], status="regs.uart_ev_pending",
                 enable="regs.uart_ev_enable", ack="write_back")
        self.assertEqual(found["corrections"], {"regs.uart_ev_pending": {"on_write": "1clear"}})

    def test_what_only_looks_like_it(self):
        for items in ([register("INTR_STATE", 0), register("INTR_ENABLE", 4)],
                      [register("ISR", 0), register("IER", 4)],
                      [register("INT_STATUS", 0), register("INT_ENABLE", 4)],
                      [register("x_ev_pending", 0), register("x_ev_enable", 4)],
                      [register("vector", 0), register("clear", 4), register("enable", 8)]):
            self.assertNotIn("interrupts", roles_of(*items))

    def test_blanks(self):
        lines = guess.blanks({"kplug_roles": 1, "match": {}}, False)
        text = "\n".join(lines)
        self.assertIn("identity: which register", text)
        self.assertNotIn("match:", text)
        full = {"match": {}, "identity": {}, "reset": {}, "interrupts": []}
        self.assertEqual(guess.blanks(full, False), [])
        guessed = dict(full, interrupts=[{"name": "main", "status": "S"}])
        self.assertIn("so check it", guess.blanks(guessed, True)[0])


if __name__ == "__main__":
    unittest.main()
