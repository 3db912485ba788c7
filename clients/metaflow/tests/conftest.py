"""A folder for a session's Metaflow, and Millrace in local mode on another one."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FLOWS = HERE / "flows"
READY_WITHIN = 120


class Metaflow:
    """Calls flows as a user does."""

    def __init__(self, folder: Path, api: str = "http://127.0.0.1:9") -> None:
        self.folder = folder
        self.url = api

    def call(self, flow: str, *words: str, ok: bool = True, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, str(FLOWS / flow), "--no-pylint", *words],
            cwd=self.folder, env=dict(os.environ, MILLRACE_API=self.url, **env), text=True, capture_output=True, timeout=300,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == ok, said
        return done.stdout if ok else said

    def run(self, flow: str, *words: str):
        """Deploys and triggers a flow, waits for its end by events, and returns its state and id."""
        self.call(flow, "millrace", "create")
        file = self.folder / "run-id"
        self.call(flow, "millrace", "trigger", "--run-id-file", str(file), *words)
        run = file.read_text()
        return api(self).wait(run), run


def api(of: Metaflow):
    # Not imported above: Metaflow reads its environment when it is first imported, and so after "folder" has set it.
    from metaflow_extensions.millrace.plugins.millrace.api import MillraceApi

    return MillraceApi(of.url)


@pytest.fixture(scope="session", autouse=True)
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("metaflow")
    (folder / ".metaflow").mkdir()
    for name in [name for name in os.environ if name.startswith("METAFLOW_")]:
        del os.environ[name]
    os.environ.update(
        METAFLOW_DATASTORE_SYSROOT_LOCAL=str(folder),
        METAFLOW_DEFAULT_DATASTORE="local",
        METAFLOW_DEFAULT_METADATA="local",
        METAFLOW_HOME=str(folder / "home"),
        METAFLOW_USER="tester",
    )
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture()
def offline(folder):
    return Metaflow(folder)


@pytest.fixture(scope="session")
def millrace(folder, tmp_path_factory):
    jar = ROOT / "local" / "target" / "millrace-local.jar"
    if not jar.exists() or not (ROOT / "scheduler" / "target" / "quarkus-app" / "quarkus-run.jar").exists():
        pytest.skip("local mode is not built: run bin/build first")
    java = Path(subprocess.check_output([str(ROOT / "bin" / "find-jdk")], text=True).strip()) / "bin" / "java"
    data = tmp_path_factory.mktemp("millrace")
    server = subprocess.Popen(
        [str(java), "-Xmx512m", "-XX:+UseSerialGC", "-XX:+IgnoreUnrecognizedVMOptions",
         "--sun-misc-unsafe-memory-access=allow", "-jar", str(jar), "--data", str(data), "--api-port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    said = []
    watch = threading.Timer(READY_WITHIN, server.kill)
    watch.start()
    try:
        for line in server.stdout:
            said.append(line)
            if line.startswith("READY "):
                break
        else:
            raise AssertionError("local mode has not become ready: " + "".join(said))
        watch.cancel()
        threading.Thread(target=server.stdout.read, daemon=True).start()
        http = dict(word.split("=", 1) for word in said[-1].split()[1:])["http"]
        yield Metaflow(folder, http)
    finally:
        watch.cancel()
        server.terminate()
        server.wait(60)
        shutil.rmtree(data, ignore_errors=True)
