#!/usr/bin/env python3
"""Two processes of one thread against one process of two threads, on the same pictures a step: is splitting a training free?

usage: processes.py --program build/release/bin/retort [--steps 100] [--rounds 3]

Prints pictures a second of each, the median of the rounds, and their ratio; 0.9 is wanted. Timed by the program itself, from its first step
to its last; no validation, no checkpoint, no log. Run it on a machine that does nothing else.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

BATCH = 128  # pictures a step, of all processes


def rate(program, network, precision, processes, steps):
    with tempfile.TemporaryDirectory() as folder:
        threads = 2 // processes
        subprocess.run(
            [program, "train", "data=mnist", "model.name=student", f"model.student={{name: {network}}}",
             f"data.batch_size={BATCH // processes}", f"trainer.devices={processes}", f"trainer.precision={precision}",
             f"trainer.limit_train_batches={steps}", "trainer.max_epochs=1", "trainer.limit_test_batches=0",
             "trainer.limit_val_batches=0", "trainer.barebones=true", "hydra.run.dir=r"],
            cwd=folder, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": str(threads)})
        return steps * BATCH / json.loads((Path(folder) / "r/results.json").read_text())["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| network | precision | one process, two threads (pictures/s) | two processes, one thread each | ratio |")
    print("|---|---|---|---|---|")
    for network, precision in [("resnet20", "32-true"), ("resnet18", "32-true"), ("resnet18", "bf16-mixed")]:
        steps = options.steps if network == "resnet20" else max(10, options.steps // 5)
        rates = {1: [], 2: []}
        for _ in range(options.rounds):  # one after the other, so that a slow minute meets both
            for processes in rates:
                rates[processes].append(rate(options.program, network, precision, processes, steps))
        one, two = (statistics.median(rates[processes]) for processes in rates)
        print(f"| {network} | {precision} | {one:.0f} | {two:.0f} | {two / one:.2f} |", flush=True)


if __name__ == "__main__":
    main()
