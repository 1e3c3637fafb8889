"""Airflow on one machine, SQLite and LocalExecutor, everything inside the home: ``python -m infra.local_airflow``."""

import os
import sys
from pathlib import Path

from rich.console import Console

from infra.spark_classes import java_options
from jobs.contract.errors import NightshelfError
from jobs.contract.settings import Settings, load

CHECKOUT = Path(__file__).parents[1]
PORT = 8080


def environment(settings: Settings, port: int = PORT) -> dict[str, str]:
    """Return the variables of every Airflow process of this home; what the caller's environment sets stays.

    Args:
        settings: Their home holds Airflow's own folder, ``airflow``.
        port: Of the web interface, on the loopback interface alone.
    """
    home = settings.home / "airflow"
    variables = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        # A stage uses every core by itself; two at once keep them busy while one of them starts its JVM.
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW_CONN_SPARK_DEFAULT": '{"conn_type": "spark", "host": "local[*]"}',
        "NIGHTSHELF_HOME": str(settings.home),
        # A night starts Spark once a stage, and no stage minds a pause: what counts is how much work is done.
        "JDK_JAVA_OPTIONS": f"{java_options()} -XX:+UseParallelGC".strip(),
    }
    # The environment's own airflow and spark-submit come first, whether it is activated or not.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**variables, **os.environ, "PATH": path}


def main() -> None:
    """Say where the web interface is and how to log in, then become ``airflow standalone``."""
    console = Console()
    try:
        settings = load()
    except NightshelfError as error:
        sys.exit(str(error))
    variables = environment(settings)
    folder = Path(variables["AIRFLOW_HOME"])
    console.print(
        f"Airflow starts at [bold]{variables['AIRFLOW__API__BASE_URL']}[/bold] in about a minute. Log in as "
        f"[bold]admin[/bold]; the password is in {folder / 'simple_auth_manager_passwords.json.generated'} "
        "(and below, the first time).\n"
        f"The DAG [bold]nightly[/bold] runs by the settings' schedule ({settings.schedule.cron}, "
        f"{settings.schedule.timezone}) once you have switched it on there; "
        f"dataset: {settings.dataset or 'not set, so name one when you trigger it, or set NIGHTSHELF_DATASET'}."
    )
    os.execvpe("airflow", ["airflow", "standalone"], variables)  # noqa: S606, S607 - found on the PATH just set


if __name__ == "__main__":
    main()
