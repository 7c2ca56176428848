# SPDX-License-Identifier: MIT
"""How long a command takes that only reads the configuration, beside a Python program with hydra-core that prints the same.

    tests/parity/run.sh benchmarks/startup.py [--program build/release/bin/retort] [--runs 50]

Prints a Markdown table: median and 90th percentile of wall time, fork to exit, the two programs taking turns.
"""

import argparse
import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEER = [sys.executable, str(ROOT / "benchmarks/peers/hydra_program.py"), "--config-path", str(ROOT / "conf"), "--config-name", "train"]
TYPED = "hydra_program.py data="
QUESTIONS = {  # ours, theirs, whether both must print the same
    "train --cfg job": (["train", "--cfg", "job"], ["--cfg", "job"], True),
    "train --cfg job, 3 overrides": (["train", "--cfg", "job", "data=mnist", "optimizer=adamw", "seed=7"],
                                     ["--cfg", "job", "data=mnist", "optimizer=adamw", "seed=7"], True),
    "--help": (["--help"], ["--help"], False),
    "train --help": (["train", "--help"], ["--help"], False),
    "completion of train data=": (["-sc", "query=bash", "--", "retort train data="], ["-sc", "query=bash"], False),
}


def run(command: list[str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, "COMP_LINE": TYPED, "COMP_POINT": str(len(TYPED))})  # what Hydra completes
    return time.perf_counter() - start, done.stdout


def milliseconds(seconds: list[float]) -> tuple[float, float]:
    return 1e3 * statistics.median(seconds), 1e3 * statistics.quantiles(seconds, n=10)[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/bin/retort")
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    program = str(Path(options.program).resolve())

    print(f"Start-up, {options.runs} runs each, {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
          f"hydra-core {importlib.metadata.version('hydra-core')}\n")
    print("| command | retort, median (p90), ms | Python and Hydra, ms | ratio |\n|---|---|---|---|")
    for name, (ours, theirs, same) in QUESTIONS.items():
        times = {"ours": [], "theirs": []}
        for _ in range(options.runs):
            seconds, text = run([program, *ours])
            peer_seconds, peer_text = run([*PEER, *theirs])
            times["ours"].append(seconds)
            times["theirs"].append(peer_seconds)
            if same and text != peer_text:
                raise SystemExit(f"retort {name} and Hydra print different configurations")
        (median, high), (peer_median, peer_high) = milliseconds(times["ours"]), milliseconds(times["theirs"])
        print(f"| {name} | {median:.1f} ({high:.1f}) | {peer_median:.0f} ({peer_high:.0f}) | {peer_median / median:.0f} |", flush=True)


if __name__ == "__main__":
    main()
