"""From raw paths to routes."""

import pytest

from serving.problems import ProblemError
from serving.responses import Reply
from serving.routing import Route, Router


def _answer(_request) -> Reply:
    return Reply(200, b"text/plain", b"")


LIST = Route("/v1/recommendations/{user_id}", "GET", _answer)
BATCH = Route("/v1/recommendations:batch", "POST", _answer)
ROUTER = Router((LIST, BATCH))


def test_an_id_is_the_rest_of_the_path_still_encoded():
    assert ROUTER.find(b"/v1/recommendations/a%2Fb") == (LIST, b"a%2Fb")
    assert ROUTER.find(b"/v1/recommendations/:batch") == (LIST, b":batch")


def test_a_whole_path_wins_over_a_prefix():
    assert ROUTER.find(b"/v1/recommendations:batch") == (BATCH, b"")


@pytest.mark.parametrize(
    "path",
    [b"/", b"", b"*", b"/v1/recommendations", b"/v1/recommendations/", b"/v1/recommendations/a/b", b"/V1/similar/1"],
)
def test_any_other_path_is_unknown(path):
    with pytest.raises(ProblemError, match="There is no such path") as refused:
        ROUTER.find(path)
    assert refused.value.status == 404


def test_head_is_allowed_wherever_get_is():
    assert LIST.methods == ("GET", "HEAD")
    assert BATCH.methods == ("POST",)
