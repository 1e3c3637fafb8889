import pytest

from jobs.contract.errors import SettingsError
from jobs.contract.rule_settings import Rules
from jobs.contract.section import Section
from jobs.contract.settings import from_json, load


def _described(section, path=""):
    for name, field in section.model_fields.items():
        assert field.description, f"{path}{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            _described(field.annotation, f"{path}{name}.")


def test_every_field_of_every_rule_says_what_it_means():
    _described(Rules)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            {"pins": [{"item": "a", "position": 1}, {"item": "b", "position": 1}]},
            r"rules.pins: .*'a' and 'b' are pinned to position 1; give each a position of its own",
        ),
        (
            {"pins": [{"item": "a", "position": 4}, {"item": "a", "position": 2}]},
            r"rules.pins: .*item 'a' is pinned to positions 4 and 2; keep one of them",
        ),
        ({"pins": [{"item": "a", "position": 0}]}, r"rules.pins.0.position: .*greater than or equal to 1 \(found 0\)"),
        (
            {"pins": [{"item": "a", "position": 1}], "exclusions": {"items": ["a"]}},
            r"item 'a' is pinned and excluded; take it out of pins or of exclusions.items",
        ),
        ({"boosts": [{"factor": 2}]}, r"rules.boosts.0: .*names neither items nor categories; give it one of them"),
        ({"boosts": [{"items": ["a"], "factor": 0}]}, r"rules.boosts.0.factor: .*greater than 0"),
        ({"boosts": [{"items": ["a"], "factor": float("inf")}]}, r"rules.boosts.0.factor: .*finite number"),
        ({"diversity": {"relevance_weight": 1.5}}, r"rules.diversity.relevance_weight: .*less than or equal to 1"),
        ({"exposure_floor": {"share": -0.1}}, r"rules.exposure_floor.share: .*greater than or equal to 0"),
        ({"category_cap": {"window": 0}}, r"rules.category_cap.window: .*greater than or equal to 1"),
        (
            {"exploration": {"every": 1}},
            r"rules.exploration.every: .*leaves no place to the ranker; expected 0 \(off\)",
        ),
        ({"head_share": 1}, r"rules.head_share: .*less than 1"),
        ({"pin": []}, r"rules.pin: Extra inputs are not permitted"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused_with_what_to_do(rules, message):
    with pytest.raises(SettingsError, match=message):
        from_json({"rules": rules})


def test_rules_are_given_by_file_or_by_variable_and_come_back_from_json(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nightshelf.yaml").write_text("rules: {boosts: [{categories: [new], factor: 2}]}\n")
    monkeypatch.setenv("NIGHTSHELF_RULES__DIVERSITY__RELEVANCE_WEIGHT", "0.7")
    monkeypatch.setenv("NIGHTSHELF_RULES__PINS", '[{"item": "a", "position": 3}]')
    rules = load().rules
    assert (rules.boosts[0].categories, rules.boosts[0].factor) == (("new",), 2.0)
    assert rules.diversity.relevance_weight == 0.7
    assert (rules.pins[0].item, rules.pins[0].position) == ("a", 3)
    assert from_json(load().as_json()).rules == rules


def test_a_misspelt_variable_of_a_rule_is_refused_with_the_nearest_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NIGHTSHELF_RULES__DIVERSITY__DEPHT", "50")
    with pytest.raises(SettingsError, match=r"Did you mean NIGHTSHELF_RULES__DIVERSITY__DEPTH\?"):
        load()
