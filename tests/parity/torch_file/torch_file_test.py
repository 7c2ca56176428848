# SPDX-License-Identifier: MIT
"""Our reader of PyTorch's files against torch.load: the same names and the same bits from what torch.save writes, and from
damaged files nothing that torch.load would not give."""
import argparse
import random
import subprocess
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
          torch.uint8, torch.bool]


def network():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))


def lightning_checkpoint():
    """The keys and kinds of what Lightning's Trainer saves."""
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    model(torch.randn(2, 3, 3, 3)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    return {
        "epoch": 3, "global_step": 1200, "pytorch-lightning_version": "2.6.6",
        "state_dict": OrderedDict((f"net.{name}", tensor) for name, tensor in model.state_dict().items()),
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 4, "completed": 3}}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'val/acc'}": {"best_model_score": torch.tensor(0.93), "kth_value": None}},
        "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [schedule.state_dict()],
        "hparams_name": "kwargs", "hyper_parameters": argparse.Namespace(lr=1e-3, widths=[4, 2], path=Path("data")),
    }


def cases():
    torch.manual_seed(1)
    every = {str(dtype).removeprefix("torch."): (100 * torch.randn(3, 5)).to(dtype) for dtype in DTYPES}
    base = torch.randn(6, 7, 2, 3)
    views = {"transposed": base[:, :, 0, 0].t(), "last": base.to(memory_format=torch.channels_last), "part": base[1:4, ::2],
             "same": base, "scalar": torch.tensor(2.5), "empty": torch.empty(0, 3), "one": base[5, 6, 1, 2]}
    plain = network().state_dict()
    yield "every dtype", every, every
    yield "views", views, views
    yield "state_dict", plain, plain
    yield "parameters", dict(network().named_parameters()), None
    yield "large", {"w": torch.randn(300, 1000), "b": torch.randn(7)}, None
    lightning = lightning_checkpoint()
    yield "lightning", lightning, lightning["state_dict"]
    yield "torchvision's references", {"model": plain, "epoch": 7, "args": argparse.Namespace(lr=0.1)}, plain
    yield "net and accuracy", {"net": plain, "acc": 95.2, "epoch": 3}, plain
    optimizer = {"model_state_dict": plain, "optimizer_state_dict": lightning["optimizer_states"][0]}
    yield "with an optimizer", optimizer, plain


def read(program, path, output):
    """Our tensors by name, or the line that refuses the file."""
    result = subprocess.run([program, path, output], capture_output=True, text=True, timeout=60)
    if result.returncode not in (0, 4):
        sys.exit(f"{path}: exit code {result.returncode}: {result.stderr}")
    return load_file(output) if result.returncode == 0 else result.stderr


def bits(tensor):
    return tensor.detach().contiguous().reshape(-1).view(torch.uint8) if tensor.numel() else tensor.detach()


def equal(ours, theirs):
    return ours.keys() == theirs.keys() and all(
        ours[name].dtype == tensor.dtype and ours[name].shape == tensor.shape and torch.equal(bits(ours[name]), bits(tensor))
        for name, tensor in theirs.items())


def state_in(loaded):
    for key in (None, "state_dict", "model"):
        state = loaded if key is None else loaded.get(key) if isinstance(loaded, dict) else None
        if isinstance(state, dict) and any(isinstance(value, torch.Tensor) for value in state.values()):
            return state
    return None


def check_damaged(program, folder, rng):
    """Bytes changed and parts cut: whatever we still take must be what torch.load takes, bit by bit, or else what was saved:
    the damage is in what neither weights nor their names depend on."""
    taken = 0
    for old in (False, True):
        source, state = Path(folder, "source.pt"), network().state_dict()
        torch.save(state, source, _use_new_zipfile_serialization=not old)
        content = source.read_bytes()
        for _ in range(120):
            damaged = bytearray(content)
            if rng.random() < 0.2:
                damaged = damaged[: rng.randrange(len(damaged))]
            else:
                for _ in range(rng.choice((1, 1, 4))):
                    damaged[rng.randrange(len(damaged))] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
            path = Path(folder, "damaged.pt")
            path.write_bytes(damaged)
            ours = read(program, path, Path(folder, "damaged.safetensors"))
            if isinstance(ours, str):
                continue
            taken += 1
            try:
                theirs = state_in(torch.load(path, weights_only=True))
            except Exception as error:  # whatever torch raises, say of a name that it would import and we do not
                if not equal(ours, state):
                    sys.exit(f"taken by us and refused by torch: {error}; kept as {keep(damaged)}")
                continue
            if not equal(ours, theirs):
                sys.exit(f"torch reads other weights; kept as {keep(damaged)}")
    print(f"damaged files: {taken} of 240 were taken, each as torch.load takes it, or as it was saved")


def keep(content):
    path = Path(tempfile.gettempdir(), "damaged.pt")
    path.write_bytes(content)
    return path


def main():
    program = sys.argv[1]
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder, "weights.pt"), Path(folder, "weights.safetensors")
        for name, content, state in cases():
            for old in (False, True):
                torch.save(content, path, _use_new_zipfile_serialization=not old)
                ours = read(program, path, output)
                form = "old form" if old else "zip"
                if isinstance(ours, str):
                    # Before 1.6 the storages of everything stand in one row, and only the state's types are known.
                    if old and "state_dict() alone" in ours:
                        print(f"{name}, {form}: refused, for its optimizer's storages")
                        continue
                    sys.exit(f"{name}, {form}: {ours}")
                if not equal(ours, content if state is None else state):
                    sys.exit(f"{name}, {form}: names or bits differ")
                print(f"{name}, {form}: {len(ours)} tensors agree bit by bit")
        script = torch.jit.script(network())
        script.save(path)
        if "TorchScript" not in read(program, path, output):
            sys.exit("TorchScript is not named")
        torch.save(network(), path)
        if "state_dict()" not in read(program, path, output):
            sys.exit("a whole module is not named")
        check_damaged(program, folder, random.Random(1))


if __name__ == "__main__":
    main()
