"""Environments of packages: Metaflow's own commands make them in a pod, and a step runs by their interpreter."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import FLOWS
from test_compiler import assert_golden, deployment


def containers(monkeypatch, kind, script):
    """The container of each step of a flow, for pods. Nothing is solved, for that wants the packages' own servers."""
    from importlib.util import module_from_spec, spec_from_file_location

    from metaflow import decorators, metaflow_config
    from metaflow.plugins import ENVIRONMENTS
    from metaflow_extensions.millrace.plugins.millrace import step_command

    monkeypatch.setattr(metaflow_config, "CONDA_PACKAGE_S3ROOT", "s3://box/conda", raising=False)
    spec = spec_from_file_location(Path(script).stem, FLOWS / script)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    (flow_class,) = [one for one in vars(module).values() if hasattr(one, "_graph") and one.__module__ == module.__name__]
    flow = flow_class(use_cli=False)
    environment = next(one for one in ENVIRONMENTS if one.TYPE == kind)(flow)
    store = SimpleNamespace(TYPE="s3")
    environment.validate_environment(print, "s3")
    decorators._attach_decorators(flow, [*environment.decospecs(), "kubernetes"])
    flow._graph = type(flow._graph)(flow.__class__)
    for step in flow:
        for deco in step.decorators:
            deco.external_init()
    decorators._init_step_decorators(flow, flow._graph, environment, store, print)
    to = deployment(
        "s3://box/code", datastore_type="s3", datastore_root="s3://box", environment_type=kind, script=script,
    )
    return {
        node.name: step_command.container(flow, flow._graph, node, to, environment, 0) for node in flow._graph
    }


@pytest.mark.parametrize("kind, flow", [("pypi", "packaged.py"), ("uv", "branches.py")])
def test_golden_commands_in_pods(offline, monkeypatch, kind, flow):
    found = containers(monkeypatch, kind, flow)
    for container in found.values():
        subprocess.run(["bash", "-n", "-c", container["command"][2]], check=True)
    assert_golden("environment-" + kind, {name: kept(container) for name, container in found.items()})


def kept(container):
    """What an environment has to do with. Its id follows from this machine's versions of packages, too."""
    shell = container["command"][2].partition("Task is starting.' && ")[2].split(" && ")
    command = json.loads(container["command"][-1])["command"]
    found = {"shell": shell, "interpreter": command[: command.index("-u")]}
    return json.loads(re.sub(r"\b[0-9a-f]{15}\b", "ID", json.dumps(found)))


def test_a_step_runs_by_its_environments_interpreter(tmp_path):
    """Its place follows from the pod's architecture, which only the pod's shell knows."""
    interpreter = tmp_path / "linux-64/abc/bin/python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text('#!/bin/sh\nshift; exec "%s" "$@"\n' % sys.executable)
    interpreter.chmod(0o755)
    (tmp_path / "flow.py").write_text("import sys; print(*sys.argv[1:4])")
    spec = {
        "flow": "F", "command": ["$MF_ARCH/abc/bin/python", "-s", "-u", "flow.py", "$MF_ARCH"], "init": [], "step": [],
        "start": False, "parameters": {}, "retries": 0, "split": False, "gang": False, "datastore": "s3",
    }
    import metaflow_extensions.millrace.plugins.millrace as scripts

    environ = dict(
        os.environ, MF_ARCH="linux-64", MILLRACE_RUN_ID="r", MILLRACE_STEP="work", MILLRACE_TASK_ID="work",
        MILLRACE_ATTEMPT="0", MILLRACE_USER_FAILURES="0", MILLRACE_INPUTS="start", MFLOG_STDOUT=str(tmp_path / "out"),
        MFLOG_STDERR=str(tmp_path / "err"),
    )
    script = Path(scripts.__file__).parent / "pod_step.py"
    done = subprocess.run(
        ["python3", "-S", "-E", str(script), json.dumps(spec)], cwd=tmp_path, env=environ, text=True, capture_output=True
    )
    assert (done.returncode, done.stdout) == (0, "$MF_ARCH step work\n"), done.stderr


def test_local_mode_has_no_environments(offline):
    said = offline.call("packaged.py", "--environment=pypi", "millrace", "create", "--only-json", ok=False)
    assert "Step start: @pypi is not there; in local mode steps run by the interpreter that runs create" in said
    assert "Step work: @conda is not there" in said and "Step end" not in said


def test_mixed_runs_have_no_environments(offline):
    said = offline.call("packaged.py", "--environment=pypi", "run", "--with", "millrace", ok=False)
    assert "Step start has @pypi, which does not go with @millrace." in said
