"""Problems as they are sent."""

import json

from serving.problems import ProblemError, bad_parameter, not_ready, reply_to, shorten


def test_a_problem_says_what_was_found_and_expected():
    reply = reply_to(bad_parameter("k", "0", "an integer from 1 to 200"))
    assert reply.content_type == b"application/problem+json"
    assert json.loads(reply.body) == {
        "type": "urn:nightshelf:problem:bad-parameter",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "k is '0', expected an integer from 1 to 200.",
        "found": "0",
        "expected": "an integer from 1 to 200",
    }


def test_what_was_found_is_cut_to_a_hundred_characters():
    assert shorten("x" * 100) == "x" * 100
    assert shorten("x" * 1000) == "x" * 100 + "... (1,000 characters)"
    assert ProblemError(400, "kind", "detail", "x" * 101).found == "x" * 100 + "... (101 characters)"


def test_a_server_without_a_release_names_the_fault_and_when_to_ask_again():
    reply = reply_to(not_ready("items.ann is missing."))
    assert reply.status == 503
    assert dict(reply.headers) == {b"retry-after": b"1"}
    assert b"No release is loaded. items.ann is missing." in reply.body
    assert b"No release was announced yet" in reply_to(not_ready(None)).body
