# SPDX-License-Identifier: MIT
"""train_step.py BATCH_SIZE PRECISION STEPS THREADS: what bench_train_step measures, in PyTorch as a careful user
writes it: channels last, ReLU in place, bf16 by autocast, torch.optim's default (foreach where it pays)."""

import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "parity" / "models"))
from torchvision_resnet import resnet  # noqa: E402

WARM_UP_STEPS = 3

batch_size, precision, steps, threads = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(0)
network = resnet(18, inplace=True).to(memory_format=torch.channels_last)
for module in network.modules():
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
images = torch.randn(batch_size, 3, 32, 32).contiguous(memory_format=torch.channels_last)
labels = torch.randint(10, (batch_size,))

seconds = []
for i in range(WARM_UP_STEPS + steps):
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
        loss = nn.functional.cross_entropy(network(images).float(), labels)
    loss.backward()
    optimizer.step()
    if i >= WARM_UP_STEPS:
        seconds.append(time.perf_counter() - start)
print(f"{batch_size / statistics.median(seconds):.1f}")
