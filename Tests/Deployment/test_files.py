"""The files under docker/: valid, and true to what there is."""

import json
import os
import pathlib
import re
import subprocess

import compose_spec
import kubernetes_validate
import pytest
import yaml
from cluster import OCM, Server
from programs import free_port

DOCKER = pathlib.Path(__file__).resolve().parents[2] / "docker"
COMPOSE = sorted(DOCKER.glob("compose*.yaml"))
MANIFESTS = sorted((DOCKER / "kubernetes").glob("*.yaml"))
VARIABLES = {"REDIS_PASSWORD": "secret", "OCM_REST_TOKEN": "token", "GRAFANA_PASSWORD": "admin"}


def interpolated(text):
    """As compose replaces ${NAME} and ${NAME:?why}; a variable that the file's own comment doesn't name is an error."""
    return re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda match: VARIABLES[match[1]], text)


def compose(path):
    return yaml.safe_load(interpolated(path.read_text(encoding="utf-8")))


def documents(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def pod(document):
    return document.get("spec", {}).get("template", {}).get("spec", {})


def containers(document):
    return pod(document).get("initContainers", []) + pod(document).get("containers", [])


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_compose_files_are_valid(path):
    # Anchors are for the reader of the file: the library takes what they stand for.
    content = {name: value for name, value in compose(path).items() if not name.startswith("x-")}
    parsed = compose_spec.PyCompose.from_yaml(yaml.safe_dump(content))
    parsed.validate()
    parsed.to_spec()


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_what_compose_files_mount_is_there(path):
    for service in compose(path)["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (DOCKER / source).exists(), source
        dockerfile = service.get("build", {}).get("dockerfile")
        assert dockerfile is None or (DOCKER.parent / dockerfile).exists()


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_compose_files_say_which_variables_they_need(path):
    text = path.read_text(encoding="utf-8")
    comment = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    for name in set(re.findall(r"\$\{(\w+)", text)):
        assert f"{name}=…" in comment


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_manifests_are_valid(path):
    for document in documents(path):
        kubernetes_validate.validate(document, "1.32", strict=True)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_services_and_budgets_select_the_pods_that_there_are(path):
    found = documents(path)
    labels = [document["spec"]["template"]["metadata"]["labels"] for document in found if pod(document)]
    for document in found:
        selector = document["spec"]["selector"]
        assert selector.get("matchLabels", selector) in labels
        for port in document["spec"].get("ports", []):
            names = [port["name"] for other in found for each in containers(other) for port in each.get("ports", [])]
            assert port["targetPort"] in names


def settings():
    """Each place's settings for ocm, by name."""
    for path in COMPOSE:
        for name, service in compose(path)["services"].items():
            if service.get("image") == "ocm":
                yield f"{path.name}: {name}", service["environment"]
    for path in MANIFESTS:
        for document in documents(path):
            for container in containers(document):
                if container["image"].startswith("ocm"):
                    values = {each["name"]: each.get("value", f"secret:{each['name']}") for each in container["env"]}
                    yield path.name, values
    unit = (DOCKER / "ocm.service").read_text(encoding="utf-8")
    yield "ocm.service", dict(re.findall(r"\b(OCM_\w+)=(\S+)", unit))


@pytest.mark.parametrize("where, values", [pytest.param(*each, id=each[0]) for each in settings()])
def test_ocm_knows_its_settings(where, values):
    help_text = subprocess.run([OCM, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    options = {"OCM_" + name.upper().replace("-", "_") for name in re.findall(r"^  --([a-z-]+)", help_text, re.MULTILINE)}
    assert set(values) <= options
    # As far as where it would listen, which is nowhere on this machine, it takes them.
    values = {**values, "OCM_HOST": "203.0.113.7", "OCM_PORT": "0"}
    if values.get("OCM_UPSTREAM", "").startswith("secret:"):
        values["OCM_UPSTREAM"] = "redis://:secret@redis:6379"
    result = subprocess.run([OCM, "serve"], env={**os.environ, **values}, capture_output=True, text=True, check=False)
    assert "cannot listen on 203.0.113.7:6380" in result.stderr


def test_containers_have_the_limits_that_auto_goes_by():
    for path in COMPOSE:
        for service in compose(path)["services"].values():
            if service.get("environment", {}).get("OCM_MEMORY_LIMIT") == "auto":
                assert service["mem_limit"] and service["cpus"]
    for path in MANIFESTS:
        for document in documents(path):
            for container in containers(document):
                if container["image"].startswith("ocm"):
                    assert set(container["resources"]["limits"]) == {"cpu", "memory"}


def test_containers_are_given_the_time_to_drain():
    help_text = subprocess.run([OCM, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    limit = int(re.search(r"SIGTERM\.\s+\(default: (\d+)s\)", help_text)[1])
    for path in COMPOSE:
        for service in compose(path)["services"].values():
            if service.get("image") == "ocm":
                assert int(service["stop_grace_period"].rstrip("s")) > limit
    for path in MANIFESTS:
        for document in documents(path):
            for container in containers(document):
                if container["image"].startswith("ocm"):
                    sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                    assert pod(document)["terminationGracePeriodSeconds"] > limit + sleep


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_what_probes_run_tells_the_living_from_the_ready(path, tmp_path):
    commands = {
        probe: container[probe]["exec"]["command"]
        for document in documents(path)
        for container in containers(document)
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        if "exec" in container.get(probe, {})
    }
    redis_port, port, upstream = free_port(), free_port(), f"redis://127.0.0.1:{free_port()}"
    command = [OCM, "serve", "--upstream", upstream, "--redis-port", str(redis_port), "--port", str(port)]
    ocm = Server("ocm", tmp_path, redis_port, command)
    try:
        ocm.start()
        for probe, (program, *words) in commands.items():
            assert program == "/usr/bin/ocm"
            result = subprocess.run([OCM, *words], env={"OCM_PORT": str(port)}, capture_output=True, text=True, check=False)
            # There is no Redis: clients had better go elsewhere, but a restart would mend nothing.
            assert result.returncode == (1 if probe == "readinessProbe" else 0), (probe, result.stderr)
    finally:
        ocm.stop()


def test_grafana_finds_its_dashboard():
    service = compose(DOCKER / "compose.monitoring.yaml")["services"]["grafana"]
    mounted = {there: here for here, there, *_ in (volume.split(":") for volume in service["volumes"])}
    provider = yaml.safe_load((DOCKER / "grafana/provisioning/dashboards/ocm.yaml").read_text(encoding="utf-8"))
    directory = DOCKER / mounted[provider["providers"][0]["options"]["path"]]
    dashboards = [json.loads(path.read_text(encoding="utf-8")) for path in directory.glob("*.json")]
    assert dashboards
    home = pathlib.Path(service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (DOCKER / mounted[str(home.parent)] / home.name).exists()


def test_the_unit_needs_its_options():
    # Without the file it would serve from memory, and say so nowhere but in the log.
    assert "\nEnvironmentFile=/etc/ocm.env\n" in (DOCKER / "ocm.service").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_passwords_in_urls_are_said_to_need_no_encoding(path):
    text = path.read_text(encoding="utf-8")
    assert ("redis://:${REDIS_PASSWORD" in text) == ("let it have letters and digits alone" in text)


def test_systemd_accepts_the_unit(tmp_path):
    # The program needn't be there for it.
    unit = (DOCKER / "ocm.service").read_text(encoding="utf-8").replace("/usr/local/bin/ocm", "/bin/true")
    path = tmp_path / "ocm.service"
    path.write_text(unit, encoding="utf-8")
    result = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    score = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", path], capture_output=True, text=True, check=False
    )
    assert score.returncode == 0, score.stdout.splitlines()[-1]
