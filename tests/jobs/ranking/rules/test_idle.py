import numpy as np

from jobs.contract.rule_settings import Rules
from jobs.ranking.rules.idle import idle_rules, remarks, unknown_categories, unknown_items
from tests.jobs.ranking.rules.listings import catalogue

RULES = Rules.model_validate(
    {
        "exclusions": {"items": ["gone", "i0"], "categories": ["a", "nobody's"]},
        "boosts": [{"items": ["other"], "factor": 2}, {"categories": ["new"], "factor": 2}],
        "diversity": {"relevance_weight": 0.5},
        "category_cap": {"max_per_category": 2},
        "exposure_floor": {"share": 0.2},
        "exploration": {"every": 10},
        "pins": [{"item": "i1", "position": 3}, {"item": "lost", "position": 300}],
    }
)
PLENTY = catalogue(3, [["a"], None, None], np.eye(3, dtype=np.float32), ineligible=[1], tail=[2])


def test_items_and_categories_that_nobody_knows_are_named():
    assert unknown_items(RULES, PLENTY.item_ids) == ["gone", "lost", "other"]
    assert unknown_categories(RULES, PLENTY.categories.names) == ["new", "nobody's"]


def test_rules_without_what_they_need_step_aside_and_say_why():
    assert idle_rules(RULES, catalogue(3)) == {
        "diversity": "no item has an embedding",
        "category_cap": "no item has a category",
        "exposure_floor": "no item is in the long tail",
        "exploration": "no item of the long tail may be recommended",
    }
    assert idle_rules(Rules(), catalogue(3)) == {}


def test_a_tail_that_may_not_be_recommended_is_nothing_to_explore():
    assert list(idle_rules(RULES, catalogue(3, [["a"]] * 3, np.eye(3), ineligible=[2], tail=[2]))) == ["exploration"]


def test_all_that_comes_to_nothing_is_told():
    assert remarks(RULES, PLENTY, 200) == [
        "rules name unknown items: 'gone', 'lost', 'other'",
        "rules name unknown categories: 'new', \"nobody's\"",
        "rules.pins names items that may not be recommended now: 'i1'",
        "rules.pins names positions past the 200 places of a list: 300",
    ]
    assert remarks(RULES, catalogue(3), 500)[0] == "rules.diversity steps aside: no item has an embedding"
    assert remarks(Rules(), catalogue(3), 200) == []
