"""Which packages are installed, by extra, and in the versions asked for."""

from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement

from jobs.contract.errors import examples
from jobs.diagnosis.finding import Finding, State

# What cannot be done without an extra's packages.
EXTRAS = {"jobs": "run the stages", "airflow": "run the nightly DAG", "serving": "serve", "dev": "run the tests"}


def packages(name: str) -> Finding:
    """Find whether the packages of one extra are there in the versions that this project names."""
    wanted = [Requirement(text) for text in metadata.requires("nightshelf") or []]
    chosen = [r for r in wanted if r.marker and r.marker.evaluate({"extra": name})]
    faults = list(unmet(chosen))
    if not faults:
        return Finding(f"Packages: {name}", State.OK, f"{len(chosen)} as asked for")
    advice = f"To {EXTRAS[name]}: make setup, or pip install 'nightshelf[{name}]'."
    return Finding(f"Packages: {name}", State.NOTE if name == "dev" else State.MISSING, examples(faults), advice)


def unmet(requirements: Iterable[Requirement]) -> Iterable[str]:
    """Yield a phrase for each requirement that is absent or of another version."""
    for requirement in requirements:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"no {requirement.name}"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} {version}, expected {requirement.specifier}"
