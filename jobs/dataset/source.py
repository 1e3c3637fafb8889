"""One table of a dataset folder as it will be read: its parts, and which of its columns become which of ours."""

from dataclasses import dataclass, field
from pathlib import Path

from jobs.dataset.mapping import Format, TimeUnit
from jobs.dataset.tables import ATTRIBUTES, Input

MALFORMED = "malformed_row"
UNREADABLE = "unreadable_part"
FAULT = "fault"
FAULT_WHY = "fault_why"
FAULT_TEXT = "fault_text"
REPLACED = "replaced"
UNMAPPED = "unmapped"


@dataclass(frozen=True)
class Source:
    """What a reader needs to know of one table; sent to executors as it is.

    Attributes:
        table: Which table.
        format: Of every part.
        folder: The dataset's folder.
        parts: Files in name order.
        names: Contract name -> their name, for the columns that the files have.
        constants: Contract name -> the value of every row.
        ignored: Their columns that map to nothing; kept in ``attributes`` where the table has them, else used at most
            to tell rows apart.
        delimiter: Of CSV; None = sniffed from each part's header.
        escape: Of CSV.
        encoding: Of CSV and JSON lines.
        category_separator: Between categories in one text.
        timezone: Of times without one; None = UTC, and counted.
        units: Time column -> its unit.
    """

    table: Input
    format: Format
    folder: Path
    parts: tuple[Path, ...]
    names: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    delimiter: str | None = None
    escape: str | None = None
    encoding: str = "utf-8"
    category_separator: str = "|"
    timezone: str | None = None
    units: dict[str, TimeUnit] = field(default_factory=dict)

    @property
    def present(self) -> tuple[str, ...]:
        """The contract's columns that the files or constants give, in the contract's order."""
        return tuple(name for name in self.table.columns if name in self.names or name in self.constants)

    @property
    def missing(self) -> tuple[str, ...]:
        """The contract's columns that nothing gives."""
        return tuple(name for name in self.table.columns if name not in self.present)

    @property
    def never_given(self) -> tuple[str, ...]:
        """The contract's columns that no row can have; JSON lines may bring any column at any row."""
        if self.format == "jsonl":
            return ()
        return tuple(name for name in self.missing if name != ATTRIBUTES or not self.ignored)

    def file_name(self, part: Path) -> str:
        """Return what ``input_file`` says for rows of ``part``: its path within the dataset's folder."""
        return part.relative_to(self.folder).as_posix() if part.is_relative_to(self.folder) else part.as_posix()


@dataclass(frozen=True)
class Slice:
    """What one task reads: a whole part, or one row group of a Parquet part.

    Attributes:
        part: The file.
        row_group: Index within the file, or None for the whole of it.
        first_row: 1-based number of the slice's first row within the file.
    """

    part: Path
    row_group: int | None = None
    first_row: int = 1
