"""The expressions of the dashboard and of the rules."""

import json
import re

import yaml
from programs import ROOT
from watched import PROMETHEUS_FILES

DASHBOARD = ROOT / "docker/grafana/dashboards/ocm.json"

# Of the names in an expression, ours and the process's; what a rule has recorded has colons in it.
NAME = re.compile(r"(?<![\w:$])((?:ocm|process)_\w+)(?![\w:])")


def names(expression):
    """The metrics that an expression is about."""
    return set(NAME.findall(re.sub(r'"[^"]*"', "", expression)))


def panels():
    """The dashboard's panels that show something."""
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def dashboard_expressions():
    """By panel and place in it."""
    return {
        f"{panel['title']} {panel['id']}{target['refId']}": target["expr"]
        for panel in panels()
        for target in panel["targets"]
    }


def filled_in(expression):
    """As Grafana would ask it, for everything."""
    values = {"$__rate_interval": "30s", "$job": ".*", "$instance": ".*"}
    for variable, value in values.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression, expression
    return expression


def rules():
    """All rules, in order."""
    groups = yaml.safe_load((PROMETHEUS_FILES / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]
