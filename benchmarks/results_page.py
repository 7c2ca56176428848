#!/usr/bin/env python3
"""docs/results.md from what the headline run left (benchmarks/headline.py): figures of results.json alone, and what is not there
is said not to have been run.

    results_page.py FOLDER docs/results.md [--readme README.md]"""
import csv
import html
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

NOT_RUN = "not yet run"
SLOTS = "slots.csv"
EXPERIMENTS = {
    "paper": "`paper`: the published recipe, 200 epochs",
    "ensemble": "`ensemble`: three ResNet-50 teach",
    "mixup": "`mixup`: 400 epochs on mixed pictures, the teacher live",
    "fast": "`fast`: a recipe of our own, in a fraction of the time",
    "grid": "`grid`: temperature and weight of the labels, on held-out training pictures",
}
INTRODUCTION = """# Results: ResNet-50 into ResNet-18 on CIFAR-10

Made by `benchmarks/results_page.py` from what `benchmarks/headline.py` left. Accuracy is that of the network of the **last epoch** on the whole test
set of 10,000, without test-time augmentation; nothing is chosen by it: temperature and weights are chosen by `grid`, on 5,000 pictures held out of the
training set. Mean and deviation are over seeds; gains are of pairs, distilled against the student alone from the same first weights
and in the same order of pictures, with Student's t-test (docs/study.md).

Published, ResNet-18 alone: 94.82 (MMPretrain) to 95.13 (arXiv:2605.31191, three seeds); distilled from ResNet-50 of 95.5 to 95.8: 94.79 to 94.86 (MMRazor),
95.34 (arXiv:2605.31191).
"""
COLORS = ["#4c78a8", "#f58518", "#54a24b", "#b279a2"]


def read_json(path):
    """{} where there is no such file."""
    return json.loads(path.read_text()) if path.is_file() else {}


def read_slots(path):
    """A row for each program that the headline run started."""
    if not path.is_file():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


class Study:
    """One experiment's results.json."""

    def __init__(self, folder):
        self.folder, self.results = folder, read_json(folder / "results.json")
        if not self.results:
            return
        seeds = self.results["seeds"]
        self.seeds = seeds["seeds"]
        self.arms = [name for name in self.results if isinstance(seeds.get(name), dict)]
        self.split = "test" if "test/accuracy_top1" in seeds[self.arms[0]] else "val"
        self.trainings = self.results.get("trainings", [])

    def figure(self, arm, name, scale=1.0, digits=2):
        values = self.results["seeds"][arm].get(f"{self.split}/{name}") or []
        return spread([scale * value for value in values], digits)

    def of(self, arm):
        return [training for training in self.trainings if training["name"].rpartition(", seed ")[0] == arm]


def spread(values, digits):
    if not values:
        return ""
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:.{digits}f}"
    deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return f"{mean:.{digits}f} ± {deviation:.{digits}f}"


def short_form(studies):
    """The table that the README shows."""
    rows = []
    for label, name, arm in [("teacher", "paper", "teacher"), ("student alone", "paper", "student alone"),
                             ("distilled", "paper", "student distilled"), ("distilled from three teachers", "ensemble", "student distilled"),
                             ("distilled on mixed pictures, 400 epochs", "mixup", "student distilled"),
                             ("distilled, `fast`", "fast", "student distilled")]:
        study = studies[name]
        if not study.results or arm not in study.arms:
            rows.append([label, "", NOT_RUN, "", ""])
            continue
        verdict = study.results["verdicts"][0] if "distilled" in arm else ""
        rows.append([label, study.results["seeds"][arm]["network"], study.figure(arm, "accuracy_top1", 100), str(len(study.seeds)), verdict])
    return table(["", "network", "accuracy, %", "seeds", "against the student alone"], rows)


def arms_table(study):
    rows = []
    for arm in study.arms:
        took = study.of(arm)
        rows.append([arm, study.results["seeds"][arm]["network"], study.figure(arm, "accuracy_top1", 100), study.figure(arm, "errors", 1, 0),
                     study.figure(arm, "loss", 1, 4), study.figure(arm, "ece", 100, 1), study.figure(arm, "agreement", 100, 1),
                     spread([training["seconds"] for training in took if "seconds" in training], 0),
                     spread([training["images_per_second"] for training in took if "images_per_second" in training], 0)])
    return table(["", "network", "accuracy, %", "errors", "loss", "ECE, %", "agreement with the teacher, %", "seconds of training",
                  "images/s"], rows)


def distinct(trainings, describe):
    return "; ".join(sorted({describe(training) for training in trainings} - {""}))


def machine_of(training):
    machine = training.get("machine")
    if not machine:
        return ""
    return f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB, {machine['os']}"


def versions_of(training):
    text = ", ".join(f"{name} {version}" for name, version in training.get("versions", []))
    return text + (f", commit {training['git_commit'][:12]}" if training.get("git_commit") else "")


def process_seconds(folder, name):
    """From process start to process end, of all the processes that a study took."""
    rows = [row for row in read_slots(folder / SLOTS) if row["step"] == name]
    if not rows:
        return "of the processes not recorded"
    text = f"{sum(float(row['seconds'] or 0) for row in rows):.0f} s from process start to process end, of {len(rows)} process(es)"
    stopped, killed = sum(row["exit_code"] not in ("", "0") for row in rows), sum(row["seconds"] == "" for row in rows)
    return text + (f", {stopped} of them stopped on the way" if stopped else "") + (
        f", {killed} killed with what noted their time, which is left out" if killed else "")


def student_seconds(study):
    """Of training, for one student with all the teachers that it needs."""
    teachers, students = study.of("teacher"), study.of("student distilled")
    if not students or not all("seconds" in training for training in teachers + students):
        return ""
    own = {training["name"].rpartition(" ")[2]: training["seconds"] for training in teachers}
    seeds = [training["name"].rpartition(" ")[2] for training in students]
    is_shared = any(arm.startswith("ensemble") for arm in study.arms) or set(own) != set(seeds)
    sums = [training["seconds"] + (sum(own.values()) if is_shared else own[seed]) for seed, training in zip(seeds, students)]
    return f"; of these, a student with its teacher: {spread(sums, 0)} s of training"


def section(folder, name, title, study, picture):
    if not study.results:
        return f"## {title}\n\n{NOT_RUN}\n"
    dates = [datetime.fromtimestamp(training["started_at"], timezone.utc) for training in study.trainings if "started_at" in training]
    lines = [f"## {title}\n", arms_table(study), *(f"- {verdict}" for verdict in study.results["verdicts"]),
             f"- on {'the test set' if study.split == 'test' else 'held-out training pictures'}, seeds {', '.join(map(str, study.seeds))}",
             f"- time: {process_seconds(folder, name)}{student_seconds(study)}", f"- hardware: {distinct(study.trainings, machine_of)}",
             f"- versions: {distinct(study.trainings, versions_of)}"]
    if dates:
        lines.append(f"- date: {min(dates):%Y-%m-%d}")
    if "command" in study.results:
        lines.append(f"- command: `retort {' '.join(study.results['command'])}`")
    if picture:
        lines.append(f"\n![{name}: accuracy over epochs]({picture})")
    return "\n".join(lines) + "\n"


def cost_section(folder):
    title = "## What the student saves\n\n"
    results = read_json(folder / "benchmark" / "results.json")
    if not results:
        return title + NOT_RUN + "\n"
    first, last = list(results.values())[0], list(results.values())[-1]
    rows = []
    for label, key, scale, digits, more_is_better in [
        ("parameters, million", "parameters", 1e-6, 2, False), ("FLOPs a picture, million", "forward_flops", 1e-6, 1, False),
        ("file in float32, MiB", "bytes_fp32", 2**-20, 2, False), ("file in bfloat16, MiB", "bytes_bf16", 2**-20, 2, False),
        ("latency of one picture, median, ms", "latency_p50_ms", 1, 3, False), ("latency, 99 %, ms", "latency_p99_ms", 1, 3, False),
        ("pictures/s in batches", "images_per_second", 1, 0, True),
    ]:
        teacher, student = first[key], last[key]
        ratio = (student / teacher if more_is_better else teacher / student) if teacher and student else 0
        rows.append([label, f"{scale * teacher:.{digits}f}", f"{scale * student:.{digits}f}", f"{ratio:.1f}x"])
    return title + table(["", "teacher", "student", "ratio"], rows)


def curves(folder, study):
    """[(arm, [(epoch, accuracy)])] of each training, where it was measured on the way."""
    found = []
    for training in study.trainings:
        path = folder / training["folder"] / "metrics.csv"
        if not path.is_file():
            continue
        with open(path, newline="") as file:
            points = [(int(row["epoch"]) + 1, float(row[f"{study.split}/accuracy_top1"])) for row in csv.DictReader(file)
                      if row.get(f"{study.split}/accuracy_top1")]
        if points:
            found.append((training["name"].rpartition(", seed ")[0], points))
    return found


def draw(title, series):
    """Accuracy over epochs as SVG, a line a training, a colour an arm."""
    width, height, left, right, top, bottom = 720, 320, 50, 190, 28, 36
    epochs = [epoch for _, points in series for epoch, _ in points]
    values = [value for _, points in series for _, value in points]
    low, high = min(values), max(max(values), min(values) + 0.01)
    last = max(*epochs, 2) if len(epochs) > 1 else max(epochs[0], 2)

    def place(epoch, value):
        return (left + (width - left - right) * (epoch - 1) / (last - 1), top + (height - top - bottom) * (high - value) / (high - low))

    arms = list(dict.fromkeys(arm for arm, _ in series))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#fff"/><text x="{left}" y="16">{html.escape(title)}</text>']
    for i in range(5):
        value = low + (high - low) * i / 4
        y = place(1, value)[1]
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{width - right}" y2="{y:.1f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{100 * value:.1f}</text>')
    for epoch in sorted({1, (1 + last) // 2, last}):
        parts.append(f'<text x="{place(epoch, low)[0]:.1f}" y="{height - 14}" text-anchor="middle">{epoch}</text>')
    parts.append(f'<text x="{(left + width - right) / 2}" y="{height - 1}" text-anchor="middle">epoch</text>')
    for arm, points in series:
        color = COLORS[arms.index(arm) % len(COLORS)]
        line = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        parts.append('<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="{}"/>'.format(*place(*points[-1]), color))
    for i, arm in enumerate(arms):
        parts.append(f'<text x="{width - right + 12}" y="{top + 14 + 18 * i}" fill="{COLORS[i % len(COLORS)]}">{html.escape(arm)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def write(folder, target, readme=None):
    folder, target = Path(folder), Path(target)
    studies = {name: Study(folder / name) for name in EXPERIMENTS}
    text = INTRODUCTION + "\n" + short_form(studies)
    target.parent.mkdir(parents=True, exist_ok=True)
    for name, title in EXPERIMENTS.items():
        study, picture = studies[name], None
        series = curves(folder, study) if study.results else []
        if series and name != "grid":
            picture = f"{target.stem}/{name}.svg"
            (target.parent / target.stem).mkdir(exist_ok=True)
            (target.parent / picture).write_text(draw(f"{name}: accuracy on the {study.split} set over epochs, %", series))
        text += "\n" + section(folder, name, title, study, picture)
    text += "\n" + cost_section(folder)
    target.write_text(text)
    if readme:
        put_between(Path(readme), "<!-- results -->\n", "<!-- end of results -->\n", short_form(studies))


def put_between(path, first, last, text):
    before, found, rest = path.read_text().partition(first)
    _, found_last, after = rest.partition(last)
    if not found or not found_last:
        raise ValueError(f"{path} has no lines {first.strip()} and {last.strip()}")
    path.write_text(before + first + text + last + after)


def main(arguments):
    readme = None
    if len(arguments) == 4 and arguments[2] == "--readme":
        readme = arguments[3]
    elif len(arguments) != 2:
        sys.exit(__doc__)
    write(arguments[0], arguments[1], readme)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
