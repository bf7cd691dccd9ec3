"""The manifests render, are valid, and name every room with its own database and what all rooms are told."""

import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from chassis.settings import PARTITIONS, Settings
from embedded.prepare import renders
from embedded.rooms import ROOMS

DEPLOY = Path(__file__).parents[2] / "deploy"
OTHERS = {"Kafka", "KafkaNodePool", "KafkaTopic", "Cluster", "Database"}
"""Kinds of Strimzi and CloudNativePG, whose schemas Kubernetes does not carry."""


def rendered(folder: str) -> list[dict[str, Any]]:
    command = renders()
    assert command is not None, "neither kubectl nor kustomize renders the base"
    done = subprocess.run([*command, str(DEPLOY / "kustomize" / folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


@pytest.mark.parametrize("folder", ["base", "overlays/production", "overlays/trial"])
def test_everything_that_is_rendered_is_valid_kubernetes(folder: str) -> None:
    everything = rendered(folder)
    known = [one for one in everything if one["kind"] not in OTHERS]
    for one in known:
        kubernetes_validate.validate(one, "1.37", strict=True)
    assert len(known) > 15


def test_every_room_runs_with_a_database_and_a_role_of_its_own() -> None:
    everything = rendered("base")
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in everything}
    roles = {role["name"] for role in by_name["Cluster", "postgres"]["spec"]["managed"]["roles"]}
    for room in ROOMS:
        container = by_name["Deployment", room.label]["spec"]["template"]["spec"]["containers"][0]
        assert container["args"] == [room.name]
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
        environment = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert f"//{room.database}:" in environment["HOFTOR_DATABASE_URL"]
        assert environment["HOFTOR_DATABASE_URL"].endswith(f"/{room.database}")
        assert room.database in roles
        assert by_name["Database", room.label]["spec"]["owner"] == room.database
        assert ("Service", room.label) in by_name


def test_the_rooms_are_told_only_what_they_know() -> None:
    told = {name for one in rendered("base") if one["kind"] == "ConfigMap" for name in one["data"]}
    assert told <= {f"HOFTOR_{name.upper()}" for name in Settings.model_fields}


def test_topics_have_as_many_partitions_as_the_log() -> None:
    topics = [one for one in rendered("base") if one["kind"] == "KafkaTopic"]
    assert {one["metadata"]["name"] for one in topics} == {room.label for room in ROOMS} - {"gateway"}
    assert {one["spec"]["partitions"] for one in topics} == {PARTITIONS}


def test_compose_starts_every_room_with_its_own_database() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for room in ROOMS:
        service = services[room.label]
        assert service["command"] == [room.name]
        assert f"@postgres/{room.database}" in service["environment"]["HOFTOR_DATABASE_URL"]
        assert {"HOFTOR_SECRET", "HOFTOR_KAFKA_URL", "HOFTOR_GATEWAY_URL"} <= set(service["environment"])


def test_the_world_reaches_only_public_doors() -> None:
    everything = rendered("base")
    by_name = {(one["kind"], one["metadata"]["name"]): one for one in everything}
    for rule in by_name["Ingress", "portal"]["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            assert path["backend"]["service"]["port"] == {"name": "public"}
    assert by_name["NetworkPolicy", "doors"]["spec"]["ingress"] == [{"ports": [{"port": "public"}]}]
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for label in ("gateway", "erp-bridge"):
        container = by_name["Deployment", label]["spec"]["template"]["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        told = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert (ports["http"], told["HOFTOR_PUBLIC_PORT"]) == (8080, str(ports["public"]))
        published = [port.rpartition(":")[2] for port in services[label]["ports"]]
        assert published == [str(services[label]["environment"]["HOFTOR_PUBLIC_PORT"])]
