"""Reason codes as they are stored, and the sentences a server makes of them."""

import re
from enum import StrEnum


class Reason(StrEnum):
    """Why an item is in a list; evidence items, where there are any, name what of the user's own led there."""

    BECAUSE = "because"
    TASTE = "taste"
    POPULAR = "popular"
    TRENDING = "trending"
    AGAIN = "again"
    # Of the rules that run after the ranker; an item that a rule moved up or put there says so instead.
    PINNED = "pinned"
    BOOSTED = "boosted"
    DIVERSE = "diverse"
    LONG_TAIL = "long_tail"
    EXPLORING = "exploring"
    FOLLOWED = "followed"
    GROUP = "group"


BY_RELATION = "/"
"""Between ``BECAUSE`` and a relation of the graph, where the item shares an entity with the first evidence item."""
DEFAULT_VERB = "liked"
_SENTENCES = {
    Reason.TASTE: "Matches what you {verb}",
    Reason.POPULAR: "Popular with everyone",
    Reason.TRENDING: "Popular lately",
    Reason.AGAIN: "You {verb} this before",
    Reason.PINNED: "Featured",
    Reason.BOOSTED: "Promoted",
    Reason.DIVERSE: "For a change",
    Reason.LONG_TAIL: "A lesser-known match",
    Reason.EXPLORING: "Something new to try",
    Reason.FOLLOWED: "From people you follow",
    Reason.GROUP: "Popular with people like you",
}


def sentence(reason: str, verb: str, titles: list[str]) -> str:
    """Return the sentence shown to a user.

    Args:
        reason: A ``Reason`` code, ``BECAUSE`` perhaps with a relation.
        verb: What the dataset's users do with items, past tense: watched, bought, liked.
        titles: Titles of the evidence items, strongest first; may be empty.
    """
    code, _, relation = reason.partition(BY_RELATION)
    if code == Reason.BECAUSE and titles:
        shared = f"; in common with {titles[0]}: {_words(relation)}" if relation else ""
        return f"Because you {verb} {' and '.join(titles)}{shared}"
    known = Reason.TASTE if code == Reason.BECAUSE else Reason(code)
    return _SENTENCES[known].format(verb=verb)


def _words(relation: str) -> str:
    """Return the last part of a relation's name as words: "directed by" of "film.film.directed_by"."""
    last = re.split(r"[/.:#]", relation.rstrip("/.:#"))[-1]
    return last.replace("_", " ").strip() or relation
