# SPDX-License-Identifier: MIT
"""Seeded config trees: random defaults lists, packages, headers and contents, and override lists over them."""

import re
import shutil
from pathlib import Path

from case import Case
from chooser import Chooser

FOLDER = Path(__file__).parents[3] / "build" / "parity" / "trees"
GROUPS = ["a", "b", "c", "a/x", "b/y", "a/x/z"]  # a config refers only to later ones, so that no defaults list is endless
OPTIONS = ["p", "q", "r"]
PACKAGES = ["k", "k.l", "_global_", "_global_.k", "_here_", "a", "b.y", "m.n.o", "_group_", "hydra_like"]
VALUES = ["1", "2.5", "text", "null", "[1, 2]", "{u: 1}", "{u: {v: 2}, w: 3}", "[]", "{}", "true", "???", "'${k}'", "'${.l}'", "'${..k}'", "'${oc.select:k,0}'", "'é'", "[{u: 1}, 2]", "{1: a, u: {v: [3]}}"]
HYDRA = ["hydra:\n  searchpath: [file://{folder}/more]\n", "hydra:\n  job: {{name: x}}\n"]


class TreeGenerator(Chooser):
    def relative(self, group: str, base: str) -> str:
        """How a config in group `base` writes `group`: relative where it can, or absolute."""
        if not base:
            return f"/{group}" if self.chance(0.15) else group
        if group.startswith(base + "/") and self.chance(0.8):
            return group[len(base) + 1:]
        return f"/{group}"

    def option(self) -> str:
        kind = self.random.random()
        if kind < 0.8:
            return self.pick(OPTIONS)
        if kind < 0.86:
            return f"[{', '.join(self.random.sample(OPTIONS, self.random.randrange(3)))}]"
        if kind < 0.92:
            return "null"
        return self.pick(["nowhere", "???", "'${a}'", "'${b}'", "p", "q", "r", "p"])

    def item(self, base: str, later: list[str], keyword: str = "") -> str:
        group = self.relative(self.pick(later), base)
        package = f"@{self.pick(PACKAGES)}" if self.chance(0.3) else ""
        option = self.option()
        if not keyword and self.chance(0.1) and option in OPTIONS:
            return f"  - {group}/{option}{package}\n"
        if base and not keyword and self.chance(0.08):  # a sibling, or a config elsewhere
            return self.pick(["  - r\n", "  - r@k\n", "  - /c/q@_global_.m\n", "  - optional nowhere\n"])
        if not keyword and self.chance(0.15):
            keyword = "optional "
        return f"  - {keyword}{group}{package}: {option}\n"

    def config(self, base: str, later: list[str], share_of_lists: float) -> str:
        text = f"# @package {self.pick(PACKAGES)}\n" if base and self.chance(0.12) else ""
        if later and self.chance(share_of_lists):
            items = [self.item(base, [group]) for group in self.random.sample(later, min(len(later), self.random.randrange(1, 4)))]
            if self.chance(0.8):
                items.insert(self.pick([0, len(items), len(items)]), "  - _self_\n")
            items += [self.item(base, later, "override ") for _ in range(self.pick([0] * 9 + [1]))]
            if self.chance(0.08):
                items.append(f"  - override hydra/{self.pick(['job_logging: none', 'job_logging: disabled', 'launcher: basic', 'output: nowhere'])}\n")
            text += "defaults:\n" + "".join(items)
        for key in self.random.sample(["k", "l", "m", "n", "u"], self.random.randrange(4)):
            text += f"{key}: {self.pick(VALUES)}\n"
        return text

    def tree(self, folder: Path) -> None:
        for index, group in enumerate(GROUPS):
            (folder / group).mkdir(parents=True, exist_ok=True)
            for option in OPTIONS:
                (folder / group / f"{option}.yaml").write_text(self.config(group, GROUPS[index + 1:], 0.25))
        for group in self.some(GROUPS, 2):
            (folder / "more" / group).mkdir(parents=True, exist_ok=True)
            (folder / "more" / group / f"{self.pick(['p', 's', 'nowhere'])}.yaml").write_text(f"l: [{group}]\n")
        hydra = self.pick(HYDRA).format(folder=folder) if self.chance(0.2) else ""
        (folder / "config.yaml").write_text(self.config("", GROUPS, 1.0) + hydra)

    def override(self, config: str) -> str:
        kind = self.random.random()
        listed = re.findall(r"^  - (?:optional )?/?([a-z/]+(?:@\S+)?): \w", config, re.MULTILINE)
        written = re.findall(r"^([a-z]+):(?! *$)", config, re.MULTILINE)
        group = self.pick(GROUPS) + (f"@{self.pick(PACKAGES)}" if self.chance(0.5) else "")
        if kind < 0.45:
            if listed and self.chance(0.85):
                group = self.pick(listed)
            return f"~{group}" if self.chance(0.2) else f"{group}={self.pick(OPTIONS)}"
        if kind < 0.6:
            return f"+{group}={self.pick(OPTIONS)}"
        value = self.pick(["1", "text", "{u: 5}", "[1]", "null"])
        if written and self.chance(0.5):
            return f"{self.pick(['', '', '++'])}{self.pick(written)}={value}"
        key = ".".join(self.random.sample(["k", "l", "a", "b", "u", "x", "m"], self.pick([1, 1, 2, 3])))
        return f"{self.pick(['', '+', '++', '++', '++', '~'])}{key}={value}"


def generate_trees(seed: int, trees: int, lists_each: int) -> list[Case]:
    generator = TreeGenerator(seed)
    result = []
    for number in range(trees):
        folder = FOLDER / f"{seed}_{number}"
        shutil.rmtree(folder, ignore_errors=True)
        generator.tree(folder)
        config = (folder / "config.yaml").read_text()
        for index in range(lists_each):
            arguments = [generator.override(config) for _ in range(min(index, 2))]
            if generator.chance(0.15):
                arguments += generator.pick([["--resolve"], ["--cfg", "hydra", "-p", "hydra.runtime.choices"], ["--config-dir", f"{folder}/more"]])
            result.append(Case("generated tree", str(folder), "config", tuple(arguments)))
    return result
