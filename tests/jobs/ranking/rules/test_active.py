import pytest

from jobs.contract.errors import ContractError
from jobs.contract.rule_settings import Rules
from jobs.ranking.rules.active import RULES, active_rules, without

ALL = Rules.model_validate(
    {
        "exclusions": {"items": ["i0"]},
        "boosts": [{"items": ["i1"], "factor": 2}],
        "diversity": {"relevance_weight": 0.5},
        "category_cap": {"max_per_category": 2},
        "exposure_floor": {"share": 0.2},
        "exploration": {"every": 10},
        "pins": [{"item": "i2", "position": 1}],
    }
)


def test_all_rules_are_off_until_told():
    assert active_rules(Rules()) == []


def test_rules_that_are_on_are_named_in_the_order_in_which_they_run():
    assert active_rules(ALL) == list(RULES)


@pytest.mark.parametrize("name", RULES)
def test_the_same_rules_without_one_lack_that_one_alone(name):
    assert active_rules(without(ALL, name)) == [other for other in RULES if other != name]


def test_the_long_tail_stays_what_it_is_without_a_rule():
    rules = ALL.model_copy(update={"head_share": 0.5})
    assert without(rules, "pins").head_share == 0.5


def test_an_unknown_rule_is_refused_with_those_there_are():
    with pytest.raises(ContractError, match=r"There is no rule 'pin'; expected one of exclusions, .*, pins\."):
        without(ALL, "pin")
