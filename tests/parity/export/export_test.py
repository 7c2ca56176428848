# SPDX-License-Identifier: MIT
"""What `retort export` writes, read by the programs that it is for: onnx's checker and onnxruntime, torch.load and
safetensors. The logits of each must be those of the same network in PyTorch."""
import gzip
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import onnx
import onnxruntime
import torch
from safetensors.torch import load_file, save_file
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "models"))
from compare import Mlp, stir  # noqa: E402
from torchvision_resnet import cifar_resnet, resnet  # noqa: E402

DATASETS = Path(__file__).resolve().parents[3] / "datasets"
TOLERANCE = 1e-4
CASES = [
    ("cifar10", "resnet20", lambda: cifar_resnet(20)),
    ("cifar10", "resnet18", lambda: resnet(18)),
    ("cifar10", "{name: resnet18, stem: imagenet}", lambda: resnet(18, stem="imagenet")),
    ("cifar10", "resnet50", lambda: resnet(50)),
    ("cifar10", "resnet8x4", lambda: cifar_resnet(8, factor=4)),
    ("mnist", "{name: mlp, widths: [30, 20], dropout: 0.5}", lambda: Mlp(28 * 28, [30, 20])),
]


def difference(found, expected):
    return ((found - expected).abs().max() / expected.abs().max().clamp_min(1)).item()


def mnist_pictures(name):
    """[N, 1, 28, 28] in [0, 1], from the copy that comes with retort."""
    raw = gzip.decompress((DATASETS / "mnist" / f"{name}-images-idx3-ubyte.gz").read_bytes())
    return torch.frombuffer(bytearray(raw[16:]), dtype=torch.uint8).view(-1, 1, 28, 28).float() / 255


def check_int8(program, folder):
    """A network in int8 answers in onnxruntime as `retort export` says that it does."""
    network = cifar_resnet(8, channels=1)
    stir(network)
    network.eval()
    weights, output = folder / "int8.safetensors", folder / "int8.onnx"
    save_file({name: tensor.clone() for name, tensor in network.state_dict().items()}, weights)
    result = subprocess.run([program, "export", "data=mnist", f"checkpoint={weights}", "architecture=resnet8", "format=onnx",
                             "dtype=int8", f"output={output}", f"hydra.run.dir={folder}/run"], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"int8: {result.stderr}")
    said = float(re.search(r"the same class on ([0-9.]+) %", result.stdout).group(1))
    onnx.checker.check_model(str(output), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(output), options, providers=["CPUExecutionProvider"])
    images = mnist_pictures("t10k")
    (logits,) = session.run(["logits"], {"images": images.numpy()})
    with torch.no_grad():
        expected = network(images)
    found = 100 * (torch.from_numpy(logits).argmax(1) == expected.argmax(1)).double().mean().item()
    # Its kernels may round a tie otherwise, which can turn a picture that is near two classes.
    if abs(found - said) > 0.3 or found < 90:
        sys.exit(f"int8: the same class as float32 on {found:.2f} % in onnxruntime, {said:.2f} % was said")
    print(f"int8: the same class as float32 on {found:.2f} % in onnxruntime, {said:.2f} % was said")


def main():
    program = sys.argv[1]
    torch.set_num_threads(1)
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder, "weights.safetensors")

        def export(form, name, dtype="fp32"):
            output = Path(folder, name)
            command = [program, "export", f"data={data}", f"checkpoint={weights}", f"architecture={architecture}",
                       f"format={form}", f"dtype={dtype}", f"output={output}", f"hydra.run.dir={folder}/run"]
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(f"{architecture} as {form}: {result.stderr}")
            return output

        for data, architecture, make in CASES:
            network = make()
            stir(network)
            network.eval()
            save_file({name: tensor.clone() for name, tensor in network.state_dict().items()}, weights)
            shape = (1, 28, 28) if data == "mnist" else (3, 32, 32)
            worst = 0.0

            file = str(export("onnx", "network.onnx"))
            onnx.checker.check_model(file, full_check=True)
            nodes = {node.op_type for node in onnx.load(file).graph.node}
            if "BatchNormalization" in nodes:
                sys.exit(f"{architecture}: normalisation is not folded")
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
            for batch in (1, 7):
                images = torch.randn(batch, *shape)
                with torch.no_grad():
                    expected = network(images)
                (logits,) = session.run(["logits"], {"images": images.numpy()})
                worst = max(worst, difference(torch.from_numpy(logits), expected))

            half = onnxruntime.InferenceSession(str(export("onnx", "half.onnx", "bf16")), options,
                                                providers=["CPUExecutionProvider"])
            if Path(folder, "half.onnx").stat().st_size > 0.6 * Path(file).stat().st_size:
                sys.exit(f"{architecture}: bf16 is not half the file")
            (logits,) = half.run(["logits"], {"images": images.numpy()})
            # Normalisation is folded before the rounding, so that no network of PyTorch's is the same to the bit.
            if difference(torch.from_numpy(logits), expected) > 0.03:
                sys.exit(f"{architecture}: logits of weights in bf16 are off by {difference(torch.from_numpy(logits), expected):.3f}")

            for form, name, load in [("pytorch", "network.pt", lambda path: torch.load(path, weights_only=True)),
                                     ("safetensors", "network.safetensors", load_file)]:
                state = load(export(form, name))
                other = make()
                other.load_state_dict(state, strict=True)
                other.eval()
                with torch.no_grad():
                    worst = max(worst, difference(other(images), expected))
                half = load(export(form, name, "bf16"))
                for key, tensor in network.state_dict().items():
                    wanted = tensor.to(torch.bfloat16) if tensor.is_floating_point() else tensor
                    if not torch.equal(half[key], wanted):
                        sys.exit(f"{architecture} as {form} in bf16: {key} differs")
            if not worst <= TOLERANCE:
                sys.exit(f"{architecture}: logits differ by {worst:.1e}")
            print(f"{data} {architecture}: onnxruntime, torch and safetensors agree to {worst:.1e}")
        check_int8(program, Path(folder))


if __name__ == "__main__":
    main()
