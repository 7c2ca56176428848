# SPDX-License-Identifier: MIT
"""Writes every_dtype.safetensors with the safetensors package: run by tests/parity/run.sh, by hand, when the file changes."""
import pathlib

import torch
from safetensors.torch import save_file

DTYPES = ["bool", "uint8", "int8", "float8_e5m2", "float8_e4m3fn", "int16", "uint16", "float16", "bfloat16", "int32",
          "uint32", "float32", "float64", "int64", "uint64"]


def tensors():
    result = {name: torch.arange(6).reshape(2, 3).to(getattr(torch, name)) for name in DTYPES}
    result["scalar"] = torch.tensor(-1.5)
    result["empty"] = torch.zeros(0, 5)
    return result


if __name__ == "__main__":
    save_file(tensors(), pathlib.Path(__file__).parent / "every_dtype.safetensors", metadata={"format": "pt"})
