import re
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from jobs.contract.settings import PREFIX, variables
from tests.architecture.code import CHECKOUT

COMPOSE = CHECKOUT / "infra" / "compose.yaml"
OWN_IMAGES = {"nightshelf-airflow", "nightshelf-jobs", "nightshelf-serving"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


def test_it_keeps_the_compose_specifications_schema() -> None:
    result = CliRunner().invoke(check_jsonschema, ["--builtin-schema", "vendor.compose-spec", str(COMPOSE)])
    assert (result.exit_code, result.output) == (0, "ok -- validation done\n")


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    without = [
        name
        for name, service in compose["services"].items()
        if "healthcheck" not in service and service["restart"] != "no"
    ]
    assert without == []


def test_every_image_is_built_from_a_dockerfile_of_its_role(compose: dict[str, Any]) -> None:
    built = {service["image"]: service["build"] for service in compose["services"].values() if "build" in service}
    assert set(built) == OWN_IMAGES
    for image, build in built.items():
        assert build["dockerfile"] == f"infra/images/{image.removeprefix('nightshelf-')}.Dockerfile"
        assert (CHECKOUT / build["dockerfile"]).is_file()


def test_every_service_waited_for_exists_and_every_volume_is_declared(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[name]
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"]


def test_every_nightshelf_variable_is_a_setting() -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", COMPOSE.read_text(encoding="utf-8")))
    assert named - set(variables()) == set()


def test_every_variable_that_must_be_given_is_in_the_example() -> None:
    needed = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text(encoding="utf-8")))
    example = (CHECKOUT / "infra" / "compose.env.example").read_text(encoding="utf-8")
    assert needed == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_only_the_loopback_interface_is_published(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
