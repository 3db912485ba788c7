"""Flows whose datastore is Azure's or Google's, in local mode, on emulators: as on S3 (``test_s3.py``), in one flow."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import api


@pytest.mark.parametrize("store, root", [("azure", "millrace/metaflow"), ("gs", "gs://millrace/metaflow")])
def test_parameters_artifacts_attempts_logs_code_and_resume(request, store, root, tmp_path):
    user = request.getfixturevalue("on_" + store)
    mended = tmp_path / "mended"
    state, origin = user.run("stored.py", "--mended", str(mended), "--data", '{"k": [7]}')
    assert state == "failed"
    assert user.read(
        "StoredFlow", origin,
        "[run.successful, run['start'].task.data.data, run['start'].task.stdout,"
        " sorted([task.data.number, task.current_attempt, task.stdout] for task in run['work']),"
        " 'RuntimeError: broken' in run['gather'].task.stderr,"
        " b'class StoredFlow' in run.code.flowspec, run.code.path.rsplit('/data/', 1)[0]]",
    ) == [
        False, {"k": [7]}, "hello from start\n", [[1, 0, "attempt 0 at 1\n"], [2, 1, "attempt 1 at 2\n"]], True, True,
        root + "/StoredFlow",
    ]

    mended.touch()
    file = tmp_path / "run-id"
    user.call("stored.py", "millrace", "resume", origin, "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(user).wait(run_id) == "succeeded", api(user).run(run_id).get("message")
    assert user.read(
        "StoredFlow", run_id,
        "(lambda data: [data.gathered, data.data, data.counted, data.began_in, data.ended_in])(run['end'].task.data)",
    ) == [[1, 2], {"k": [7]}, 3, origin, run_id]


def pod_environment(name, document, identity):
    """What a pod of the first step sees: what the document says, fields of the pod, what the launcher says, and what the
    cloud's libraries find."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("METAFLOW_")}
    fields = ("NAMESPACE", "POD_NAMESPACE", "POD_NAME", "POD_ID", "SERVICE_ACCOUNT_NAME", "NODE_IP")
    values = {name: one["default"] for name, one in document["parameters"].items() if "default" in one}
    values["mended"] = "nowhere"
    return {
        **around, **first_step(document)["env"], **identity,
        **{"METAFLOW_KUBERNETES_" + field: name for field in fields},
        **{
            "MILLRACE_PARAM_" + name.upper(): value if isinstance(value, str) else json.dumps(value)
            for name, value in values.items()
        },
        "MILLRACE_RUN_ID": "as-pods-do", "MILLRACE_STEP": "start", "MILLRACE_TASK_ID": "start", "MILLRACE_ATTEMPT": "0",
        "MILLRACE_USER_FAILURES": "0",
        # The image has what Metaflow would install.
        "METAFLOW_SKIP_INSTALL_DEPENDENCIES": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }


def first_step(document):
    return next(step for step in document["steps"] if step["name"] == "start")["container"]


@pytest.mark.parametrize("store", ["azure", "gs"])
def test_what_a_pod_runs(request, store, tmp_path):
    user = request.getfixturevalue("on_" + store)
    document = json.loads(user.call("stored.py", "millrace", "create", "--only-json"))
    identity = {name: value for name, value in user.env.items() if not name.startswith("METAFLOW_")}

    def pod(name):
        folder = tmp_path / name
        folder.mkdir()
        env = dict(pod_environment(name, document, identity), MILLRACE_OUTCOME_FILE=str(folder / "outcome.json"))
        shell = subprocess.Popen(
            first_step(document)["command"], cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said, _ = shell.communicate(timeout=240)
        finally:
            # With its first process a container ends: what else is left of it, Metaflow's sidecars, ends too.
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
        return shell.returncode, said

    code, said = pod("pod-1")
    assert code == 0, said
    assert json.loads((tmp_path / "pod-1/outcome.json").read_text()) == {"v": 1, "ok": True, "splits": 2}
    code, said = pod("pod-2")
    assert code == 203 and "runs in another pod already (pod-1)" in said, said
    # The second has taken nothing back.
    assert "hello from start" in user.call("stored.py", "logs", "as-pods-do/start/start")
    assert "began_in" in user.call("stored.py", "dump", "as-pods-do/start/start")
