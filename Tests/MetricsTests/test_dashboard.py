"""The dashboard for Grafana."""

import json

import pytest
from promql import DASHBOARD, dashboard_expressions, filled_in, names, panels


def test_can_be_imported():
    dashboard = json.loads(DASHBOARD.read_text())
    assert dashboard["uid"] == "ocm" and "id" not in dashboard
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource" and variables["datasource"]["query"] == "prometheus"
    for name in ("job", "instance"):
        assert variables[name]["datasource"]["uid"] == "${datasource}"
    every_id = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(every_id)) == len(every_id)


def test_panels():
    taken = set()
    for panel in panels():
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, panel["title"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, f"{panel['title']} lies over another one"
        taken |= cells
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
            assert 'job=~"$job",instance=~"$instance"' in target["expr"]


def test_metrics_are_there(metrics_of_both):
    wanted = set().union(*map(names, dashboard_expressions().values()))
    assert len(wanted) > 40
    assert wanted - metrics_of_both == set()


@pytest.mark.parametrize("expression", dashboard_expressions().values(), ids=dashboard_expressions())
def test_panels_show_something(prometheus, expression):
    # Whether that has happened lately doesn't matter here.
    expression = expression.removesuffix(" > 0")
    assert prometheus.ask("query", query=filled_in(expression))["result"]
