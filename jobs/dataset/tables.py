"""The tables a dataset may hold, and the columns each may have on arrival."""

from dataclasses import dataclass

from jobs.contract import tables
from jobs.contract.tables import INPUT_FILE, INPUT_ROW, Table

CATEGORIES = "categories"
ATTRIBUTES = "attributes"


@dataclass(frozen=True)
class Input:
    """A table of a dataset folder.

    Attributes:
        name: File or folder name without suffix.
        validated: The table that ``validate`` makes of it.
        required: Columns that the files must have.
        optional: Whether a dataset may come without the table.
        unmapped_tell_apart: Whether two rows that differ only in columns outside the contract are two: two orders of
            one day are, two lines of a graph are not.
    """

    name: str
    validated: Table
    required: tuple[str, ...]
    optional: bool = True
    unmapped_tell_apart: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the contract that the files may have, in order."""
        return tuple(name for name in self.validated.names if name not in (INPUT_FILE, INPUT_ROW))

    @property
    def keeps_attributes(self) -> bool:
        """Whether columns outside the contract are kept in ``attributes``."""
        return ATTRIBUTES in self.columns

    @property
    def reads_unmapped(self) -> bool:
        """Whether columns outside the contract have to be read at all."""
        return self.keeps_attributes or self.unmapped_tell_apart


EVENTS = Input("events", tables.VALIDATED_EVENTS, ("user_id", "item_id"), optional=False, unmapped_tell_apart=True)
ITEMS = Input("items", tables.VALIDATED_ITEMS, ("item_id",))
USERS = Input("users", tables.VALIDATED_USERS, ("user_id",))
GRAPH = Input("graph", tables.VALIDATED_GRAPH, ("head", "relation", "tail"))
ITEM_LINKS = Input("item_links", tables.VALIDATED_ITEM_LINKS, ("item_id", "entity_id"))
SOCIAL = Input("social", tables.VALIDATED_SOCIAL, ("user_id", "follows_user_id"))
INPUTS = (EVENTS, ITEMS, USERS, GRAPH, ITEM_LINKS, SOCIAL)
