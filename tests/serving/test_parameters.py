"""What may be asked for."""

import pytest

from serving.parameters import Filters, parse_batch, parse_filters, parse_k
from serving.problems import ProblemError
from serving.request import parse_query


@pytest.mark.parametrize(("text", "k"), [(None, 10), ("1", 1), ("10", 10), ("200", 200)])
def test_k_is_an_integer_from_1_to_200_and_10_when_absent(text, k):
    assert parse_k(text) == k


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "1.5", "abc", "201", str(2**31), "", " 5", "+5", "1_0", "007", "1e2", "\uff11", "\u0661", "9" * 400],
)
def test_any_other_k_is_refused_with_what_was_found_and_expected(text):
    with pytest.raises(ProblemError, match="expected an integer from 1 to 200") as refused:
        parse_k(text)
    assert refused.value.status == 422
    assert refused.value.expected == "an integer from 1 to 200"
    assert refused.value.found.startswith(text[:100])


def test_filters_come_from_the_query_and_an_empty_category_is_none():
    query = parse_query(b"k=3&category=Film-Noir&exclude=a,b%2Cc&exclude=d&unknown=1")
    assert parse_filters(query) == Filters(3, "Film-Noir", frozenset({"a", "b,c", "d"}))
    assert parse_filters(parse_query(b"category=&exclude=")) == Filters(10, None, frozenset())


def test_a_filter_given_twice_is_refused():
    with pytest.raises(ProblemError, match="k is given 2 values, expected one"):
        parse_filters(parse_query(b"k=1&k=2"))


def test_a_batch_has_the_same_defaults_as_a_single_request():
    batch = parse_batch(b'{"user_ids": ["a"]}', max_users=1)
    assert (batch.user_ids, batch.k, batch.category, batch.exclude) == (["a"], 10, None, [])


@pytest.mark.parametrize(
    ("body", "detail", "found"),
    [
        (b'{"user_ids": ["a"], "k": 0}', "k is '0', expected an integer from 1 to 200", "0"),
        (b'{"user_ids": ["a"], "k": 1.5}', "k is '1.5', expected an integer from 1 to 200", "1.5"),
        (b'{"user_ids": ["a"], "k": "10"}', "expected an integer from 1 to 200", '"10"'),
        (b'{"user_ids": ["a"], "k": true}', "k is 'true', expected an integer from 1 to 200", "true"),
        (b'{"user_ids": ["a", 7]}', r"user_ids\[1\]: expected `str`, got `int`", "7"),
        (b'{"user_ids": ["a", ""]}', r"user_ids\[1\]: expected `str` of length >= 1", '""'),
        (b'{"user_ids": []}', "user_ids: expected `array` of length >= 1", "[]"),
        (b'{"user_ids": ["a", "b", "c"]}', "expected at most 2", "3 users"),
        (b'{"k": 1}', "The body: object missing required field `user_ids`", '{"k":1}'),
        (b'{"user_ids": ["a"], "users": 1}', "contains unknown field `users`", '{"user_ids":["a"],"users":1}'),
        (b"[]", "expected `object`, got `array`", "[]"),
    ],
)
def test_a_batch_of_another_shape_is_refused_with_the_member_and_what_it_holds(body, detail, found):
    with pytest.raises(ProblemError, match=detail) as refused:
        parse_batch(body, max_users=2)
    assert (refused.value.status, refused.value.found) == (422, found)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nope", b'{"user_ids": ["\xff"]}', b'{"user_ids": ["\\ud800"]}', b"\x00", b'{"user_ids": 5, ']
)
def test_a_batch_that_is_not_json_is_refused(body):
    with pytest.raises(ProblemError, match="The body is not JSON") as refused:
        parse_batch(body, max_users=2)
    assert refused.value.status == 400


def test_a_whole_number_is_an_integer_however_json_writes_it():
    assert parse_batch(b'{"user_ids": ["a"], "k": 12.0}', max_users=1).k == 12


def test_a_deeply_nested_body_is_refused_and_not_followed():
    with pytest.raises(ProblemError, match="The body is not JSON: maximum recursion depth"):
        parse_batch(b'{"user_ids": ' + b"[" * 5000 + b"]" * 5000 + b"}", max_users=2)


def test_a_number_beyond_any_float_is_refused():
    with pytest.raises(ProblemError, match="(?i)number out of range") as refused:
        parse_batch(b'{"user_ids": ["a"], "k": 1e999}', max_users=2)
    assert (refused.value.status, refused.value.found) == (422, None)
