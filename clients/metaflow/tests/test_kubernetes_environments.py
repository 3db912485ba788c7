"""An environment of packages that is made in pods, by uv and from an index on this machine. It wants KUBECONFIG, HOST_IP
and, once, PyPI."""

import functools
import os
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import Metaflow, api

pytestmark = pytest.mark.cluster

UV = Path(sys.executable).parent / "uv"
PROJECT = """
[project]
name = "packaged"
version = "0"
requires-python = "==3.11.*"
dependencies = ["toolz==1.0.0"]

[[tool.uv.index]]
url = "%s/simple"
default = true
"""
GET_UV = (
    """python -c 'import urllib.request as r; r.urlretrieve("%s/uv", "/tmp/uv")' && chmod +x /tmp/uv"""
    """ && export PATH=$PATH:/tmp"""
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture()
def index(tmp_path):
    """Packages and uv itself, where pods reach them: its address."""
    wheels = tmp_path / "wheels"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--only-binary=:all:",
         "--python-version=3.11", "-d", wheels, "toolz==1.0.0", "boto3", "requests"],
        check=True, timeout=300,
    )
    for wheel in wheels.iterdir():
        folder = tmp_path / "served/simple" / wheel.name.split("-")[0].lower().replace("_", "-")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(wheel, folder / wheel.name)
    shutil.copy(UV, tmp_path / "served/uv")
    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer((os.environ["HOST_IP"], 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "http://%s:%d" % server.server_address
        server.shutdown()


def test_a_uv_project(on_kubernetes, index, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT % index)
    subprocess.run([UV, "lock", "-q", "--python", sys.executable], cwd=project, check=True, timeout=120)
    user = Metaflow(
        project, on_kubernetes.url, on_kubernetes.s3, **on_kubernetes.env,
        METAFLOW_KUBERNETES_SANDBOX_INIT_SCRIPT=GET_UV % index,
    )
    user.call("tooled.py", "--environment=uv", "millrace", "create")
    file = project / "run-id"
    user.call("tooled.py", "--environment=uv", "millrace", "trigger", "--run-id-file", str(file))
    run_id = file.read_text()
    state = api(user).wait(run_id)
    assert state == "succeeded", [line["text"] for line in api(user).lines(run_id, "start", 0)]
    user.call("tooled.py", "--environment=uv", "millrace", "status", run_id)
    version, python = user.read("ToolFlow", run_id, "[run['start'].task.data.version, run['end'].task.data.python]")
    assert version == "1.0.0" and "/metaflow/.venv/bin/" in python
