"""``nightshelf settings``: every setting, its value and what it means."""

from collections.abc import Iterator

from pydantic import BaseModel
from rich.padding import Padding
from rich.text import Text

from jobs.commands.output import console, say
from jobs.contract.settings import PREFIX, from_json, load


def settings() -> None:
    """Show every setting: its variable, its value here without secrets, and what it means."""
    for variable, value, meaning in rows(from_json(load().without_secrets())):
        say(f"{variable} = {value}", style="bold")
        console.print(Padding(Text(meaning), (0, 0, 0, 4)))


def rows(section: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object, str]]:
    """Yield (variable, value, meaning) of every field of a section and of the sections in it."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from rows(value, (*path, name))
        else:
            meaning = " ".join((field.description or "").split()).replace("``", "")
            yield PREFIX + "__".join((*path, name)).upper(), value, meaning
