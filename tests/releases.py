"""A tiny night, written as literals, and a real release made of it by the real publish and announce.

Seven items (one without a text), five users whose ids hold emoji, slashes and spaces.
"""

import dataclasses
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from pyspark.sql import SparkSession

from jobs import spark_io, stage
from jobs.contract import tables
from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.home import Home
from jobs.contract.run import Run, open_run
from jobs.contract.settings import load

AS_OF = datetime(2026, 1, 31, 12, tzinfo=UTC)
RUN_DATE = date(2026, 1, 31)
# item_id -> (title, categories, available_from, available_until, embedding or None)
ITEMS: dict[str, tuple] = {
    "1": ("Star Wars (1977)", ["Sci-Fi", "Action"], None, None, [1.0, 0.0, 0.0]),
    "2": ("Alien (1979)", ["Sci-Fi", "Horror"], None, None, [0.9, 0.1, 0.0]),
    "3": ("Heat (1995)", ["Crime", "Action"], None, None, [0.0, 1.0, 0.0]),
    "a/b c": ("Casino (1995)", ["Crime"], None, None, [0.1, 0.9, 0.0]),
    "🎬": ("Émile (2003)", [], None, None, [0.0, 0.0, 1.0]),
    "gone": ("Withdrawn", ["Crime"], None, datetime(2026, 1, 1, tzinfo=UTC), [0.0, 0.5, 0.5]),
    "untold": ("No text", None, datetime(2025, 6, 1, tzinfo=UTC), None, None),
}
# user_id -> ranked item ids, best first; evidence and scores are made from the position.
LISTS: dict[str, list[str]] = {
    "u1": ["2", "3", "a/b c", "🎬"],
    "u/2": ["1", "🎬", "3"],
    "u 3": ["3", "a/b c", "1", "2", "untold"],
    "👩‍🚀": ["a/b c", "1"],
    "名前": ["🎬", "2", "1"],
}
# (user_id, item_id, part, weight, n_events, day of January 2026)
INTERACTIONS = [
    ("u1", "1", "train", 1.0, 2, 10),
    ("u1", "gone", "train", 1.0, 1, 11),
    ("u1", "1", "test", 1.0, 1, 30),
    ("u/2", "3", "train", 1.0, 1, 12),
    ("u/2", "2", "train", 0.0, 1, 13),
    ("u 3", "1", "train", 1.0, 1, 14),
    ("u 3", "🎬", "train", 1.0, 1, 15),
    ("👩‍🚀", "2", "train", 1.0, 1, 16),
    ("👩‍🚀", "3", "train", 1.0, 1, 17),
    ("名前", "3", "train", 1.0, 1, 18),
    ("名前", "a/b c", "validation", 1.0, 4, 19),
]


def write_tiny_release(
    spark: SparkSession, make_run: Callable[..., Run], *, run_date: date = RUN_DATE, **changes
) -> tuple[Home, str]:
    """Write, publish and announce a tiny night; return its home and release id.

    ``changes`` are settings: ``online_store="redis://..."``, ``publish={"keep_releases": 2}``.
    """
    run = make_run(run_date, **changes)
    return run.home, announce_night(spark, publish_night(spark, run))


def open_night(root: Path, run_date: date = RUN_DATE, **changes) -> Run:
    """Open a run in the home at ``root``, for fixtures that outlive a test."""
    return open_run(load(home=str(root), dataset="ml-100k", **changes), run_date)


def publish_night(spark: SparkSession, run: Run, **night) -> Run:
    """Write a tiny night's tables and reports (see ``write_night``) and publish it."""
    write_night(spark, run, **night)
    stage.execute("publish", run, spark)
    return run


def announce_night(spark: SparkSession, run: Run) -> str:
    """Announce the run's release and return its id."""
    report = stage.execute("announce", run, spark)
    return report["release"]


def write_night(
    spark: SparkSession,
    run: Run,
    *,
    lists: dict[str, list[str]] | None = None,
    items: dict[str, tuple] | None = None,
    interactions: list[tuple] | None = None,
    with_texts: bool = True,
    why_not: str | None = None,
    as_of: datetime = AS_OF,
) -> None:
    """Write what the stages before publish write: their tables and their reports."""
    lists, items = LISTS if lists is None else lists, ITEMS if items is None else items
    interactions = INTERACTIONS if interactions is None else interactions
    vectors = [(item_id, values[4]) for item_id, values in items.items() if values[4] is not None]
    texts = [(item_id, f"hash {item_id}", vector) for item_id, vector in vectors] if with_texts else []
    rows = {
        tables.VALIDATED_ITEMS: [
            (item_id, title, title, categories, None, None, starts, ends, "items.csv", row)
            for row, (item_id, (title, categories, starts, ends, _)) in enumerate(items.items())
        ],
        tables.INTERACTIONS: [
            (user, item, part, weight, n, datetime(2026, 1, day, tzinfo=UTC), order)
            for order, (user, item, part, weight, n, day) in enumerate(interactions)
        ],
        tables.ITEM_EMBEDDINGS: texts,
        tables.ALS_ITEM_FACTORS: [("final", item_id, vector[::-1]) for item_id, vector in vectors],
        tables.RANKED: [("final", *_ranked(user, listed)) for user, listed in lists.items()]
        + [("backtest", *_ranked("u1", ["gone"]))],
        tables.EVALUATION_USERS: [(user, "ranked", 10, 0.25) for user in lists],
        tables.EVALUATION: [
            ("ranked", "ndcg@10", 0.25, 0.2, 0.3, 5),
            ("source/popular", "ndcg@10", 0.125, 0.1, 0.2, 5),
        ],
        tables.EVALUATION_GROUPS: [("activity", "gap", "ranked", "ndcg@10", 0.1, 0.05, 0.15, 4)],
    }
    for table, values in rows.items():
        spark_io.write(spark.createDataFrame(values, table.ddl), run, table)
    run.write_report("validate", {"as_of": as_of.isoformat(), "verb": "watched"})
    embedding = {"model": "minilm", "revision": "1", "dim": 3} if with_texts else {}
    run.write_report("embed_items", {"embedding": embedding})
    verdict = {"publish": why_not is None, "reasons": [why_not or "Better than the popular list."]}
    run.write_report("evaluate", {"verdict": verdict})


def copied(run: Run, root: Path) -> Run:
    """Return the run as it would be in a copy of its home at ``root``; the copy is made once."""
    if not root.exists():
        shutil.copytree(run.home.root, root)
    moved = dataclasses.replace(run, settings=run.settings.replace(home=str(root)))
    write_json(moved.file, {**read_json(run.file), "settings": moved.settings.as_json()})
    return moved


def flip_a_byte(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    _overwrite(path, bytes(data))


def cut_in_half(path: Path) -> None:
    """Keep only the first half of a file."""
    _overwrite(path, path.read_bytes()[: path.stat().st_size // 2])


def fill_with_zeros(path: Path) -> None:
    """Replace a file by as many zero bytes."""
    _overwrite(path, bytes(path.stat().st_size))


def _overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)  # a finished release's files are read-only
    path.write_bytes(data)


def _ranked(user: str, listed: list[str]) -> tuple:
    n = len(listed)
    reasons = ["because", "taste", "popular", "trending", "because"][:n]
    scores = [1.0 - position / 8 for position in range(n)]
    first = ["1" if reason == "because" else "" for reason in reasons]
    second = ["3" if reason == "because" else "" for reason in reasons]
    return user, listed, scores, [1 << (position % 3) for position in range(n)], reasons, first, second
