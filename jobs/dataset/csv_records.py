"""CSV text to records, one bad row at a time: what is wrong with one row never takes its neighbours with it."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

MAX_RECORD_CHARS = 1 << 20
# Lines that could close a quote are tried so many times, which bounds the work that one hostile row can cause.
_MAX_TRIES = 100
# A quote that is never closed pairs with the next one in the file, and what lies between would become one field. Lines
# inside such a field that each have the record's number of fields are rows, not text, once they are this many fields.
_ROW_EVIDENCE = 8
_DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Dialect:
    """How fields are told apart.

    Attributes:
        delimiter: One character.
        escape: One character, or None where quotes inside quotes are doubled.
    """

    delimiter: str = ","
    escape: str | None = None


@dataclass(frozen=True)
class Malformed:
    """A row that is not a record.

    Attributes:
        why: What is wrong with it.
        text: The row as it stands in the file, at most 10,000 characters.
    """

    why: str
    text: str


def sniff_delimiter(header: str) -> str:
    """Return the most frequent of comma, tab, semicolon and bar outside quotes; comma where there is none."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def sniff_newline(start: str) -> str:
    """Return the line terminator of a file that begins so: a carriage return only where no line feed is."""
    return "\r" if "\r" in start and "\n" not in start else "\n"


def parse_line(line: str, dialect: Dialect) -> list[str] | None:
    """Return the fields of one complete record, or None if a quote is open at its end.

    Raises:
        csv.Error: If a closing quote is followed by anything but a delimiter.
    """
    if '"' not in line and dialect.escape is None:
        return line.split(dialect.delimiter)
    csv.field_size_limit(2 * MAX_RECORD_CHARS)
    reader = csv.reader([line], strict=True, delimiter=dialect.delimiter, escapechar=dialect.escape)
    try:
        rows = list(reader)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        raise
    return rows[0] if len(rows) == 1 else []


def records(file: TextIO, n_fields: int, dialect: Dialect, newline: str = "\n") -> Iterator[list[str] | Malformed]:
    """Yield every record after the header, in the file's order; blank lines are no records.

    Args:
        file: Text, opened with ``newline`` and standing after the header.
        n_fields: Fields that a record has.
        dialect: How fields are told apart.
        newline: The line terminator; a carriage return before a line feed belongs to it.
    """
    lines = _Lines(file, newline)
    while (line := lines.next()) is not None:
        if len(line) > MAX_RECORD_CHARS:
            lines.skip_rest_of_line()
            yield Malformed(f"longer than {MAX_RECORD_CHARS:,} characters", _shorten(line))
        elif line.rstrip("\r"):
            yield _record(line, lines, n_fields, dialect)


class _Lines:
    """Lines of a file, some of which may be put back.

    A carriage return before a line feed stays: between two lines of one quoted field it belongs to the value.
    """

    def __init__(self, file: TextIO, newline: str) -> None:
        self._file = file
        self._newline = newline
        self._put_back: deque[str] = deque()

    def next(self) -> str | None:
        """Return the next line, cut one character past the longest record, or None at the end."""
        if self._put_back:
            return self._put_back.popleft()
        line = self._file.readline(MAX_RECORD_CHARS + 1)
        if not line:
            return None
        return line.removesuffix(self._newline)

    def put_back(self, lines: list[str]) -> None:
        """Make ``lines`` the next ones, in their order."""
        self._put_back.extendleft(reversed(lines))

    def skip_rest_of_line(self) -> None:
        """Read up to the end of a line that was cut."""
        while (piece := self._file.readline(MAX_RECORD_CHARS)) and not piece.endswith(self._newline):
            pass


def _record(line: str, lines: _Lines, n_fields: int, dialect: Dialect) -> list[str] | Malformed:
    try:
        fields = parse_line(line.removesuffix("\r"), dialect)
    except csv.Error as error:
        return Malformed(str(error), _shorten(line))
    if fields is None:
        return _record_over_lines(line, lines, n_fields, dialect)
    return _with_n_fields(fields, line, n_fields)


def _record_over_lines(first: str, lines: _Lines, n_fields: int, dialect: Dialect) -> list[str] | Malformed:
    """Join lines up to the one that closes the quote; if that makes no record, only the first line is bad."""
    more: list[str] = []
    size, tries = len(first), 0
    fields: list[str] | None = None
    while size <= MAX_RECORD_CHARS and tries < _MAX_TRIES and (line := lines.next()) is not None:
        more.append(line)
        size += len(line) + 1
        if _may_close(line, dialect):
            tries += 1
            try:
                fields = parse_line("\n".join([first, *more]).removesuffix("\r"), dialect)
            except csv.Error:
                break
            if fields is not None:
                break
    if fields is not None and len(fields) == n_fields and not _swallowed_rows(more, n_fields, dialect):
        return fields
    lines.put_back(more)
    return Malformed("a quote is opened and not closed", _shorten(first))


def _may_close(line: str, dialect: Dialect) -> bool:
    """Return whether a quote that is open before ``line`` may be closed in it: doubled quotes stand for themselves."""
    if dialect.escape is not None:
        line = line.replace(f'{dialect.escape}"', "")
    return any(len(run) % 2 for run in re.findall('"+', line))


def _swallowed_rows(more: list[str], n_fields: int, dialect: Dialect) -> bool:
    rows = [*more[:-1], more[-1].split('"', 1)[0]]
    if (n_fields - 1) * len(rows) < _ROW_EVIDENCE:
        return False
    return all(row.count(dialect.delimiter) == n_fields - 1 for row in rows)


def _with_n_fields(fields: list[str], line: str, n_fields: int) -> list[str] | Malformed:
    if len(fields) == n_fields:
        return fields
    return Malformed(f"{len(fields)} fields, expected {n_fields}", _shorten(line))


def _shorten(line: str) -> str:
    return line.rstrip("\r")[:10_000]
