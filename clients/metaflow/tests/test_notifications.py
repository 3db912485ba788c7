"""Notifications of the ends of runs."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from conftest import api
from test_triggers import WITHIN, Starts

WEBHOOK = "--notify-slack-webhook-url"


@pytest.fixture()
def requests(folder):
    # Not imported above: see conftest.api.
    from metaflow_extensions.millrace.plugins.millrace.notifications import requests

    return requests


@pytest.fixture()
def webhook():
    """A webhook's address, and what it was sent."""
    sent = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self):
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Webhook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "http://127.0.0.1:%d/hook" % server.server_address[1], sent
        server.shutdown()


def triggered(millrace, starts):
    """A run's id, and how the run that tells of its end ended."""
    file = millrace.folder / "told"
    millrace.call("single.py", "millrace", "trigger", "--run-id-file", str(file))
    teller = starts.next("SingleFlow.exit-hooks")
    return file.read_text(), teller, api(millrace).wait(teller, WITHIN)


def test_a_runs_end_is_told(millrace, webhook):
    url, sent = webhook
    with Starts(millrace) as starts:
        millrace.call("single.py", "millrace", "create", "--notify-on-success", WEBHOOK, url)
        run_id, _, state = triggered(millrace, starts)
        assert state == "succeeded"
        assert sent == [{"text": ":white_check_mark: Metaflow run SingleFlow/%s succeeded." % run_id}]
        # Nobody listens there.
        millrace.call("single.py", "millrace", "create", "--notify-on-success", WEBHOOK, "http://127.0.0.1:9/hook")
        _, teller, state = triggered(millrace, starts)
    assert state == "failed"
    said = " ".join(line["text"] for line in api(millrace).lines(teller, "hooks", 0))
    assert "Slack was not notified" in said
    millrace.call("single.py", "millrace", "create")
    assert api(millrace).flow("SingleFlow.exit-hooks") is None


def test_each_service_gets_what_it_takes(requests):
    found = requests(
        "F",
        notify_on_error=True,
        notify_on_success=True,
        notify_pager_duty_integration_key="routing",
        notify_incident_io_api_key="key",
        incident_io_alert_source_config_id="01GW",
        incident_io_metadata=("team=data", "at=a=b"),
    )
    alert, incident = found["failed"]
    assert alert["url"] == "https://events.pagerduty.com/v2/enqueue"
    assert [alert["body"][key] for key in ("routing_key", "event_action")] == ["routing", "trigger"]
    assert alert["body"]["payload"] == {
        "summary": "Metaflow run F/{run_id} failed.",
        "source": "{run_id}",
        "severity": "info",
        "custom_details": {"Flow": "F", "Run ID": "{run_id}"},
    }
    assert incident["url"] == "https://api.incident.io/v2/alert_events/http/01GW"
    assert incident["headers"] == {"Authorization": "Bearer key"}
    assert incident["body"]["metadata"] == {
        "team": "data", "at": "a=b", "run_status": "failed", "flow_name": "F", "run_id": "{run_id}",
    }
    change, incident = found["succeeded"]
    assert change["url"] == "https://events.pagerduty.com/v2/change/enqueue"
    assert "event_action" not in change["body"]
    assert incident["body"]["title"] == "Flow F has succeeded."


@pytest.mark.parametrize("given, message", [
    ({}, "Where do notifications go?"),
    ({"notify_slack_webhook_url": "hooks.slack.com/x"}, "--notify-slack-webhook-url: expected a URL"),
    ({"notify_incident_io_api_key": "key"}, "--incident-io-alert-source-config-id"),
    (
        {"notify_pager_duty_integration_key": "k", "incident_io_metadata": ("team",)},
        "--incident-io-metadata team: expected NAME=VALUE",
    ),
])
def test_what_does_not_fit_is_named(requests, given, message):
    from metaflow.exception import MetaflowException

    with pytest.raises(MetaflowException) as refused:
        requests("F", notify_on_error=True, **given)
    assert message in str(refused.value)


def test_nobody_is_notified_unless_asked(requests):
    assert requests("F", notify_slack_webhook_url="https://a") == {"succeeded": [], "failed": []}
