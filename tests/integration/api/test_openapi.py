"""The document is OpenAPI 3.1, and what it shows as examples fits what it says."""
import sys
import pathlib

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from openapi import DOCUMENT, answer_errors, resolved, schema_errors  # noqa: E402


def test_is_openapi():
    assert [str(error) for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def contents():
    for path, methods in DOCUMENT["paths"].items():
        for method, what in methods.items():
            parts = dict(what["responses"])
            if "requestBody" in what:
                parts["body"] = what["requestBody"]
            for name, part in parts.items():
                for media in resolved(part).get("content", {}).values():
                    yield pytest.param(media, id=f"{method} {path} {name}")


@pytest.mark.parametrize("media", list(contents()))
def test_examples_fit_their_schema(media):
    if "example" not in media:
        assert media["schema"] == {"type": "object"}
        return
    assert schema_errors(media["schema"], media["example"]) == []


def test_finds_what_does_not_fit():
    run = "/api/v1/runs/r1"
    assert answer_errors("GET", run, 200, "application/json", {"run": "r1"})
    assert answer_errors("GET", run, 418, "application/json", {})
    assert answer_errors("GET", run, 404, "application/json", {})
    assert answer_errors("GET", "/api/v1/nothing", 200, "application/json", {})
    page = {"lines": [], "next": 1, "ended": False}
    assert answer_errors("GET", run + "/log", 200, "application/json", page) == []
