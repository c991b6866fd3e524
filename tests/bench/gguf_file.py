"""GGUF version 3, as far as make_model.py needs it: the metadata of a file, and a file written a piece at a time.

Only the standard library: the package of that name keeps all tensors of a file in memory until it writes them.
Metadata is {key: (type, value)} in file order; the value of an array is (type of its elements, list).
"""

import mmap
import struct

U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", U32: "<I", I32: "<i", F32: "<f", BOOL: "<?", 10: "<Q", 11: "<q", 12: "<d"}
ALIGNMENT = 32

# name: (number in the file, weights of a block, bytes of a block)
TENSOR_TYPES = {"F32": (0, 1, 4), "F16": (1, 1, 2), "BF16": (30, 1, 2), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20),
                "Q5_0": (6, 32, 22), "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34), "Q4_K": (12, 256, 144),
                "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210)}


class Tensor:
    def __init__(self, name, ne, kind="F32"):
        self.name, self.ne, self.kind = name, ne, kind  # ne: columns first

    @property
    def elements(self):
        count = 1
        for length in self.ne:
            count *= length
        return count

    @property
    def bytes(self):
        _, length, size = TENSOR_TYPES[self.kind]
        return self.elements // length * size


# ---- reading -------------------------------------------------------------------------------------------------------


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, form):
        value, = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def string(self):
        length = self.number("<Q")
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            element, count = self.number("<I"), self.number("<Q")
            return element, [self.value(element) for _ in range(count)]
        return self.number(NUMBERS[kind])


def read_file(path):
    """Metadata and tensors of a file."""
    kinds = {number: name for name, (number, _, _) in TENSOR_TYPES.items()}
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:4] != b"GGUF":
            raise SystemExit(f"{path} is no GGUF file.")
        reader = Reader(data)
        reader.at = 8
        tensor_count, key_count = reader.number("<Q"), reader.number("<Q")
        metadata = {}
        for _ in range(key_count):
            key, kind = reader.string(), reader.number("<I")
            metadata[key] = kind, reader.value(kind)
        tensors = []
        for _ in range(tensor_count):
            name = reader.string()
            ne = [reader.number("<Q") for _ in range(reader.number("<I"))]
            tensors.append(Tensor(name, ne, kinds.get(reader.number("<I"), "another type")))
            reader.number("<Q")  # where its data is
        return metadata, tensors


# ---- writing -------------------------------------------------------------------------------------------------------


def string_bytes(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def value_bytes(kind, value):
    if kind == STRING:
        return string_bytes(value)
    if kind == ARRAY:
        element, items = value
        return struct.pack("<IQ", element, len(items)) + b"".join(value_bytes(element, item) for item in items)
    return struct.pack(NUMBERS[kind], value)


def aligned(size):
    return -(-size // ALIGNMENT) * ALIGNMENT


def header_bytes(metadata, tensors):
    parts = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(metadata))]
    for key, (kind, value) in metadata.items():
        parts += [string_bytes(key), struct.pack("<I", kind), value_bytes(kind, value)]
    offset = 0
    for tensor in tensors:
        parts += [string_bytes(tensor.name), struct.pack(f"<I{len(tensor.ne)}Q", len(tensor.ne), *tensor.ne),
                  struct.pack("<IQ", TENSOR_TYPES[tensor.kind][0], offset)]
        offset += aligned(tensor.bytes)
    header = b"".join(parts)
    return header + bytes(aligned(len(header)) - len(header))


def write_file(path, metadata, tensors, data_of):
    """data_of(tensor) yields the tensor's bytes in pieces."""
    with open(path, "wb") as file:
        file.write(header_bytes(metadata, tensors))
        for tensor in tensors:
            size = sum(file.write(piece) for piece in data_of(tensor))
            if size != tensor.bytes:
                raise ValueError(f"{tensor.name} has {size} bytes, not {tensor.bytes}")
            file.write(bytes(aligned(size) - size))
