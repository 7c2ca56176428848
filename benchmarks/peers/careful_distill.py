# SPDX-License-Identifier: MIT
"""careful_distill.py [--compile] [--cuda] student|distill|teacher PRECISION BATCH_SIZE THREADS: what a careful user of PyTorch
writes: channels last, autocast, a fused optimizer, data in memory, the teacher's batch normalisation folded and its weights in
bfloat16. --compile: the same behind torch.compile. --cuda: the same on a GPU, the data there too and cuDNN measuring its
algorithms, the loss read once a turn; at the end of its input it says the peak of the device's memory."""

import copy
import sys

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

import networks
from contestant import take_part

compiles, device = "--compile" in sys.argv, "cuda" if "--cuda" in sys.argv else "cpu"
task, precision, batch_size, threads = [a for a in sys.argv[1:] if not a.startswith("--")]
batch_size = int(batch_size)
narrow = precision == "bf16-mixed"
torch.set_num_threads(int(threads))
torch.set_flush_denormal(True)
torch.backends.cudnn.benchmark = True


def folded(network):
    """Every convolution followed by its normalisation becomes one convolution."""
    network = copy.deepcopy(network)
    for module in list(network.modules()):
        names = list(module._modules)
        for name, after in zip(names, names[1:]):
            conv, bn = module._modules[name], module._modules[after]
            if isinstance(conv, nn.Conv2d) and isinstance(bn, nn.BatchNorm2d):
                module._modules[name], module._modules[after] = fuse_conv_bn_eval(conv, bn), nn.Identity()
            elif isinstance(conv, nn.Conv2d) and hasattr(module, name.replace("conv", "bn")):
                partner = name.replace("conv", "bn")
                module._modules[name] = fuse_conv_bn_eval(conv, module._modules[partner])
                module._modules[partner] = nn.Identity()
    return network


student = networks.student().to(device, memory_format=torch.channels_last)
teacher = folded(networks.teacher()).to(device, memory_format=torch.channels_last) if task != "student" else None
if teacher is not None and narrow:
    teacher = teacher.to(torch.bfloat16)
if compiles:
    student = torch.compile(student)
    teacher = torch.compile(teacher) if teacher is not None else None
optimizer = torch.optim.SGD(student.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, fused=True)
images = torch.randn(networks.PICTURES, 3, 32, 32, device=device).contiguous(memory_format=torch.channels_last)
labels = torch.randint(10, (networks.PICTURES,), device=device)
tau, alpha, beta = 4.0, 0.1, 0.9


def answers(x):
    with torch.inference_mode():
        return teacher(x.to(torch.bfloat16) if narrow else x).float()


def step():
    rows = torch.randint(networks.PICTURES, (batch_size,), device=device)
    x, y = images[rows].contiguous(memory_format=torch.channels_last), labels[rows]
    if task == "teacher":
        return answers(x)
    target = answers(x).clone() if teacher is not None else None
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device, torch.bfloat16, enabled=narrow):
        logits = student(x)
    logits = logits.float()
    loss = F.cross_entropy(logits, y)
    if target is not None:
        soft = F.kl_div(F.log_softmax(logits / tau, 1), F.softmax(target / tau, 1), reduction="batchmean")
        loss = alpha * loss + beta * tau**2 * soft
    if device == "cpu":
        loss.item()
    loss.backward()
    optimizer.step()


if device == "cpu":
    take_part(step)
else:
    take_part(step, warm_up_steps=20, finish=torch.cuda.synchronize)
    print(torch.cuda.max_memory_allocated())
