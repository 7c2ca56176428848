# SPDX-License-Identifier: MIT
"""Answers command lines with the real Hydra: JSON lists of arguments on stdin, JSON answers on stdout.

Each case runs a true `@hydra.main` program inside this process. For `--multirun` the launcher records the overrides of
each job, in order, where it would have started it; composing and validating them has happened by then.
"""

import contextlib
import gc
import io
import json
import multiprocessing
import os
import sys
import warnings

import hydra
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher

jobs: list[str] = []


def record(self, job_overrides, initial_job_idx):
    for index, overrides in enumerate(job_overrides, start=initial_job_idx):
        jobs.append(f"#{index} : {' '.join(overrides)}\n")
    return []


for launcher in Plugins.instance().discover(Launcher):
    launcher.launch = record


@hydra.main(version_base="1.3")
def program(_):
    raise AssertionError("only --cfg and --multirun are asked for")


def answer(arguments: list[str]) -> dict:
    jobs.clear()
    sys.argv = ["app.py", *arguments]
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            program()
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        except Exception as error:  # a traceback is how a Hydra program refuses some inputs
            status = 1
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return {"status": status, "out": "".join(jobs) or out.getvalue(), "err": err.getvalue()}


def main():
    warnings.simplefilter("ignore")
    gc.freeze()  # a quarter faster
    gc.set_threshold(100_000)
    with multiprocessing.Pool(os.cpu_count()) as pool:
        json.dump(pool.map(answer, json.load(sys.stdin), chunksize=8), sys.stdout)


if __name__ == "__main__":
    main()
