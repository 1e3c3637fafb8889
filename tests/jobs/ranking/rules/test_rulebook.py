import numpy as np

from jobs.contract.rule_settings import Rules
from jobs.ranking.rules.rulebook import rulebook
from tests.jobs.ranking.rules.listings import catalogue

ITEMS = catalogue(6, [["a"], ["a", "b"], None, ["b"], None, None], ineligible=[4], tail=[1, 2, 4, 5])


def _book(**rules):
    return rulebook(Rules.model_validate(rules), ITEMS)


def test_items_and_categories_are_looked_up_and_unknown_ones_left_out():
    book = _book(exclusions={"items": ["i2", "nobody's"], "categories": ["b", "none's"]})
    assert np.flatnonzero(book.excluded).tolist() == [1, 2, 3]


def test_factors_of_several_boosts_of_one_item_multiply():
    book = _book(boosts=[{"items": ["i1"], "factor": 2}, {"categories": ["a"], "factor": 3}])
    assert book.factors.tolist() == [3, 6, 1, 1, 1, 1]


def test_explored_are_tail_items_that_may_be_recommended_and_are_not_excluded():
    assert _book(exploration={"every": 5}, exclusions={"categories": ["b"]}).pool.tolist() == [2, 5]


def test_pins_are_sorted_by_place_without_unknown_excluded_and_unavailable_items():
    pins = [(5, 7), (1, 1), (4, 2), (0, 3)]
    book = _book(
        pins=[{"item": f"i{item}", "position": position} for item, position in pins]
        + [{"item": "nobody's", "position": 9}],
        exclusions={"categories": ["b"]},
    )
    assert (book.pinned.tolist(), book.pinned_places.tolist()) == ([0, 5], [2, 6])


def test_rules_that_step_aside_are_not_active():
    book = _book(diversity={"relevance_weight": 0.5}, exposure_floor={"share": 0.5})
    assert book.active == ("exposure_floor",)  # no item has a vector
