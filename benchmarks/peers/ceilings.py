# SPDX-License-Identifier: MIT
"""ceilings.py gemm|conv|copy float32|bfloat16 THREADS: what the machine can do, measured in the same race. A step is one product of
2048 x 2048 matrices, one 3x3 convolution of 256 channels (batch 64, 16 x 16), or one copy of 256 MiB."""

import sys

import torch
import torch.nn.functional as F

from contestant import take_part

what, dtype, threads = sys.argv[1], getattr(torch, sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
with torch.inference_mode():
    if what == "gemm":
        a, b = torch.randn(2048, 2048).to(dtype), torch.randn(2048, 2048).to(dtype)
        take_part(lambda: a @ b)
    elif what == "conv":
        x = torch.randn(64, 256, 16, 16).to(dtype).contiguous(memory_format=torch.channels_last)
        w = torch.randn(256, 256, 3, 3).to(dtype).contiguous(memory_format=torch.channels_last)
        take_part(lambda: F.conv2d(x, w, padding=1))
    else:
        source, target = torch.ones(1 << 26), torch.empty(1 << 26)
        take_part(lambda: target.copy_(source))
