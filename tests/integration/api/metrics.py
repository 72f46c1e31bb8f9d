"""docs/metrics.md, the dashboard and the alerts, as data."""
import json
import pathlib
import re

import promql_parser
import yaml

ROOT = pathlib.Path(__file__).parents[3]
# What Prometheus itself adds to every sample.
TARGET_LABELS = {"job", "instance"}


def documented():
    """{name: (type, labels)} of docs/metrics.md."""
    found = {}
    for line in (ROOT / "docs/metrics.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].startswith("`millrace_"):
            found[cells[0].strip("`")] = (cells[1], set(re.findall(r"`(\w+)`", cells[2])))
    return found


def expressions():
    """[(where, PromQL)] of the dashboard and the alerts."""
    found = []
    dashboard = json.loads((ROOT / "deploy/grafana/millrace.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            found.append((panel["title"], target["expr"].replace("$__rate_interval", "1m")))
    for group in alerts()["groups"]:
        found += [(rule["alert"], rule["expr"]) for rule in group["rules"]]
    return found


def alerts():
    return yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))


def uses(expression):
    """[(metric, labels asked for by that name)] of a PromQL text."""
    promql_parser.parse(expression)  # raises when it is none
    found = []
    for name, matchers in re.findall(r"\b(millrace_\w+)(?:\{([^}]*)\})?", expression):
        found.append((name, set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", matchers))))
    return found


def groupings(expression):
    return {label.strip() for labels in re.findall(r"\bby \(([^)]*)\)", expression)
            for label in labels.split(",")}


def base_name(name, known):
    """The metric that a series belongs to: histograms have three."""
    base = re.sub(r"_(bucket|sum|count)$", "", name)
    return base if known.get(base, ("",))[0] == "histogram" else name
