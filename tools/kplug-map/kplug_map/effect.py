# SPDX-License-Identifier: MIT
"""What reads and writes do: access, effect of a read, effect of a write."""

READABLE = ("rw", "ro")
WRITABLE = ("rw", "wo")
EFFECTS = ("access", "on_read", "on_write")


def access(register, field=None):
    """The access of a register or of its field, which inherits it."""
    return (field or {}).get("access") or register.get("access", "rw")


def whole(register):
    """The access of the register as a whole: what one of its fields allows."""
    if access(register) != "rw" or not register.get("fields"):
        return access(register)
    words = {access(register, field) for field in register["fields"]}
    reads = bool(words & set(READABLE))
    writes = bool(words & set(WRITABLE))
    return {(True, True): "rw", (True, False): "ro",
            (False, True): "wo"}.get((reads, writes), "none")


def on_read(register, field=None):
    """The effect of a read; plain if there is none."""
    if access(register, field) not in READABLE:
        return "plain"
    return (field or {}).get("on_read") or register.get("on_read", "plain")


def on_write(register, field=None):
    if access(register, field) not in WRITABLE:
        return "plain"
    return (field or {}).get("on_write") or register.get("on_write", "plain")


def read_changes(register):
    """Whether a read of the register changes the device."""
    parts = register.get("fields") or [None]
    return any(on_read(register, field) != "plain" for field in parts) or \
        register.get("on_read", "plain") != "plain"


def write_acts(register):
    """Whether a write does something else than to store the value."""
    parts = register.get("fields") or [None]
    return any(on_write(register, field) != "plain" for field in parts) or \
        register.get("on_write", "plain") != "plain"


def says_plain(register, field):
    """Whether the map says outright that reads and writes of the field only move the value."""
    return all((field or {}).get(key, register.get(key)) == "plain"
               for key in ("on_read", "on_write"))


def unsaid(region, path):
    """Whether the map is silent about effects: the innermost block that says so counts."""
    words = [one["effects"] for one in (region, *path) if "effects" in one]
    return words[-1:] == ["unsaid"]


def why_no_change(region, path):
    """Why a read, a change and a write of the register may do more than that; None if not."""
    register = path[-1]
    parts = register.get("fields") or [None]
    if whole(register) != "rw" or any(access(register, one) in ("wo", "none") for one in parts):
        return "what was written cannot be read"
    if read_changes(register):
        return "a read changes the device"
    if write_acts(register):
        return "a write does more than to store the value"
    if unsaid(region, path) and not all(says_plain(register, field) for field in parts):
        return "the map does not say what a write does"
    return None
