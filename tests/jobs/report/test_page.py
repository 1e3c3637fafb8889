import dataclasses

import pytest

from jobs.report.data import ReportData
from jobs.report.page import report_page
from tests.jobs.report.page_reader import read_page

EVIL = "<script>alert('1')</script>"


def _row(system, metric, value, low=None, high=None):
    return {"system": system, "metric": metric, "value": value, "ci_low": low, "ci_high": high, "n_users": 912}


EVALUATION = [
    _row("ranked", "ndcg@10", 0.125, 0.1, 0.15),
    _row("ranked", "recall@10", 0.25, 0.2, 0.3),
    _row("ranked", "coverage@10", 0.5),
    _row("ranked", "arp@10", 168.25, 160.0, 170.0),
    _row("source/ease", "ndcg@10", 0.11, 0.09, 0.13),
    _row("source/popular", "ndcg@10", 0.0625, 0.05, 0.07),
    _row("random", "ndcg@10", 0.001, 0.0, 0.002),
    _row("without/ease", "ndcg@10", 0.115, 0.1, 0.13),
    _row("without_rules", "ndcg@10", 0.13, 0.11, 0.15),
    _row("union", "candidate_recall@200", 0.75, 0.7, 0.8),
    _row("source/ease", "candidate_recall@200", 0.5, 0.4, 0.6),
]
EPOCHS = [
    {"loss": 7.0, "ndcg": 0.07, "pool": "last", "seconds": 2.0},
    {"loss": 6.5, "ndcg": 0.09, "pool": "last", "seconds": 2.0},
]
FOLD = {"sequences": 943, "epochs": 2, "pool": "last", "stopped": "patience", "ndcg": 0.09, "curve": EPOCHS}
FULL = ReportData(
    title=f"Report of {EVIL}",
    facts=[("dataset", EVIL)],
    k=10,
    evaluation=EVALUATION,
    groups=[
        {"attribute": "job", "group": group, **_row("ranked", "ndcg@10", value, value - 0.01, value + 0.01)}
        for group, value in ((EVIL, 0.1), ("$a$ & 名前\x07", 0.2), ("gap", 0.1))
    ],
    stages={
        "validate": {
            "tables": {"events": {"rows_in": 1000, "valid": 990, "quarantined": {EVIL: 10}, "repaired": {}}},
            "seconds": 17.4,
        },
        "split_events": {"pairs": {"train": 800, "test": 190}, "seconds": 7.5},
        "train_sequence": {
            "backtest": FOLD,
            "final": {**FOLD, "ndcg": None, "curve": [{**epoch, "ndcg": None} for epoch in EPOCHS]},
        },
        "generate_candidates": {"final": {"sources": ["ease", "popular"], "stepped_aside": {"text": f"no {EVIL}"}}},
        "rank_candidates": {
            "weights": {"ease": 1.0, "popular": 0.25},
            "weights_of_scores": {"ease": 0.5, "popular": 0.0},
            "validation": {"ndcg": 0.14},
        },
        "evaluate": {
            "verdict": {"publish": False, "reasons": [EVIL]},
            "left_out": {"unknown_user": 3},
            "headline": {"ndcg@10": 0.125, "coverage@10": 0.5},
            "group_gaps": {"ndcg@10": {"job": 0.2, EVIL: 0.3}},
            "earlier_nights": [
                {"run_date": "2026-01-30", "metrics": {"ndcg@10": 0.175, "arp@10": 99.0}, "gaps": {"job": 0.1}}
            ],
        },
    },
    settings={"dataset": EVIL, "rank": {"k": 200}},
    calibration=[
        {"bin": 1, "mean_score": 0.25, "hit_share": 0.01, "ci_low": 0.005, "ci_high": 0.02, "n": 1700},
        {"bin": 2, "mean_score": 0.75, "hit_share": 0.04, "ci_low": 0.03, "ci_high": 0.05, "n": 1800},
    ],
    popularity=[
        {"decile": 1, "share_of_history": 0.25, "share_of_lists": 0.125},
        {"decile": 2, "share_of_history": 0.75, "share_of_lists": 0.875},
    ],
)
EMPTY = ReportData(title="Nothing", facts=[], k=10, evaluation=[])


@pytest.fixture(scope="module")
def text():
    return report_page(FULL)


@pytest.fixture(scope="module")
def page(text):
    return read_page(text)


def test_tables_show_the_values_of_the_data(page):
    assert page.tables["Means"] == [
        ["system", "ndcg@10", "recall@10"],
        ["ranked", "0.1250", "0.2500"],
        ["source/ease", "0.1100", "–"],
        ["source/popular", "0.0625", "–"],
        ["random", "0.0010", "–"],
    ]
    assert page.tables["Every value with its interval"][1] == ["ranked", "ndcg@10", "0.1250", "0.1000 to 0.1500", "912"]
    assert page.tables["By system"] == [["system", "coverage@10", "arp@10"], ["ranked", "0.5000", "168.2"]]
    assert page.tables["Candidate recall"][1:] == [
        ["union", "candidate_recall@200", "0.7500", "0.7000 to 0.8000", "912"],
        ["source/ease", "candidate_recall@200", "0.5000", "0.4000 to 0.6000", "912"],
    ]
    assert page.tables["By tenth of the items"][1:] == [["1", "25.0%", "12.5%"], ["2", "75.0%", "87.5%"]]
    assert page.tables["By tenth of the score"][2] == ["2", "0.7500", "0.0400", "0.0300 to 0.0500", "1,800"]
    assert page.tables["Stages"][1:] == [["validate", "17.4"], ["split_events", "7.5"]]
    assert page.tables["Sources"][1:] == [
        ["ease", "1.0000", "0.5000", "ran"],
        ["popular", "0.2500", "0.0000", "ran"],
        ["text", "–", "–", f"stepped aside: no {EVIL}"],
    ]
    assert page.tables["Pairs"][1:] == [["train", "800"], ["test", "190"], ["left out of the test: unknown user", "3"]]


def test_what_is_left_out_is_held_against_the_published_lists(page):
    assert page.tables["Left out"][1:] == [
        ["ranked", "0.1250", "0.1000 to 0.1500", "+0.0000", "–"],
        ["without/ease", "0.1150", "0.1000 to 0.1300", "-0.0100", "0.1100"],
        ["without_rules", "0.1300", "0.1100 to 0.1500", "+0.0050", "–"],
    ]


def test_this_night_stands_below_the_earlier_ones(page):
    assert page.tables["Night by night"] == [
        ["night", "ndcg@10", "coverage@10", "gini@10", "arp@10"],
        ["2026-01-30", "0.1750", "–", "–", "99.0000"],
        ["this night", "0.1250", "0.5000", "–", "–"],
    ]
    assert page.tables["NDCG of the best served group less that of the worst"] == [
        ["night", "job", EVIL],
        ["2026-01-30", "0.1000", "–"],
        ["this night", "0.2000", "0.3000"],
    ]


def test_nothing_is_run_and_nothing_is_fetched(text, page):
    assert {"script", "link", "img", "iframe", "object", "image"} & set(page.elements) == set()
    assert [address for address in page.addresses if not address.startswith("#")] == []
    assert "@import" not in text
    assert "url(http" not in text
    assert len(text) < 400_000


def test_what_comes_from_data_is_inert(text, page):
    assert "<script" not in text.lower()
    assert page.tables["By group"][1][0] == f"job: {EVIL}"
    assert page.tables["All settings"][1] == ["dataset", f'"{EVIL}"']


def test_every_drawing_is_well_formed_tells_what_it_shows_and_has_ids_of_its_own(page):
    assert len(page.drawings) == 11
    assert all(drawing.get("aria-label") for drawing in page.drawings)
    assert [drawing.get("width") for drawing in page.drawings] == [None] * 11
    assert len(page.ids) == len(set(page.ids))


def test_a_drawing_takes_its_colours_from_the_page_and_labels_as_they_are(text):
    assert "var(--first)" in text
    assert "#010101" not in text
    assert "job: $a$ &amp; 名前\ufffd" in text


def test_every_drawing_has_a_sentence_that_says_how_to_read_it(text):
    for section in text.split("<section")[1:]:
        assert "<svg" not in section or 'class="reading"' in section


def test_the_verdict_is_shown_with_its_reasons(text):
    assert "Verdict: block" in text
    assert "verdict block" in text


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody was judged: no user has enough events to hold out.",
        "The lists were not ranked again without each source or rule in this run",
        "Candidate recall was not measured in this run.",
        "Coverage, exposure, variety and novelty were not measured in this run.",
        "No judged user has both a list and a history.",
        "Nobody was judged, so no score can be held against hits.",
        "No groups of users were judged",
        "No earlier night was found good, so there is nothing to compare.",
        "The sequence model was not trained: the stage did not run.",
        "The stages that generate and rank candidates have not reported.",
        "The stage that validates the dataset has not reported its counts.",
        "No stage has reported its time.",
        "No stage has reported what it chose.",
        "Click-through rates were not estimated in this run.",
    ],
)
def test_what_is_missing_is_said_in_a_sentence(sentence):
    assert sentence in report_page(EMPTY)


def test_a_training_that_stepped_aside_says_why():
    aside = dataclasses.replace(EMPTY, stages={"train_sequence": {"stepped_aside": "events have no timestamps"}})
    assert "The sequence model was not trained: events have no timestamps." in report_page(aside)


def test_the_same_data_gives_the_same_page(text):
    assert report_page(FULL) == text
