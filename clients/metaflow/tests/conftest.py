"""A folder for a session's Metaflow, and Millrace in local mode on another one."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Sequence

import clouds
import pytest
from cluster import IMAGE, Namespace, installation
from programs import is_built, local_mode

FLOWS = Path(__file__).parent / "flows"


class Metaflow:
    """Calls flows as a user does.

    :param s3: where Millrace's object store listens
    :param env: more of the user's environment
    """

    def __init__(self, folder: Path, api: str = "http://127.0.0.1:9", s3: str = "", **env: str) -> None:
        self.folder = folder
        self.url = api
        self.s3 = s3
        self.broker = ""
        self.env = env

    def environment(self, **env: str) -> dict:
        return dict(os.environ, MILLRACE_API=self.url, **{**self.env, **env})

    def call(self, flow: str, *words: str, ok: bool = True, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, str(FLOWS / flow), "--no-pylint", *words],
            cwd=self.folder, env=self.environment(**env), text=True, capture_output=True, timeout=300,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == ok, said
        return done.stdout if ok else said

    def run(self, flow: str, *words: str, create: Sequence[str] = ()):
        """Deploys and triggers a flow, waits for its end by events, and returns its state and id."""
        self.call(flow, "millrace", "create", *create)
        file = self.folder / "run-id"
        self.call(flow, "millrace", "trigger", "--run-id-file", str(file), *words)
        run = file.read_text()
        return api(self).wait(run), run

    def python(self, program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=self.folder, env=self.environment(), text=True, capture_output=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def read(self, flow: str, run: str, expression: str):
        """What Metaflow's own client says in this user's environment: ``run`` in the expression is the run."""
        program = (
            "import json, metaflow; metaflow.namespace(None); run = metaflow.Run(%r)\n"
            "print(json.dumps(%s))" % ("%s/%s" % (flow, run), expression)
        )
        return json.loads(self.python(program).splitlines()[-1])


def card(html: str) -> str:
    """What a card shows: its data are in the page as base64."""
    return base64.b64decode(re.search(r'__MF_DATA__\["[^"]*"\] = "([^"]*)"', html).group(1)).decode()


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


def s3_settings(s3, credentials):
    return dict(
        METAFLOW_DEFAULT_DATASTORE="s3", METAFLOW_DATASTORE_SYSROOT_S3="s3://millrace/metaflow",
        METAFLOW_S3_ENDPOINT_URL=s3, METAFLOW_S3_WORKER_COUNT="2", AWS_SHARED_CREDENTIALS_FILE=str(credentials),
    )


@pytest.fixture(scope="session")
def credentials(tmp_path_factory):
    """Of the object stores that Millrace embeds, in AWS's own file, as on any machine."""
    file = tmp_path_factory.mktemp("aws") / "credentials"
    file.write_text(
        "[default]\naws_access_key_id = millrace\naws_secret_access_key = millrace-local\nregion = us-east-1\n"
    )
    return file


@pytest.fixture(scope="session")
def on_s3(millrace, credentials, folder):
    """The same Millrace, with a user whose datastore is S3: the object store of local mode."""
    return Metaflow(folder, millrace.url, millrace.s3, **s3_settings(millrace.s3, credentials))


@pytest.fixture(scope="session")
def on_azure(millrace, tmp_path_factory):
    """The same Millrace, with a user whose datastore is Azure's, on an emulator."""
    with clouds.azure(tmp_path_factory.mktemp("azure")) as env:
        yield with_a_store(millrace, env, clouds.MAKE_CONTAINER)


@pytest.fixture(scope="session")
def on_gs(millrace, tmp_path_factory):
    """And one whose datastore is Google's."""
    with clouds.google(tmp_path_factory.mktemp("google")) as env:
        yield with_a_store(millrace, env, clouds.MAKE_BUCKET)


def with_a_store(millrace, env, program):
    """A user of the same Millrace with that environment, in which the program makes the container or bucket."""
    user = Metaflow(millrace.folder, millrace.url, **env)
    user.python(program)
    return user


@pytest.fixture(scope="session")
def millrace(folder, tmp_path_factory):
    if not is_built():
        pytest.skip("local mode is not built: run bin/build first")
    data = tmp_path_factory.mktemp("millrace")
    with local_mode(data) as server:
        user = Metaflow(folder, server.at["http"], server.at["s3"])
        user.broker = server.at["broker"]
        yield user
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def namespace():
    if "KUBECONFIG" not in os.environ:
        pytest.skip("KUBECONFIG names no cluster")
    if "HOST_IP" not in os.environ:
        pytest.skip("HOST_IP does not say where pods reach this machine")
    with Namespace() as namespace:
        namespace.secret("objects", AWS_ACCESS_KEY_ID="millrace", AWS_SECRET_ACCESS_KEY="millrace-local")
        namespace.secret("token", TOKEN="s3cret")
        yield namespace


@pytest.fixture(scope="session")
def on_kubernetes(namespace, credentials, folder, tmp_path_factory):
    """A user of a Millrace whose steps are pods. Metadata is local: it comes back through the datastore."""
    data = tmp_path_factory.mktemp("millrace-on-kubernetes")
    with installation(data, namespace) as (http, s3):
        yield Metaflow(
            folder, http, s3, **s3_settings(s3, credentials),
            METAFLOW_KUBERNETES_CONTAINER_IMAGE=IMAGE, METAFLOW_KUBERNETES_SECRETS="objects",
            METAFLOW_KUBERNETES_CPU="0.2", METAFLOW_KUBERNETES_MEMORY="256", METAFLOW_KUBERNETES_DISK="100",
        )
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def with_the_service(on_kubernetes):
    """The same, with Millrace's metadata service for user and pods."""
    service = dict(METAFLOW_DEFAULT_METADATA="service", METAFLOW_SERVICE_URL=on_kubernetes.url + "/metadata")
    return Metaflow(on_kubernetes.folder, on_kubernetes.url, on_kubernetes.s3, **{**on_kubernetes.env, **service})
