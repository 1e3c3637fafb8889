"""One night with newcomers: items of which there is only a text, and a user with three events."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.contract.reasons import Reason
from jobs.contract.settings import load
from jobs.contract.tables import FOLD, RANKED, Fold
from jobs.releases.small_files import REPORT_FILE
from jobs.spark_io import read
from tests.end_to_end.conftest import QUICK, Night, run_night
from tests.tiny_dataset import write_tiny_dataset

NEW_ITEM = "space/new"
NEW_USER = "new 🎬"
TAKEN = ("space/0", "space/1", "space/2")
# Everybody in a group has three of its films left to see; the other group's ten would fill any longer list.
K = 5


@dataclass(frozen=True)
class ShownItem:
    """One place of a list."""

    item_id: str
    reason: str
    evidence: tuple[str, str]
    sources: int


@pytest.fixture(scope="module")
def night(spark, tmp_path_factory) -> Night:
    """A night whose report also says what every source adds."""
    folder: Path = tmp_path_factory.mktemp("newcomers")
    dataset = write_tiny_dataset(folder / "films")
    with (dataset / "items.csv").open("a", encoding="utf-8") as file:
        file.write(f"{NEW_ITEM},Alien Contact: Dune,space\n")
    with (dataset / "events.csv").open("a", encoding="utf-8") as file:
        for place, item_id in enumerate(TAKEN):
            file.write(f"{NEW_USER},{item_id},2025-12-08T0{place}:00:00+00:00,view\n")
    changes = {**QUICK, "rank": {"k": K}, "evaluate": {"bootstrap": 100}}
    return run_night(spark, load(home=str(folder / "home"), dataset=str(dataset), **changes))


@pytest.fixture(scope="module")
def lists(spark, night) -> dict[str, list[ShownItem]]:
    """The night's final lists by user."""
    rows = read(spark, night.run, RANKED).where(f"{FOLD} = '{Fold.FINAL.value}'").collect()
    return {
        row["user_id"]: [
            ShownItem(item_id, reason, (first, second), sources)
            for item_id, reason, first, second, sources in zip(
                *(row[name] for name in ("item_ids", "reasons", "evidence_first", "evidence_second", "sources")),
                strict=True,
            )
        ]
        for row in rows
    }


def test_a_new_item_with_only_text_gets_into_lists_the_same_night(lists):
    shown = {
        user: place for user, places in lists.items() for place in places if place.item_id == NEW_ITEM and _is_fan(user)
    }
    assert len(shown) >= 15  # of 20 fans of space
    for place in shown.values():
        assert place.reason == Reason.BECAUSE
        assert place.evidence[0].startswith("space/")
        assert place.sources


def test_a_new_user_with_three_events_gets_a_personal_list(lists):
    places = lists[NEW_USER]
    assert len(places) == K
    assert {place.item_id.split("/")[0] for place in places} == {"space"}
    for place in places:
        assert place.reason == Reason.BECAUSE
        assert {*place.evidence} <= {*TAKEN, ""}
        assert place.evidence[0]


def _is_fan(user):
    return user != NEW_USER and int(user.removeprefix("user/").removesuffix("🎬")) % 2 == 1


def test_the_releases_report_says_what_every_source_adds(night):
    page = (night.home.releases / night.reports["publish"]["release"] / REPORT_FILE).read_text()
    left_out = {system for system in night.reports["rank_candidates"]["variants"] if system.startswith("without/")}
    assert {"without/text", "without/item_item"} <= left_out
    assert all(system in page for system in left_out)
