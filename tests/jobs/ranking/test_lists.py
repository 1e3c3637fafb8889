from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from jobs.contract.reasons import Reason
from jobs.contract.rule_settings import Rules
from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.boosted import fit_boosted
from jobs.ranking.lists import Lister, depth, rankable, ranked_lists, variant_lists
from jobs.ranking.ranker import Ranker
from jobs.ranking.relations import item_relations
from jobs.ranking.rules.catalogue import RuleCatalogue, item_categories
from jobs.ranking.rules.rulebook import Rulebook, rulebook
from jobs.ranking.statistics import ITEM_COLUMNS, ItemStatistics
from tests.jobs.ranking.tiny import NOTHING_KNOWN, candidates

SCHEMA = (
    "fold string, user_id string, item_id string, source string, score float, source_rank int, seen boolean, "
    "evidence array<string>"
)
BITS = {"als": 0, "text": 1, "popular": 2}
BITS_OF = {source: 1 << bit for source, bit in BITS.items()}
REASONS = {"als": Reason.BECAUSE, "text": Reason.BECAUSE, "popular": Reason.POPULAR}
ROWS = [
    ("final", "u", "a", "als", 0.9, 1, False, ["h1", "h2"]),
    ("final", "u", "b", "als", 0.8, 2, False, []),
    ("final", "u", "b", "text", 0.7, 1, False, ["h3"]),
    ("final", "u", "p", "popular", 9.0, 1, False, None),
    ("final", "u", "old", "als", 0.95, 1, True, ["h1"]),
    ("final", "v", "p", "popular", 9.0, 1, False, []),
]
USERS = [("u", 2.0, 1.0), ("v", 0.0, None)]
MET = [("u", "old"), ("u", "h1"), ("v", "h1"), ("stranger", "a")]
ITEM_IDS = ["a", "b", "h1", "new", "old", "p"]


def book(*tail: str, **rules) -> Rulebook:
    eligible = np.ones(len(ITEM_IDS), dtype=bool)
    of_tail = np.isin(ITEM_IDS, tail)
    own = RuleCatalogue(ITEM_IDS, item_categories([None] * len(ITEM_IDS)), None, eligible, of_tail)
    return rulebook(Rules.model_validate(rules), own)


def lister(weights: dict[str, float], keep_seen: bool = False, k: int = 10, own: Rulebook | None = None) -> Lister:
    ranker = Ranker(list(weights), np.float32([*weights.values(), *[0] * len(weights)]), keep_seen)
    return Lister(ranker, NOTHING_KNOWN, own or book(), BITS, REASONS, k, seed=1, new_item_place=0)


def rows(spark, met=None, given=ROWS):
    users = spark.createDataFrame(USERS, "user_id string, n_liked float, idle_days float")
    marked = None if met is None else spark.createDataFrame(met, "user_id string, item_id string")
    return rankable(spark.createDataFrame(given, SCHEMA), users, marked)


def lists(spark, own: Lister, met=None):
    return {row.user_id: row for row in ranked_lists(rows(spark, met), own).collect()}


WEIGHTS = {"als": 1.0, "text": 0.5, "popular": 0.1}


def test_candidates_come_with_what_is_known_of_their_users(spark):
    found = {(row.user_id, row.item_id): row for row in rows(spark, given=[ROWS[1], ROWS[5]]).collect()}
    assert (found["u", "b"].n_liked, found["u", "b"].idle_days) == (2.0, 1.0)
    assert (found["v", "p"].n_liked, found["v", "p"].idle_days) == (0.0, None)


def test_what_was_met_is_marked_for_users_with_candidates_alone(spark):
    found = rows(spark, MET).where("source = 'met'").collect()
    assert {(row.user_id, row.item_id) for row in found} == {("u", "old"), ("u", "h1"), ("v", "h1")}


def test_a_new_item_has_its_place_however_much_more_is_said_for_known_ones():
    # Each known item stands high in one of two sources or in the middle of both: all are before the new one's 25.
    names = [f"k{n:03d}" for n in range(depth(40) + 20)]
    told = [("u", name, "als", 1.0, n + 1) for n, name in enumerate(names)]
    told += [("u", name, "popular", 1.0, len(names) - n) for n, name in enumerate(names)]
    told.append(("u", "new", "text", 1.0, 25))
    statistics = ItemStatistics(pa.array(names), np.zeros((len(names) + 1, len(ITEM_COLUMNS)), dtype=np.float32))
    own = replace(lister({"als": 1.0, "text": 0.0, "popular": 1.0}, k=40), items=statistics, new_item_place=30)
    _, placed = own.place(candidates(*sorted(told)))
    assert "new" in placed.item_ids.to_pylist()[20:30]


def test_a_silent_source_names_nothing_and_speaks_for_nothing(spark):
    found = lists(spark, replace(lister(WEIGHTS), silent="als"))
    assert found["u"].item_ids == ["b", "p"]
    assert found["u"].scores == pytest.approx([0.5 * 20 / 21, 0.1 * 20 / 21])
    assert found["u"].sources == [BITS_OF["text"], BITS_OF["popular"]]


def test_items_are_ordered_by_the_weighted_sum_of_reciprocal_ranks_with_the_mask_of_their_sources(spark):
    found = lists(spark, lister(WEIGHTS))
    assert found["u"].item_ids == ["b", "a", "p"]
    assert found["u"].scores == pytest.approx([20 / 22 + 0.5 * 20 / 21, 20 / 21, 0.1 * 20 / 21])
    assert found["u"].sources == [0b011, 0b001, 0b100]
    assert found["v"].item_ids == ["p"]


def test_the_reason_and_its_evidence_come_from_the_source_that_speaks_most_for_the_item(spark):
    found = lists(spark, lister(WEIGHTS))["u"]
    # b: als speaks most but has no evidence there
    assert found.reasons == ["taste", "because", "popular"]
    assert found.evidence_first == ["", "h1", ""]
    assert found.evidence_second == ["", "h2", ""]


def test_a_reason_tells_what_the_graph_says_the_item_shares_with_its_first_evidence(spark):
    said = [("a", "Kim", "by"), ("h1", "Kim", "by"), ("b", "Kim", "by"), ("p", "Kim", "by")]
    entities = spark.createDataFrame(said, "item_id string, entity string, relation string").selectExpr("*", "4 degree")
    own = replace(lister(WEIGHTS), relations=item_relations(entities))
    # Neither b, which has no evidence, nor p, whose reason is another, has anything to share.
    assert lists(spark, own)["u"].reasons == ["taste", "because/by", "popular"]


def test_the_order_of_the_sources_changes_neither_lists_nor_bits(spark):
    turned = dict(reversed(WEIGHTS.items()))
    assert lists(spark, lister(turned)) == lists(spark, lister(WEIGHTS))


def test_a_source_of_weight_zero_brings_neither_items_nor_its_bit(spark):
    found = lists(spark, lister({"als": 1.0, "text": 0.0, "popular": 0.0}))
    assert found["u"].item_ids == ["a", "b"]
    assert found["u"].sources == [1, 1]
    assert "v" not in found


def test_beside_trees_a_source_of_weight_zero_counts_and_gives_the_reason_where_it_speaks_alone(spark):
    rng = np.random.default_rng(0)
    known = rng.random((400, 13)).astype(np.float32)
    trees = fit_boosted(known, known[:, 0] > 0.9, np.repeat(np.arange(40), 10), RankerSettings(), 5)
    own = lister({"als": 1.0, "text": 0.0, "popular": 0.0})
    found = lists(spark, replace(own, ranker=replace(own.ranker, trees=trees, trees_weight=1.0, rounds=5)))
    told = dict(zip(found["u"].item_ids, zip(found["u"].sources, found["u"].reasons, strict=True), strict=True))
    assert told == {"a": (0b001, "because"), "b": (0b011, "taste"), "p": (0b100, "popular")}
    assert found["v"].item_ids == ["p"]


def test_seen_items_compete_by_score_only_where_they_are_kept(spark):
    assert lists(spark, lister({"als": 1.0}, keep_seen=True))["u"].item_ids == ["old", "a", "b"]
    assert lists(spark, lister({"als": 1.0}))["u"].item_ids == ["a", "b"]


def test_no_more_than_k_items_are_kept_and_ties_go_by_item_id(spark):
    found = lists(spark, lister({"als": 1.0, "text": 1.0, "popular": 1.0}, k=2))["u"]
    assert found.item_ids == ["b", "a"]  # a and p tie at 20/21


def test_a_pinned_item_that_nobody_named_has_no_source_and_no_evidence_and_says_that_it_is_pinned(spark):
    found = lists(spark, lister(WEIGHTS, own=book(pins=[{"item": "new", "position": 2}])), MET)
    u, v = found["u"], found["v"]
    assert (u.item_ids, u.sources) == (["b", "new", "a", "p"], [0b011, 0, 0b001, 0b100])
    assert u.reasons == ["taste", "pinned", "because", "popular"]
    assert u.evidence_first == ["", "", "h1", ""]
    assert u.evidence_second == ["", "", "h2", ""]
    assert (v.item_ids, v.reasons, v.sources) == (["p", "new"], ["popular", "pinned"], [0b100, 0])


def test_what_a_user_met_is_pinned_only_where_it_may_come_again(spark):
    pinned = book(pins=[{"item": "old", "position": 1}, {"item": "h1", "position": 2}])
    removed = lists(spark, lister(WEIGHTS, own=pinned), MET)
    assert removed["u"].item_ids == ["b", "a", "p"]
    assert removed["v"].item_ids == ["old", "p"]  # v met h1 alone
    kept = lists(spark, lister(WEIGHTS, keep_seen=True, own=pinned), MET)
    assert kept["u"].item_ids[:2] == ["old", "h1"]
    assert kept["v"].item_ids == ["old", "h1", "p"]


def test_a_list_stays_full_though_the_candidates_that_would_fill_it_are_excluded(spark):
    # Of more candidates than are scored for a list, all of the best are excluded.
    n = depth(2)
    given = [("final", "u", f"i{place:03d}", "als", 1 / place, place, False, []) for place in range(1, n + 3)]
    ids = [row[2] for row in given]
    items = RuleCatalogue(ids, item_categories([None] * len(ids)), None, *np.ones((2, len(ids)), dtype=bool))
    without_best = rulebook(Rules.model_validate({"exclusions": {"items": ids[:n]}}), items)
    (found,) = ranked_lists(rows(spark, given=given), lister({"als": 1.0}, k=2, own=without_best)).collect()
    assert found.item_ids == ids[n:]


def test_explored_items_say_so_and_are_nothing_that_the_user_met(spark):
    found = lists(spark, lister(WEIGHTS, own=book("new", "old", exploration={"every": 2})), MET)
    assert found["u"].item_ids == ["b", "new", "a", "p"]
    assert found["u"].reasons[1] == "exploring"


def test_what_was_met_changes_no_list_where_no_rule_adds_anything(spark):
    assert lists(spark, lister(WEIGHTS), MET) == lists(spark, lister(WEIGHTS))


def test_every_way_to_rank_gives_its_lists_under_its_name(spark):
    ways = {
        "without/als": lister({"text": 1.0, "popular": 0.5}),
        "without_rules": lister({"als": 1.0}, k=1),
    }
    found = {(row.system, row.user_id): row.item_ids for row in variant_lists(rows(spark), ways).collect()}
    assert found == {
        ("without/als", "u"): ["b", "p"],
        ("without/als", "v"): ["p"],
        ("without_rules", "u"): ["a"],
    }


def test_no_candidates_make_no_lists(spark):
    nobody = rows(spark, MET, given=[])
    assert ranked_lists(nobody, lister(WEIGHTS)).collect() == []
    assert variant_lists(nobody, {"way": lister(WEIGHTS)}).collect() == []
