# SPDX-License-Identifier: MIT
"""Makes the pages of sections 3, 4 and 9 from the comments of the headers."""
