"""Errors that say what was found, what was expected and what to do next."""

from collections.abc import Iterable

MAX_EXAMPLES = 5


class NightshelfError(Exception):
    """Any fault that a user of Nightshelf can mend; its text is shown without a traceback."""


class ContractError(NightshelfError):
    """An argument, a table or a file is not what its contract says."""


class SettingsError(NightshelfError):
    """A setting is unknown, of the wrong type or out of its range."""


class DatasetError(NightshelfError):
    """A dataset cannot be read, or too much of it is bad."""


class ReleaseError(NightshelfError):
    """A release is damaged, incomplete or unknown."""


class LockedError(NightshelfError):
    """Another run holds what this one needs, or has taken its place."""


def examples(values: Iterable[object]) -> str:
    """Return the first five values for an error's text, saying how many more there are."""
    shown = [repr(value) for value in values]
    more = f" and {len(shown) - MAX_EXAMPLES:,} more" if len(shown) > MAX_EXAMPLES else ""
    return ", ".join(shown[:MAX_EXAMPLES]) + more
