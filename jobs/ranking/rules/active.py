"""Which rules are on, and the same rules without one of them."""

from collections.abc import Callable

from jobs.contract.errors import ContractError
from jobs.contract.rule_settings import Rules

_IS_ON: dict[str, Callable[[Rules], bool]] = {
    "exclusions": lambda rules: bool(rules.exclusions.items or rules.exclusions.categories),
    "boosts": lambda rules: bool(rules.boosts),
    "diversity": lambda rules: rules.diversity.relevance_weight < 1,
    "category_cap": lambda rules: rules.category_cap.max_per_category > 0,
    "exposure_floor": lambda rules: rules.exposure_floor.share > 0,
    "exploration": lambda rules: rules.exploration.every > 0,
    "pins": lambda rules: bool(rules.pins),
}
RULES = tuple(_IS_ON)
"""Every rule, in the order in which they run."""


def active_rules(rules: Rules) -> list[str]:
    """Return the names of the rules that are on, in the order in which they run."""
    return [name for name, is_on in _IS_ON.items() if is_on(rules)]


def without(rules: Rules, name: str) -> Rules:
    """Return the same rules with one off, for measuring what it costs.

    Raises:
        ContractError: If there is no such rule.
    """
    if name not in _IS_ON:
        raise ContractError(f"There is no rule {name!r}; expected one of {', '.join(RULES)}.")
    return rules.model_copy(update={name: Rules.model_fields[name].default})
