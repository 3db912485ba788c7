"""Metaflow's Deployer API."""

import pytest
from conftest import FLOWS, api


@pytest.fixture()
def deployed(millrace, monkeypatch):
    from metaflow import Deployer

    monkeypatch.setenv("MILLRACE_API", millrace.url)
    monkeypatch.chdir(millrace.folder)
    return Deployer(str(FLOWS / "linear.py"), show_output=False, pylint=False).millrace(name="by-api").create()


def test_create_trigger_and_wait(deployed):
    import metaflow

    metaflow.namespace(None)
    run = deployed.trigger(x=5, text="from the API")
    run.wait_for_completion(timeout=120)
    assert run.status == "SUCCEEDED" and not run.is_running
    assert run.run["start"].task.data.seen[0] == 5
    assert run.run["start"].task.data.seen[3] == "from the API"
    assert run.wait_for_run(timeout=10).id == run.run_id
    assert deployed.production_token.startswith("linearflow") or deployed.production_token.startswith("by-api")


def test_from_deployment_and_listing(millrace, deployed):
    from metaflow import DeployedFlow

    found = DeployedFlow.from_deployment("by-api", impl="millrace")
    assert (found.name, found.flow_name) == ("by-api", "LinearFlow")
    run = found.trigger(x=6)
    run.suspend()
    assert any(event.type == "io.millrace.run.suspended" for event in api(millrace).events(run.run_id))
    assert run.status == "SUSPENDED"
    with pytest.raises(TimeoutError):
        run.wait_for_completion(timeout=1)
    run.unsuspend()
    run.terminate()
    run.wait_for_completion(timeout=60)
    assert run.status in ("ABORTED", "SUCCEEDED")
    again = DeployedFlow.get_triggered_run("by-api", run.run_id, impl="millrace")
    assert again.status == run.status
    names = [one.name for one in DeployedFlow.list_deployed_flows("LinearFlow", impl="millrace")]
    assert "by-api" in names
    assert deployed.delete()
    with pytest.raises(Exception, match="by-api"):
        DeployedFlow.from_deployment("by-api", impl="millrace")


def test_resume_with_another_value_and_from_a_step(millrace, monkeypatch, tmp_path):
    import metaflow
    from metaflow import Deployer

    monkeypatch.setenv("MILLRACE_API", millrace.url)
    monkeypatch.chdir(millrace.folder)
    metaflow.namespace(None)
    mended = tmp_path / "mended"
    mended.touch()
    flow = Deployer(str(FLOWS / "broken.py"), show_output=False, pylint=False).millrace(name="resumed-by-api").create()
    failed = flow.trigger(mended=str(tmp_path / "nowhere"))
    failed.wait_for_completion(timeout=120)
    assert failed.status == "FAILED"
    resumed = flow.resume(origin_run_id=failed.run_id, mended=str(mended))
    resumed.wait_for_completion(timeout=120)
    assert resumed.status == "SUCCEEDED" and resumed.run["end"].task.data.origin == failed.run_id
    again = flow.resume(origin_run_id=resumed.run_id, step_to_rerun="end")
    again.wait_for_completion(timeout=120)
    assert again.status == "SUCCEEDED" and again.run["end"].task.data.ended_in == again.run_id
    whole = flow.resume(origin_run_id=resumed.run_id)
    whole.wait_for_completion(timeout=120)
    assert whole.run.finished and whole.run["end"].task.data.ended_in == resumed.run_id
