# SPDX-License-Identifier: MIT
"""Our networks against the same ones in PyTorch: names, logits, features and gradients, with weights that go
from C++ to Python and with weights that go from Python to C++."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from torchvision_resnet import cifar_resnet, resnet

TOLERANCE = 1e-4  # of the largest element of a tensor
TRAIN_TOLERANCE = 1e-3  # likewise, where each layer normalises by the statistics of a few dozen values
# Our batch normalisation rounds otherwise than PyTorch's, so that here and there a ReLU near zero opens, and all gradients
# before it jump. tests/unit/models hold each layer's gradient to the plain one's without such a jump.
GRADIENT_TOLERANCE = 5e-2


class Mlp(nn.Module):
    def __init__(self, units, widths):
        super().__init__()
        self.stages = [f"hidden{i}" for i in range(len(widths))]
        for name, width in zip(self.stages, widths):
            self.add_module(name, nn.Linear(units, width))
            units = width
        self.fc = nn.Linear(units, 10)

    def forward(self, x):
        x = x.flatten(1)
        for name in self.stages:
            x = torch.relu(getattr(self, name)(x))
        return self.fc(x)


CASES = [
    ({"name": "resnet18"}, lambda: resnet(18)),
    ({"name": "resnet18", "stem": "imagenet"}, lambda: resnet(18, stem="imagenet")),
    ({"name": "resnet34"}, lambda: resnet(34)),
    ({"name": "resnet50"}, lambda: resnet(50)),
    ({"name": "resnet20"}, lambda: cifar_resnet(20)),
    ({"name": "resnet8x4"}, lambda: cifar_resnet(8, factor=4)),
    ({"name": "mlp", "widths": [30, 20]}, lambda: Mlp(3 * 24 * 24, [30, 20])),
]


def features_of(network):
    """A dictionary that each forward pass fills: the stages after the ReLU, and what the last layer sees."""
    features = {}

    def keep(name, relu=False):
        def hook(module, inputs, output):
            features[name] = (torch.relu(output) if relu else output).detach()

        return hook

    is_mlp = isinstance(network, Mlp)
    for name in network.stages:
        getattr(network, name).register_forward_hook(keep(name, relu=is_mlp))
    if not is_mlp:
        network.fc.register_forward_pre_hook(lambda module, inputs: features.update(pooled=inputs[0].detach()))
    return features


def expected_answers(network, images, labels):
    # Channels last, as ours are: where sums round otherwise a ReLU near zero may open, and gradients jump by 1%.
    network = network.to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)
    features = features_of(network)
    answers = {}
    for mode in ("eval", "train"):
        network.train(mode == "train")
        logits = network(images)
        answers[f"{mode}.logits"] = logits.detach()
        answers |= {f"{mode}.{name}": value for name, value in features.items()}
    nn.functional.cross_entropy(logits, labels).backward()
    answers |= {f"gradient.{name}": parameter.grad for name, parameter in network.named_parameters()}
    return answers


def compare(direction, found, expected):
    if found.keys() != expected.keys():
        sys.exit(f"{direction}: names differ: {sorted(found.keys() ^ expected.keys())}")
    worst = worst_gradient = 0.0
    for name, value in expected.items():
        if found[name].shape != value.shape:
            sys.exit(f"{direction}: {name} is {tuple(found[name].shape)}, not {tuple(value.shape)}")
        if name.startswith("gradient."):
            difference = ((found[name] - value).norm() / value.norm().clamp_min(1e-6)).item()
            worst_gradient = max(worst_gradient, difference)
            if not difference <= GRADIENT_TOLERANCE:
                sys.exit(f"{direction}: {name} differs by {difference:.1e} of its norm")
            continue
        difference = ((found[name] - value).abs().max() / value.abs().max().clamp_min(1e-6)).item()
        worst = max(worst, difference)
        if not difference <= (TRAIN_TOLERANCE if name.startswith("train.") else TOLERANCE):
            sys.exit(f"{direction}: {name} differs by {difference:.1e} of its largest element")
    print(f"{direction}: {len(expected)} tensors agree to {worst:.1e}, gradients to {worst_gradient:.1e}")


def split_state(tensors):
    state = {name.removeprefix("state."): t for name, t in tensors.items() if name.startswith("state.")}
    return state, {name: t for name, t in tensors.items() if not name.startswith("state.")}


def stir(network):
    """Running statistics and scales unlike those of a new network, so that evaluation depends on them."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.2, 0.2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    torch.set_num_threads(1)
    torch.manual_seed(2)
    images, labels = torch.randn(8, 3, 24, 24), torch.arange(8)

    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = Path(folder, "inputs.safetensors"), Path(folder, "outputs.safetensors")

        def answers(architecture, state):
            save_file({"images": images, "labels": labels} | {f"state.{n}": t for n, t in state.items()}, inputs)
            subprocess.run([program, json.dumps(architecture), inputs, outputs], check=True)
            return split_state(load_file(outputs))

        for architecture, make in CASES:
            label = " ".join(str(value) for value in architecture.values())
            state, found = answers(architecture, {})
            network = make()
            network.load_state_dict(state, strict=True)
            compare(f"{label}, C++ to Python", found, expected_answers(network, images, labels))

            network = make()
            stir(network)
            sent = {name: tensor.clone() for name, tensor in network.state_dict().items()}
            state, found = answers(architecture, sent)
            if state.keys() != sent.keys() or not all(torch.equal(state[name], sent[name]) for name in sent):
                sys.exit(f"{label}: the state does not come back as it was sent")
            compare(f"{label}, Python to C++", found, expected_answers(network, images, labels))


if __name__ == "__main__":
    main()
