"""Would a cluster take what the chart renders?"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python.chart import Chart, lint
from helm_python.errors import HelmError
from kubernetes_validate.utils import ValidationError, validate

CHART = Path(__file__).parents[2] / "deploy/helm/bellhop"
KUBERNETES = "1.31"


def rendered(values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    manifests = Chart.load(CHART).render(values, name="support", namespace="support")
    documents = [document for text in manifests.values() for document in yaml.safe_load_all(text)]
    return [document for document in documents if document]


def of_kind(kind: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [document for document in rendered(values) if document["kind"] == kind]


def test_lint_finds_no_warning() -> None:
    report = lint(CHART, strict=True)
    assert [message for message in report["messages"] if message["severity"] >= 2] == []
    assert report["errors"] in (None, [])


def test_every_core_document_fits_the_strict_schema() -> None:
    documents = rendered()
    assert len(documents) == 4 + 8 + 5
    for document in documents:
        validate(document, KUBERNETES, strict=True)


def test_a_field_that_kubernetes_does_not_know_would_be_seen() -> None:
    deployment = of_kind("Deployment")[0]
    deployment["spec"]["replicaCount"] = 2
    with pytest.raises(ValidationError):
        validate(deployment, KUBERNETES, strict=True)


def test_pods_run_restricted() -> None:
    for document in of_kind("Deployment") + of_kind("Job"):
        pod = document["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_each_service_has_its_probes_and_its_own_migration() -> None:
    deployments = of_kind("Deployment")
    names = sorted(document["metadata"]["name"] for document in deployments)
    assert names == ["support-ingest", "support-notifier", "support-router", "support-sla"]
    for document in deployments:
        container = document["spec"]["template"]["spec"]["containers"][0]
        assert container["startupProbe"]["httpGet"]["path"] == "/health/startup"
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
        assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    hooks = {job["metadata"]["name"] for job in of_kind("Job")}
    assert hooks == {"support-topics", *(f"support-migrate-{name}" for name in ("ingest", "notifier", "router", "sla"))}


def test_no_secret_is_made_and_none_is_written_out() -> None:
    assert of_kind("Secret") == []
    for document in of_kind("Deployment"):
        environment = document["spec"]["template"]["spec"]["containers"][0]["env"]
        dsn = next(item for item in environment if item["name"] == "BELLHOP_POSTGRES_DSN")
        assert dsn["valueFrom"]["secretKeyRef"] == {"name": "bellhop-postgres", "key": "uri"}


def test_a_service_can_differ_from_the_defaults() -> None:
    values = {"services": {"router": {"replicas": 5, "env": {"BELLHOP_LOG_LEVEL": "DEBUG"}}}}
    replicas = {d["metadata"]["name"]: d["spec"]["replicas"] for d in of_kind("Deployment", values)}
    assert replicas == {"support-ingest": 2, "support-notifier": 2, "support-router": 5, "support-sla": 2}


def test_the_service_monitor_comes_only_when_asked_for() -> None:
    assert of_kind("ServiceMonitor") == []
    assert (
        of_kind("ServiceMonitor", {"serviceMonitor": {"enabled": True}})[0]["spec"]["endpoints"][0]["path"]
        == "/metrics"
    )


@pytest.mark.parametrize(
    "values",
    [
        {"services": {"routr": {}}},
        {"defaults": {"replicas": -1}},
        {"kafka": {"bootstrap": ""}},
        {"defaults": {"terminationGracePeriodSeconds": 5}},
    ],
    ids=["an unknown service", "negative replicas", "no bootstrap", "a grace period shorter than the drain"],
)
def test_values_that_can_not_work_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(HelmError):
        Chart.load(CHART).render(values, name="support")
