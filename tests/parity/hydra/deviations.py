# SPDX-License-Identifier: MIT
"""Cases in which retort differs from Hydra on purpose; docs/configuration.md gives the reasons. Each must really differ."""

from case import Case

DEVIATIONS: set[Case] = set()
