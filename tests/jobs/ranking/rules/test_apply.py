"""What every rule keeps, alone and together, whatever the list."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.contract.rule_settings import Rules
from jobs.ranking.rules.active import RULES
from jobs.ranking.rules.apply import apply_rules
from jobs.ranking.rules.catalogue import RuleCatalogue, item_categories
from jobs.ranking.rules.listing import Listing, from_ranker
from jobs.ranking.rules.rulebook import Rulebook, rulebook
from tests.jobs.ranking.rules.listings import NOTHING, catalogue, listing, placed, shown

N_ITEMS = 40
ON = {
    "exclusions": {"items": ["i3"], "categories": ["c4"]},
    "boosts": [{"items": ["i5", "i30"], "factor": 3}, {"categories": ["c1"], "factor": 0.5}],
    "diversity": {"relevance_weight": 0.6, "depth": 15},
    "category_cap": {"max_per_category": 2, "window": 5},
    "exposure_floor": {"share": 0.4, "window": 8},
    "exploration": {"every": 4},
    "pins": [{"item": "i20", "position": 2}, {"item": "i21", "position": 5}, {"item": "i22", "position": 90}],
}
CODES = {
    "exclusions": {0},
    "boosts": {0, 1},
    "diversity": {0, 2},
    "category_cap": {0, 3},
    "exposure_floor": {0, 4},
    "exploration": {0, 5},
    "pins": {0, 6},
}
# Only these add items that were no candidates; exclusions alone take some away.
ADDING = {"exploration", "pins"}
IDEMPOTENT = {"exclusions", "category_cap", "exposure_floor", "pins"}
CASES = pytest.mark.parametrize("names", [*((name,) for name in RULES), RULES], ids=[*RULES, "all"])


def _items() -> RuleCatalogue:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(N_ITEMS, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[[0, 7]] = 0
    return RuleCatalogue(
        item_ids=[f"i{item}" for item in range(N_ITEMS)],
        categories=item_categories(
            [None if item % 7 == 0 else [f"c{item % 5}", "c9"][: 1 + item % 2] for item in range(N_ITEMS)]
        ),
        vectors=vectors,
        eligible=np.arange(N_ITEMS) % 10 != 1,  # 1, 11, 21 (pinned) and 31 are not
        tail=np.arange(N_ITEMS) >= 12,
    )


ITEMS = _items()
BOOKS: dict[tuple[str, ...], Rulebook] = {
    names: rulebook(Rules.model_validate({name: ON[name] for name in names}), ITEMS)
    for names in [*((name,) for name in RULES), RULES]
}


@st.composite
def lists(draw) -> tuple[Listing, np.ndarray]:
    """A ranker's list of eligible items, and banned items of which it holds none."""
    order = draw(st.permutations(np.flatnonzero(ITEMS.eligible).tolist()))
    n_ranked = draw(st.integers(0, len(order)))
    n_banned = draw(st.integers(0, len(order) - n_ranked))
    scores = sorted(draw(st.lists(st.floats(-5, 5, width=32), min_size=n_ranked, max_size=n_ranked)), reverse=True)
    ranked = from_ranker(np.array(order[:n_ranked], dtype=np.int32), np.array(scores, dtype=np.float32))
    return ranked, np.array(sorted(order[n_ranked : n_ranked + n_banned]), dtype=np.int32)


@CASES
@given(case=lists(), k=st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_every_rule_keeps_the_contract_of_a_list(names, case, k):
    ranked, banned = case
    book = BOOKS[names]
    found = apply_rules(ranked, "u", book, banned, k, 11)
    candidates = set(shown(ranked)) - (set(np.flatnonzero(book.excluded)) if "exclusions" in names else set())
    whole = apply_rules(ranked, "u", book, banned, 10 * N_ITEMS, 11)

    assert len(set(shown(found))) == len(found), "an item is there twice"
    assert candidates <= set(shown(whole)), "an item got lost"
    assert not set(shown(whole)) & set(banned.tolist()), "a rule added a banned item"
    added = set(shown(found)) - candidates
    assert ITEMS.eligible[list(added)].all(), "a rule added an item that may not be recommended"
    assert not book.excluded[found.items].any() or "exclusions" not in names
    assert not added or ADDING & set(names)
    assert min(k, len(candidates)) <= len(found) <= k
    assert set(placed(found)) <= set().union(*(CODES[name] for name in names))
    assert np.isfinite(found.scores).all()
    assert (found.items.dtype, found.scores.dtype, found.placed_by.dtype) == (np.int32, np.float32, np.int8)
    own = dict(zip(shown(ranked), ranked.scores.tolist(), strict=True))
    assert all(score == own.get(item, score) for item, score in zip(shown(found), found.scores.tolist(), strict=True))
    again = apply_rules(ranked, "u", book, banned, k, 11)
    assert (shown(again), placed(again)) == (shown(found), placed(found))


@pytest.mark.parametrize("name", sorted(IDEMPOTENT))
@given(case=lists(), k=st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_a_rule_that_asks_for_a_state_changes_nothing_once_it_is_reached(name, case, k):
    ranked, banned = case
    once = apply_rules(ranked, "u", BOOKS[(name,)], banned, k, 11)
    assert shown(apply_rules(once, "u", BOOKS[(name,)], banned, k, 11)) == shown(once)


def _in_order(found: Listing, ranked: Listing, items: np.ndarray) -> bool:
    """Whether those of the items that both hold stand in the same order."""
    both = set(items.tolist()) & set(shown(found)) & set(shown(ranked))
    return [item for item in shown(found) if item in both] == [item for item in shown(ranked) if item in both]


@given(case=lists())
@settings(max_examples=60, deadline=None)
def test_items_that_a_rule_does_not_speak_of_keep_their_order(case):
    ranked, banned = case
    floor, drawn, pinned = (
        apply_rules(ranked, "u", BOOKS[(name,)], banned, 200, 11) for name in ("exposure_floor", "exploration", "pins")
    )
    # A head item that made room stands below tail items that it was above; among themselves each keep their order.
    assert _in_order(floor, ranked, np.flatnonzero(ITEMS.tail))
    assert _in_order(floor, ranked, np.flatnonzero(~ITEMS.tail))
    assert _in_order(drawn, ranked, ranked.items)
    assert _in_order(pinned, ranked, np.setdiff1d(ranked.items, BOOKS[("pins",)].pinned))


def test_without_rules_the_first_k_are_untouched():
    ranked = listing(*range(10))
    book = rulebook(Rules(), ITEMS)
    assert apply_rules(ranked, "u", book, NOTHING, 10, 1) is ranked
    assert shown(apply_rules(ranked, "u", book, NOTHING, 3, 1)) == [0, 1, 2]


def test_all_rules_together_by_values_worked_by_hand():
    rules = Rules.model_validate(
        {
            "exclusions": {"items": ["i1"]},
            "boosts": [{"items": ["i4"], "factor": 4}],
            "category_cap": {"max_per_category": 1, "window": 2},
            "exposure_floor": {"share": 0.25, "window": 4},
            "exploration": {"every": 5},
            "pins": [{"item": "i9", "position": 1}],
        }
    )
    items = catalogue(12, [["a"] if item in (0, 2, 4) else None for item in range(12)], tail=[6, 10])
    found = apply_rules(listing(0, 1, 2, 3, 4, 5, 6), "u", rulebook(rules, items), NOTHING, 6, 1)
    # exclusions 0 2 3 4 5 6 -> boosts: 4 of place 4 aims at 1 and goes first: 4 0 2 3 5 6
    # -> cap: 4 3 | 0 5 | 2 6 (3 and 5 came up a block) -> floor: 6 for 5: 4 3 0 6 5 2
    # -> exploration: place 5 to 10, the only free one: 4 3 0 6 10 5 -> pins: 9 4 3 0 6 10
    assert shown(found) == [9, 4, 3, 0, 6, 10]
    assert placed(found) == [6, 1, 3, 0, 4, 5]


def test_another_seed_and_another_user_explore_other_items():
    book = BOOKS[("exploration",)]
    ranked = listing(0, 2, 3, 4, 5, 6, 7, 8)
    drawn = {
        (seed, user): tuple(shown(apply_rules(ranked, user, book, NOTHING, 8, seed)))
        for seed in range(3)
        for user in ("u", "v", "w")
    }
    assert len(set(drawn.values())) >= 8
