# SPDX-License-Identifier: MIT
"""kplug new: a project with a plugin, a program, tests and a model of the card, from a map."""
