"""The other commands beside `run`, on the same jobs."""
import json

from runs import STREAM_TO_OSS, bound, row_mode
from test_csv import NAMES, history


def test_plan_says_what_the_run_then_does(cloud, bench):
    window = history(cloud, "planned", changes=1000)
    script = bench.script("job.json", STREAM_TO_OSS, table="planned", object="school/planned/all",
                          reader=row_mode(*NAMES), writer="")
    planned = bench.call("plan", script, *bound(window), "--json")
    assert planned.code == 0, planned
    assert not cloud.objects("school/planned/") and not cloud.open_uploads()
    bench.run(script, window)
    text = json.dumps(json.loads(planned.out))
    assert all(f'"{name}"' in text for name in cloud.objects("school/planned/"))
    assert all(f'"{name}"' in text for name in cloud.manifests("school/planned/all"))


def test_template_is_a_job_that_lint_accepts(bench):
    sources = json.loads(bench.sources.read_text())
    sources["my_tablestore"], sources["my_oss"] = sources["school"], sources["backup"]
    sources["my_elasticsearch"] = {"type": "elasticsearch", "endpoint": "http://127.0.0.1:9"}
    bench.sources.write_text(json.dumps(sources))
    for writer in ("oss", "elasticsearch"):
        printed = bench.call("template", "otsstream", writer)
        assert printed.code == 0, printed
        script = bench.folder / f"{writer}.json"
        script.write_text(printed.out)
        lint = bench.call("lint", script, "-Dstart_time=20260101000000", "-Dend_time=20260101000500")
        assert lint.code == 0, lint


def test_fmt_keeps_the_job(cloud, bench):
    """What was repaired needs no note any more, and comments stay."""
    script = bench.script("job.json", STREAM_TO_OSS, table="t", object="o", reader=row_mode("pk"), writer="")
    tidy = bench.folder / "tidy.json"
    done = bench.call("fmt", script, "-o", str(tidy))
    assert done.code == 0, done
    assert "do not change" in tidy.read_text()
    lint = bench.call("lint", tidy, *bound((1510036262000, 1510036881000)))
    assert lint.code == 0 and "blank-in-key" not in lint.out, lint


def test_version(bench):
    assert bench.call("version").out.startswith("millrace ")
