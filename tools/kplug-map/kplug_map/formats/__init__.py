# SPDX-License-Identifier: MIT
"""The formats that can be imported, and which one a file has."""
from . import csvmap, hwh, ipxact, litex, own, reggen, svd
from ..report import BadFile

# The first that claims a file has it.
FORMATS = (own, litex, hwh, svd, ipxact, reggen, csvmap)
NAMES = [one.NAME for one in FORMATS]


def find(sources, name=None):
    """The module of a format, by its name or by what the files contain."""
    if name:
        return next(one for one in FORMATS if one.NAME == name)
    claimed = {one for source in sources for one in FORMATS if one.claims(source)}
    if litex in claimed:
        return litex  # an SVD may stand beside it
    for one in FORMATS:
        if one in claimed:
            return one
    raise BadFile(f"{sources[0].name}: the format is not known; say it with --format "
                  f"({', '.join(NAMES)}). SystemRDL: convert it by 'peakrdl ip-xact'")


def read(sources, options, report, name=None):
    return find(sources, name).read(sources, options, report)
