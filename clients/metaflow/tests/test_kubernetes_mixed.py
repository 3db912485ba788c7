"""Mixed runs on a cluster: Metaflow's own runtime drives them, and some of their steps are pods. They want KUBECONFIG and
HOST_IP."""

import os
import re
import signal
import subprocess
import sys

import pytest
from conftest import FLOWS, api

pytestmark = pytest.mark.cluster


def test_steps_stay_here_but_those_that_are_decorated(on_kubernetes, namespace):
    file = on_kubernetes.folder / "remote"
    said = on_kubernetes.call("remote.py", "run", "--run-id-file", str(file))
    seen = on_kubernetes.read(
        "RemoteFlow", file.read_text(),
        "dict(successful=run.successful, here=[run[name].task.data.place for name in ('start', 'gather')],"
        " there=run['gather'].task.data.places, squares=run['gather'].task.data.squares,"
        " tokens=sorted(run['gather'].task.data.tokens), total=run['end'].task.data.total,"
        " attempts=sorted(task.current_attempt for task in run['work']),"
        " said=sorted(task.stdout for task in run['work']), members=run['meet'].task.data.members,"
        " crew=sorted(task.stdout for task in run['crew']),"
        " runs=[one.value for task in run['work'] for one in task.metadata if one.type == 'millrace-run'])",
    )
    assert seen["successful"] and seen["total"] == 13 and seen["squares"] == [4, 9]
    assert seen["here"] == [None, None] and seen["tokens"] == ["s3cret"]
    # One that failed at first was tried again by Metaflow's runtime, in a pod of its own.
    assert seen["attempts"] == [0, 1] and len(seen["runs"]) == 3
    assert all("item %d\n" % item in text for item, text in zip((2, 3), sorted(seen["said"], key=lambda text: "item 3" in text)))
    assert "item 2" in said and "item 3" in said
    # A gang is a JobSet; all its members are tasks with logs of their own.
    assert seen["members"] == [[0, 2], [1, 2]]
    assert [text.splitlines()[-1] for text in seen["crew"]] == ["member 0", "member 1"]
    sets = namespace.get("jobsets", "metaflow/step_name=crew")
    assert [one["metadata"]["labels"]["app.kubernetes.io/part-of"] for one in sets] == ["metaflow"]
    pods = [pod for run in seen["runs"] for pod in namespace.get("pods", "metaflow/run_id=" + run)]
    assert len(pods) == 3 and set(seen["there"]) < {pod["metadata"]["name"] for pod in pods}
    jobs = [job for run in seen["runs"] for job in namespace.get("jobs", "metaflow/run_id=" + run)]
    assert [job["metadata"]["labels"]["metaflow/step_name"] for job in jobs] == ["work"] * 3
    assert {job["metadata"]["labels"]["app.kubernetes.io/part-of"] for job in jobs} == {"metaflow"}


def test_an_interrupt_takes_the_pod_away(on_kubernetes, namespace):
    """A first line arrives while the pod is still waiting, for minutes; then the user presses Ctrl-C."""
    runtime = subprocess.Popen(
        [sys.executable, str(FLOWS / "waiting.py"), "--no-pylint", "run", "--with", "millrace"],
        cwd=on_kubernetes.folder, env=on_kubernetes.environment(), text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )
    run_id, has_said = None, False
    said = []
    for line in runtime.stdout:
        said.append(line)
        run_id = run_id or next(iter(re.findall(r"Millrace runs this task as run (\S+)\.", line)), None)
        has_said = "waits as process" in line
        if has_said:
            break
    assert run_id and has_said, "".join(said)
    selector = "metaflow/run_id=" + run_id
    assert [pod["status"]["phase"] for pod in namespace.get("pods", selector)] == ["Running"]
    os.killpg(runtime.pid, signal.SIGINT)
    assert api(on_kubernetes).wait(run_id, 60) == "cancelled"
    runtime.stdout.read()
    assert runtime.wait(60) != 0
    namespace.kubectl("-n", namespace.name, "wait", "--for=delete", "pod", "-l", selector, "--timeout=30s")
    assert namespace.get("pods", selector) == []
    # The Job stays, so that no late order can start it again.
    assert [job["spec"]["suspend"] for job in namespace.get("jobs", selector)] == [True]
