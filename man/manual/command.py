# SPDX-License-Identifier: MIT
"""The ioctl commands of a device, from the list that kernel and programs share."""
import re
from dataclasses import dataclass

ENTRY = re.compile(r"^KPLUG_COMMAND\(.*?\)$", re.M | re.S)
FIELDS = re.compile(
    r"KPLUG_COMMAND\(0x[0-9a-f]+, (\w+), \w+, (\w+),\s+\w+,\s+([A-Z_0 |]+),\s+\"([^\"]*)\"")
WRITING_FLAGS = re.compile(r"\.write_flags = (\w+)")


@dataclass
class Command:
    """What a line of the list says."""
    name: str
    argument: str
    how: set
    does: str
    writing_flag: str = ""  # with it, the descriptor must be open for writing

    def prototype(self):
        """The call. An argument that the kernel does not write to may be a constant."""
        const = "" if "ANSWERS" in self.how else "const "
        return f"int ioctl(int fd, {self.name}, {const}struct {self.argument} *arg);"

    def rules(self):
        """The paragraph about its argument, and who may use it."""
        lines = [f"The argument is ``struct {self.argument}``."]
        if "TRUSTED" in self.how:
            lines.append("For trusted clients; others get EPERM.")
        if "LOOKS" not in self.how:
            lines.append("The descriptor must be open for writing (EBADF).")
        elif self.writing_flag:
            lines.append(f"With {self.writing_flag} the descriptor must be open for writing "
                         "(EBADF).")
        return lines


def _command(path, entry):
    match = FIELDS.match(entry)
    if not match:
        raise ValueError(f"{path}: '{entry.splitlines()[0]}' is not of the form of a command")
    name, argument, how, does = match.groups()
    flag = WRITING_FLAGS.search(entry)
    return Command(f"KPLUG_{name}", argument, set(how.split(" | ")), does, flag[1] if flag else "")


def read(path):
    """The commands of the file."""
    text = path.read_text()
    entries = ENTRY.findall(text)
    if len(entries) != len(re.findall(r"^KPLUG_COMMAND\(", text, re.M)):
        raise ValueError(f"{path}: a command does not end with its line")
    return [_command(path, entry) for entry in entries]
