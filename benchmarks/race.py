# SPDX-License-Identifier: MIT
"""Races ours against its peers: every contestant is a program that warms up, then takes turns, round after round, so that what
else the machine does meets all alike. Writes a table (Markdown), every turn's seconds (CSV) and a picture (SVG).

    benchmarks/race.py --python build/bench-venv/bin/python --programs build/release/bin [--quick] [--out benchmarks/results]
"""

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
KD_GFLOP, STUDENT_GFLOP, TEACHER_GFLOP = 5.93, 3.33, 2.60  # of one picture; a multiply-add is two


@dataclass
class Contestant:
    name: str
    command: list[str]
    work: float  # of one step, in `unit`
    unit: str = "images/s"
    gflop: float = 0  # of one picture, for the share of the convolution ceiling
    steps: int = 1  # of one turn
    rates: list[float] = field(default_factory=list)
    process: subprocess.Popen | None = None
    peak_mib: float = 0
    failure: str = ""

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        cwd=HERE / "peers", env={**os.environ, "GOMP_SPINCOUNT": "1000"})
        if self.process.stdout.readline().strip() != "ready":
            self.failure = (self.process.communicate()[1].strip().splitlines() or ["ended early"])[-1]

    def turn(self):
        print(self.steps, file=self.process.stdin, flush=True)
        self.rates.append(self.steps * self.work / float(self.process.stdout.readline()))

    def end(self):
        if not self.failure:
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    self.peak_mib = int(line.split()[1]) / 1024
        self.process.kill()
        self.process.communicate()

    def median(self):
        return statistics.median(self.rates) if self.rates else float("nan")


def heats(options):
    """Contestants that meet in one heat; between heats memory is given back."""
    ours = str(Path(options.programs).resolve() / "bench_distill")
    peers = HERE / "peers"
    batch, threads = str(options.batch_size), str(options.threads)

    def own(name, task, precision, gflop, teacher=None):
        teacher = teacher or ("bf16" if precision == "bf16-mixed" else precision)
        return Contestant(name, [ours, task, precision, teacher, batch, threads], options.batch_size, gflop=gflop)

    def peer(name, script, task, precision, gflop, *flags):
        return Contestant(name, [options.python, str(peers / script), *flags, task, precision, batch, threads], options.batch_size,
                          gflop=gflop)

    def ceiling(name, what, dtype, work, unit, steps):
        return Contestant(name, [options.python, str(peers / "ceilings.py"), what, dtype, threads], work, unit, steps=steps)

    gemm, conv = 2 * 2048**3 / 1e9, 2 * 64 * 16 * 16 * 9 * 256 * 256 / 1e9
    ceilings = [ceiling("ceiling: convolution, float32", "conv", "float32", conv, "GFLOP/s", 5),
                ceiling("ceiling: convolution, bfloat16", "conv", "bfloat16", conv, "GFLOP/s", 10),
                ceiling("ceiling: product, float32", "gemm", "float32", gemm, "GFLOP/s", 3),
                ceiling("ceiling: product, bfloat16", "gemm", "bfloat16", gemm, "GFLOP/s", 5),
                ceiling("ceiling: copy", "copy", "float32", 2 * 2**28 / 1e9, "GB/s", 3)]
    distill = [
        peer("distill: Lightning, default", "lightning_distill.py", "distill", "32-true", KD_GFLOP),
        peer("distill: careful PyTorch, float32", "careful_distill.py", "distill", "32-true", KD_GFLOP),
        own("distill: retort, same numerics (float32)", "distill", "32-true", KD_GFLOP),
        peer("distill: Lightning, bf16-mixed", "lightning_distill.py", "distill", "bf16-mixed", KD_GFLOP),
        peer("distill: careful PyTorch, bfloat16", "careful_distill.py", "distill", "bf16-mixed", KD_GFLOP),
        own("distill: retort, live teacher, bf16", "distill", "bf16-mixed", KD_GFLOP),
        own(BEST, "distill", "bf16-mixed", KD_GFLOP, "int8"),
        own("distill: retort, from the table, bf16", "table", "bf16-mixed", STUDENT_GFLOP),
        own("student: retort, bf16", "student", "bf16-mixed", STUDENT_GFLOP),
        peer("student: careful PyTorch, bfloat16", "careful_distill.py", "student", "bf16-mixed", STUDENT_GFLOP),
    ]
    parts = [
        peer("teacher: careful PyTorch, bfloat16", "careful_distill.py", "teacher", "bf16-mixed", TEACHER_GFLOP),
        own("teacher: retort, bf16", "teacher", "bf16-mixed", TEACHER_GFLOP),
        own("teacher: retort, int8", "teacher", "bf16-mixed", TEACHER_GFLOP, "int8"),
        peer("teacher: careful PyTorch, float32", "careful_distill.py", "teacher", "32-true", TEACHER_GFLOP),
        own("teacher: retort, float32", "teacher", "32-true", TEACHER_GFLOP),
    ]
    if options.quick:
        return [ceilings[:2] + distill, parts[:2]]
    distill += [peer("distill: torchdistill's loop, float32", "torchdistill_loop.py", "distill", "32-true", KD_GFLOP)]
    compiled = [peer("distill: torch.compile, bfloat16", "careful_distill.py", "distill", "bf16-mixed", KD_GFLOP, "--compile"),
                own("distill: retort, live teacher, bf16 (beside torch.compile)", "distill", "bf16-mixed", KD_GFLOP)]
    return [ceilings + distill, parts, compiled]


def race(contestants, rounds):
    for contestant in contestants:
        contestant.start()
        print(f"  {contestant.name}: {contestant.failure or 'ready'}", file=sys.stderr, flush=True)
    for _ in range(rounds):
        for contestant in contestants:
            if not contestant.failure:
                contestant.turn()
    for contestant in contestants:
        contestant.end()


BEST = "distill: retort, best live (teacher in int8, student in bf16)"
RATIOS = [  # what is claimed, ours, theirs
    ("distill, best live, against Lightning default", BEST, "distill: Lightning, default", 3.5),
    ("distill, best live, against Lightning bf16-mixed", BEST, "distill: Lightning, bf16-mixed", 1.7),
    ("distill, best live, against careful PyTorch bf16", BEST, "distill: careful PyTorch, bfloat16", 1.3),
    ("distill, live, against Lightning default", "distill: retort, live teacher, bf16", "distill: Lightning, default", 3.5),
    ("distill, live, against Lightning bf16-mixed", "distill: retort, live teacher, bf16", "distill: Lightning, bf16-mixed", 1.7),
    ("distill, live, against careful PyTorch bf16", "distill: retort, live teacher, bf16", "distill: careful PyTorch, bfloat16", 1.3),
    ("distill, float32, against careful PyTorch float32", "distill: retort, same numerics (float32)",
     "distill: careful PyTorch, float32", 1.3),
    ("distill from the table against the student alone", "distill: retort, from the table, bf16", "student: retort, bf16", 0.97),
    ("distill from the table against Lightning default", "distill: retort, from the table, bf16", "distill: Lightning, default", 5.5),
    ("student, bf16, against careful PyTorch bf16", "student: retort, bf16", "student: careful PyTorch, bfloat16", 1.2),
    ("teacher, bf16, against careful PyTorch bf16", "teacher: retort, bf16", "teacher: careful PyTorch, bfloat16", 1.4),
    ("teacher, int8, against careful PyTorch bf16", "teacher: retort, int8", "teacher: careful PyTorch, bfloat16", 1.4),
    ("distill against torch.compile bf16", "distill: retort, live teacher, bf16 (beside torch.compile)",
     "distill: torch.compile, bfloat16", None),
]


def report(contestants, options):
    by_name = {c.name: c for c in contestants}
    ceilings = {dtype: by_name[f"ceiling: convolution, {dtype}"].median() for dtype in ["float32", "bfloat16"]}
    lines = [f"Batch {options.batch_size}, {options.threads} threads, {options.rounds} rounds; {machine()}.\n",
             "| contestant | median | lowest - highest | share of the convolution ceiling | peak memory, MiB |", "|---|---|---|---|---|"]
    for c in contestants:
        if c.failure:
            lines.append(f"| {c.name} | did not work: {c.failure[:80]} | | | |")
            continue
        narrow = any(name in c.name for name in ("bf16", "bfloat16", "int8"))  # int8's share is of bfloat16's ceiling
        share = f"{100 * c.median() * c.gflop / ceilings['bfloat16' if narrow else 'float32']:.0f} %" if c.gflop else ""
        lines.append(f"| {c.name} | {c.median():.1f} {c.unit} | {min(c.rates):.1f} - {max(c.rates):.1f} | {share} | {c.peak_mib:.0f} |")
    lines += ["", "| ratio, round by round | median | lowest - highest | wanted |", "|---|---|---|---|"]
    for name, ours, theirs, wanted in RATIOS:
        if ours not in by_name or theirs not in by_name or not by_name[ours].rates or not by_name[theirs].rates:
            continue
        ratios = [a / b for a, b in zip(by_name[ours].rates, by_name[theirs].rates)]
        lines.append(f"| {name} | {statistics.median(ratios):.2f} | {min(ratios):.2f} - {max(ratios):.2f} | {wanted or ''} |")
    peer = by_name.get("distill: Lightning, default")
    for mode, name in [("best live", BEST), ("live", "distill: retort, live teacher, bf16")]:
        own = by_name.get(name)
        if own and peer and own.peak_mib and peer.peak_mib:
            lines.append(f"| peak memory, distill, {mode}, of Lightning default's | {own.peak_mib / peer.peak_mib:.2f} | | 0.6 |")
    return "\n".join(lines) + "\n"


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return f"{os.cpu_count()} cores, {model or platform.machine()}, {time.strftime('%Y-%m-%d')}"


def picture(contestants):
    """Bars of the medians, with the spread, as SVG."""
    shown = [c for c in contestants if c.rates and c.unit == "images/s"]
    largest, row, left, width = max(max(c.rates) for c in shown), 22, 330, 420
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 80}" height="{row * len(shown) + 30}" '
             'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{left}" y="14" font-weight="bold">images/s: median, lowest and highest</text>']
    for i, c in enumerate(shown):
        y, scale = 22 + row * i, width / largest
        color = "#1f6f8b" if "retort" in c.name else "#b0b7bd"
        parts.append(f'<text x="{left - 6}" y="{y + 14}" text-anchor="end">{c.name}</text>'
                     f'<rect x="{left}" y="{y + 2}" width="{c.median() * scale:.1f}" height="{row - 6}" fill="{color}"/>'
                     f'<line x1="{left + min(c.rates) * scale:.1f}" x2="{left + max(c.rates) * scale:.1f}" y1="{y + 10}" y2="{y + 10}" '
                     f'stroke="black"/><text x="{left + max(c.rates) * scale + 5:.1f}" y="{y + 14}">{c.median():.0f}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="an interpreter with torch and lightning")
    parser.add_argument("--programs", required=True, help="the folder of bench_distill")
    parser.add_argument("--quick", action="store_true", help="the claims alone, in a few minutes")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=HERE / "results")
    options = parser.parse_args()
    options.python = str(Path(options.python).absolute())  # not resolved: a link into a virtual environment must stay one
    options.rounds = options.rounds or (3 if options.quick else 7)
    all_contestants = []
    for heat in heats(options):
        race(heat, options.rounds)
        all_contestants += heat
    text = report(all_contestants, options)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "race.md").write_text(text)
    (options.out / "race.svg").write_text(picture(all_contestants))
    with open(options.out / "race.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["contestant", "round", "rate", "unit"])
        for c in all_contestants:
            writer.writerows([c.name, i, f"{rate:.3f}", c.unit] for i, rate in enumerate(c.rates))
    print(text)


if __name__ == "__main__":
    main()
