"""Dashboard and alerts ask for metrics that exist, with labels that they have."""
import pathlib
import re
import sys

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from metrics import (ROOT, TARGET_LABELS, alerts, base_name, documented, expressions,  # noqa: E402
                     groupings, uses)

KNOWN = documented()


def test_there_is_something_to_look_at():
    assert len(KNOWN) >= 25
    assert len(expressions()) >= 40


@pytest.mark.parametrize("where, expression", expressions())
def test_every_expression_asks_for_what_exists(where, expression):
    found = uses(expression)
    assert found, "no metric of ours"
    labels = set(TARGET_LABELS)
    for name, asked in found:
        base = base_name(name, KNOWN)
        assert base in KNOWN, f"{name} is not in docs/metrics.md"
        kind, own = KNOWN[base]
        assert (kind == "histogram") == (base != name), f"{name} is a {kind}"
        assert asked <= own | TARGET_LABELS | {"le"}, f"{name} has no label {asked - own}"
        labels |= own | ({"le"} if kind == "histogram" else set())
        if kind == "counter":
            assert re.search(rf"(rate|increase)\({name}", expression), \
                f"{name} is a counter: rate() or increase() makes sense of it"
    assert groupings(expression) <= labels


def test_alerts_say_what_to_do():
    for rule in alerts()["groups"][0]["rules"]:
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]
        assert rule["annotations"]["summary"] and rule["annotations"]["description"], rule["alert"]
        asked = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        assert asked <= groupings(rule["expr"]), rule["alert"]


def test_every_metric_is_shown_or_watched():
    watched = {base_name(name, KNOWN) for _, text in expressions() for name, _ in uses(text)}
    assert set(KNOWN) - watched == set()


def test_the_sample_reads_the_alerts():
    sample = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    assert sample["rule_files"] == ["alerts.yml"]
    jobs = {job["job_name"] for job in sample["scrape_configs"]}
    asked = {job for _, text in expressions() for job in re.findall(r'job="([^"]*)"', text)}
    assert asked <= jobs
