# SPDX-License-Identifier: MIT
"""Prints a C program that fails to compile where the package and the headers differ."""
import ctypes

from kplug import _abi

print("#include <stddef.h>\n#include <kplug.h>")
checks = 0
for name, one in vars(_abi).items():
    if name.startswith("KPLUG_") and isinstance(one, int):
        print(f'_Static_assert({name} == {one}u, "{name}");')
        checks += 1
    if not name.startswith("kplug_") or not issubclass(one, ctypes.Structure):
        continue
    print(f'_Static_assert(sizeof(struct {name}) == {ctypes.sizeof(one)}, "{name}");')
    for member, *_ in one._fields_:
        at = getattr(one, member)
        print(f'_Static_assert(offsetof(struct {name}, {member}) == {at.offset}, "{member}");')
        print(f'_Static_assert(sizeof(((struct {name} *)0)->{member}) == {at.size}, "{member}");')
        checks += 2
assert checks > 300, checks
