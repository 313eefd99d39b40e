"""The configuration of Prometheus and the alert rules, as Prometheus's own tool judges them."""

import pathlib
import subprocess

import pytest
import yaml
from promql import names, rules
from watched import PROMETHEUS_FILES

HERE = pathlib.Path(__file__).parent
ALERTS = [rule for rule in rules() if "alert" in rule]


def promtool(*arguments, **options):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, **options)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", PROMETHEUS_FILES / "prometheus.yml"),
        ("check", "rules", PROMETHEUS_FILES / "alerts.yml"),
        ("test", "rules", HERE / "alerts_test.yml"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_promtool(arguments):
    result = promtool(*arguments)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_is_missed(rule, tmp_path):
    """Without the alert, the tests of the rules fail: it fires in one of them."""
    groups = yaml.safe_load((PROMETHEUS_FILES / "alerts.yml").read_text())["groups"]
    for group in groups:
        group["rules"] = [other for other in group["rules"] if other != rule]
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump({"groups": groups}))
    tests = yaml.safe_load((HERE / "alerts_test.yml").read_text()) | {"rule_files": ["alerts.yml"]}
    (tmp_path / "alerts_test.yml").write_text(yaml.safe_dump(tests))
    result = promtool("test", "rules", tmp_path / "alerts_test.yml")
    assert result.returncode == 1 and rule["alert"] in result.stdout + result.stderr


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_to_do(rule):
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert "$labels.instance" in rule["annotations"]["summary"]
    assert rule["annotations"]["description"].endswith(".")


def test_metrics_are_there(metrics_of_both):
    wanted = set().union(*(names(rule["expr"]) for rule in rules()))
    assert len(wanted) > 20
    assert wanted - metrics_of_both == set()
