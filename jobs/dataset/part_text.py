"""A text part opened: decompressed, decoded so that nothing is lost, without its byte order mark."""

import contextlib
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

from jobs.contract.errors import DatasetError
from jobs.dataset.csv_records import sniff_newline
from jobs.dataset.parts import COMPRESSED
from jobs.dataset.source import Source

_SNIFF_BYTES = 1 << 16
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@contextlib.contextmanager
def open_text(source: Source, part: Path) -> Iterator[io.TextIOWrapper]:
    """Open a part as text in which bytes of another encoding stand as lone surrogates.

    Raises:
        DatasetError: If the file says that it is UTF-16 and dataset.yaml does not.
    """
    encoding = "utf-8-sig" if source.encoding == "utf-8" else source.encoding
    with _open_bytes(part) as file, io.BufferedReader(file, _SNIFF_BYTES) as binary:
        start = binary.peek(_SNIFF_BYTES)
        if encoding == "utf-8-sig" and start.startswith(_UTF16_MARKS):
            raise DatasetError(
                f"{part} is UTF-16, expected UTF-8. Say so in dataset.yaml: {source.table.name}: {{encoding: utf-16}}."
            )
        newline = sniff_newline(start.decode("latin-1")) if source.format == "csv" else "\n"
        with io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline=newline) as text:
            yield text


@contextlib.contextmanager
def _open_bytes(part: Path) -> Iterator[io.RawIOBase]:
    if part.suffix.lower() == COMPRESSED:
        with gzip.open(part, "rb") as file:
            yield file  # type: ignore[misc] # a GzipFile reads like any raw stream
    else:
        with part.open("rb", buffering=0) as file:
            yield file
