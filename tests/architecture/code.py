"""What the architecture tests read of the code, without importing any of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything that a file imports, anywhere in it; relative imports are refused by ruff."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            # ``from jobs import spark_io`` imports the module jobs.spark_io.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def python_files(folder: str) -> list[Path]:
    """Return every Python file of one of the checkout's folders, sorted."""
    return sorted((CHECKOUT / folder).rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def constant(path: Path, name: str) -> object:
    """Return the value of a module's top-level literal, evaluated without importing the module."""
    for node in parse(path).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path} has no top-level {name}")
