# SPDX-License-Identifier: MIT
"""One command line to compare: which tree and config, and the arguments after them."""

from dataclasses import dataclass
from pathlib import Path

TREES = Path(__file__).parent / "trees"


@dataclass(frozen=True)
class Case:
    feature: str
    tree: str  # a folder below trees/ ("search/main")
    config: str | None
    arguments: tuple[str, ...]

    def command(self) -> list[str]:
        where = ["--config-path", str(TREES / self.tree)]
        return where + (["--config-name", self.config] if self.config else []) + list(self.arguments)

    def place(self) -> str:
        return f"{self.tree}:{self.config or '-'}" if not self.tree.startswith("/") else f"{self.tree}/{self.config}.yaml"


def cases(feature: str, place: str, *lines) -> list[Case]:
    """Cases in `place` ("tree:config"); a line is one argument or a list of them."""
    tree, _, config = place.partition(":")
    return [Case(feature, tree, config or None, (line,) if isinstance(line, str) else tuple(line)) for line in lines]
