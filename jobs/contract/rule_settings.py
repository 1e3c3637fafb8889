"""Settings of the rules that a list passes after the ranker; all are off until told otherwise.

They run in the order of the fields of ``Rules``, so that a later one has the last word.
"""

from collections import Counter

from pydantic import Field, field_validator, model_validator

from jobs.contract.section import Section


class Exclusions(Section):
    """Items that nobody is recommended."""

    items: tuple[str, ...] = ()
    """Ids of items that appear in no list, neither among what is like something nor among what is popular."""
    categories: tuple[str, ...] = ()
    """Every item of these categories appears in no list, a pinned one included."""


class Boost(Section):
    """Items that stand higher, or lower, than the ranker put them."""

    items: tuple[str, ...] = ()
    """Ids of the boosted items."""
    categories: tuple[str, ...] = ()
    """Every item of these categories is boosted."""
    factor: float = Field(gt=0, allow_inf_nan=False)
    """2 = as if ranked at half its place, 0.5 = at twice its place. Factors of several boosts of one item multiply."""

    @model_validator(mode="after")
    def _boosts_something(self) -> "Boost":
        if not self.items and not self.categories:
            raise ValueError("a boost names neither items nor categories; give it one of them or take it out")
        return self


class Diversity(Section):
    """Maximal marginal relevance (Carbonell and Goldstein 1998) on the items' embeddings."""

    relevance_weight: float = Field(default=1.0, ge=0, le=1)
    """The method's lambda: 1 = relevance alone (off), 0 = only how unlike an item is to those above it."""
    depth: int = Field(default=100, ge=2)
    """Places that are put in a new order; what stands below them stays."""


class CategoryCap(Section):
    """At most so many items of one category close together."""

    max_per_category: int = Field(default=0, ge=0)
    """Items of one category in ``window`` places; 0 = off. Of several categories an item counts in each."""
    window: int = Field(default=20, ge=1)
    """Places, counted from the top: 1 to ``window``, the next ``window``, and so on. Items past the cap move down to
    the next ones; where nothing else is left, the cap gives way."""


class ExposureFloor(Section):
    """A share of the top places for the long tail."""

    share: float = Field(default=0.0, ge=0, le=1)
    """Least share of the first ``window`` places that the user's own best candidates of the long tail get; 0 = off.
    Fewer where the user has fewer."""
    window: int = Field(default=20, ge=1)
    """Places that the share is of."""


class Exploration(Section):
    """Places for items that no ranker chose, so that clicks tell what the ranker cannot know."""

    every: int = Field(default=0, ge=0)
    """Each ``every``-th place goes to an item drawn from the long tail, another each night; 0 = off."""

    @field_validator("every")
    @classmethod
    def _leaves_places(cls, every: int) -> int:
        if every == 1:
            raise ValueError("1 leaves no place to the ranker; expected 0 (off) or 2 and more")
        return every


class Pin(Section):
    """An item at one place of every user's list."""

    item: str
    """The item's id. It is not shown to users who must not see it again, nor where it is excluded or not available."""
    position: int = Field(ge=1, le=1000)
    """Its place, 1 = the top; past ``rank.k`` nothing is pinned."""


class Rules(Section):
    """What happens to a list after ranking."""

    head_share: float = Field(default=0.8, gt=0, lt=1)
    """The most popular items that together make this share of all interactions are the head; all others the tail."""
    exclusions: Exclusions = Exclusions()
    """Items that nobody is recommended."""
    boosts: tuple[Boost, ...] = ()
    """Items that stand higher or lower, each with items, categories and a factor."""
    diversity: Diversity = Diversity()
    """Unlike items close together, by their embeddings."""
    category_cap: CategoryCap = CategoryCap()
    """At most so many of a category close together."""
    exposure_floor: ExposureFloor = ExposureFloor()
    """Top places for the long tail of the user's own candidates."""
    exploration: Exploration = Exploration()
    """Places for items drawn from the long tail."""
    pins: tuple[Pin, ...] = ()
    """Items at fixed places for everybody, each with item and position."""

    @field_validator("pins")
    @classmethod
    def _one_place_each(cls, pins: tuple[Pin, ...]) -> tuple[Pin, ...]:
        positions, items = Counter(pin.position for pin in pins), Counter(pin.item for pin in pins)
        for pin in pins:
            if positions[pin.position] > 1:
                rivals = " and ".join(repr(other.item) for other in pins if other.position == pin.position)
                raise ValueError(f"{rivals} are pinned to position {pin.position}; give each a position of its own")
            if items[pin.item] > 1:
                places = " and ".join(str(other.position) for other in pins if other.item == pin.item)
                raise ValueError(f"item {pin.item!r} is pinned to positions {places}; keep one of them")
        return pins

    @model_validator(mode="after")
    def _pins_are_not_excluded(self) -> "Rules":
        excluded = set(self.exclusions.items)
        for pin in self.pins:
            if pin.item in excluded:
                raise ValueError(
                    f"item {pin.item!r} is pinned and excluded; take it out of pins or of exclusions.items"
                )
        return self
