# SPDX-License-Identifier: MIT
"""What race.py asks of a contestant: "ready" when warm, then for each line with a number N, the seconds of N steps."""

import sys
import time

WARM_UP_STEPS = 3


def take_part(step, warm_up_steps=WARM_UP_STEPS, finish=lambda: None):
    """`finish` waits for steps that are still being done elsewhere."""
    for _ in range(warm_up_steps):
        step()
    finish()
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            step()
        finish()
        print(f"{time.perf_counter() - start:.6f}", flush=True)
