# SPDX-License-Identifier: MIT
"""ResNets in plain PyTorch with the module names and shapes of torchvision's, as an outside truth for
src/retort/models/resnet.h. torchvision itself must match the installed PyTorch to the version, so tests cannot
count on it."""

import torch
from torch import nn

BLOCKS = {18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}


def projection(channels, out_channels, stride):
    if stride == 1 and channels == out_channels:
        return None
    return nn.Sequential(nn.Conv2d(channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels))


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, channels, width, stride, inplace):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace)
        self.downsample = projection(channels, width, stride)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, channels, width, stride, inplace):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace)
        self.downsample = projection(channels, 4 * width, stride)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet(nn.Module):
    def __init__(self, block, depths, widths, stem, stem_width, channels, num_classes, inplace):
        super().__init__()
        self.conv1 = {
            "cifar": lambda: nn.Conv2d(channels, stem_width, 3, 1, 1, bias=False),
            "imagenet": lambda: nn.Conv2d(channels, stem_width, 7, 2, 3, bias=False),
        }[stem]()
        self.bn1 = nn.BatchNorm2d(stem_width)
        self.relu = nn.ReLU(inplace)
        self.maxpool = nn.MaxPool2d(3, 2, 1) if stem == "imagenet" else nn.Identity()
        channels = stem_width
        self.stages = [f"layer{i + 1}" for i in range(len(widths))]
        for i, (name, width) in enumerate(zip(self.stages, widths)):
            blocks = []
            for j in range(depths[i]):
                blocks.append(block(channels, width, 2 if i > 0 and j == 0 else 1, inplace))
                channels = width * block.expansion
            self.add_module(name, nn.Sequential(*blocks))
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for name in self.stages:
            x = getattr(self, name)(x)
        return self.fc(x.mean((2, 3)))


def resnet(depth, stem="cifar", channels=3, num_classes=10, inplace=False):
    """`inplace` is torchvision's choice for the ReLU; without it this is the plainer truth to compare with."""
    block = BasicBlock if depth < 50 else Bottleneck
    return ResNet(block, BLOCKS[depth], [64, 128, 256, 512], stem, 64, channels, num_classes, inplace)


def cifar_resnet(depth, factor=1, channels=3, num_classes=10, inplace=False):
    """6n + 2 layers; `factor` 4 gives resnet8x4 and its like, whose stem is only twice as wide."""
    depths = [(depth - 2) // 6] * 3
    stem_width = 16 if factor == 1 else 32
    widths = [16 * factor, 32 * factor, 64 * factor]
    return ResNet(BasicBlock, depths, widths, "cifar", stem_width, channels, num_classes, inplace)
