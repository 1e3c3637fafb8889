"""The rules with everything that they name looked up: made once a fold, sent to every executor."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jobs.contract.rule_settings import Rules
from jobs.ranking.rules.active import active_rules
from jobs.ranking.rules.catalogue import RuleCatalogue
from jobs.ranking.rules.idle import idle_rules
from jobs.ranking.rules.listing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Rulebook:
    """Rules, and what they name as dense indices.

    Attributes:
        rules: The settings.
        catalogue: The items.
        active: Rules that are on and have what they need, in the order in which they run.
        excluded: bool[n_items].
        factors: float32[n_items], product of an item's boosts; 1 = none.
        pool: int32[n_pool], rising: what may be explored, eligible tail items that are not excluded.
        pinned: int32[m], pinned items that are eligible and not excluded, by place.
        pinned_places: int64[m], from 0, rising.
    """

    rules: Rules
    catalogue: RuleCatalogue
    active: tuple[str, ...]
    excluded: BoolArray
    factors: FloatArray
    pool: IntArray
    pinned: npt.NDArray[np.int32]
    pinned_places: npt.NDArray[np.int64]


def rulebook(rules: Rules, catalogue: RuleCatalogue) -> Rulebook:
    """Return the rules for these items; what they name and the items do not hold is left out (``remarks`` tells)."""
    idle = idle_rules(rules, catalogue)
    index = {item_id: position for position, item_id in enumerate(catalogue.item_ids)}
    excluded = _members(rules.exclusions.items, rules.exclusions.categories, catalogue, index)
    factors = np.ones(len(index), dtype=np.float32)
    for boost in rules.boosts:
        factors[_members(boost.items, boost.categories, catalogue, index)] *= boost.factor
    addable = catalogue.eligible & ~excluded
    pins = sorted(
        (pin.position - 1, index[pin.item]) for pin in rules.pins if pin.item in index and addable[index[pin.item]]
    )
    return Rulebook(
        rules=rules,
        catalogue=catalogue,
        active=tuple(name for name in active_rules(rules) if name not in idle),
        excluded=excluded,
        factors=factors,
        pool=np.flatnonzero(addable & catalogue.tail).astype(np.int32),
        pinned=np.array([item for _, item in pins], dtype=np.int32),
        pinned_places=np.array([place for place, _ in pins], dtype=np.int64),
    )


def _members(
    items: tuple[str, ...], categories: tuple[str, ...], catalogue: RuleCatalogue, index: dict[str, int]
) -> BoolArray:
    """Return bool[n_items], whether an item is named or in a named category."""
    members = catalogue.categories.members(categories) if categories else np.zeros(len(index), dtype=bool)
    members[[index[item_id] for item_id in items if item_id in index]] = True
    return members
