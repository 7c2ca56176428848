# SPDX-License-Identifier: MIT
"""Writes the names and shapes of torchvision's state to tests/unit/models/golden/, for resnet_test.cpp."""

from pathlib import Path

from torchvision_resnet import resnet

golden = Path(__file__).resolve().parents[2] / "unit" / "models" / "golden"
golden.mkdir(exist_ok=True)
for depth in (18, 50):
    state = resnet(depth, stem="imagenet", num_classes=1000).state_dict()
    lines = [f"{name} {list(tensor.shape)}\n" for name, tensor in sorted(state.items())]
    (golden / f"resnet{depth}.txt").write_text("".join(lines))
