import numpy as np

from jobs.ranking.rules.listing import PlacedBy
from jobs.ranking.rules.reasons import RULE_REASONS, told_reasons


def test_every_rule_that_places_items_has_a_reason_and_the_ranker_keeps_its_own():
    assert set(RULE_REASONS) == set(PlacedBy) - {PlacedBy.RANKER}


def test_a_rules_reason_stands_only_where_the_rule_placed_the_item():
    placed_by = np.array([0, 6, 2, 0], dtype=np.int8)
    assert told_reasons(placed_by, ["because", "taste", "because", "again"]) == [
        "because",
        "pinned",
        "diverse",
        "again",
    ]
