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
    state, origin = millrace.run("broken.py", "--mended", str(mended))
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
    assert "is succeeded" in millrace.call("broken.py", "millrace", "resume", run_id, ok=False)

    file = millrace.folder / "again"
    millrace.call("broken.py", "millrace", "resume", run_id, "--step-to-rerun", "end", "--run-id-file", str(file))
    again = file.read_text()
    assert api(millrace).wait(again) == "succeeded", api(millrace).run(again).get("message")
    data = client("BrokenFlow", again)["end"].task.data
    assert [data.numbers_seen, data.began_in, data.ended_in] == [[1, 2], origin, again]
    said = millrace.call("broken.py", "millrace", "resume", run_id, "--step-to-rerun", "work", ok=False)
    assert "'work' lies inside a foreach" in said
