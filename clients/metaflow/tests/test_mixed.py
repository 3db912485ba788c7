"""Mixed runs: Metaflow's own runtime drives them, and Millrace, in local mode, runs steps of them."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from conftest import FLOWS, Metaflow, api
from test_local_mode import client


def run(millrace, flow, name, *words, command=("run",), ok=True):
    file = millrace.folder / "mixed-run-id"
    said = millrace.call(flow, *command, "--run-id-file", str(file), *words, ok=ok)
    return client(name, file.read_text()), said


def millrace_run(task):
    """The run of Millrace that a task's latest attempt was."""
    runs = {one.value.split("-")[-2]: one.value for one in task.metadata if one.type == "millrace-run"}
    return runs[str(task.current_attempt)]


def test_steps_here_and_there_share_artifacts(millrace):
    found, said = run(millrace, "mixed.py", "MixedFlow", "--width", "10")
    assert found.successful
    gathered = found["gather"].task.data
    assert gathered.squares == [i**2 + 10 for i in range(10)]
    # Each task was a run of its own, and the steps without @millrace were none.
    assert len(set(gathered.places)) == 10 and None not in gathered.places
    assert (found["start"].task.data.here, gathered.here) == (None, None)
    assert found["end"].task.data.total == 385
    assert "item 7" in said
    assert sorted(task.stdout for task in found["work"]) == ["item %d\n" % i for i in range(10)]
    # The definition of the one step is in no list, and the tasks are not taken for runs of the flow.
    assert "MixedFlow" not in api(millrace).names()
    assert millrace.call("mixed.py", "millrace", "runs") == ""


def test_with_s3_and_the_metadata_service(on_s3):
    file = on_s3.folder / "mixed-on-s3"
    service = dict(METAFLOW_DEFAULT_METADATA="service", METAFLOW_SERVICE_URL=on_s3.url + "/metadata")
    user = Metaflow(on_s3.folder, on_s3.url, on_s3.s3, **{**on_s3.env, **service})
    user.call("mixed.py", "run", "--run-id-file", str(file))
    found = user.read("MixedFlow", file.read_text(), "[run.successful, run['end'].task.data.total, run['unsure'].task.stdout]")
    assert found == [True, 35, "attempt 1\n"]


def test_attempts_are_metaflows_own(millrace):
    found, said = run(millrace, "mixed.py", "MixedFlow")
    task = found["unsure"].task
    assert (task.current_attempt, task.data.attempt, task.stdout) == (1, 1, "attempt 1\n")
    assert re.search(r"Run \S+ of Millrace failed: user-error \(exit code 1\): exit code 1$", said, re.M)
    shown = api(millrace).run(millrace_run(task))
    assert [one["retries"] for one in shown["steps"]] == [0]
    assert shown["parameters"]["attempt"] == "1"
    # It died without a word: @catch's attempt, which has no user code, is Metaflow's and runs here.
    assert "user-error (exit code 3): exit code 3" in said
    assert "kept failing" in str(found["crashes"].task.data.crash)


def test_with_millrace_for_every_step_and_resume(millrace, tmp_path):
    mended = tmp_path / "mended"
    found, said = run(millrace, "broken.py", "BrokenFlow", "--with", "millrace:cpu=2", "--mended", str(mended), ok=False)
    assert not found.successful and "RuntimeError: broken" in said
    mended.touch()
    resumed, _ = run(millrace, "broken.py", "BrokenFlow", command=("--with", "millrace", "resume", "--origin-run-id", found.id))
    data = resumed["end"].task.data
    assert [data.numbers_seen, data.began_in, data.origin, data.ended_in] == [[1, 2], found.id, found.id, resumed.id]
    assert {millrace_run(step.task).split("-")[1] for step in resumed if step.id in ("gather", "end")} == {resumed.id}


def test_gang_is_one_run(millrace):
    found, _ = run(millrace, "gang.py", "GangFlow", "--with", "millrace")
    assert found["gather"].task.data.members == [(0, 3), (1, 3), (2, 3)]
    control = [task for task in found["work"] if "worker" not in task.id]
    assert [task.id for task in found["work"] if "worker" in task.id] != []
    steps = api(millrace).run(millrace_run(control[0]))["steps"]
    assert [(step["step"], step["done"]) for step in steps] == [("work_opened", 1), ("work", 1), ("work_closed", 1)]


@pytest.mark.parametrize("end", ["interrupt", "terminate", "kill"])
def test_what_runs_there_ends_with_the_runtime(millrace, end):
    """A first line arrives while the step is still waiting, for minutes; then whoever started it goes away."""
    runtime = subprocess.Popen(
        [sys.executable, str(FLOWS / "waiting.py"), "--no-pylint", "run", "--with", "millrace"],
        cwd=millrace.folder, env=millrace.environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    run_id = process = None
    for line in runtime.stdout:
        run_id = run_id or next(iter(re.findall(r"Millrace runs this task as run (\S+)\.", line)), None)
        process = next(iter(re.findall(r"waits as process (\d+)", line)), None)
        if process:
            break
    assert run_id and process and api(millrace).run(run_id)["state"] == "running"
    if end == "interrupt":
        os.killpg(runtime.pid, signal.SIGINT)
    else:
        runtime.send_signal(signal.SIGTERM if end == "terminate" else signal.SIGKILL)
    assert api(millrace).wait(run_id, 60) == "cancelled"
    runtime.stdout.read()
    assert runtime.wait(60) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)


def test_a_failure_ends_what_else_runs_there(millrace):
    """The runtime kills the processes that watch other tasks, which cannot cancel anything any more."""
    found, said = run(millrace, "quarrel.py", "QuarrelFlow", ok=False)
    waiting, failed = (millrace_run(found[step].task) for step in ("waits", "fails"))
    assert api(millrace).wait(failed) == "failed" and "RuntimeError: enough" in said
    assert api(millrace).wait(waiting, 60) == "cancelled"


def test_what_cannot_run_there_is_refused(millrace, offline):
    said = offline.call("linear.py", "run", "--with", "millrace", ok=False)
    assert "Millrace cannot be reached at http://127.0.0.1:9" in said
    said = millrace.call("linear.py", "run", "--with", "millrace", "--with", "batch", ok=False)
    assert "is marked for execution both by @millrace and by @batch. Use one of them." in said


def test_definition_for_a_pod(offline):
    """A cluster is asked for what @kubernetes would ask for, by @millrace's attributes; nothing of it is one task's."""
    from types import SimpleNamespace

    from metaflow import FlowSpec, millrace, resources, retry, step, timeout
    from metaflow.metaflow_environment import MetaflowEnvironment
    from metaflow_extensions.millrace.plugins.millrace import mixed
    from test_compiler import deployment

    class PodFlow(FlowSpec):
        @retry(times=3)
        @timeout(minutes=5)
        @resources(memory=8192)
        @millrace(cpu=2, image="registry.example/train:1", node_selector="kind=gpu", secrets=["key"])
        @step
        def start(self):
            self.next(self.end)

        @step
        def end(self):
            pass

    node = PodFlow._graph["start"]
    for deco in node.decorators:
        deco.external_init()
    for deco in node.decorators:
        deco.step_init(PodFlow, PodFlow._graph, "start", node.decorators, None, SimpleNamespace(TYPE="s3"), None)
    to = deployment("s3://box/code", datastore_type="s3", datastore_root="s3://box", production_token=None)
    of = SimpleNamespace(flow=SimpleNamespace(name="PodFlow"), graph=PodFlow._graph, environment=MetaflowEnvironment(None))
    (found,) = mixed.document(of, node, to)["steps"]
    assert found["resources"] == {"cpu": "2.0", "memory": "8192.0M", "disk": "10240.0M"}
    assert (found["retry"], found["timeout"]) == ({"user": 0, "infrastructure": 0, "maxAttempts": 1}, "360s")
    section = found["kubernetes"]
    assert (section["nodeSelector"], section["secrets"], section["activeDeadline"]) == ({"kind": "gpu"}, ["key"], "300s")
    container = found["container"]
    assert (container["image"], container["env"]["METAFLOW_USER"]) == ("registry.example/train:1", "tester")
    assert "METAFLOW_PRODUCTION_TOKEN" not in container["env"]
    shell = container["command"][2]
    assert "MF_PATHSPEC=PodFlow/$MILLRACE_PARAM_RUN/start/$METAFLOW_TASK_ID" in shell
    assert "METAFLOW_TASK_ID=$MILLRACE_PARAM_TASK" in shell and "MF_ATTEMPT=$MILLRACE_PARAM_ATTEMPT" in shell
    subprocess.run(["bash", "-n", "-c", shell], check=True)
    spec = json.loads(container["command"][-1])
    assert spec["mixed"] and any(word.startswith("--with=millrace_internal") for word in spec["command"])
