"""Every table between stages: its columns, Spark types, key and format version.

A column's type is a Spark DDL type. ``jobs.spark_io`` enforces what stands here on every read and write.
Tables with a ``fold`` column hold the night's backtest (trained on the training part) beside the final lists.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Table:
    """A table's contract.

    Attributes:
        name: Folder under the lake.
        columns: (name, Spark DDL type), in order.
        key: Columns that identify a row; empty when rows have no identity.
        required: Columns that are never null.
        version: Raised when the columns or their meaning change; partitions of another version are refused.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    required: tuple[str, ...] = ()
    version: int = 1

    def without(self, column: str) -> "Table":
        """Return the same rows without one column, for instance while they are still of one fold."""
        return Table(
            self.name,
            tuple((name, kind) for name, kind in self.columns if name != column),
            tuple(name for name in self.key if name != column),
            tuple(name for name in self.required if name != column),
            self.version,
        )

    @property
    def ddl(self) -> str:
        """The schema as a Spark DDL string."""
        return ", ".join(f"`{name}` {kind}" for name, kind in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(name for name, _ in self.columns)


class Fold(StrEnum):
    """Which training data a row comes from."""

    BACKTEST = "backtest"
    """The training part alone: what choices and the verdict are made on."""
    FINAL = "final"
    """All data: what is published."""


class Part(StrEnum):
    """Where a user's interaction falls in the backtest."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class EventType(StrEnum):
    """What an event may be."""

    IMPRESSION = "impression"
    VIEW = "view"
    CLICK = "click"
    LIKE = "like"
    DISLIKE = "dislike"
    CART = "cart"
    PURCHASE = "purchase"
    RATING = "rating"
    FOLLOW = "follow"
    LISTEN = "listen"
    REVIEW = "review"


USER_ID = "user_id"
ITEM_ID = "item_id"
TIMESTAMP = "timestamp"
INPUT_FILE = "input_file"
INPUT_ROW = "input_row"
FOLD = "fold"
PART = "part"

_INPUT = ((INPUT_FILE, "string"), (INPUT_ROW, "bigint"))

VALIDATED_EVENTS = Table(
    "validated_events",
    (
        (USER_ID, "string"),
        (ITEM_ID, "string"),
        ("event_id", "string"),
        (TIMESTAMP, "timestamp"),
        ("event_type", "string"),
        ("value", "double"),
        ("text", "string"),
        ("platform", "string"),
        ("session_id", "string"),
        ("impression_id", "string"),
        ("position", "int"),
        ("propensity", "double"),
        ("arm", "string"),
        ("release", "string"),
        ("split", "string"),
        *_INPUT,
    ),
    key=(INPUT_FILE, INPUT_ROW),
    required=(USER_ID, ITEM_ID, INPUT_FILE, INPUT_ROW),
)
VALIDATED_ITEMS = Table(
    "validated_items",
    (
        (ITEM_ID, "string"),
        ("title", "string"),
        ("text", "string"),
        ("categories", "array<string>"),
        ("image_uri", "string"),
        ("attributes", "map<string,string>"),
        ("available_from", "timestamp"),
        ("available_until", "timestamp"),
        *_INPUT,
    ),
    key=(ITEM_ID,),
    required=(ITEM_ID, "title"),
)
VALIDATED_USERS = Table(
    "validated_users",
    ((USER_ID, "string"), ("attributes", "map<string,string>"), *_INPUT),
    key=(USER_ID,),
    required=(USER_ID,),
)
VALIDATED_GRAPH = Table(
    "validated_graph",
    (("head", "string"), ("relation", "string"), ("tail", "string"), *_INPUT),
    key=("head", "relation", "tail"),
    required=("head", "relation", "tail"),
)
VALIDATED_ITEM_LINKS = Table(
    "validated_item_links",
    ((ITEM_ID, "string"), ("entity_id", "string"), *_INPUT),
    key=(ITEM_ID, "entity_id"),
    required=(ITEM_ID, "entity_id"),
)
VALIDATED_SOCIAL = Table(
    "validated_social",
    ((USER_ID, "string"), ("follows_user_id", "string"), (TIMESTAMP, "timestamp"), *_INPUT),
    key=(USER_ID, "follows_user_id"),
    required=(USER_ID, "follows_user_id"),
)
QUARANTINE = Table(
    "quarantine",
    (("table", "string"), *_INPUT, ("rule", "string"), ("why", "string"), ("row", "string")),
    key=("table", INPUT_FILE, INPUT_ROW),
    required=("table", "rule", "why", "row"),
)
INTERACTIONS = Table(
    "interactions",
    (
        (USER_ID, "string"),
        (ITEM_ID, "string"),
        (PART, "string"),
        ("weight", "double"),  # 0 = seen but not liked: masked, never learnt from
        ("n_events", "int"),
        ("last_timestamp", "timestamp"),
        ("last_order", "bigint"),  # dense order of the user's events, ties in time by input row
    ),
    key=(USER_ID, ITEM_ID, PART),
    required=(USER_ID, ITEM_ID, PART, "weight", "n_events", "last_order"),
)
ITEM_EMBEDDINGS = Table(
    "item_embeddings",
    ((ITEM_ID, "string"), ("text_hash", "string"), ("embedding", "array<float>")),
    key=(ITEM_ID,),
    required=(ITEM_ID, "text_hash", "embedding"),
)
REVIEW_EMBEDDINGS = Table(
    "review_embeddings",
    (
        (USER_ID, "string"),
        (ITEM_ID, "string"),
        ("text_hash", "string"),
        (TIMESTAMP, "timestamp"),  # of the event; of equal reviews of one pair the oldest
        ("embedding", "array<float>"),
    ),
    key=(USER_ID, ITEM_ID, "text_hash"),
    required=(USER_ID, ITEM_ID, "text_hash", "embedding"),
)
ALS_USER_FACTORS = Table(
    "als_user_factors",
    ((FOLD, "string"), (USER_ID, "string"), ("factors", "array<float>")),
    key=(FOLD, USER_ID),
    required=(FOLD, USER_ID, "factors"),
)
ALS_ITEM_FACTORS = Table(
    "als_item_factors",
    ((FOLD, "string"), (ITEM_ID, "string"), ("factors", "array<float>")),
    key=(FOLD, ITEM_ID),
    required=(FOLD, ITEM_ID, "factors"),
)
ITEM_WEIGHTS = Table(
    "item_weights",
    (
        (FOLD, "string"),
        ("model", "string"),  # item_item or ease
        (ITEM_ID, "string"),
        ("liked_ids", "array<string>"),  # items that, once liked, speak for this one; or against, where negative
        ("weights", "array<float>"),
    ),
    key=(FOLD, "model", ITEM_ID),
    required=(FOLD, "model", ITEM_ID, "liked_ids", "weights"),
)
SPECTRAL_ITEM_VECTORS = Table(
    "spectral_item_vectors",
    (
        (FOLD, "string"),
        ("model", "string"),  # spectral, of whole histories, or session
        (ITEM_ID, "string"),
        ("gathers", "array<float>"),  # a user's vector is their sum over what was liked
        ("gives", "array<float>"),  # a score is that vector's dot product with these
    ),
    key=(FOLD, "model", ITEM_ID),
    required=(FOLD, "model", ITEM_ID, "gathers", "gives"),
    version=2,
)
BIVAE_USER_VECTORS = Table(
    "bivae_user_vectors",
    ((FOLD, "string"), (USER_ID, "string"), ("vector", "array<float>")),
    key=(FOLD, USER_ID),
    required=(FOLD, USER_ID, "vector"),
)
BIVAE_ITEM_VECTORS = Table(
    "bivae_item_vectors",
    ((FOLD, "string"), (ITEM_ID, "string"), ("vector", "array<float>")),
    key=(FOLD, ITEM_ID),
    required=(FOLD, ITEM_ID, "vector"),
)
SEQUENCE_USER_VECTORS = Table(
    "sequence_user_vectors",
    ((FOLD, "string"), (USER_ID, "string"), ("vector", "array<float>")),
    key=(FOLD, USER_ID),
    required=(FOLD, USER_ID, "vector"),
)
SEQUENCE_ITEM_VECTORS = Table(
    "sequence_item_vectors",
    ((FOLD, "string"), (ITEM_ID, "string"), ("vector", "array<float>")),
    key=(FOLD, ITEM_ID),
    required=(FOLD, ITEM_ID, "vector"),
)
CANDIDATES = Table(
    "candidates",
    (
        (FOLD, "string"),
        (USER_ID, "string"),
        (ITEM_ID, "string"),
        ("source", "string"),
        ("score", "float"),
        ("source_rank", "int"),  # from 1, among the seen or among the unseen items of the source
        ("seen", "boolean"),
        ("evidence", "array<string>"),  # item ids of the user's own history, strongest first, at most two
    ),
    key=(FOLD, USER_ID, ITEM_ID, "source"),
    required=(FOLD, USER_ID, ITEM_ID, "source", "score", "source_rank", "seen", "evidence"),
)
RANKED = Table(
    "ranked",
    (
        (FOLD, "string"),
        (USER_ID, "string"),
        ("item_ids", "array<string>"),  # best first; the arrays below run parallel
        ("scores", "array<float>"),
        ("sources", "array<int>"),  # bit i set = candidates.sources[i] of the settings gave this item
        ("reasons", "array<string>"),  # reason codes, jobs.contract.reasons
        ("evidence_first", "array<string>"),  # item id or ""
        ("evidence_second", "array<string>"),
    ),
    key=(FOLD, USER_ID),
    required=(FOLD, USER_ID, "item_ids", "scores", "sources", "reasons", "evidence_first", "evidence_second"),
)
RANKED_VARIANTS = Table(
    "ranked_variants",
    (
        (FOLD, "string"),
        ("system", "string"),  # "without/<source>", "without_rules", "without_rule/<rule>"
        (USER_ID, "string"),
        ("item_ids", "array<string>"),  # best first
    ),
    key=(FOLD, "system", USER_ID),
    required=(FOLD, "system", USER_ID, "item_ids"),
)
EVALUATION = Table(
    "evaluation",
    (
        ("system", "string"),  # "ranked", "source/<name>", "random", or "union" (all sources' candidates together)
        ("metric", "string"),  # for instance "ndcg@10"
        ("value", "double"),
        ("ci_low", "double"),  # null where the metric is not a mean over users: coverage, gini
        ("ci_high", "double"),
        ("n_users", "bigint"),
    ),
    key=("system", "metric"),
    required=("system", "metric", "value", "n_users"),
)
EVALUATION_USERS = Table(
    "evaluation_users",
    ((USER_ID, "string"), ("system", "string"), ("k", "int"), ("ndcg", "double")),
    key=(USER_ID, "system"),
    required=(USER_ID, "system", "k", "ndcg"),
)
EVALUATION_GROUPS = Table(
    "evaluation_groups",
    (
        ("attribute", "string"),  # of the users table, or "activity": thirds by training events
        ("group", "string"),  # a value or band of it, or "gap": the best served group's mean less the worst's
        ("system", "string"),
        ("metric", "string"),
        ("value", "double"),
        ("ci_low", "double"),
        ("ci_high", "double"),
        ("n_users", "bigint"),
    ),
    key=("attribute", "group", "system", "metric"),
    required=("attribute", "group", "system", "metric", "value", "n_users"),
)

# What Feast reads: one row an entity and night. event_timestamp is as_of; created_timestamp is the run's own time,
# strictly increasing from run to run, so that the newer of two attempts wins.
_FEATURE_TIMES = (("event_timestamp", "timestamp"), ("created_timestamp", "timestamp"))

USER_RECOMMENDATIONS = Table(
    "user_recommendations",
    (*RANKED.columns[1:], *_FEATURE_TIMES),
    key=(USER_ID,),
    required=(USER_ID, "item_ids", "event_timestamp", "created_timestamp"),
)
ITEM_NEIGHBOURS = Table(
    "item_neighbours",
    ((ITEM_ID, "string"), ("neighbour_ids", "array<string>"), ("similarities", "array<float>"), *_FEATURE_TIMES),
    key=(ITEM_ID,),
    required=(ITEM_ID, "neighbour_ids", "similarities", "event_timestamp", "created_timestamp"),
)
ITEM_PROFILE = Table(
    "item_profile",
    (
        (ITEM_ID, "string"),
        ("title", "string"),
        ("categories", "array<string>"),
        ("n_events", "bigint"),
        ("n_users", "bigint"),
        ("available_from", "timestamp"),
        ("available_until", "timestamp"),
        *_FEATURE_TIMES,
    ),
    key=(ITEM_ID,),
    required=(ITEM_ID, "title", "n_events", "n_users", "event_timestamp", "created_timestamp"),
)
USER_PROFILE = Table(
    "user_profile",
    (
        (USER_ID, "string"),
        ("n_events", "bigint"),
        ("n_items", "bigint"),
        ("last_event_at", "timestamp"),
        ("top_categories", "array<string>"),  # at most five, most frequent first, ties by name
        *_FEATURE_TIMES,
    ),
    key=(USER_ID,),
    required=(USER_ID, "n_events", "n_items", "event_timestamp", "created_timestamp"),
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Table))
