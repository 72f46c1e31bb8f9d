"""What stands in deploy/ beside the scripts agrees with itself and with the program."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
MILLRACE = pathlib.Path(os.environ["MILLRACE_BIN"]) / "millrace"
CONFIG = "/etc/millrace/millrace.json"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def checked(words):
    """The arguments of `millrace` are those of a command, and its options are there."""
    shown = run(MILLRACE, words[0], "--help")
    assert shown.returncode == 0, f"millrace {words[0]}: {shown.stderr}"
    for word in words[1:]:
        if word.startswith("--"):
            assert re.search(rf"(^|[ ,]){word}\b", shown.stdout, re.M), f"{words[0]} has no {word}"
    assert words[words.index("--config") + 1] == CONFIG


def configuration():
    """deploy/millrace.json without its comments; behind a value they hold no quotes."""
    text = (DEPLOY / "millrace.json").read_text()
    return json.loads(re.sub(r"^\s*//.*$|\s//[^\"\n]*$", "", text, flags=re.M))


def wanted_variables():
    return set(re.findall(r"\$\{env:(\w+)\}", json.dumps(configuration())))


def read_unit(path):
    """Section -> key -> values; systemd's form, without continued lines."""
    unit, section = {}, None
    for line in path.read_text().splitlines():
        if not line or line[0] in "#;":
            continue
        if line.startswith("["):
            section = unit.setdefault(line.strip("[]"), {})
            continue
        key, _, value = line.partition("=")
        section.setdefault(key, []).append(value)
    return unit


def variables_of(lines):
    return {line.split("=")[0] for line in lines if line and not line.startswith("#")}


UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_is_there(path):
    service = read_unit(path)["Service"]
    program, *words = service["ExecStart"][0].split()
    assert program == "/usr/local/bin/millrace"
    checked(words)
    assert "/readyz" in service["ExecStartPost"][0] or "/healthz" in service["ExecStartPost"][0]
    assert service["SuccessExitStatus"] == ["143"]
    given = variables_of((DEPLOY / "systemd/environment").read_text().splitlines())
    assert wanted_variables() == given | variables_of(service["Environment"])
    # What the file says would win over the unit.
    assert not given & variables_of(service["Environment"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_what_systemd_understands(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_text(path.read_text().replace("/usr/local/bin/millrace", str(MILLRACE))
                    .replace("/usr/bin/curl", shutil.which("curl")))
    said = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", copy)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool (of Debian's prometheus)")
@pytest.mark.parametrize("check", [("config", "prometheus.yml"),
                                   ("rules", "--lint-fatal", "alerts.yml")], ids=lambda check: check[0])
def test_prometheus_understands_its_files(check):
    said = run("promtool", "check", *check[:-1], DEPLOY / "prometheus" / check[-1])
    assert said.returncode == 0, said.stdout + said.stderr


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_compose_starts_commands_that_are_there():
    services = compose()["services"]
    for name in ("coordinator", "worker"):
        service = services[name]
        assert service["command"][0] == name
        checked(service["command"])
        assert wanted_variables() == set(service["environment"])
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
    worker = services["worker"]
    grace = int(re.fullmatch(r"(\d+)s", worker["stop_grace_period"])[1])
    assert grace > configuration()["worker"].get("drainSeconds", 20)


def test_compose_checks_that_all_are_well():
    services = compose()["services"]
    for name, service in services.items():
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
        for waited in service.get("depends_on", {}):
            assert waited in services
    for name in ("coordinator", "worker"):
        url = services[name]["healthcheck"]["test"][-1]
        listen = services[name]["environment"][
            "MILLRACE_API" if name == "coordinator" else "MILLRACE_WORKER"]
        assert f":{listen.split(':')[1]}/" in url


def test_compose_mounts_what_the_configuration_names():
    service = compose()["services"]["worker"]
    mounted = {entry.split(":")[1]: entry.split(":")[0] for entry in service["volumes"]}
    config = configuration()
    for path in (config["keyFile"], config["coordinator"]["apiTokenFile"],
                 config["coordinator"]["sources"], config["stateFolder"], CONFIG):
        assert path in mounted, path
    assert (DEPLOY / mounted[CONFIG]).is_file()
    volumes = compose()["volumes"]
    for one in compose()["services"].values():
        for entry in one.get("volumes", []):
            source = entry.split(":")[0]
            assert source.startswith("./") or source in volumes, entry


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="needs Debian's packages")
def test_the_image_has_the_libraries_of_the_program():
    text = (DEPLOY / "Dockerfile").read_text()
    installed = set(re.findall(r"[\w.+-]+", text.split("FROM debian:12-slim")[1].split("rm -rf")[0]))
    needed = re.findall(r"NEEDED.*\[(.+)\]", run("readelf", "-d", MILLRACE).stdout)
    for library in needed:
        if re.match(r"lib(c|m|stdc\+\+|gcc_s|arrow|parquet)\.so", library) or "ld-linux" in library:
            continue  # of every Debian, or beside the program
        owner = run("dpkg-query", "-S", f"*/{library}").stdout.split(":")[0]
        assert owner in installed, f"{library} is in {owner}"


HELM = DEPLOY / "helm"


def test_the_chart_has_the_configuration_and_its_values():
    assert (HELM / "millrace.json").resolve() == DEPLOY / "millrace.json"
    values = yaml.safe_load((HELM / "values.yaml").read_text())
    for path in sorted((HELM / "templates").iterdir()):
        for name in re.findall(r"\.Values\.([\w.]+)", path.read_text()):
            at = values
            for key in name.split("."):
                assert key in at, f"{path.name}: there is no value {name}"
                at = at[key]


@pytest.mark.skipif(not shutil.which("helm"), reason="needs helm")
def test_the_chart_makes_what_it_should():
    linted = run("helm", "lint", "--strict", HELM)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    made = run("helm", "template", "mill", HELM, "--set", "worker.replicas=7")
    assert made.returncode == 0, made.stderr
    objects = {(one["kind"], one["metadata"]["name"]): one
               for one in yaml.safe_load_all(made.stdout)}
    assert objects["ConfigMap", "mill"]["data"]["millrace.json"] == \
        (DEPLOY / "millrace.json").read_text()
    assert objects["Deployment", "mill-worker"]["spec"]["replicas"] == 7
    for process in ("coordinator", "worker"):
        deployment = objects["Deployment", f"mill-{process}"]["spec"]
        pod = deployment["template"]["spec"]
        container = pod["containers"][0]
        assert container["args"][0] == process
        checked(container["args"])
        assert wanted_variables() == {one["name"] for one in container["env"]}
        mounted = [one["mountPath"] for one in container["volumeMounts"]]
        assert mounted == [str(pathlib.Path(CONFIG).parent), configuration()["stateFolder"]]
        assert deployment["selector"]["matchLabels"] == deployment["template"]["metadata"]["labels"]
    assert pod["terminationGracePeriodSeconds"] > configuration()["worker"].get("drainSeconds", 20)
    service = objects["Service", "mill"]["spec"]
    leading = objects["Deployment", "mill-coordinator"]["spec"]["template"]
    assert service["selector"] == leading["metadata"]["labels"]


def test_the_program_finds_the_system_s_openssl_first():
    """libparquet shows the symbols of an OpenSSL of its own."""
    needed = re.findall(r"NEEDED.*\[(.+)\]", run("readelf", "-d", MILLRACE).stdout)
    parquet = [place for place, name in enumerate(needed) if name.startswith("libparquet")]
    crypto = next(place for place, name in enumerate(needed) if name.startswith("libcrypto"))
    assert not parquet or crypto < parquet[0], needed


def test_scripts_say_what_they_do():
    for name in ("quickstart", "cluster"):
        said = run(DEPLOY / name, "--help")
        assert said.returncode == 0 and f"deploy/{name}" in said.stdout
        assert run(DEPLOY / name, "--nonsense").returncode == 2
