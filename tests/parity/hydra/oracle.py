# SPDX-License-Identifier: MIT
"""Compares `retort config` with the real Hydra on the cases of this folder: the same YAML byte for byte (and the same jobs
of a sweep) where Hydra accepts, one plain message and a non-zero exit where Hydra refuses.

    tests/parity/run.sh tests/parity/hydra/oracle.py --program build/release/bin/retort [--seed 1] [--verbose]
"""

import argparse
import collections
import concurrent.futures
import difflib
import hashlib
import importlib.metadata
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import composition_cases
import document_cases
import grammar_cases
import sweep_cases
from case import TREES, Case
from deviations import DEVIATIONS
from generate import generate
from generate_documents import generate_documents
from generate_sweeps import generate_sweeps
from generate_trees import generate_trees

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
TIMEOUT_SECONDS = 10
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/home/parity",
    "LC_ALL": "C.UTF-8",
    "PARITY_TREES": str(TREES),
    "PARITY_HOME": "/home/parity",
    "PARITY_NAME": "parity",
    "PARITY_LIST": "[1, a, {b: 2}]",
}


def is_sweep(case: Case) -> bool:
    return "--multirun" in case.arguments


def reference_arguments(case: Case, scratch: str) -> list[str]:
    if is_sweep(case):
        return [*case.command(), f"hydra.sweep.dir={scratch}"]
    if any(argument in ("--cfg", "-c") for argument in case.arguments):
        return case.command()
    return ["--cfg", "job", *case.command()]


def ask_hydra(cases: list[Case]) -> list[dict]:
    """The answers are kept in build/ under a hash of all they depend on."""
    with tempfile.TemporaryDirectory() as scratch:
        questions = [reference_arguments(case, scratch) for case in cases]
        key = hashlib.sha256((HERE / "reference.py").read_bytes())
        key.update(json.dumps([case.command() for case in cases]).encode())
        key.update(json.dumps([importlib.metadata.version(name) for name in ("hydra-core", "omegaconf", "PyYAML")]).encode())
        for folder in sorted({TREES, *(TREES / case.tree for case in cases)}):
            for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
                key.update(str(path).encode() + path.read_bytes())
        kept = ROOT / "build" / "parity" / f"hydra_{key.hexdigest()[:16]}.json"
        if kept.exists():
            return json.loads(kept.read_text())
        result = subprocess.run([sys.executable, HERE / "reference.py"], input=json.dumps(questions), stdout=subprocess.PIPE, text=True,
                                check=True, cwd=TREES, env=ENVIRONMENT)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for stale in kept.parent.glob("hydra_*.json"):
        stale.unlink()
    kept.write_text(result.stdout)
    return json.loads(result.stdout)


def ask_retort(program: str, case: Case) -> dict:
    try:
        done = subprocess.run([program, "config", *case.command()], stdin=subprocess.DEVNULL, capture_output=True, cwd=TREES, env=ENVIRONMENT,
                              timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return {"status": "timeout", "out": "", "err": ""}
    return {"status": done.returncode, "out": done.stdout.decode(errors="replace"), "err": done.stderr.decode(errors="replace")}


def verdict(theirs: dict, ours: dict) -> str:
    """"" where the two agree, else what is wrong."""
    status = ours["status"]
    if status == "timeout" or status < 0 or status > 125 or "Sanitizer" in ours["err"] or "terminate called" in ours["err"]:
        return "crash"
    if theirs["status"] != 0:
        if status == 0:
            return "accepts what Hydra refuses"
        return "" if ours["err"].strip() and not ours["out"] else "refuses without a message, or after printing"
    if status != 0:
        return "refuses what Hydra accepts"
    return "" if ours["out"] == theirs["out"] else "different output"


def plain(message: str) -> str:
    """The first lines, or the last of a traceback."""
    lines = [line for line in message.strip().splitlines() if line and "HYDRA_FULL_ERROR" not in line]
    return " | ".join(lines[-3:] if message.startswith("Traceback") else lines[:3])[:300]


def show(case: Case, theirs: dict, ours: dict) -> str:
    lines = [f"  {case.place()}  {shlex.join(case.arguments)}"]
    if theirs["status"] != 0:
        lines.append("    hydra refuses: " + plain(theirs["err"]))
    if ours["status"] != 0:
        lines.append(f"    retort ({ours['status']}): " + plain(ours["err"]))
    if theirs["status"] == 0:
        difference = list(difflib.unified_diff(theirs["out"].splitlines(), ours["out"].splitlines(), "hydra", "retort", lineterm="", n=1))
        lines += ["    " + line for line in (difference[2:14] if ours["status"] == 0 else theirs["out"].splitlines()[-3:])]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--generated", type=int, default=320, help="override lists over the trees of this folder")
    parser.add_argument("--trees", type=int, default=40, help="random trees, five override lists each")
    parser.add_argument("--sweeps", type=int, default=60, help="random sweeps")
    parser.add_argument("--documents", type=int, default=60, help="random YAML documents, and as many of interpolations")
    parser.add_argument("--every", type=int, default=1, help="ask the program only each so-manieth case: a slow sanitizer build")
    parser.add_argument("--verbose", action="store_true", help="show every difference, not three of each kind")
    parser.add_argument("--only", default="", help="features whose name contains this")
    options = parser.parse_args()
    program = str(Path(options.program).resolve())

    cases = grammar_cases.CASES + composition_cases.CASES + document_cases.CASES + sweep_cases.CASES
    cases += generate(options.seed, options.generated) + generate_trees(options.seed, options.trees, lists_each=5)
    cases += generate_sweeps(options.seed, options.sweeps) + generate_documents(options.seed, options.documents)
    cases = [case for case in cases if options.only in case.feature]
    answers = list(zip(cases, ask_hydra(cases)))[::options.every]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ours = list(pool.map(lambda pair: ask_retort(program, pair[0]), answers))

    wrong = collections.defaultdict(list)
    shown = collections.Counter()
    for (case, theirs), our in zip(answers, ours):
        kind = verdict(theirs, our)
        deviation = next((each for each in DEVIATIONS if each.shows(case, theirs, our)), None) if kind not in ("", "crash") else None
        if deviation:
            shown[deviation.name] += 1
        elif kind:
            wrong[case.feature, kind].append(show(case, theirs, our))
    if not options.only and options.every == 1:
        for name in {each.name for each in DEVIATIONS} - set(shown):
            wrong["deviations", "no case shows it any more"].append(f"  {name}")
    documented = (ROOT / "docs/configuration.md").read_text()
    for deviation in DEVIATIONS:
        if deviation.row not in documented:
            wrong["deviations", "docs/configuration.md has no such row"].append(f"  {deviation.row}")

    for (feature, kind), examples in sorted(wrong.items()):
        print(f"{feature}: {kind}: {len(examples)}")
        print("\n".join(examples if options.verbose else examples[:3]))
    accepted = sum(theirs["status"] == 0 for _, theirs in answers)
    print(f"{len(answers)} cases compared, {accepted} accepted, {len(answers) - accepted} refused by Hydra; "
          f"{shown.total()} deliberate deviations, {sum(map(len, wrong.values()))} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
