# SPDX-License-Identifier: MIT
"""From exec to the end of a training of one step: `retort train` on MNIST, with its configuration, its data and its run directory,
beside a Lightning program that does a step of the same size on random numbers. Medians of interleaved runs; peak memory.

    benchmarks/first_step.py --python build/bench-venv/bin/python --program build/release/bin/retort [--runs 10]
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OVERRIDES = ["data=mnist", "model.name=student", "model.student={name: mlp, widths: [32]}", "optimizer=adamw", "trainer.max_steps=1",
             "trainer.limit_val_batches=0", "trainer.limit_test_batches=0", "trainer.enable_checkpointing=false",
             "trainer.enable_model_summary=false"]


def run(command, folder):
    """Seconds from fork to exit, and peak memory in MiB."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(null, descriptor)
        os.execv(command[0], command)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    commands = {"retort train": [str(Path(options.program).resolve()), "train", *OVERRIDES],
                "Lightning": [str(Path(options.python).absolute()), str(HERE / "peers/lightning_first_step.py")]}
    results = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            for name, command in commands.items():
                results[name].append(run(command, folder))
    print("| exec to the end of one step | median, s | lowest - highest | peak memory, MiB |\n|---|---|---|---|")
    medians = {}
    for name, runs in results.items():
        seconds = [s for s, _ in runs]
        medians[name] = statistics.median(seconds)
        print(f"| {name} | {medians[name]:.2f} | {min(seconds):.2f} - {max(seconds):.2f} | {max(m for _, m in runs):.0f} |")
    print(f"| Lightning / retort | {medians['Lightning'] / medians['retort train']:.1f} | | |")


if __name__ == "__main__":
    main()
