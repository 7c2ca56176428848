#!/usr/bin/env python3
"""Files as pieces of a bounded size, and whole again: NAME.GENERATION.000, ...001 and, written last, NAME.json with their SHA-256.

    pieces.py split FILE FOLDER [MIB]    of at most so many MiB each (48)
    pieces.py join FOLDER NAME FILE

Who splits again under the same name leaves the older pieces whole until the new ones are: a kill costs neither."""
import hashlib
import json
import os
import sys
from pathlib import Path

MIB = 1 << 20


class Splitter:
    """A file to write to; close() makes what was written the one that join() finds."""

    def __init__(self, folder, name, piece_bytes):
        self.folder, self.name, self.piece_bytes = Path(folder), name, piece_bytes
        self.folder.mkdir(parents=True, exist_ok=True)
        self.generation = manifest(folder, name)["generation"] + 1 if exists(folder, name) else 0
        self.pieces, self.file, self.sha256 = [], None, hashlib.sha256()

    def write(self, data):
        data = memoryview(data)
        while data:
            if self.file is None:
                self._begin()
            part = data[: self.piece_bytes - self.pieces[-1]["bytes"]]
            self.file.write(part)
            self.sha256.update(part)
            self.hash.update(part)
            self.pieces[-1]["bytes"] += len(part)
            if self.pieces[-1]["bytes"] == self.piece_bytes:
                self._end()
            data = data[len(part):]

    def close(self):
        self._end()
        whole = {"generation": self.generation, "sha256": self.sha256.hexdigest(),
                 "bytes": sum(piece["bytes"] for piece in self.pieces), "pieces": self.pieces}
        target = self.folder / f"{self.name}.json"
        target.with_suffix(".json.tmp").write_text(json.dumps(whole, indent=1) + "\n")
        os.replace(target.with_suffix(".json.tmp"), target)
        current = {piece["file"] for piece in self.pieces}
        for path in self.folder.glob(f"{self.name}.[0-9]*.[0-9]*"):
            if path.name not in current:
                path.unlink()

    def _begin(self):
        file = f"{self.name}.{self.generation}.{len(self.pieces):03}"
        self.file, self.hash = open(self.folder / file, "wb"), hashlib.sha256()
        self.pieces.append({"file": file, "bytes": 0})

    def _end(self):
        if self.file is not None:
            self.file.close()
            self.pieces[-1]["sha256"] = self.hash.hexdigest()
            self.file = None


def exists(folder, name):
    return (Path(folder) / f"{name}.json").is_file()


def manifest(folder, name):
    return json.loads((Path(folder) / f"{name}.json").read_text())


class Joiner:
    """The whole, to read from front to end. A piece that is not what it was is a ValueError: before a byte of it is given."""

    def __init__(self, folder, name):
        self.folder, self.pieces, self.rest = Path(folder), list(manifest(folder, name)["pieces"]), memoryview(b"")

    def read(self, size):
        parts = []
        while size > 0 and (self.rest or self.pieces):
            if not self.rest:
                self.rest = memoryview(self._next())
            parts.append(self.rest[:size])
            self.rest = self.rest[len(parts[-1]):]
            size -= len(parts[-1])
        return b"".join(parts)

    def _next(self):
        piece = self.pieces.pop(0)
        path = self.folder / piece["file"]
        if not path.is_file():
            raise ValueError(f"{path} is missing")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != piece["sha256"]:
            raise ValueError(f"{path} is damaged: its SHA-256 is not that of {self.folder}'s list")
        return data


def split(source, folder, piece_bytes):
    splitter = Splitter(folder, Path(source).name, piece_bytes)
    with open(source, "rb") as file:
        while data := file.read(MIB):
            splitter.write(data)
    splitter.close()


def join(folder, name, target):
    """Gives the SHA-256 of the whole."""
    joiner, sha256 = Joiner(folder, name), hashlib.sha256()
    partial = Path(f"{target}.tmp")
    with open(partial, "wb") as file:
        while data := joiner.read(MIB):
            file.write(data)
            sha256.update(data)
    if sha256.hexdigest() != manifest(folder, name)["sha256"]:
        raise ValueError(f"{folder}: the pieces of {name} do not make what was split")
    os.replace(partial, target)
    return sha256.hexdigest()


def main(arguments):
    if len(arguments) in (3, 4) and arguments[0] == "split":
        split(arguments[1], arguments[2], int(arguments[3] if len(arguments) > 3 else 48) * MIB)
    elif len(arguments) == 4 and arguments[0] == "join":
        join(*arguments[1:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
