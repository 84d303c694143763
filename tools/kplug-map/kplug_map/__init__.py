# SPDX-License-Identifier: MIT
"""Register maps: importers, checks, roles, and the C header."""
