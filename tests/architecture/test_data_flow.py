"""One flow of data, said three times: by the stages' READS and WRITES, by the DAG's edges, by README's table."""

import re
from pathlib import Path
from typing import Any

import pytest

from jobs.contract import tables
from jobs.contract.stages import STAGES
from tests.architecture.code import CHECKOUT, constant
from tests.dags.parse import parse_dag

READS = "READS"
WRITES = "WRITES"
# What lies outside the lake. CURRENT, releases and the cache last from night to night.
ARTEFACTS = {"dataset", "embedding_cache", "models", "releases", "CURRENT"}
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def flow() -> dict[str, dict[str, tuple[str, ...]]]:
    """Stage -> READS and WRITES."""
    return {
        stage: {side: constant(CHECKOUT / "jobs" / f"{stage}.py", side) for side in (READS, WRITES)} for stage in STAGES
    }


def _needs(flow: dict[str, dict[str, tuple[str, ...]]]) -> set[tuple[str, str]]:
    """Return (writer, reader) of one night: a reader needs what an earlier stage writes."""
    return {
        (writer, reader)
        for position, reader in enumerate(STAGES)
        for writer in STAGES[:position]
        if set(flow[writer][WRITES]) & set(flow[reader][READS])
    }


def _reachable(edges: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = set(edges[waiting.pop()]) - found
        found |= new
        waiting += new
    return found


def test_stages_read_and_write_only_tables_and_artefacts(flow: dict[str, Any]) -> None:
    known = {table.name for table in tables.ALL} | ARTEFACTS
    assert {name for sides in flow.values() for names in sides.values() for name in names} <= known


def test_every_table_is_written_by_one_stage(flow: dict[str, Any]) -> None:
    written = [name for sides in flow.values() for name in sides[WRITES] if name not in ARTEFACTS]
    assert sorted(written) == sorted(table.name for table in tables.ALL)


def test_what_a_stage_reads_of_its_own_night_an_earlier_stage_has_written(flow: dict[str, Any]) -> None:
    for position, stage in enumerate(STAGES):
        earlier = {name for other in STAGES[:position] for name in flow[other][WRITES]}
        assert set(flow[stage][READS]) - earlier <= ARTEFACTS, stage


@pytest.mark.process
def test_the_dag_orders_exactly_what_data_orders(flow: dict[str, Any], tmp_path: Path) -> None:
    edges = parse_dag(tmp_path, [])["downstream"]
    needs = _needs(flow)
    ordered = {(stage, after) for stage in STAGES for after in _reachable(edges, stage)}
    drawn = {(stage, after) for stage in STAGES for after in edges[stage]}
    assert needs - ordered == set(), "a stage may start before what it reads is written"
    assert drawn - needs == set(), "an edge of the DAG stands for no data"
    assert edges["open_run"] == [STAGES[0]]


def test_the_readmes_table_is_the_code(flow: dict[str, Any]) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    told = {
        stage: {READS: set(re.findall(r"`(\w+)`", reads)), WRITES: set(re.findall(r"`(\w+)`", writes))}
        for stage, reads, writes in _ROW.findall(readme)
        if stage in STAGES
    }
    assert told == {stage: {side: set(names) for side, names in sides.items()} for stage, sides in flow.items()}
