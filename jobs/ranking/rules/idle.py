"""What of the rules comes to nothing, and why: a stage tells it, so that nobody waits for it in vain."""

from collections.abc import Collection, Sequence

from jobs.contract.errors import examples
from jobs.contract.rule_settings import Rules
from jobs.ranking.rules.active import active_rules
from jobs.ranking.rules.catalogue import RuleCatalogue


def unknown_items(rules: Rules, item_ids: Collection[str]) -> list[str]:
    """Return the item ids that rules name and the catalogue does not hold, sorted."""
    named = {pin.item for pin in rules.pins} | set(rules.exclusions.items)
    return sorted(named.union(*(boost.items for boost in rules.boosts)) - set(item_ids))


def unknown_categories(rules: Rules, names: Collection[str]) -> list[str]:
    """Return the categories that rules name and no item has, sorted."""
    named = set(rules.exclusions.categories).union(*(boost.categories for boost in rules.boosts))
    return sorted(named - set(names))


def idle_rules(rules: Rules, catalogue: RuleCatalogue) -> dict[str, str]:
    """Return the rules that are on and step aside, each with what is missing."""
    missing = {
        "diversity": (catalogue.vectors is None, "no item has an embedding"),
        "category_cap": (not catalogue.categories.names, "no item has a category"),
        "exposure_floor": (not catalogue.tail.any(), "no item is in the long tail"),
        "exploration": (not (catalogue.tail & catalogue.eligible).any(), "no item of the long tail may be recommended"),
    }
    return {name: missing[name][1] for name in active_rules(rules) if name in missing and missing[name][0]}


def remarks(rules: Rules, catalogue: RuleCatalogue, k: int) -> list[str]:
    """Return a sentence for each thing that the rules ask for and lists of k items will not show."""
    said = [f"rules.{name} steps aside: {why}" for name, why in idle_rules(rules, catalogue).items()]
    strangers: list[tuple[str, Sequence[str]]] = [
        ("items", unknown_items(rules, catalogue.item_ids)),
        ("categories", unknown_categories(rules, catalogue.categories.names)),
    ]
    said += [f"rules name unknown {what}: {examples(names)}" for what, names in strangers if names]
    pinned = {pin.item for pin in rules.pins}
    gone = sorted(
        item_id
        for item_id, eligible in zip(catalogue.item_ids, catalogue.eligible.tolist(), strict=True)
        if not eligible and item_id in pinned
    )
    if gone:
        said.append(f"rules.pins names items that may not be recommended now: {examples(gone)}")
    far = [pin.position for pin in rules.pins if pin.position > k]
    if far:
        said.append(f"rules.pins names positions past the {k} places of a list: {examples(far)}")
    return said
