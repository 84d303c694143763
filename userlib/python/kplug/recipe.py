# SPDX-License-Identifier: MIT
"""Recipes: handlers of up to 16 checked register accesses, which the kernel runs."""
from collections.abc import Iterable
from typing import Any, Protocol

from . import _abi
from ._abi import StepOp


class Place(Protocol):
    """A register, such as dev.regs.STATUS."""

    region: int
    offset: int
    width: int


class Recipe:
    """Steps that share one accumulator, which a read loads. Each method adds a step:

    Recipe().read(0, 0x24).not_mine(0xffffffff, 0).write_back(0, 0x64, 0xffffffff).capture()

    In place of region and offset a register of a map may stand. Region, offset and width (in bytes)
    are as in Device.read(). The kernel checks a recipe when it is attached.
    """

    def __init__(self) -> None:
        self._steps: list[tuple[int, int, int, int, int, int]] = []

    def read(self, where: int | Place, offset: int = 0, width: int = 4) -> "Recipe":
        """acc = register"""
        return self._access(StepOp.READ, where, offset, width)

    def not_mine(self, mask: int, value: int = 0) -> "Recipe":
        """Ends, and says that the interrupt is another device's, if (acc & mask) == value."""
        return self._add(StepOp.NOT_MINE, 0, 0, 0, mask, value)

    def write(self, where: int | Place, offset: int = 0, value: int = 0,
              width: int = 4) -> "Recipe":
        """register = value"""
        return self._access(StepOp.WRITE, where, offset, width, 0, value)

    def write_back(self, where: int | Place, offset: int = 0, mask: int | None = None,
                   value: int = 0, width: int = 4) -> "Recipe":
        """register = (acc & mask) | value; without a mask, all bits"""
        return self._access(StepOp.WRITE_BACK, where, offset, width, mask, value)

    def write_inverse(self, where: int | Place, offset: int = 0, mask: int | None = None,
                      value: int = 0, width: int = 4) -> "Recipe":
        """register = (~acc & mask) | value: acknowledges where a written 0 clears"""
        return self._access(StepOp.WRITE_INVERSE, where, offset, width, mask, value)

    def capture(self, mask: int = (1 << 64) - 1) -> "Recipe":
        """Appends acc & mask to the words of the event."""
        return self._add(StepOp.CAPTURE, 0, 0, 0, mask, 0)

    def _access(self, op: StepOp, where: int | Place, offset: int, width: int,
                mask: int | None = 0, value: int = 0) -> "Recipe":
        region = where
        if not isinstance(where, int):
            region, offset, width = where.region, where.offset + offset, where.width
        assert isinstance(region, int)
        if mask is None:
            mask = (1 << (8 * width)) - 1
        return self._add(op, region, offset, width, mask, value)

    def _add(self, *step: int) -> "Recipe":
        op, region, offset, width, mask, value = step
        self._steps.append((op, region, offset, width, mask, value))
        return self

    def __len__(self) -> int:
        return len(self._steps)

    def array(self) -> Any:
        """The steps as an array of struct kplug_step."""
        return _step_array(self._steps)


def _step_array(steps: Iterable[tuple[int, int, int, int, int, int]]) -> Any:
    elements = [_abi.kplug_step(op=op, region=region, offset=offset, width=width, mask=mask,
                                value=value)
                for op, region, offset, width, mask, value in steps]
    return (_abi.kplug_step * len(elements))(*elements)
