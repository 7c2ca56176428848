# SPDX-License-Identifier: MIT
"""The pair that is raced, with torchvision's modules, and pictures of CIFAR-10's shape."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "parity" / "models"))
from torchvision_resnet import resnet  # noqa: E402

PICTURES = 2048


def student(inplace=True):
    return resnet(18, inplace=inplace)


def teacher(inplace=True):
    network = resnet(50, inplace=inplace).eval()
    return network.requires_grad_(False)


class Pictures(torch.utils.data.Dataset):
    """Random bytes, seen as a user's pipeline sees pictures: padded, cropped, flipped, normalised one by one."""

    mean = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
    std = torch.tensor([0.2470, 0.2435, 0.2616]).view(3, 1, 1)

    def __init__(self):
        self.pixels = torch.randint(256, (PICTURES, 3, 32, 32), dtype=torch.uint8)
        self.labels = torch.randint(10, (PICTURES,))

    def __len__(self):
        return PICTURES

    def __getitem__(self, index):
        picture = torch.nn.functional.pad(self.pixels[index], (4, 4, 4, 4))
        top, left = torch.randint(9, (2,)).tolist()
        picture = picture[:, top : top + 32, left : left + 32]
        if torch.rand(()) < 0.5:
            picture = picture.flip(2)
        return (picture.float() / 255 - self.mean) / self.std, self.labels[index]


def loader(batch_size, workers):
    return torch.utils.data.DataLoader(Pictures(), batch_size=batch_size, shuffle=True, drop_last=True, num_workers=workers,
                                       persistent_workers=workers > 0)
