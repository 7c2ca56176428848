# SPDX-License-Identifier: MIT
"""Prints the FLOPs that PyTorch's own counter finds, for tests/unit/models/summary_test.cpp."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from torchvision_resnet import cifar_resnet, resnet

NETWORKS = {
    "resnet18 cifar": (resnet(18), 32),
    "resnet50 cifar": (resnet(50), 32),
    "resnet20 cifar": (cifar_resnet(20), 32),
    "resnet18 imagenet": (resnet(18, stem="imagenet", num_classes=1000), 224),
}

for name, (network, size) in NETWORKS.items():
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(torch.zeros(1, 3, size, size))
    print(name, counter.get_total_flops())
