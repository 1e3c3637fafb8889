"""One line of the doctor's answer."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing stands."""

    OK = "ok"
    NOTE = "note"
    """Works without it, or not needed here."""
    MISSING = "missing"
    """Nightshelf does not run until it is mended."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, what was found, and what to do about it ("" when nothing)."""

    name: str
    state: State
    found: str
    advice: str = ""
