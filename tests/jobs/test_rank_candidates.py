"""The ranker may weigh only what the release has."""

from jobs.contract.tables import Fold
from jobs.rank_candidates import sources_of_both

GENERATED = {"backtest": {"sources": ["sequence", "als", "popular"]}, "final": {"sources": ["als", "popular", "graph"]}}


def test_a_source_counts_only_where_both_folds_have_it():
    assert sources_of_both(GENERATED) == ["als", "popular"]


def test_the_order_of_the_backtest_is_kept():
    turned = {**GENERATED, Fold.FINAL.value: {"sources": ["popular", "als", "sequence"]}}
    assert sources_of_both(turned) == ["sequence", "als", "popular"]
