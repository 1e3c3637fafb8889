"""What unit a column of times is in, told from a sample of it."""

from collections.abc import Sequence
from statistics import median_low

from jobs.dataset.mapping import TimeUnit

# The middle of the sample decides. Seconds below the first bound last until the year 5138, milliseconds likewise.
_BOUNDS: tuple[tuple[float, TimeUnit], ...] = ((1e11, "s"), (1e14, "ms"), (1e17, "us"))
_DATE_DIGITS = 8


def detect_unit(sample: Sequence[str | None]) -> TimeUnit:
    """Return the unit of most values: ISO 8601 unless most are numbers, then by the size of the middle one.

    Eight digits are a date (20240131), since as seconds they would lie in 1970.
    """
    values = [value.strip() for value in sample if value]
    numbers = [abs(number) for value in values if (number := _as_number(value)) is not None]
    if 2 * len(numbers) <= len(values) or not numbers:
        return "iso"
    middle = median_low(numbers)
    if len(str(int(middle))) == _DATE_DIGITS:
        return "iso"
    return next((unit for bound, unit in _BOUNDS if middle < bound), "ns")


def _as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
