"""What the machine offers: Python, Java, a compiler's product, memory, disk and ports."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from jobs.diagnosis.finding import Finding, State

LEAST_JAVA = 17
_JAVA_ADVICE = "Install Java 17 or newer; on Debian and Ubuntu: apt-get install openjdk-17-jre-headless."
_GIB = 2**30


def python() -> Finding:
    """Find whether this interpreter is the version that the lock file is for."""
    found = f"{sys.version.split()[0]} at {sys.executable}"
    if sys.version.startswith("3.11."):
        return Finding("Python", State.OK, found)
    return Finding("Python", State.MISSING, found, "Use Python 3.11: make PYTHON=python3.11 setup.")


def java() -> Finding:
    """Find the Java that Spark would start, and whether it has the module that Spark needs."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else "java"
    if shutil.which(program) is None:
        return Finding("Java", State.MISSING, f"no {program}", _JAVA_ADVICE)
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - java itself
    version = re.search(r'version "(\d+)[^"]*"', told.stderr + told.stdout)
    if version is None or int(version[1]) < LEAST_JAVA:
        return Finding("Java", State.MISSING, version[0] if version else "no version told", _JAVA_ADVICE)
    modules = subprocess.run([program, "--list-modules"], capture_output=True, text=True, check=False)  # noqa: S603
    if "jdk.incubator.vector@" not in modules.stdout:
        return Finding("Java", State.MISSING, f"{version[0]} without the module jdk.incubator.vector", _JAVA_ADVICE)
    return Finding("Java", State.OK, version[0])


def memory(least_bytes: int = 6 * _GIB) -> Finding:
    """Find whether the machine's memory holds Spark's driver, its Python workers and the language model."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    found = f"{total / _GIB:.1f} GiB, {os.cpu_count()} cores"
    if total >= least_bytes:
        return Finding("Memory", State.OK, found)
    return Finding("Memory", State.NOTE, found, "Small: lower NIGHTSHELF_SPARK__DRIVER_MEMORY if Spark is killed.")


def disk(home: Path, least_bytes: int = 5 * _GIB) -> Finding:
    """Find the free space where the home lies, or will."""
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    found = f"{free / _GIB:.1f} GiB free at {there}"
    if not os.access(there, os.W_OK):
        return Finding("Disk", State.MISSING, f"{there} is not writable", "Set NIGHTSHELF_HOME to a folder of yours.")
    if free >= least_bytes:
        return Finding("Disk", State.OK, found)
    return Finding("Disk", State.NOTE, found, "Little: set NIGHTSHELF_HOME to a larger disk, or lower lake.keep_days.")


def port(name: str, host: str, number: int, variable: str) -> Finding:
    """Find whether a port can be listened on; a port in use may be our own server."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            advice = f"Fine if that is Nightshelf itself; else set {variable} to another."
            return Finding(name, State.NOTE, f"{host}:{number}: {error.strerror}", advice)
    return Finding(name, State.OK, f"{host}:{number} is free")
