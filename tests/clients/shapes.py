"""What a shape does to a first flight, computed once more and in another way than helloscope does:
the records and the segments that a server must see, and the position of a name in a hello.
"""
HEADER = 5


def records_of(stream):
    """The TLS records of a stream as (type, version, body); what is left when it ends inside one."""
    records = []
    while len(stream) >= HEADER:
        size = int.from_bytes(stream[3:HEADER], "big")
        if len(stream) < HEADER + size:
            break
        records.append((stream[0], stream[1:3], stream[HEADER : HEADER + size]))
        stream = stream[HEADER + size :]
    return records, stream


def name_at(hello, name):
    """Where the name stands in the first record, counted from its header."""
    at = hello.index(name.encode())
    assert hello.count(name.encode()) == 1
    return at


def offset(position, size, name, length):
    """Of a single position, in `size` bytes with the name at `name`."""
    if position == "midsni":
        return name + length // 2
    if position.startswith("sni"):
        return name + int(position[3:] or 0)
    return int(position) if int(position) > 0 else size + int(position)


def parts(size, cuts):
    """Lengths of the pieces, where a cut outside cuts nothing."""
    ends = sorted({cut for cut in cuts if 0 < cut < size}) + [size]
    return [end - start for start, end in zip([0, *ends], ends)]


def planned(kind, position, hello, name):
    """(lengths of the hello's segments, lengths of its records) for `split:POSITION`, or for
    `records:POSITION|split:records`."""
    at, length = name_at(hello, name), len(name)
    if kind == "split":
        return parts(len(hello), [offset(position, len(hello), at, length)]), [len(hello) - HEADER]
    size = len(hello) - HEADER
    records = parts(size, [offset(position, size, at - HEADER, length)])
    return [HEADER + one for one in records], records


def shape_of(kind, position):
    return f"split:{position}" if kind == "split" else f"records:{position}|split:records"
