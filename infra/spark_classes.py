"""Spark's classes as the JVM lays them out, kept on disk: a stage's JVM then starts in half the time.

``python -m infra.spark_classes`` builds the archive: Java's dynamic class data sharing (JEP 350). A JVM for which it is
none, being another version or with other jars, ignores it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ARCHIVE = Path(sys.prefix) / "spark-classes.jsa"
# spark-submit starts with a small JVM of other jars, which would complain.
_QUIET = "-Xlog:cds=off -Xlog:cds+dynamic=off"


def java_options(archive: Path = ARCHIVE) -> str:
    """Return what makes a JVM map the archive, as ``JDK_JAVA_OPTIONS`` takes it; nothing where it was not built."""
    return f'-XX:SharedArchiveFile="{archive}" {_QUIET}' if archive.exists() else ""


def build(archive: Path = ARCHIVE) -> None:
    """Build the archive anew and put it in its place at once.

    Raises:
        subprocess.CalledProcessError: If Spark does not start or run; the old archive stays.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        fresh = Path(folder) / archive.name
        # A JVM writes its archive as it ends, which is after its Python program: their output ends when both have.
        program = [sys.executable, "-m", "infra.spark_exercise", str(fresh)]
        subprocess.run(program, capture_output=True, check=True)  # noqa: S603 - ours
        fresh.replace(archive)


def main() -> None:
    """Build the archive; where Spark cannot be started yet, say what goes without."""
    try:
        build()
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        sys.stderr.write(f"Spark did not start, so its classes were not kept and every stage starts slower: {said}\n")


if __name__ == "__main__":
    main()
