"""The commands that look at, control and resume what is deployed."""

from conftest import api
from test_local_mode import client


def test_runs_suspend_unsuspend_terminate(millrace):
    """Of a flow whose first step waits for minutes: it cannot be over before it is told to stop."""
    millrace.call("patient.py", "millrace", "create")
    file = millrace.folder / "controlled"
    millrace.call("patient.py", "millrace", "trigger", "--run-id-file", str(file))
    run_id = file.read_text()
    millrace.call("patient.py", "millrace", "suspend", run_id)
    assert "suspended" in millrace.call("patient.py", "millrace", "status", run_id)
    millrace.call("patient.py", "millrace", "unsuspend", run_id)
    millrace.call("patient.py", "millrace", "suspend", run_id)
    millrace.call("patient.py", "millrace", "terminate", run_id)
    assert api(millrace).wait(run_id) == "cancelled"
    assert "%s cancelled" % run_id in millrace.call("patient.py", "millrace", "runs")
    assert "is over" in millrace.call("patient.py", "millrace", "terminate", run_id, ok=False)


def test_list_and_delete(millrace):
    millrace.call("branches.py", "millrace", "--name", "passing", "create")
    assert "passing BranchFlow by tester" in millrace.call("branches.py", "millrace", "list")
    assert "passing" not in millrace.call("linear.py", "millrace", "list")
    assert "passing" in millrace.call("linear.py", "millrace", "list", "--all")
    other = dict(METAFLOW_USER="other", METAFLOW_HOME=str(millrace.folder / "nobodys-home"))
    said = millrace.call("branches.py", "millrace", "--name", "passing", "delete", ok=False, **other)
    assert "deployed by *tester*" in said or "deployed by tester" in said
    millrace.call("branches.py", "millrace", "--name", "passing", "delete")
    assert "passing" not in millrace.call("branches.py", "millrace", "list")
    assert "Deploy the flow first" in millrace.call("branches.py", "millrace", "--name", "passing", "trigger", ok=False)


def test_logs(millrace):
    millrace.call("linear.py", "millrace", "create")
    file = millrace.folder / "talks"
    millrace.call("linear.py", "millrace", "trigger", "--run-id-file", str(file))
    assert "[start/0] hello from start" in millrace.call("linear.py", "millrace", "logs", "--follow", file.read_text())
    assert "[start/0] hello from start" in millrace.call("linear.py", "millrace", "logs", file.read_text(), "start")


def test_validate_deploys_nothing(offline):
    said = offline.call("linear.py", "millrace", "validate", "--executor", "process")
    assert "can be deployed: 2 steps" in said
    said = offline.call("refused.py", "millrace", "validate", "--executor", "process", ok=False)
    assert "Parameter day: it is required, and @schedule gives it no value" in said
    said = offline.call("linear.py", "millrace", "validate", "--executor", "kubernetes", ok=False)
    assert "pods cannot reach a datastore in a folder" in said


def test_resume_takes_over_what_was_done(millrace, tmp_path):
    mended = tmp_path / "mended"
    state, origin = millrace.run("broken.py", "--mended", str(mended), create=["--tag", "blue"])
    assert state == "failed"
    mended.touch()
    file = millrace.folder / "resumed"
    millrace.call("broken.py", "millrace", "resume", origin, "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(millrace).wait(run_id) == "succeeded", api(millrace).run(run_id).get("message")
    found = client("BrokenFlow", run_id)
    assert found.successful
    data = found["end"].task.data
    assert [data.numbers_seen, data.began_in, data.origin, data.ended_in] == [[1, 2], origin, origin, run_id]
    taken_over = [step.id for step in found if "origin-task-id" in step.task.metadata_dict]
    assert sorted(taken_over) == ["start", "work"]
    before = client("BrokenFlow", origin)
    assert "blue" in found.tags and found.tags == before.tags
    told, was = (run["start"].task.metadata_dict for run in (found, before))
    own = {"origin-task-id", "origin-run-id"}
    assert {k: told[k] for k in set(told) - own} == {k: was[k] for k in set(was) - own}

    file = millrace.folder / "whole"
    millrace.call("broken.py", "millrace", "resume", run_id, "--run-id-file", str(file))
    whole = file.read_text()
    assert api(millrace).wait(whole) == "succeeded"
    found = client("BrokenFlow", whole)
    assert found.finished and found["end"].task.data.ended_in == run_id
    assert all("origin-task-id" in step.task.metadata_dict for step in found)

    file = millrace.folder / "again"
    millrace.call("broken.py", "millrace", "resume", run_id, "--step-to-rerun", "end", "--run-id-file", str(file))
    again = file.read_text()
    assert api(millrace).wait(again) == "succeeded", api(millrace).run(again).get("message")
    data = client("BrokenFlow", again)["end"].task.data
    assert [data.numbers_seen, data.began_in, data.ended_in] == [[1, 2], origin, again]

    file = millrace.folder / "branches"
    millrace.call("broken.py", "millrace", "resume", run_id, "--step-to-rerun", "work", "--run-id-file", str(file))
    branches = file.read_text()
    assert api(millrace).wait(branches) == "succeeded", api(millrace).run(branches).get("message")
    found = client("BrokenFlow", branches)
    assert found["end"].task.data.numbers_seen == [1, 2]
    taken_over = [step.id for step in found if any("origin-task-id" in task.metadata_dict for task in step)]
    assert taken_over == ["start"]


def test_resume_with_other_parameters(millrace, tmp_path):
    """What was taken over holds the new values too, by which the steps after it get them."""
    state, origin = millrace.run("broken.py", "--mended", str(tmp_path / "nowhere"))
    assert state == "failed"
    mended = tmp_path / "elsewhere"
    mended.touch()
    file = millrace.folder / "resumed-otherwise"
    millrace.call("broken.py", "millrace", "resume", origin, "--param", "mended=%s" % mended, "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(millrace).wait(run_id) == "succeeded", api(millrace).run(run_id).get("message")
    found = client("BrokenFlow", run_id)
    assert found["end"].task.data.mended == found["start"].task.data.mended == str(mended)
    assert found["end"].task.data.numbers_seen == [1, 2]
    assert client("BrokenFlow", origin)["start"].task.data.mended == str(tmp_path / "nowhere")
    assert api(millrace).run(run_id)["parameters"]["mended"] == str(mended)
    said = millrace.call("broken.py", "millrace", "resume", origin, "--param", "broken=1", ok=False)
    assert "expected NAME=VALUE with a parameter of the flow; it has mended" in said
