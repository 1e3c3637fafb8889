from pathlib import Path

from infra.dag_run import end_of_log

FAILED = """\
2026-01-31T04:16:42.1Z [info     ] Spark-Submit cmd: spark-submit validate.py
airflow.sdk.exceptions.AirflowException: Cannot execute. Error code is: 1.
Last spark-submit output:
WARNING: Using incubator modules: jdk.incubator.vector
validate: 0.31 of the events are bad, at most 0.05 may be.
2026-01-31T04:16:43.2Z [info     ] ::group::Post Execute
2026-01-31T04:16:43.3Z [warning  ] No tasks to run. unrunnable tasks: {publish}
"""


def test_the_end_of_a_failed_stages_log_is_what_its_program_printed_last(tmp_path: Path) -> None:
    log = tmp_path / "dags_test.log"
    log.write_text(FAILED)
    assert end_of_log(log) == (
        "WARNING: Using incubator modules: jdk.incubator.vector\n"
        "validate: 0.31 of the events are bad, at most 0.05 may be."
    )


def test_where_no_program_ran_the_log_itself_is_shown_without_airflows_waiting(tmp_path: Path) -> None:
    log = tmp_path / "dags_test.log"
    log.write_text("ValueError: no database\n2026-01-31T04:16:43.3Z [warning  ] No tasks to run.\nDagRun failed\n")
    assert end_of_log(log) == "ValueError: no database\nDagRun failed"


def test_at_most_25_lines_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "dags_test.log"
    log.write_text("\n".join(f"line {n}" for n in range(100)))
    assert end_of_log(log).splitlines() == [f"line {n}" for n in range(75, 100)]
