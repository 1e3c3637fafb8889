import pytest

from jobs.contract.reasons import Reason, sentence


@pytest.mark.parametrize(
    ("reason", "titles", "expected"),
    [
        (Reason.BECAUSE, ["Star Wars (1977)", "Alien (1979)"], "Because you watched Star Wars (1977) and Alien (1979)"),
        (Reason.BECAUSE, ["Alien (1979)"], "Because you watched Alien (1979)"),
        (Reason.BECAUSE, [], "Matches what you watched"),
        (Reason.TASTE, ["ignored"], "Matches what you watched"),
        (Reason.POPULAR, [], "Popular with everyone"),
        (Reason.TRENDING, [], "Popular lately"),
        (Reason.AGAIN, [], "You watched this before"),
        (Reason.PINNED, ["ignored"], "Featured"),
        (Reason.BOOSTED, ["ignored"], "Promoted"),
        (Reason.DIVERSE, ["ignored"], "For a change"),
        (Reason.LONG_TAIL, ["ignored"], "A lesser-known match"),
        (Reason.EXPLORING, [], "Something new to try"),
        (Reason.FOLLOWED, [], "From people you follow"),
        (Reason.GROUP, [], "Popular with people like you"),
    ],
)
def test_every_reason_has_its_sentence(reason, titles, expected):
    assert sentence(reason, "watched", titles) == expected


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        ("film.film.directed_by", "directed by"),
        ("http://example.org/ns#made_in", "made in"),
        ("starring", "starring"),
        ("...", "..."),
    ],
)
def test_a_relation_is_told_beside_the_item_that_shares_it(relation, words):
    told = sentence(f"because/{relation}", "watched", ["Alien", "Heat"])
    assert told == f"Because you watched Alien and Heat; in common with Alien: {words}"
    assert sentence(f"because/{relation}", "watched", []) == "Matches what you watched"


def test_no_reason_is_without_a_sentence():
    assert all(sentence(reason, "watched", []) for reason in Reason)


def test_an_unknown_code_is_our_own_bug():
    with pytest.raises(ValueError, match="nonsense"):
        sentence("nonsense", "watched", [])
