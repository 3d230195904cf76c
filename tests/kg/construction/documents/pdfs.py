"""PDF files for the tests, written by hand: pages of lines in three standard fonts."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_FONTS = {"plain": "Helvetica", "bold": "Helvetica-Bold", "code": "Courier", "slanted": "Helvetica-Oblique"}


@dataclass(frozen=True)
class Text:
    """Text on one line of a page; without a place, it stands one line below the one before."""

    text: str
    size: float = 10
    font: str = "plain"
    x: float = 72
    y: float | None = None
    gap: float = 12
    same_line: bool = False


def pdf(*pages: Sequence[Text | str], title: str | None = None) -> bytes:
    """A file with these pages."""
    contents = [_content([Text(item) if isinstance(item, str) else item for item in page]) for page in pages]
    return assembled([_stream(content, "") for content in contents], title=title)


def bomb(megabytes: int) -> bytes:
    """A file whose page is small as long as nobody unpacks it."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"0 " * 500_000) for _ in range(megabytes)) + packer.flush()
    for _ in range(2):
        data = zlib.compress(data, 9)
    return assembled([_stream(data, "/Filter [/FlateDecode /FlateDecode /FlateDecode]")])


def endless() -> bytes:
    """A file whose pages lie in a circle."""
    return objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 1000000 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 2 0 R] /Count 1000000 >>",
        ]
    )


def assembled(streams: Sequence[bytes], title: str | None = None) -> bytes:
    """A file with a page for each stream."""
    first = 3 + len(_FONTS)
    numbers = range(first, first + 2 * len(streams), 2)
    fonts = " ".join(f"/{name} {3 + position} 0 R" for position, name in enumerate(_FONTS))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] /Count {len(streams)} >>".encode(),
    ]
    bodies += [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
        for name in _FONTS.values()
    ]
    for number, stream in zip(numbers, streams, strict=True):
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R "
            f"/Resources << /Font << {fonts} >> >> >>".encode()
        )
        bodies.append(stream)
    if title is not None:
        bodies.append(f"<< /Title ({title}) >>".encode("cp1252"))
    return objects(bodies, info=title is not None)


def objects(bodies: Sequence[bytes], *, info: bool = False) -> bytes:
    """A file of these objects; the first is the catalogue, the last the properties if there are any."""
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010} 00000 n \n".encode()
    properties = f" /Info {len(bodies)} 0 R" if info else ""
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R{properties} >>\n".encode()
    return bytes(out + f"startxref\n{table}\n%%EOF\n".encode())


def _content(lines: Sequence[Text]) -> bytes:
    out: list[str] = []
    y = 720.0
    for number, line in enumerate(lines):
        if line.y is not None:
            y = line.y
        elif number and not line.same_line:
            y -= line.gap
        text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        out.append(f"BT /{line.font} {line.size} Tf 1 0 0 1 {line.x} {y} Tm ({text}) Tj ET")
    return "\n".join(out).encode("cp1252")


def _stream(data: bytes, entries: str) -> bytes:
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"
