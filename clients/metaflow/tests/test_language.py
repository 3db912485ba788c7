"""What reaches steps from outside, and the ways through a graph that other tests do not go."""

from conftest import api, card
from test_local_mode import client


def trigger(millrace, flow, *words):
    """Starts a run of what is deployed, and waits for its end."""
    file = millrace.folder / "run-id"
    millrace.call(flow, *words, "millrace", "trigger", "--run-id-file", str(file))
    run_id = file.read_text()
    assert api(millrace).wait(run_id) == "succeeded", api(millrace).run(run_id).get("message")
    return run_id


def test_config_include_file_secrets_card_and_project(millrace, monkeypatch):
    from metaflow.cards import get_cards

    # Where Metaflow's client looks for cards, and for nothing else.
    monkeypatch.chdir(millrace.folder)

    millrace.call("settings.py", "millrace", "create")
    task = client("SettingsFlow", trigger(millrace, "settings.py"))["start"].task
    data = task.data
    assert "a card of today" in card(get_cards(task)[0].get())
    assert [data.greeting, data.token, data.deep, data.count] == ["hi", "t0ken", 1, 3]
    assert data.project == ["weather", "user.tester", "weather.user.tester.SettingsFlow", False]
    assert "t0ken" not in str(api(millrace).flow("weather.user.tester.SettingsFlow"))


def test_config_value_branch_tags_and_namespace(millrace):
    words = ["--branch", "warm", "--config-value", "config", '{"greeting": "hello", "deep": {"n": 2}}']
    millrace.call("settings.py", *words, "millrace", "create", "--tag", "season:summer", "--namespace", "user:other")
    found = client("SettingsFlow", trigger(millrace, "settings.py", "--branch", "warm"))
    data = found["start"].task.data
    assert [data.greeting, data.deep, data.namespace] == ["hello", 2, "user:other"]
    assert data.project[1:] == ["test.warm", "weather.test.warm.SettingsFlow", False]
    assert "season:summer" in found.tags and "project_branch:test.warm" in found.tags


def test_production_branch(millrace):
    millrace.call("settings.py", "--production", "millrace", "create")
    data = client("SettingsFlow", trigger(millrace, "settings.py", "--production"))["start"].task.data
    assert data.project[1:] == ["prod", "weather.prod.SettingsFlow", True]


def test_switch_in_a_branch_static_join_timeout_and_other_names_of_first_and_last_steps(millrace):
    millrace.call("paths.py", "millrace", "create")
    found = client("PathFlow", trigger(millrace, "paths.py"))
    assert found.successful
    assert found["meet"].task.data.took == ["b"]
    assert ["timed out" in late for late in found["meet"].task.data.late] == [True]
