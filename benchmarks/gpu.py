# SPDX-License-Identifier: MIT
"""Races ours against its peers on the first GPU, as race.py does on a CPU: ResNet-50 into ResNet-18, bfloat16, batch by batch size.
Writes a table (Markdown) and every turn's rate (CSV).

    benchmarks/gpu.py --python build/bench-venv/bin/python --programs build/cuda/bin [--out benchmarks/results]
"""

import argparse
import csv
import statistics
import subprocess
import time
from pathlib import Path

from race import HERE, Contestant, race

# What is claimed, ours, theirs, wanted. Names are of heat().
RATIOS = [("distill, live, against Lightning bf16-mixed", "distill: retort, live", "distill: Lightning", 4.0),
          ("distill, live, against careful PyTorch", "distill: retort, live", "distill: careful PyTorch", 1.5),
          ("distill from answers that are looked up, against the student alone", "distill: retort, looked up", "student: retort", 0.97),
          ("student, against careful PyTorch", "student: retort", "student: careful PyTorch", None)]
FLOORS = {"distill: retort, live": 40_000, "distill: retort, looked up": 60_000}  # images/s on an H200


class GpuContestant(Contestant):
    """Says the peak of its device's memory when its input ends."""

    def end(self):
        if self.failure:
            return super().end()
        self.process.stdin.close()
        said = self.process.stdout.read().split()
        self.peak_mib = int(said[-1]) / 2**20 if said else 0
        self.process.wait()


def heat(options, batch):
    ours = str(Path(options.programs).resolve() / "bench_gpu")

    def own(name, task):
        return GpuContestant(name, [ours, task, "bf16-mixed", str(batch)], batch, steps=options.steps)

    def peer(name, script, task, *flags):
        command = [options.python, str(HERE / "peers" / script), "--cuda", *flags, task, "bf16-mixed", str(batch), "4"]
        return GpuContestant(name, command, batch, steps=options.steps if "lightning" not in script else max(1, options.steps // 5))

    contestants = [own("distill: retort, live", "distill"), own("distill: retort, looked up", "table"), own("student: retort", "student"),
                   peer("distill: careful PyTorch", "careful_distill.py", "distill"),
                   peer("student: careful PyTorch", "careful_distill.py", "student"),
                   peer("distill: Lightning", "lightning_distill.py", "distill")]
    if options.compile:
        contestants.append(peer("distill: torch.compile", "careful_distill.py", "distill", "--compile"))
    return contestants


def table(contestants, batch):
    by_name = {c.name: c for c in contestants}
    lines = [f"### Batch {batch}\n", "| contestant | images/s, median | lowest - highest | wanted | peak device memory, MiB |", "|---|---|---|---|---|"]
    for c in contestants:
        if c.failure:
            lines.append(f"| {c.name} | did not work: {c.failure[:80]} | | | |")
        else:
            lines.append(f"| {c.name} | {c.median():.0f} | {min(c.rates):.0f} - {max(c.rates):.0f} | {FLOORS.get(c.name, '')} | {c.peak_mib:.0f} |")
    lines += ["", "| ratio, round by round | median | lowest - highest | wanted |", "|---|---|---|---|"]
    for name, ours, theirs, wanted in RATIOS:
        if by_name[ours].rates and by_name[theirs].rates:
            ratios = [a / b for a, b in zip(by_name[ours].rates, by_name[theirs].rates)]
            lines.append(f"| {name} | {statistics.median(ratios):.2f} | {min(ratios):.2f} - {max(ratios):.2f} | {wanted or ''} |")
    own, peer = by_name["distill: retort, live"], by_name["distill: careful PyTorch"]
    if own.peak_mib and peer.peak_mib:
        lines.append(f"| peak device memory, distill, of careful PyTorch's | {own.peak_mib / peer.peak_mib:.2f} | | 0.6 |")
    return "\n".join(lines) + "\n"


def machine(python):
    facts = "import torch; print(torch.cuda.get_device_name(), 'torch', torch.__version__, 'CUDA', torch.version.cuda, 'cuDNN', torch.backends.cudnn.version())"
    return subprocess.run([python, "-c", facts], capture_output=True, text=True, check=True).stdout.strip() + time.strftime(", %Y-%m-%d")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="an interpreter with a CUDA build of torch, and lightning")
    parser.add_argument("--programs", required=True, help="the folder of bench_gpu")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[128, 512, 1024])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100, help="of one turn")
    parser.add_argument("--compile", action="store_true", help="torch.compile too: it takes minutes to begin")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.python = str(Path(options.python).absolute())
    text, rows = [f"`benchmarks/gpu`: {options.rounds} rounds of {options.steps} steps; {machine(options.python)}.\n"], []
    for batch in options.batch_sizes:
        contestants = heat(options, batch)
        race(contestants, options.rounds)
        text.append(table(contestants, batch))
        rows += [[batch, c.name, i, f"{rate:.1f}"] for c in contestants for i, rate in enumerate(c.rates)]
    options.out.mkdir(exist_ok=True)
    (options.out / "gpu.md").write_text("\n".join(text))
    with (options.out / "gpu.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["batch_size", "contestant", "round", "images_per_second"], *rows])
    print("\n".join(text))


if __name__ == "__main__":
    main()
