"""MovieLens 100k as recbole packs it: tab-separated files with typed headers in, contract columns out."""

import csv
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.dataset.contract_folder import write_mapping

_INSIDE = "recbole/dataset_example/ml-100k/ml-100k"
Rows = list[dict[str, str]]


def convert(wheel: zipfile.ZipFile, folder: Path) -> None:
    """Write the contract folder of ml-100k: events, items, users, graph, item_links."""
    _write(folder, "events", events(_read(wheel, "inter")))
    _write(folder, "items", items(_read(wheel, "item")))
    _write(folder, "users", users(_read(wheel, "user")))
    _write(folder, "graph", graph(_read(wheel, "kg")))
    _write(folder, "item_links", item_links(_read(wheel, "link")))
    write_mapping(folder, {"verb": "watched", "events": {"timestamp_unit": "s"}})


def events(rows: Rows) -> pa.Table:
    """Return ratings as events, in the file's order."""
    return pa.table(
        {
            "user_id": [row["user_id"] for row in rows],
            "item_id": [row["item_id"] for row in rows],
            "timestamp": pa.array([int(row["timestamp"]) for row in rows], pa.int64()),
            "event_type": ["rating"] * len(rows),
            "value": pa.array([float(row["rating"]) for row in rows], pa.float64()),
        }
    )


def items(rows: Rows) -> pa.Table:
    """Return films: the year in the title, genres as categories, and both in a sentence for the language model."""
    genres = [[genre for genre in row["class"].split(" ") if genre and genre != "unknown"] for row in rows]
    years = [row["release_year"] if row["release_year"].isdigit() else "" for row in rows]
    titles = [row["movie_title"] for row in rows]
    return pa.table(
        {
            "item_id": [row["item_id"] for row in rows],
            "title": [f"{title} ({year})" if year else title for title, year in zip(titles, years, strict=True)],
            "text": pa.array([_text(g, y) for g, y in zip(genres, years, strict=True)], pa.string()),
            "categories": pa.array(genres, pa.list_(pa.string())),
            "release_year": pa.array([year or None for year in years], pa.string()),
        }
    )


def users(rows: Rows) -> pa.Table:
    """Return users with age, gender, occupation and zip code, which become attributes."""
    return pa.table(
        {name: [row[name] for row in rows] for name in ("user_id", "age", "gender", "occupation", "zip_code")}
    )


def graph(rows: Rows) -> pa.Table:
    """Return the Freebase triples."""
    names = {"head": "head_id", "relation": "relation_id", "tail": "tail_id"}
    return pa.table({ours: [row[theirs] for row in rows] for ours, theirs in names.items()})


def item_links(rows: Rows) -> pa.Table:
    """Return which film is which entity of the graph."""
    return pa.table({name: [row[name] for row in rows] for name in ("item_id", "entity_id")})


def _text(genres: list[str], year: str) -> str | None:
    """Return for instance "Animation, Children's, Comedy film from 1995", or None if nothing is known."""
    kind = f"{', '.join(genres)} film" if genres else "Film"
    return f"{kind} from {year}" if year else kind if genres else None


def _read(wheel: zipfile.ZipFile, suffix: str) -> Rows:
    """Return an atomic file's rows by name; a header cell is ``name:type``."""
    with io.TextIOWrapper(wheel.open(f"{_INSIDE}.{suffix}"), encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = [cell.partition(":")[0] for cell in next(reader)]
        return [dict(zip(names, row, strict=True)) for row in reader]


def _write(folder: Path, name: str, table: pa.Table) -> None:
    pq.write_table(table, folder / f"{name}.parquet")
