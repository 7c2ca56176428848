# SPDX-License-Identifier: MIT
"""torchdistill_loop.py distill PRECISION BATCH_SIZE THREADS: the loop of torchdistill's knowledge-distillation sample: forward hooks
collect what both networks say into dictionaries, the loss is KLDivLoss and CrossEntropyLoss by name, values are read each step."""

import sys

import torch
from torch import nn

import networks
from contestant import take_part

_, precision, batch_size, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
narrow = precision == "bf16-mixed"
student, teacher = networks.student(inplace=False), networks.teacher(inplace=False)
said = {"student": {}, "teacher": {}}
for role, network in [("student", student), ("teacher", teacher)]:
    network.fc.register_forward_hook(lambda _, inputs, output, io=said[role]: io.update(fc={"input": inputs, "output": output}))
divergence, cross_entropy = nn.KLDivLoss(reduction="batchmean"), nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
tau, alpha = 4.0, 0.9
history = []


def batches():
    while True:
        yield from networks.loader(int(batch_size), workers=2)


source = batches()


def step():
    images, labels = next(source)
    with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
        with torch.no_grad():
            teacher(images)
        student(images)
        own, target = said["student"]["fc"]["output"].float(), said["teacher"]["fc"]["output"].float()
        soft = divergence(torch.log_softmax(own / tau, 1), torch.softmax(target / tau, 1))
        loss = alpha * cross_entropy(own, labels) + (1 - alpha) * tau**2 * soft
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss.item())


take_part(step)
