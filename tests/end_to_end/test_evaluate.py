"""``nightshelf evaluate`` on the least there is: who took what, and which of it is the test."""

import csv

import pytest

from jobs.contract.atomic_files import read_json
from jobs.contract.settings import load
from jobs.evaluation.protocol_run import METRICS_FILE, REPORT_FILE, evaluate_dataset
from tests.end_to_end.conftest import QUICK
from tests.tiny_dataset import write_tiny_dataset


@pytest.fixture(scope="module")
def evaluated(spark, tmp_path_factory):
    """Metrics as written, and the folder; of every user's eight events one is the test, no event has a time."""
    folder = tmp_path_factory.mktemp("evaluated")
    with (write_tiny_dataset(folder / "films") / "events.csv").open(encoding="utf-8") as file:
        events = list(csv.DictReader(file))
    (folder / "films" / "items.csv").unlink()
    with (folder / "films" / "events.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "item_id", "split"])
        for row, event in enumerate(events):
            is_test = row % 8 == 1 + row // 8 % 7
            writer.writerow([event["user_id"], event["item_id"], "test" if is_test else "train"])
    evaluate_dataset(
        spark, str(folder / "films"), "given", [5], folder / "out", load(home=str(folder / "home"), **QUICK)
    )
    return read_json(folder / "out" / METRICS_FILE), folder


def test_users_items_and_the_blend_are_judged_and_the_blend_is_better_than_chance(evaluated):
    metrics, _ = evaluated
    assert (metrics["n_users"], metrics["n_items"], metrics["left_out"]["unknown_item"]) == (40, 20, 0)
    ranked, by_chance = (metrics["systems"][system]["ndcg@5"] for system in ("ranked", "random"))
    assert ranked > 2 * by_chance
    low, high = metrics["ci95"]["ranked"]["ndcg@5"]
    assert low <= ranked <= high


def test_every_source_is_judged_alone_left_out_and_for_what_it_reaches(evaluated):
    metrics, _ = evaluated
    sources = {name.removeprefix("source/") for name in metrics["systems"] if name.startswith("source/")}
    assert {"als", "ease", "item_item", "spectral", "popular"} <= sources
    assert {f"without/{source}" for source in sources} <= set(metrics["systems"])
    assert {"union", *(f"source/{source}" for source in sources)} <= set(metrics["candidate_recall"])


def test_sources_without_their_input_step_aside_and_say_so(evaluated):
    aside = evaluated[0]["stepped_aside"]
    assert {"text", "attention", "graph", "social", "session", "trending"} <= set(aside)
    assert aside["sequence"] == "train_sequence stepped aside: events have no timestamps"


def test_it_says_how_validation_was_taken(evaluated):
    assert evaluated[0]["choices"]["validation"]["taken"] == "a random tenth of the training events"


def test_the_report_is_one_file_and_the_home_is_untouched(evaluated):
    _, folder = evaluated
    page = (folder / "out" / REPORT_FILE).read_text()
    assert "What each part adds" in page
    assert "<script src" not in page
    assert not (folder / "home").exists()
