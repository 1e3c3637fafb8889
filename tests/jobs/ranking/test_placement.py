import numpy as np

from jobs.contract.rule_settings import Rules
from jobs.ranking.placement import NOBODYS, by_ranker, by_rules
from jobs.ranking.rules.listing import PlacedBy
from jobs.ranking.rules.rulebook import Rulebook, rulebook
from tests.jobs.ranking.rules.listings import catalogue
from tests.jobs.ranking.tiny import block

# i0 to i3 are somebody's candidates; i4 to i7 are nobody's and, but for i7, of the tail.
ITEMS = catalogue(8, tail=[4, 5, 6])
BLOCK = block(
    ("u", "i0", "als", 0.9, 1),
    ("u", "i1", "als", 0.8, 2),
    ("u", "i2", "als", 0.7, 3),
    ("u", "i3", "als", 0.6, 4),
    ("v", "i1", "als", 0.5, 1),
    ("v", "i3", "als", 0.4, 2),
)
SCORES = np.array([1.0, 4.0, 3.0, 2.0, 1.0, 5.0])
NOTHING = np.zeros(0, dtype=np.int64)


def book(**rules) -> Rulebook:
    return rulebook(Rules.model_validate(rules), ITEMS)


def placed(own: Rulebook, banned=(NOTHING, NOTHING), k: int = 3, seed: int = 1, scores=SCORES):
    """The lists, by user, and the placement."""
    found = by_rules(BLOCK, scores, own, list(banned), k, seed)
    ends = np.cumsum(found.sizes)
    items = found.item_ids.to_pylist()
    return [items[end - size : end] for end, size in zip(ends, found.sizes, strict=True)], found


def test_each_users_best_come_first_and_no_more_than_k():
    found = by_ranker(BLOCK, SCORES, 3)
    assert found.item_ids.to_pylist() == ["i1", "i2", "i3", "i3", "i1"]
    assert found.scores.tolist() == [4, 3, 2, 5, 1]
    assert found.pairs.tolist() == [1, 2, 3, 5, 4]
    assert found.sizes.tolist() == [3, 2]
    assert found.placed_by.tolist() == [PlacedBy.RANKER] * 5


def test_ties_go_to_the_lower_id():
    assert by_ranker(BLOCK, np.ones(6), 2).item_ids.to_pylist() == ["i0", "i1", "i1", "i3"]


def test_what_is_not_recommended_is_in_no_list():
    scores = np.array([1.0, -np.inf, 3.0, -np.inf, -np.inf, -np.inf])
    found = by_ranker(BLOCK, scores, 3)
    assert found.item_ids.to_pylist() == ["i2", "i0"]
    assert found.sizes.tolist() == [2, 0]


def test_nobodys_candidates_make_no_lists():
    found = by_ranker(block(), np.zeros(0), 3)
    assert (len(found.pairs), len(found.sizes)) == (0, 0)
    found = by_rules(block(), np.zeros(0), book(pins=[{"item": "i5", "position": 1}]), [], 3, 1)
    assert (len(found.pairs), len(found.item_ids), len(found.sizes)) == (0, 0, 0)


def test_excluded_items_make_room_for_those_below_k():
    lists, found = placed(book(exclusions={"items": ["i2", "i3"]}))
    assert lists == [["i1", "i0"], ["i1"]]
    assert found.pairs.tolist() == [1, 0, 4]
    assert found.scores.tolist() == [4, 1, 1]


def test_a_pinned_item_that_nobody_named_stands_at_its_place_and_has_no_pair():
    lists, found = placed(book(pins=[{"item": "i7", "position": 2}]))
    assert lists == [["i1", "i7", "i2"], ["i3", "i7", "i1"]]
    assert found.pairs.tolist() == [1, NOBODYS, 2, 5, NOBODYS, 4]
    assert found.placed_by.tolist() == [0, PlacedBy.PINS, 0, 0, PlacedBy.PINS, 0]


def test_a_pinned_candidate_keeps_its_pair():
    lists, found = placed(book(pins=[{"item": "i3", "position": 1}]))
    assert lists == [["i3", "i1", "i2"], ["i3", "i1"]]
    assert found.pairs.tolist() == [3, 1, 2, 5, 4]
    # The second user has it first anyway: no rule put it there.
    assert found.placed_by.tolist() == [PlacedBy.PINS, 0, 0, 0, 0]


def test_a_user_with_nothing_to_be_recommended_still_gets_what_is_pinned():
    scores = np.array([1.0, 2.0, 3.0, 4.0, -np.inf, -np.inf])
    lists, found = placed(book(pins=[{"item": "i7", "position": 2}]), scores=scores)
    assert lists[1] == ["i7"]
    assert found.pairs[-1] == NOBODYS


def test_explored_items_come_from_the_tail_and_have_no_pair():
    lists, found = placed(book(exploration={"every": 2}), k=4)
    assert [lists[0][place] for place in (0, 2)] == ["i1", "i2"]
    assert {lists[0][1], lists[0][3], lists[1][1]} <= {"i4", "i5", "i6"}
    assert lists[0][1] != lists[0][3]
    explored = found.placed_by == PlacedBy.EXPLORATION
    assert (found.pairs[explored] == NOBODYS).all()
    assert explored.sum() == 4


def test_another_seed_explores_other_items():
    drawn = {tuple(placed(book(exploration={"every": 2}), seed=seed)[0][0]) for seed in range(20)}
    assert {items[1] for items in drawn} == {"i4", "i5", "i6"}


def test_a_banned_item_is_never_added_by_any_rule():
    own = book(exploration={"every": 2}, pins=[{"item": "i7", "position": 1}])
    banned = (np.array([4, 6, 7]), NOTHING)
    for seed in range(20):
        (first, second), _ = placed(own, banned, seed=seed)
        assert not {"i4", "i6", "i7"} & set(first)
        assert "i5" in first
        assert second[0] == "i7"
