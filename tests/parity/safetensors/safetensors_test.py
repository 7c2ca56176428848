# SPDX-License-Identifier: MIT
"""usage: safetensors_test.py PARITY_SAFETENSORS (by tests/parity/run.sh)

Ours against the safetensors package: it reads what we write, we read what it writes, bit by bit; and of thousands of damaged
files we accept none that it refuses.
"""
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

PROGRAM = sys.argv[1]
DTYPES = [torch.bool, torch.uint8, torch.int8, torch.float8_e5m2, torch.float8_e4m3fn, torch.int16, torch.uint16,
          torch.float16, torch.bfloat16, torch.int32, torch.uint32, torch.float32, torch.float64, torch.int64, torch.uint64]


def random_tensors(seed):
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for number, dtype in enumerate(DTYPES):
        shape = [(), (0,), (7,), (3, 0, 2), (2, 3, 5), (4, 3, 3, 3)][(seed + number) % 6]
        count = torch.Size(shape).numel() * dtype.itemsize
        data = torch.randint(0, 2 if dtype == torch.bool else 256, (count,), generator=generator, dtype=torch.uint8)
        tensors[f"layer{number % 4}.{number}.weight"] = data.view(dtype).reshape(shape)
    return tensors


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(
        a.reshape(-1).contiguous().view(torch.uint8), b.reshape(-1).contiguous().view(torch.uint8))


def copy(source, target):
    subprocess.run([PROGRAM, "copy", source, target], check=True)


def check_round_trips(folder):
    for seed in range(6):
        theirs, ours = folder / "theirs.safetensors", folder / "ours.safetensors"
        tensors = random_tensors(seed)
        save_file(tensors, theirs, metadata={"epoch": "3", "name": 'Übung "x"\n'})
        copy(theirs, ours)
        back = load_file(ours)
        assert back.keys() == tensors.keys()
        for name, tensor in tensors.items():
            assert same_bits(back[name], tensor), name
        with safe_open(ours, "pt") as file:
            assert file.metadata() == {"epoch": "3", "name": 'Übung "x"\n', "format": "pt"}, file.metadata()
        save_file(tensors, theirs, metadata={"format": "pt"})
        copy(theirs, ours)
        assert ours.read_bytes() == theirs.read_bytes(), "with one entry of metadata the files are the same bytes"
    print("round trips: bits, names, metadata and file bytes agree")


def entry(dtype="F32", shape=(2,), offsets=(0, 8), **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets), **more}


def file_of(header, data, padding=b""):
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text + padding)) + text + padding + data


def handmade():
    """Sound and unsound files, by hand."""
    one = {"a": entry()}
    data = bytes(8)
    yield file_of(one, data)
    yield file_of(one, data, b"   ")
    yield file_of({}, b"")
    yield file_of({"__metadata__": {"a": "b"}}, b"")
    for padding in (b"\0", b"\n", b"x", b"{}"):
        yield file_of(one, data, padding)
    yield file_of(one, data + b"\0")
    yield file_of(one, data[:-1])
    for shape in ((), (1,), (3,), (1, 2), (2, 0), (2**32, 2**32), (2**63,), (2**62, 4), (-1,), (1.0,), (True,), ("2",)):
        for offsets in ((0, 8), (0, 0), (8, 0), (4, 12), (0, 2**64 - 1), (0.0, 8), (-8, 0), (0,), (0, 8, 8)):
            yield file_of({"a": entry(shape=shape, offsets=offsets)}, data)
    for dtype in ("F32", "I32", "f32", "F16", "BF16", "F64", "C64", "F4", "", 1, None):
        yield file_of({"a": entry(dtype=dtype)}, data)
    pairs = [((0, 8), (8, 16)), ((8, 16), (0, 8)), ((0, 8), (0, 8)), ((0, 8), (4, 12)), ((0, 8), (16, 24))]
    for first, second in pairs:
        yield file_of({"a": entry(offsets=first), "b": entry(offsets=second)}, bytes(16))
        yield file_of({"a": entry(offsets=first), "b": entry(offsets=second)}, bytes(24))
    for place in (0, 4, 8, 9):
        yield file_of({"a": entry(), "z": entry(shape=(0,), offsets=(place, place))}, data)
    yield file_of(b'{"a":' + json.dumps(entry()).encode() + b',"a":' + json.dumps(entry(offsets=(8, 16))).encode() + b"}", bytes(16))
    yield file_of({"a": {"dtype": "F32", "shape": [2]}}, data)
    yield file_of({"a": entry(extra=1)}, data)
    yield file_of({"__metadata__": {"a": 1}, "a": entry()}, data)
    yield file_of({"__metadata__": None, "a": entry()}, data)
    yield file_of(b"[]", b"")
    yield file_of(b" {}", b"")
    yield file_of(b"\xef\xbb\xbf{}", b"")
    yield file_of(b'{"\xff":' + json.dumps(entry()).encode() + b"}", data)
    yield struct.pack("<Q", 2**63) + b"{}"
    yield b""


def damaged(sound, count, seed):
    """Mutations of a sound file; of the header mostly, where refusal is decided."""
    random_source = random.Random(seed)
    header = 8 + struct.unpack("<Q", sound[:8])[0]
    for _ in range(count):
        content = bytearray(sound)
        for _ in range(random_source.randint(1, 2)):
            bound = header if random_source.random() < 0.7 else len(content)
            place = random_source.randrange(min(bound, len(content)))
            kind = random_source.randrange(4)
            if kind == 0:
                content[place] ^= 1 << random_source.randrange(8)
            elif kind == 1:
                content[place] = random_source.choice(b'0123456789[]{},:"- ')
            elif kind == 2:
                del content[place : place + random_source.randint(1, 9)]
            else:
                content[place:place] = content[place : place + random_source.randint(1, 9)]
            if not content:
                break
        if random_source.random() < 0.5 and len(content) > 16:  # the header's length put right again
            content[:8] = struct.pack("<Q", max(0, len(content) - (len(sound) - header) - 8))
        yield bytes(content)


def they_accept(path):
    try:
        with safe_open(path, "pt") as file:
            for name in file.keys():
                file.get_tensor(name)
        return True
    except (SafetensorError, OSError, TypeError, ValueError, RuntimeError, OverflowError, AttributeError):
        return False


def check_refusals(folder):
    sound = folder / "sound.safetensors"
    save_file({"a": torch.ones(2), "b": torch.arange(3), "c": torch.zeros(0, 2)}, sound, metadata={"format": "pt"})
    corpus = [*handmade(), *damaged(sound.read_bytes(), 4000, seed=1)]
    paths = []
    for number, content in enumerate(corpus):
        paths.append(folder / f"{number}.bin")
        paths[-1].write_bytes(content)
    answers = subprocess.run([PROGRAM, "check", *paths], check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(answers) == len(paths)
    both = ours_alone = neither = 0
    stricter = {}
    for path, answer in zip(paths, answers):
        ours, theirs = answer == "accepted", they_accept(path)
        if ours and not theirs:
            raise AssertionError(f"accepted, and the package refuses it: {path.read_bytes()!r}")
        both += ours and theirs
        neither += not ours and not theirs
        if theirs and not ours:
            ours_alone += 1
            cause = answer.split(": ", 1)[-1]
            stricter.setdefault("".join(c for c in cause if not c.isdigit())[:60], cause)
    print(f"{len(corpus)} files: both accept {both}, both refuse {neither}, we alone refuse {ours_alone}, such as:")
    for cause in list(stricter.values())[:12]:
        print("   ", cause[:120])
    assert both > 100 and neither > 1000, "the corpus says something of both kinds"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        check_round_trips(pathlib.Path(folder))
        check_refusals(pathlib.Path(folder))
