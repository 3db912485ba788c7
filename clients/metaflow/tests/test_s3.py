"""Flows whose datastore is S3, in local mode: code, artifacts and logs in a bucket, steps as processes."""

from conftest import Metaflow, api


def run(on_s3, flow, *words, state="succeeded"):
    ended, run_id = on_s3.run(flow, *words)
    assert ended == state, api(on_s3).run(run_id).get("message")
    return run_id


def test_parameters_logs_and_code_on_s3(on_s3):
    run_id = run(on_s3, "linear.py", "--x", "7")
    seen, said, has_code, where = on_s3.read(
        "LinearFlow", run_id,
        "[run['start'].task.data.seen, run['start'].task.stdout, b'class LinearFlow' in run.code.flowspec, run.code.path]",
    )
    assert seen[0] == 7
    assert said == "hello from start\n"
    assert has_code
    assert where.startswith("s3://millrace/metaflow/LinearFlow/data/")


def test_a_store_that_aws_own_variable_names(on_s3):
    env = {name: value for name, value in on_s3.env.items() if name != "METAFLOW_S3_ENDPOINT_URL"}
    user = Metaflow(on_s3.folder, on_s3.url, on_s3.s3, AWS_ENDPOINT_URL_S3=on_s3.s3, **env)
    run_id = run(user, "linear.py", "--x", "8")
    assert user.read("LinearFlow", run_id, "run['start'].task.data.seen[0]") == 8


def test_attempts_and_a_failed_runs_log_on_s3(on_s3):
    run_id = run(on_s3, "failures.py", "--hopeless", "true", state="failed")
    assert on_s3.read(
        "FailureFlow", run_id,
        "[run.successful, 'RuntimeError: no hope' in run['end'].task.stderr,"
        " run['start'].task.current_attempt, run['start'].task.stdout, run['caught'].task.current_attempt,"
        " run['crashed'].task.current_attempt, 'kept failing' in str(run['crashed'].task.data.crash)]",
    ) == [False, True, 2, "attempt 2\n", 1, 1, True]


def test_gang_and_join_on_s3(on_s3):
    run_id = run(on_s3, "gang.py")
    assert on_s3.read("GangFlow", run_id, "[run.successful, run['gather'].task.data.members]") == [
        True, [[0, 3], [1, 3], [2, 3]]
    ]


def test_resume_on_s3(on_s3, tmp_path):
    mended = tmp_path / "mended"
    origin = run(on_s3, "broken.py", "--mended", str(mended), state="failed")
    mended.touch()
    file = on_s3.folder / "resumed-on-s3"
    on_s3.call("broken.py", "millrace", "resume", origin, "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(on_s3).wait(run_id) == "succeeded", api(on_s3).run(run_id).get("message")
    assert on_s3.read("BrokenFlow", run_id, "[run['end'].task.data.numbers_seen, run['end'].task.data.began_in]") == [
        [1, 2], origin
    ]


def test_credentials_that_steps_would_not_get_are_refused(on_s3, tmp_path):
    nowhere = str(tmp_path / "nowhere")
    env = dict(AWS_SHARED_CREDENTIALS_FILE=nowhere, AWS_CONFIG_FILE=nowhere, AWS_SECRET_ACCESS_KEY="millrace-local")
    said = on_s3.call("linear.py", "millrace", "create", ok=False, AWS_ACCESS_KEY_ID="millrace", **env)
    assert "put the credentials into AWS's own file" in said


def test_steps_with_kubernetes_are_processes_in_local_mode(on_s3):
    on_s3.call("gang.py", "--with", "kubernetes:cpu=1", "millrace", "--name", "decorated", "create")
    file = on_s3.folder / "decorated"
    on_s3.call("gang.py", "millrace", "--name", "decorated", "trigger", "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(on_s3).wait(run_id) == "succeeded", api(on_s3).run(run_id).get("message")
    assert on_s3.read("GangFlow", run_id, "run['gather'].task.data.members") == [[0, 3], [1, 3], [2, 3]]
