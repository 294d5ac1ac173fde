"""Small valid binary files, made of nothing but the standard library: images, a font, and (for the bad twin) executables."""
import struct
import zlib

SEA, FOAM = (11, 79, 108, 255), (244, 248, 250, 255)


def png(side):
    """A boat on the sea, `side` pixels square, RGBA."""
    rows = []
    for y in range(side):
        row = bytearray([0])
        for x in range(side):
            u, v = x / side, y / side
            hull = 0.55 < v < 0.75 and 0.2 + (v - 0.55) < u < 0.8 - (v - 0.55)
            cabin = 0.35 < v <= 0.55 and 0.35 < u < 0.65
            funnel = 0.2 < v <= 0.35 and 0.46 < u < 0.54
            row += bytes(FOAM if hull or cabin or funnel else SEA)
        rows.append(bytes(row))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def ico(side):
    """An icon file that holds one PNG."""
    image = png(side)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, side, side, 0, 0, 1, 32, len(image), 22) + image


def webp(width, height, colour):
    """A lossless WebP of one colour: five prefix codes with one symbol each, hence no bits per pixel."""
    bits, count = 0, 0

    def put(value, width_in_bits):
        nonlocal bits, count
        bits |= value << count
        count += width_in_bits

    put(width - 1, 14)
    put(height - 1, 14)
    put(0, 1 + 3)  # no alpha, version 0
    put(0, 1 + 1 + 1)  # no transform, no colour cache, one group of codes
    red, green, blue, _ = colour
    for symbol in (green, red, blue, 255, 0):
        put(1, 1)  # a simple code
        put(0, 1)  # of one symbol
        put(1, 1)  # that takes eight bits
        put(symbol, 8)
    body = b"\x2f" + bits.to_bytes((count + 7) // 8, "little")
    chunk = b"VP8L" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def woff():
    """A font of three glyphs (.notdef and two signs in the private use area), zlib-packed."""
    tables = {tag: body for tag, body in _font_tables()}
    tables["head"] = _with_adjustment(tables)
    records, bodies, offset = b"", b"", 44 + 20 * len(tables)
    for tag in sorted(tables):
        body = tables[tag]
        packed = zlib.compress(body, 9)
        packed = packed if len(packed) < len(body) else body
        records += struct.pack(">4sIIII", tag.encode(), offset, len(packed), len(body), _sum(body, tag))
        packed += b"\0" * (-len(packed) % 4)
        bodies += packed
        offset += len(packed)
    plain = 12 + 16 * len(tables) + sum(len(body) + -len(body) % 4 for body in tables.values())
    head = struct.pack(">4sIIHHIHHIIIII", b"wOFF", 0x00010000, offset, len(tables), 0, plain, 1, 0, 0, 0, 0, 0, 0)
    return head + records + bodies


def _font_tables():
    def glyph(points):
        """One closed contour of straight lines."""
        xs, ys = zip(*points)
        out = struct.pack(">hhhhh", 1, min(xs), min(ys), max(xs), max(ys))
        out += struct.pack(">HH", len(points) - 1, 0) + b"\x01" * len(points)
        for line in (xs, ys):
            out += b"".join(struct.pack(">h", b - a) for a, b in zip((0, *line), line))
        return out + b"\0" * (-len(out) % 4)

    shapes = [
        [(100, 0), (100, 700), (500, 700), (500, 0)],
        [(50, 300), (950, 300), (780, 0), (220, 0)],
        [(500, 800), (950, 0), (50, 0)],
    ]
    glyphs = [glyph(shape) for shape in shapes]
    offsets, at = [0], 0
    for one in glyphs:
        at += len(one)
        offsets.append(at)
    widths = [600, 1000, 1000]
    lefts = [100, 50, 50]

    # cmap format 4: U+E000 and U+E001 to glyphs 1 and 2
    segments = struct.pack(">HHHHHHH", 4, 32, 0, 4, 4, 1, 0)
    segments += struct.pack(">HH", 0xE001, 0xFFFF) + struct.pack(">H", 0) + struct.pack(">HH", 0xE000, 0xFFFF)
    segments += struct.pack(">HH", (1 - 0xE000) & 0xFFFF, 1) + struct.pack(">HH", 0, 0)
    cmap = struct.pack(">HHHHI", 0, 1, 3, 1, 12) + segments

    texts = {1: "Harbour Signs", 2: "Regular", 3: "Harbour Signs 1.0", 4: "Harbour Signs", 5: "Version 1.0", 6: "HarbourSigns"}
    store, records = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(store))
        store += encoded
    name = struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + store

    os2 = struct.pack(">HhHHH", 4, 867, 400, 5, 0)
    os2 += struct.pack(">10h", 650, 600, 0, 75, 650, 600, 0, 350, 50, 300) + struct.pack(">h", 0) + bytes(10)
    os2 += struct.pack(">4I", 0, 1 << 28, 0, 0) + b"OWN " + struct.pack(">HHH", 0x40, 0xE000, 0xE001)
    os2 += struct.pack(">hhhHH", 800, -200, 0, 900, 200) + struct.pack(">II", 1, 0)
    os2 += struct.pack(">hhHHH", 500, 700, 0, 32, 1)

    yield "head", struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 50, 0, 950, 800, 0, 8, 2, 1, 0)
    yield "hhea", struct.pack(">Ihhh", 0x10000, 800, -200, 0) + struct.pack(">Hhhh", 1000, 50, 50, 950) + struct.pack(">8hH", 1, *[0] * 7, 3)
    yield "maxp", struct.pack(">IH13H", 0x10000, 3, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    yield "hmtx", b"".join(struct.pack(">Hh", *pair) for pair in zip(widths, lefts))
    yield "loca", struct.pack(">4I", *offsets)
    yield "glyf", b"".join(glyphs)
    yield "cmap", cmap
    yield "name", name
    yield "OS/2", os2
    yield "post", struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0)


def _sum(body, tag):
    if tag == "head":
        body = body[:8] + bytes(4) + body[12:]
    body += b"\0" * (-len(body) % 4)
    return sum(struct.unpack(f">{len(body) // 4}I", body)) & 0xFFFFFFFF


def _with_adjustment(tables):
    """`head` with the sum over the whole font, as it would be unpacked."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    offset = 12 + 16 * count
    total = 0
    for tag in sorted(tables):
        body = tables[tag]
        directory += struct.pack(">4sIII", tag.encode(), _sum(body, tag), offset, len(body))
        offset += len(body) + -len(body) % 4
        total += _sum(body, tag)
    total += _sum(directory, "")
    head = tables["head"]
    return head[:8] + struct.pack(">I", (0xB1B0AFBA - total) & 0xFFFFFFFF) + head[12:]


def elf(text=b"\xc0\x03\x5f\xd6"):
    """A 64-bit ELF shared object for arm64 with one loadable segment: a single `ret`."""
    size = 64 + 2 * 56 + 32
    dynamic = struct.pack("<qQqQ", 0x1E, 0, 0, 0)  # DT_FLAGS, DT_NULL
    ident = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, size + len(text), size + len(text), 0x10000)
    table = struct.pack("<IIQQQQQQ", 2, 6, 176, 176, 176, 32, 32, 8)
    return header + load + table + dynamic + text + bytes(256)


def mach_o():
    """A thin arm64 Mach-O dynamic library: one `__TEXT` segment, one UUID."""
    segment = struct.pack("<II16sQQQQiiII", 0x19, 72, b"__TEXT", 0, 0x4000, 0, 512, 5, 5, 0, 0)
    uuid = struct.pack("<II", 0x1B, 24) + bytes(range(16))
    header = struct.pack("<IiiIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, 2, len(segment) + len(uuid), 0x85, 0)
    return (header + segment + uuid).ljust(512, b"\0")


def wasm():
    """A WebAssembly module: a type section with `(i32) -> i32` and a custom section."""
    types = b"\x01\x06\x01\x60\x01\x7f\x01\x7f"
    name, note = b"\x06sample", b"codec"
    custom = b"\x00" + bytes([len(name) + len(note)]) + name + note
    return b"\0asm\x01\0\0\0" + types + custom
