"""dataset.yaml: how a dataset's own files and columns map to the contract's."""

import codecs
import difflib
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from jobs.contract.errors import DatasetError
from jobs.contract.tables import EventType
from jobs.dataset.tables import INPUTS

MAPPING_FILE = "dataset.yaml"
Format = Literal["parquet", "csv", "jsonl"]
TimeUnit = Literal["s", "ms", "us", "ns", "iso"]


class _Mapping(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TableMapping(_Mapping):
    """Where one table lies and what its columns are called."""

    file: str | None = None
    """File or folder, relative to the dataset's folder; unset = the table's own name with a known suffix."""
    format: Format | None = None
    """Unset = from the suffix."""
    columns: dict[str, str] = {}
    """Contract name -> their name. Columns not named here are found under the contract's names."""
    constants: dict[str, str] = {}
    """Contract name -> a value that every row has."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Of CSV; unset = the most frequent of comma, tab, semicolon and bar in the header."""
    escape: str | None = Field(default=None, min_length=1, max_length=1)
    """Of CSV; unset = quotes inside quotes are doubled."""
    encoding: str = "utf-8"
    """Of CSV and JSON lines."""
    timezone: str | None = None
    """Of times without one; unset = the dataset's."""
    timestamp_unit: TimeUnit | None = None
    """Of times; unset = detected from the first ones."""

    @field_validator("constants", mode="before")
    @classmethod
    def _as_text(cls, constants: object) -> object:
        if not isinstance(constants, dict):
            return constants
        return {name: value if isinstance(value, str) else str(value) for name, value in constants.items()}

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            return codecs.lookup(name).name
        except LookupError:
            raise ValueError(f"unknown encoding {name!r}; expected for instance utf-8 or latin-1") from None

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str | None) -> str | None:
        return name if name is None else _check_timezone(name)

    @model_validator(mode="after")
    def _either_column_or_constant(self) -> "TableMapping":
        both = sorted(set(self.columns) & set(self.constants))
        if both:
            raise ValueError(f"{', '.join(both)} stand under both columns and constants; expected one of them")
        return self


class DatasetMapping(_Mapping):
    """The whole dataset.yaml; every field may be left out."""

    timezone: str | None = None
    """IANA timezone of times that name none; unset = UTC, and such times are counted."""
    verb: str | None = Field(default=None, min_length=1)
    """For reasons: what users do with items, past tense; unset = from the most frequent event type."""
    event_types: dict[str, EventType] = {}
    """Their event type -> ours."""
    category_separator: str = Field(default="|", min_length=1)
    """Between the categories of one item where they come as one text."""
    events: TableMapping = TableMapping()
    items: TableMapping = TableMapping()
    users: TableMapping = TableMapping()
    graph: TableMapping = TableMapping()
    item_links: TableMapping = TableMapping()
    social: TableMapping = TableMapping()

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str | None) -> str | None:
        return name if name is None else _check_timezone(name)

    @model_validator(mode="after")
    def _known_columns(self) -> "DatasetMapping":
        for table in INPUTS:
            mapping = self.table(table.name)
            unknown = sorted({*mapping.columns, *mapping.constants} - set(table.columns))
            if unknown:
                near = difflib.get_close_matches(unknown[0], table.columns, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise ValueError(f"{table.name} has no column {unknown[0]!r}; it has {', '.join(table.columns)}.{hint}")
        return self

    def table(self, name: str) -> TableMapping:
        """Return the mapping of the table called ``name``."""
        mapping: TableMapping = getattr(self, name)
        return mapping


def read_mapping(folder: Path) -> DatasetMapping:
    """Return the folder's dataset.yaml, or the default mapping where there is none.

    Raises:
        DatasetError: If it is not YAML or not a mapping of known fields; every fault is named.
    """
    path = folder / MAPPING_FILE
    if not path.exists():
        return DatasetMapping()
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return DatasetMapping.model_validate(values)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} is not YAML: {' '.join(str(error).split())}.") from None
    except ValidationError as error:
        raise DatasetError(f"{path} is not valid. {_explain(error)}") from None


def _check_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown timezone {name!r}; expected an IANA name such as Europe/Paris") from None
    return name


def _explain(error: ValidationError) -> str:
    return "; ".join(_explain_one(".".join(str(part) for part in e["loc"]), e) for e in error.errors())


def _explain_one(where: str, fault: object) -> str:
    assert isinstance(fault, dict)  # noqa: S101 - pydantic's own type
    if fault["type"] == "extra_forbidden":
        known = TableMapping.model_fields if "." in where else DatasetMapping.model_fields
        return f"{where} is not known here; expected one of {', '.join(known)}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {message} (found {fault['input']!r})" if where else message
