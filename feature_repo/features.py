"""What Feast knows of Nightshelf: two entities, four views over the lake's tables, and the services built from them.

``publish`` registers these definitions in each release's own registry. For a registry of your own, which reads the
lake point in time, run ``feast apply`` in this folder (see feature_store.yaml). Feast imports every module here.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
from feast.types import Array, FeastType, Float32, Int32, Int64, String, UnixTimestamp

from jobs.contract.tables import (
    ITEM_ID,
    ITEM_NEIGHBOURS,
    ITEM_PROFILE,
    USER_ID,
    USER_PROFILE,
    USER_RECOMMENDATIONS,
    Table,
)

EVENT_TIMESTAMP = "event_timestamp"
CREATED_TIMESTAMP = "created_timestamp"
_TYPES: dict[str, FeastType] = {
    "string": String,
    "bigint": Int64,
    "timestamp": UnixTimestamp,
    "array<string>": Array(String),
    "array<float>": Array(Float32),
    "array<int>": Array(Int32),
}
_DESCRIPTIONS = {
    "item_ids": "Recommended items, best first; the other lists run parallel.",
    "scores": "The ranker's score of each item.",
    "sources": "Bit i is set where candidate source i, in the release's order, gave the item.",
    "reasons": "Why the item is there: a code of jobs.contract.reasons.",
    "evidence_first": "The user's own item that led there most, or an empty string.",
    "evidence_second": "The user's own item that led there second most, or an empty string.",
    "neighbour_ids": "Most similar items, best first, the item itself excluded.",
    "similarities": "Cosine similarity of each neighbour, from -1 to 1.",
    "title": "The item's title.",
    "categories": "The item's categories.",
    "n_users": "Distinct users with an event on the item.",
    "available_from": "From when the item may be shown; null = always.",
    "available_until": "Until when the item may be shown; null = no end.",
    "n_items": "Distinct items with an event of the user.",
    "last_event_at": "Time of the user's newest event; null where events have no time.",
    "top_categories": "At most five categories the user likes most, most frequent first.",
    "n_events": "Events.",
}


@dataclass(frozen=True)
class Definitions:
    """Everything that ``apply`` registers."""

    entities: tuple[Entity, ...]
    views: tuple[FeatureView, ...]
    services: tuple[FeatureService, ...]

    @property
    def everything(self) -> list[Entity | FeatureView | FeatureService]:
        """All objects in the order in which they build on each other."""
        return [*self.entities, *self.views, *self.services]


def definitions(home: Path) -> Definitions:
    """Return the entities, views and services over the lake of ``home``."""
    user = Entity(
        name="user",
        join_keys=[USER_ID],
        value_type=ValueType.STRING,
        description="Someone who gets recommendations; an opaque id, kept byte for byte.",
    )
    item = Entity(
        name="item",
        join_keys=[ITEM_ID],
        value_type=ValueType.STRING,
        description="Something that is recommended; an opaque id, kept byte for byte.",
    )
    recommendations = _view(home, USER_RECOMMENDATIONS, user, "The user's ranked list of the night, with its reasons.")
    neighbours = _view(home, ITEM_NEIGHBOURS, item, "The most similar items by text, or by behaviour without texts.")
    item_profile = _view(home, ITEM_PROFILE, item, "What an item is and how much it was used up to the night.")
    user_profile = _view(home, USER_PROFILE, user, "What a user did up to the night.")
    services = (
        FeatureService(
            name="recommendations", features=[recommendations], description="A user's list: what the server answers."
        ),
        FeatureService(
            name="similar_items", features=[neighbours], description="An item's neighbours: what the server answers."
        ),
        FeatureService(
            name="user_training", features=[user_profile, recommendations], description="Point-in-time rows of users."
        ),
        FeatureService(
            name="item_training", features=[item_profile, neighbours], description="Point-in-time rows of items."
        ),
    )
    views = (recommendations, neighbours, item_profile, user_profile)
    return Definitions((user, item), views, services)


def feature_columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Return a feature table's (name, Spark type) pairs without its key and its two times."""
    return tuple(
        (name, kind) for name, kind in table.columns if name not in {*table.key, EVENT_TIMESTAMP, CREATED_TIMESTAMP}
    )


def _view(home: Path, table: Table, entity: Entity, description: str) -> FeatureView:
    source = FileSource(
        name=f"{table.name}_lake",
        path=str(home.absolute() / "lake" / table.name / "run_date=*" / "attempt=*" / "*.parquet"),
        timestamp_field=EVENT_TIMESTAMP,
        created_timestamp_column=CREATED_TIMESTAMP,
        description=f"Table {table.name} of every night that the lake keeps.",
    )
    features = [
        Field(name=name, dtype=_TYPES[kind], description=_DESCRIPTIONS[name]) for name, kind in feature_columns(table)
    ]
    (key,) = table.key
    return FeatureView(
        name=table.name,
        entities=[entity],
        # Nothing expires: a release is valid until another is announced.
        ttl=timedelta(0),
        schema=[Field(name=key, dtype=String), *features],
        source=source,
        online=True,
        description=description,
    )


# What ``feast apply`` finds: it looks at a module's own names, not inside containers.
_home = os.environ.get("NIGHTSHELF_HOME")
_here = definitions(Path(_home) if _home else Path(__file__).parents[1] / ".nightshelf")
user, item = _here.entities
user_recommendations, item_neighbours, item_profile, user_profile = _here.views
recommendations, similar_items, user_training, item_training = _here.services
