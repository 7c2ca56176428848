#!/usr/bin/env python3
"""Holds the tree to docs/architecture.md: which module may include which, and which must not see LibTorch; and the
README's map to the tree: every folder it names is there, and every folder that is there has a line.

usage: check_layers.py SOURCE_DIR
"""
import re
import subprocess
import sys
from pathlib import Path

# A module may include itself and every module on a line above its own.
LAYERS = [
    ["core"],
    ["config"],
    ["data", "models", "optim", "metrics", "distributed", "tracking"],
    ["methods", "checkpoint"],
    ["cuda"],
    ["trainer"],
    ["export", "report", "study"],
]
TORCH_FREE = {"core", "config", "tracking", "report"}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<](retort/(\w+)/|torch/|ATen/|c10/)', re.MULTILINE)


def violations(source: Path):
    rank = {module: i for i, layer in enumerate(LAYERS) for module in layer}
    modules = sorted(p.name for p in (source / "src/retort").iterdir() if p.is_dir())
    for module in modules:
        if module not in rank:
            yield f"src/retort/{module}: not a module of docs/architecture.md"
            continue
        files = [p for p in sorted((source / "src/retort" / module).rglob("*")) if p.suffix in {".h", ".cpp", ".cu"}]
        if not files:
            yield f"src/retort/{module}: empty"
        for path in files:
            for match in INCLUDE.finditer(path.read_text()):
                where = f"{path.relative_to(source)} includes {match[1]}"
                included = match[2]
                if included is None:
                    if module in TORCH_FREE:
                        yield f"{where}, but {module} does not link LibTorch"
                elif included not in rank:
                    yield f"{where}, which is no module"
                elif included != module and rank[included] >= rank[module]:
                    yield f"{where}, which does not stand below {module}"


def map_violations(source: Path):
    rows = re.findall(r"^\| (`[^|]+`) \|", (source / "README.md").read_text(), re.MULTILINE)
    named = {name.rstrip("/") for row in rows for name in re.findall(r"`([\w/]+/)`", row)}
    tracked = subprocess.run(["git", "-C", source, "ls-files"], capture_output=True, text=True)
    for name in sorted(named):
        if not (source / name).is_dir():
            yield f"README.md: names the folder {name}, which is not there"
    top = {line.split("/")[0] for line in tracked.stdout.splitlines() if "/" in line and line[0] != "."}
    for folder in sorted(top - {name.split("/")[0] for name in named}):
        yield f"README.md: its map has no line for {folder}"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    found = [*violations(source), *map_violations(source)]
    print("\n".join(found) or "every include points down, every folder has its line")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
