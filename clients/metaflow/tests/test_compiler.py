"""The flow document of each shape against a kept one. MILLRACE_GOLDEN=write keeps what is made now."""

import json
import os
import subprocess
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def neutral(document, folder):
    """Without what differs from machine to machine: paths, digests, the interpreter."""
    for step in document["steps"]:
        container = step["container"]
        spec = json.loads(container["command"][-1])
        if "code" in spec:
            spec["command"][0] = container["command"][0] = "PYTHON"
        env = spec.get("env") or container["env"]
        sha = env["METAFLOW_CODE_SHA"]
        # The whole of a path before what is part of it: a digest may begin with the letters before it.
        places = [(spec["code"], "CODE")] if "code" in spec else []
        places += [(env["METAFLOW_CODE_URL"], "URL"), (sha[:2] + "/" + sha, "SHA"), (sha, "SHA")]
        places += [(spec["root"], "ROOT")] if "code" in spec else []
        places += [(env.get("METAFLOW_S3_ENDPOINT_URL") or "none", "STORE"), (str(folder), "SYSROOT")]
        env["METAFLOW_CODE_METADATA"] = "..."
        env.pop("AWS_SHARED_CREDENTIALS_FILE", None)
        env.pop("METAFLOW_MILLRACE_API", None)
        container["command"][-1] = spec
        text = json.dumps(container)
        for place, name in places:
            text = text.replace(place, name)
        step["container"] = container = json.loads(text)
        if container.get("image", "").startswith("python:"):
            container["image"] = "python:X.Y"
    return document


def assert_golden(name, found):
    file = GOLDEN / (name + ".json")
    if os.environ.get("MILLRACE_GOLDEN") == "write":
        file.write_text(json.dumps(found, indent=2) + "\n")
    assert found == json.loads(file.read_text())


@pytest.mark.parametrize(
    "flow", ["linear", "branches", "nested", "switch", "failures", "gang", "scheduled", "triggered"]
)
def test_golden_document(offline, flow):
    said = offline.call(flow + ".py", "millrace", "create", "--only-json")
    assert_golden(flow, neutral(json.loads(said[said.index("{"):]), offline.folder))


def test_golden_document_for_pods(on_s3):
    said = on_s3.call("pods.py", "millrace", "create", "--only-json", METAFLOW_KUBERNETES_SECRETS="objects")
    assert_golden("pods", neutral(json.loads(said[said.index("{"):]), on_s3.folder))


def test_a_title_goes_before_the_description(offline):
    titled = ["--workflow-title", "Nightly *report*"]

    def described(*words):
        said = offline.call("linear.py", "millrace", "create", "--only-json", *words)
        return json.loads(said[said.index("{"):])["description"]

    assert described(*titled) == "Nightly *report*\n\nEach type of parameter, and what a step sees of itself."
    assert described(*titled, "--workflow-description", "Counts.\nThen adds.") == "Nightly *report*\n\nCounts.\nThen adds."


def test_what_is_not_there_is_refused_with_step_decorator_and_advice(offline):
    said = offline.call("refused.py", "millrace", "create", "--only-json", ok=False)
    assert "Parameter day: it is required, and @schedule gives it no value; give it a default, or call create with" in said
    assert "Step work: @catch is not supported with @parallel; remove one of them." in said


def test_unreachable_server_is_named(offline):
    said = offline.call("linear.py", "millrace", "trigger", ok=False)
    assert "cannot be reached at http://127.0.0.1:9" in said


def test_unknown_parameter_and_wrong_type_are_explained(offline):
    assert "no such option: --y" in offline.call("linear.py", "millrace", "trigger", "--y", "1", ok=False)
    assert "is not a valid integer" in offline.call("linear.py", "millrace", "trigger", "--x", "one", ok=False)


def test_kubernetes_section_has_every_parameter(offline):
    from types import SimpleNamespace

    from metaflow import FlowSpec, kubernetes, resources, step, timeout
    from metaflow_extensions.millrace.plugins.millrace import kubernetes_section

    class ClusterFlow(FlowSpec):
        @timeout(minutes=5)
        @resources(cpu=4, memory=2048)
        @kubernetes(
            cpu=2, memory=8192, disk=20000, gpu=1, gpu_vendor="amd", image="registry.example/train:1",
            image_pull_policy="Always", image_pull_secrets=["pull"], service_account="trainer", namespace="ml",
            secrets=["key"], node_selector={"kind": "gpu"}, tolerations=[{"key": "gpu", "operator": "Exists"}],
            labels={"team": "a"}, annotations={"note": "b"}, use_tmpfs=True, tmpfs_path="/fast",
            persistent_volume_claims={"claim": "/mnt/claim"}, shared_memory=64, port=8000, compute_pool="big",
            qos="Guaranteed", extended_resources={"example.com/fpga": "1"},
            security_context={"run_as_user": 1000, "run_as_non_root": True},
        )
        @step
        def start(self):
            self.next(self.end)

        @step
        def end(self):
            pass

    graph = ClusterFlow._graph
    node = graph["start"]
    for deco in node.decorators:
        deco.external_init()
    for deco in node.decorators:
        # Metaflow refuses @kubernetes with a datastore that pods do not reach.
        deco.step_init(ClusterFlow, graph, "start", node.decorators, None, SimpleNamespace(TYPE="s3"), None)
    found = {
        "image": kubernetes_section.image(node),
        "resources": kubernetes_section.resources(node),
        "kubernetes": kubernetes_section.kubernetes(node, 604800),
    }
    assert_golden("kubernetes", found)


def deployment(url, **settings):
    from metaflow_extensions.millrace.plugins.millrace.deployment import CodePackage, Deployment

    form = '{"version": 0, "archive_format": "tgz", "mfcontent_version": 1}'
    given = dict(
        name="F", script="f.py", executor="kubernetes", executable="python", metadata_type="local", environment_type="local",
        event_logger_type="nullSidecarLogger", monitor_type="nullSidecarMonitor", top_level=[], parameters={}, project=None,
        configs=[], tags=[], namespace=None, production_token="f-0-abcd", owner="tester",
        package=CodePackage(url, "abcd", form, None),
    )
    return Deployment(**{**given, **settings})


def test_a_services_key_is_not_in_the_document(monkeypatch):
    from types import SimpleNamespace

    from metaflow import metaflow_config
    from metaflow_extensions.millrace.plugins.millrace import variables

    monkeypatch.setattr(metaflow_config, "SERVICE_HEADERS", {"x-api-key": "secret", "team": "blue"})
    to = deployment("s3://box/code", datastore_type="s3", datastore_root="s3://box", metadata_type="service")
    found = variables.of_process(SimpleNamespace(name="F"), to)
    assert json.loads(found["METAFLOW_SERVICE_HEADERS"]) == {"team": "blue"}
    assert "secret" not in json.dumps(found)


@pytest.mark.parametrize(
    "datastore, root, url, download, variable",
    [
        ("azure", "box/metaflow", "box/metaflow/F/data/ab/abcd", "download-azure-blob", "DATASTORE_SYSROOT_AZURE"),
        ("gs", "gs://box/metaflow", "gs://box/metaflow/F/data/ab/abcd", "download-gcp-object", "DATASTORE_SYSROOT_GS"),
    ],
)
def test_pods_with_other_clouds_datastores(offline, datastore, root, url, download, variable):
    from types import SimpleNamespace

    from metaflow.metaflow_environment import MetaflowEnvironment
    from metaflow.plugins.kubernetes.kubernetes_decorator import KubernetesDecorator
    from metaflow_extensions.millrace.plugins.millrace import step_command

    to = deployment(datastore_type=datastore, datastore_root=root, url=url)
    kubernetes = KubernetesDecorator(attributes={"image": "python:3.11"})
    kubernetes.external_init()
    node = SimpleNamespace(name="start", decorators=[kubernetes], in_funcs=[], parallel_step=False)
    graph = SimpleNamespace(start_step="start")
    found = step_command.container(SimpleNamespace(name="F"), graph, node, to, MetaflowEnvironment(None), 0)
    assert found["image"] == "python:3.11"
    assert found["env"]["METAFLOW_" + variable] == root
    shell = found["command"][2]
    assert download in shell and "MF_DATASTORE=%s " % datastore in shell
    # What a shell refuses would only show in a pod.
    subprocess.run(["bash", "-n", "-c", shell], check=True)


def test_exit_hooks_in_pods(offline):
    from types import SimpleNamespace

    from metaflow.metaflow_environment import MetaflowEnvironment
    from metaflow.plugins.kubernetes.kubernetes_decorator import KubernetesDecorator
    from metaflow_extensions.millrace.plugins.millrace import exit_hooks

    to = deployment("s3://box/metaflow/F/data/ab/abcd", datastore_type="s3", datastore_root="s3://box/metaflow")
    kubernetes = KubernetesDecorator(attributes={"image": "python:3.11"})
    kubernetes.external_init()

    class Graph(dict):
        start_step = "start"

    graph = Graph(start=SimpleNamespace(name="start", decorators=[kubernetes]))
    deco = SimpleNamespace(success_hooks=["happy"], error_hooks=["sad"], attributes={"options": {"image": "mine:1"}})
    flow = SimpleNamespace(name="F", _flow_decorators={"exit_hook": [deco]})
    found = exit_hooks.compile_hooks(flow, graph, MetaflowEnvironment(None), to)
    assert found["name"] == "F.exit-hooks"
    assert [(one["flow"], one["result"]) for one in found["triggers"]["events"]] == [("F", "succeeded"), ("F", "failed")]
    container = found["steps"][0]["container"]
    assert container["image"] == "mine:1"
    assert json.loads(container["command"][-1])["hooks"] == {"succeeded": ["happy"], "failed": ["sad"]}
    shell = container["command"][2]
    assert "hooks_step.py" in shell and "s3://box/metaflow/F/data/ab/abcd" in shell
    subprocess.run(["bash", "-n", "-c", shell], check=True)
