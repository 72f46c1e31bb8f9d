"""proto/openapi.json as a judge of answers."""
import json
import pathlib
import re

import jsonschema

DOCUMENT = json.loads((pathlib.Path(__file__).parents[3] / "proto/openapi.json").read_text("utf-8"))


def schema_errors(schema, value):
    """What is wrong with a value, by a schema of the document; [] when nothing is."""
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def resolved(part):
    while "$ref" in part:
        found = DOCUMENT
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def answer_errors(method, path, status, content_type, body):
    """What the document says against an answer to `method` at a real path."""
    for template, methods in DOCUMENT["paths"].items():
        pattern = re.escape(template).replace(r"\{run\}", "[A-Za-z0-9._-]+")
        if not re.fullmatch(pattern, path) or method.lower() not in methods:
            continue
        responses = methods[method.lower()]["responses"]
        if str(status) not in responses:
            return [f"{method} {template} has no answer {status}"]
        content = resolved(responses[str(status)])["content"]
        media = content_type.split(";")[0]
        if media not in content:
            return [f"{method} {template} {status}: {media} is not one of {list(content)}"]
        return schema_errors(content[media]["schema"], body)
    return [f"{method} {path} is not in the document"]
