# SPDX-License-Identifier: MIT
"""What all generators of cases share: a random choice that follows from the seed alone."""

import random


class Chooser:
    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def pick(self, items):
        return self.random.choice(list(items))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, items, most: int) -> list:
        """Up to `most` different ones, in any order."""
        items = list(items)
        return self.random.sample(items, min(len(items), self.random.randrange(most + 1)))
