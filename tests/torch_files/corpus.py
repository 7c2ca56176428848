# SPDX-License-Identifier: MIT
"""Files that look like torch.save's and mean harm, made from the formats alone: torch is not needed.

`sound_files()` are the originals, which load; `malicious_files()` are what an attacker makes of them. Where a file would
run a command, the command leaves `canary` behind.
"""
import pickle
import struct
import zlib

PROTOCOL = b"\x80\x02"
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
ORDERED_DICT = b"ccollections\nOrderedDict\n"
OLD_MAGIC = PROTOCOL + b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." + PROTOCOL + b"M\xe9\x03."


# Pickles, instruction by instruction.

def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def whole(value):
    if 0 <= value < 256:
        return b"K" + bytes([value])
    data = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def numbers(values):
    return b"(" + b"".join(map(whole, values)) + b"t"


def storage(key="0", elements=4, kind="FloatStorage"):
    return b"(" + text("storage") + b"ctorch\n" + kind.encode() + b"\n" + text(key) + text("cpu") + whole(elements) + b"tQ"


def tensor(shape=(2, 2), strides=(2, 1), offset=0, where=None):
    where = storage() if where is None else where
    return (TENSOR + b"(" + where + whole(offset) + numbers(shape) + numbers(strides) + b"\x89"
            + ORDERED_DICT + b")Rt" + b"R")


def dictionary(*items):
    return b"}(" + b"".join(text(name) + value for name, value in items) + b"u"


def program(body):
    return PROTOCOL + body + b"."


def state(*items):
    return program(dictionary(*(items or [("weight", tensor())])))


def reduce_of(command):
    class Reduced:
        def __reduce__(self):
            import os
            return os.system, (command,)

    return pickle.dumps(Reduced(), protocol=2)[2:-1]


# Archives, field by field.

class Entry:
    """One file of an archive; what it says of itself can be made to differ from what it is."""

    def __init__(self, name, content, method=0, **lies):
        self.name, self.content, self.method, self.lies = name.encode(), content, method, lies
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.packed = content if method != 8 else packer.compress(content) + packer.flush()

    def field(self, where, key, truth):
        return self.lies.get(f"{where}_{key}", self.lies.get(key, truth))

    def header(self, where):
        return (self.field(where, "flags", 0), self.method, 0, 0, self.field(where, "crc", zlib.crc32(self.content)),
                self.field(where, "packed", len(self.packed)), self.field(where, "size", len(self.content)))

    def local(self):
        name = self.lies.get("local_name", self.name)
        extra = self.lies.get("local_extra", b"")
        return (b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, *self.header("local"), len(name), len(extra))
                + name + extra + self.packed)

    def directory(self, begin):
        extra, comment = self.lies.get("extra", b""), self.lies.get("comment", b"")
        return (b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, *self.header("directory"), len(self.name),
                                            len(extra), len(comment), 0, 0, 0, self.lies.get("begin", begin))
                + self.name + extra + comment)


def archive(entries, before=b"", between=b"", after=b"", comment=b"", count=None, directory_begin=None):
    body, directory = bytearray(before), b""
    for entry in entries:
        directory += entry.directory(len(body))
        body += entry.local() + between
    begin = len(body) if directory_begin is None else directory_begin
    count = len(entries) if count is None else count
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), begin, len(comment))
    return bytes(body) + directory + end + comment + after


DATA = struct.pack("<4f", 1, 2, 3, 4)


def torch_zip(pickle_bytes, data=DATA, folder="archive", method=0, **lies):
    return archive([Entry(f"{folder}/data.pkl", pickle_bytes, method), Entry(f"{folder}/data/0", data, method),
                    Entry(f"{folder}/version", b"3\n", method)], **lies)


def torch_old(pickle_bytes, keys=("0",), storages=struct.pack("<q", 4) + DATA, facts=None):
    facts = pickle.dumps({"protocol_version": 1001, "little_endian": True}, protocol=2) if facts is None else facts
    return OLD_MAGIC + facts + pickle_bytes + pickle.dumps(list(keys), protocol=2) + storages


def state_file(tensors, prefix="", key=None):
    """A zip of float32 tensors, {name: (shape, bytes)}, under a prefix; under a key beside others where one is given."""
    items, entries = [], []
    for number, (name, (shape, data)) in enumerate(tensors.items()):
        strides = [1] * len(shape)
        for i in range(len(shape) - 2, -1, -1):
            strides[i] = strides[i + 1] * shape[i + 1]
        items.append((prefix + name, tensor(shape, strides, 0, storage(str(number), len(data) // 4))))
        entries.append(Entry(f"archive/data/{number}", data))
    content = dictionary(*items) if key is None else dictionary(("epoch", whole(3)), (key, dictionary(*items)))
    return archive([Entry("archive/data.pkl", program(content)), *entries])


def sound_files():
    lightning = program(dictionary(
        ("epoch", whole(3)), ("state_dict", dictionary(("net.weight", tensor()))),
        ("hyper_parameters", b"cargparse\nNamespace\n)\x81" + dictionary(("lr", b"G" + struct.pack(">d", 0.1))) + b"b"),
        ("callbacks", reduce_of("never run"))))
    return {
        "plain.pt": torch_zip(state()),
        "deflated.pt": torch_zip(state(), method=8),
        "lightning.ckpt": torch_zip(lightning),
        "old.pth": torch_old(state()),
        "strided.pt": torch_zip(state(("weight", tensor(strides=(1, 2))))),
        "empty_tensor.pt": torch_zip(state(("weight", tensor()), ("none", tensor(shape=(0, 3), strides=(3, 1))))),
    }


def malicious_files(canary):
    run = reduce_of(f"touch {canary}")
    shell = f"touch {canary}"
    files = {}

    # Calls.
    files["os_system.pt"] = torch_zip(program(run))
    files["os_system_in_state.pt"] = torch_zip(state(("weight", tensor()), ("bias", run)))
    files["os_system_old_form.pth"] = torch_old(program(run))
    files["os_system_in_facts.pth"] = torch_old(state(), facts=program(run))
    files["bare_pickle.pt"] = program(run)
    files["builtins_eval.pt"] = torch_zip(state(("weight", b"cbuiltins\neval\n" + text("1") + b"\x85R")))
    files["exec_as_new_object.pt"] = torch_zip(state(("weight", b"cbuiltins\nexec\n" + text("pass") + b"\x85\x81")))
    files["getattr_chain.pt"] = torch_zip(state(("weight", b"cbuiltins\ngetattr\n" + b"cos\npath\n" + text("os") + b"\x86R")))
    files["torch_load_inside.pt"] = torch_zip(state(("weight", b"ctorch\nload\n" + text(canary) + b"\x85R")))
    files["storage_from_a_call.pt"] = torch_zip(state(("weight", tensor(where=run))))
    files["storage_type_from_a_call.pt"] = torch_zip(
        state(("weight", tensor(where=b"(" + text("storage") + run + text("0") + text("cpu") + whole(4) + b"tQ"))))
    files["sizes_from_a_call.pt"] = torch_zip(
        state(("weight", TENSOR + b"(" + storage() + whole(0) + run + numbers((2, 1)) + b"\x89" + ORDERED_DICT + b")RtR")))
    files["rebuild_by_another_name.pt"] = torch_zip(
        state(("weight", b"ctorch._tensor\n_rebuild_from_type_v2\n(" + TENSOR + run + b")}tR")))
    files["obj_instruction.pt"] = torch_zip(program(b"(cos\nsystem\n" + text(shell) + b"o"))
    files["inst_instruction.pt"] = torch_zip(program(b"(" + text(shell) + b"ios\nsystem\n"))
    files["extension_registry.pt"] = torch_zip(program(b"\x82\x01"))
    files["protocol_4_stack_global.pt"] = torch_zip(
        b"\x80\x04\x95" + struct.pack("<Q", 20) + b"\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.")
    files["whole_module.pt"] = torch_zip(program(b"ctorchvision.models.resnet\nResNet\n)\x81" + dictionary() + b"b"))
    files["torchscript.pt"] = archive([Entry("archive/data.pkl", state()), Entry("archive/data/0", DATA),
                                       Entry("archive/constants.pkl", program(b")")),
                                       Entry("archive/code/__torch__.py", b"import os")])

    # The pickle machine.
    bomb = b")q\x00" + b"".join(b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86q" + bytes([i + 1]) for i in range(100))
    files["memo_bomb.pt"] = torch_zip(program(b"(" + bomb + b"t"))
    files["a_million_lists.pt"] = torch_zip(program(b"(" + b"]" * 3_000_000 + b"t"))
    files["a_million_marks.pt"] = torch_zip(program(b"(" * 3_000_000))
    files["nested_tuples.pt"] = torch_zip(program(b")" + b"\x85" * 900_000))
    files["list_in_itself.pt"] = torch_zip(program(b"]q\x00h\x00a"))
    files["memo_of_4_billion.pt"] = torch_zip(program(b"N" + b"".join(b"r" + struct.pack("<I", 2**32 - 1 - i)
                                                                     for i in range(2_000_000))))
    files["text_of_4_gigabytes.pt"] = torch_zip(PROTOCOL + b"X\xff\xff\xff\xffabc.")
    files["integer_of_255_bytes.pt"] = torch_zip(program(b"\x8a\xff" + b"\x7f" * 255))
    files["stack_underflow.pt"] = torch_zip(program(b"R"))
    files["pop_below_a_mark.pt"] = torch_zip(program(b"N(\x85"))
    files["memo_without_value.pt"] = torch_zip(program(b"h\x07"))
    files["no_stop.pt"] = torch_zip(PROTOCOL + b"}")
    files["two_pickles.pt"] = torch_zip(state() + state())
    files["values_left_over.pt"] = torch_zip(program(b"N" + dictionary(("weight", tensor()))))
    files["key_twice.pt"] = torch_zip(state(("weight", tensor()), ("weight", tensor())))
    files["name_with_escape.pt"] = torch_zip(state(("weight\x1b]0;owned\x07", tensor())))
    files["key_is_a_tensor.pt"] = torch_zip(program(b"}(" + tensor() + tensor() + text("weight") + tensor() + b"u"))

    # Tensors.
    files["size_2_to_60.pt"] = torch_zip(state(("weight", tensor((2**60,), (1,)))))
    files["sizes_overflow.pt"] = torch_zip(state(("weight", tensor((2**32, 2**32), (2**32, 1)))))
    files["stride_overflow.pt"] = torch_zip(state(("weight", tensor((2**31, 2), (2**33, 1)))))
    files["zero_stride_bomb.pt"] = torch_zip(state(("weight", tensor((2**40,), (0,)))))
    files["negative_size.pt"] = torch_zip(state(("weight", tensor((-1, 2), (2, 1)))))
    files["negative_stride.pt"] = torch_zip(state(("weight", tensor(strides=(-2, 1), offset=2))))
    files["negative_offset.pt"] = torch_zip(state(("weight", tensor(offset=-1))))
    files["offset_past_the_end.pt"] = torch_zip(state(("weight", tensor(offset=1))))
    files["stride_past_the_end.pt"] = torch_zip(state(("weight", tensor(strides=(3, 1)))))
    files["a_thousand_dimensions.pt"] = torch_zip(state(("weight", tensor((1,) * 1000, (1,) * 1000))))
    files["fewer_strides_than_sizes.pt"] = torch_zip(state(("weight", tensor((2, 2), (1,)))))
    files["storage_larger_than_its_file.pt"] = torch_zip(state(("weight", tensor((2**40,), (1,), 0, storage("0", 2**40)))))
    files["storage_absent.pt"] = torch_zip(state(("weight", tensor(where=storage("7")))))
    files["storage_outside.pt"] = torch_zip(state(("weight", tensor(where=storage("../../etc/passwd")))))
    files["storage_with_two_types.pt"] = torch_zip(
        state(("weight", tensor()), ("half", tensor(where=storage("0", 8, "HalfStorage")))))
    files["many_views.pt"] = torch_zip(state(*((f"w{i}", tensor((2**18,), (1,), 0, storage("0", 2**18)))
                                               for i in range(2000))), data=bytes(2**20))
    files["quantized.pt"] = torch_zip(state(("weight", tensor(where=storage("0", 4, "QInt8Storage")))))

    # The archive.
    whole_file = torch_zip(state())
    entries = [Entry("archive/data.pkl", state()), Entry("archive/data/0", DATA)]
    files["cut_short.pt"] = whole_file[:-1]
    files["cut_in_the_middle.pt"] = whole_file[: len(whole_file) // 2]
    files["bytes_after.pt"] = whole_file + b"x"
    files["program_before.pt"] = archive(entries, before=b"#!/bin/sh\n")
    files["zip_after_a_zip_start.pt"] = archive(entries, before=b"PK\x03\x04")
    files["bytes_between.pt"] = archive(entries, between=b"hidden")
    files["comment.pt"] = archive(entries, comment=b"PK\x05\x06" + bytes(18))
    files["entries_overlap.pt"] = archive([Entry("archive/data.pkl", state()), Entry("archive/data/0", DATA, begin=0)])
    files["entry_in_an_entry.pt"] = archive([Entry("archive/outer", Entry("archive/data.pkl", state()).local()),
                                             Entry("archive/data.pkl", state(), begin=43)])
    files["overlap_bomb.pt"] = archive([Entry(f"archive/{i}", bytes(100), begin=0) for i in range(5000)])
    files["entry_past_the_end.pt"] = archive([entries[0], Entry("archive/data/0", DATA, begin=0x7FFFFFFF)])
    files["size_of_4_gigabytes.pt"] = archive([entries[0], Entry("archive/data/0", DATA, size=0xFFFFFFF0, packed=0xFFFFFFF0)])
    files["size_of_2_to_63.pt"] = archive([entries[0], Entry(
        "archive/data/0", DATA, size=0xFFFFFFFF, packed=0xFFFFFFFF,
        extra=struct.pack("<HHQQ", 1, 16, 2**63, 2**63))])
    files["64_bit_size_missing.pt"] = archive([entries[0], Entry("archive/data/0", DATA, size=0xFFFFFFFF, packed=0xFFFFFFFF)])
    files["name_twice.pt"] = archive([*entries, Entry("archive/data.pkl", program(run))])
    files["two_names.pt"] = archive([entries[0], Entry("archive/data/0", DATA, local_name=b"archive/data/1")])
    files["two_sizes.pt"] = archive([entries[0], Entry("archive/data/0", DATA, local_size=3, local_packed=3)])
    files["wrong_checksum.pt"] = archive([entries[0], Entry("archive/data/0", DATA, crc=1)])
    files["encrypted.pt"] = archive([entries[0], Entry("archive/data/0", DATA, flags=1)])
    files["unknown_packing.pt"] = archive([entries[0], Entry("archive/data/0", DATA, method=12)])
    files["deflate_bomb.pt"] = archive([entries[0], Entry("archive/data/0", bytes(300_000_000), method=8)])
    files["deflate_longer_than_it_says.pt"] = archive([entries[0], Entry("archive/data/0", bytes(100_000), method=8, size=16,
                                                                         crc=zlib.crc32(bytes(16)))])
    files["parent_folder.pt"] = archive([entries[0], Entry("archive/../../data/0", DATA)])
    files["absolute_name.pt"] = archive([entries[0], Entry("/tmp/data", DATA)])
    files["two_folders.pt"] = archive([entries[0], Entry("other/data/0", DATA)])
    files["more_entries_than_counted.pt"] = archive(entries, count=1)
    files["fewer_entries_than_counted.pt"] = archive(entries, count=9)
    files["directory_at_0.pt"] = archive(entries, directory_begin=0)
    files["64_bit_end_elsewhere.pt"] = (whole_file[:-22] + b"PK\x06\x07" + struct.pack("<IQI", 0, 2**62, 1) + whole_file[-22:])
    files["big_endian.pt"] = archive([*entries, Entry("archive/byteorder", b"big")])
    files["no_pickle.pt"] = archive([Entry("archive/data/0", DATA)])
    files["empty_archive.pt"] = archive([])
    files["empty.pt"] = b""

    # The old form.
    files["old_storage_of_2_to_60.pth"] = torch_old(state(), storages=struct.pack("<q", 2**60) + DATA)
    files["old_storage_negative.pth"] = torch_old(state(), storages=struct.pack("<q", -1) + DATA)
    files["old_storage_twice.pth"] = torch_old(state(), keys=("0", "0"), storages=(struct.pack("<q", 4) + DATA) * 2)
    files["old_storage_of_nobody.pth"] = torch_old(state(), keys=("9", "0"))
    files["old_bytes_after.pth"] = torch_old(state()) + b"x"
    files["old_cut_short.pth"] = torch_old(state())[:-1]
    files["old_keys_from_a_call.pth"] = torch_old(state()).replace(pickle.dumps(["0"], protocol=2), program(run))
    return files
