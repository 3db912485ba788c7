"""Notifications of the ends of runs: what goes to Slack, PagerDuty and incident.io, by the options that Metaflow's other
schedulers have for it."""

from typing import Any, Callable, Dict, List, Optional, Tuple

from metaflow._vendor import click

from .api import MillraceException

# Stands for the run's id in what is sent; hooks_step.py puts it in.
RUN_ID = "{run_id}"

Requests = Dict[str, List[Dict[str, Any]]]

_OPTIONS = [
    click.option("--notify-on-error/--no-notify-on-error", default=False, show_default=True,
                 help="Notify if a run fails."),
    click.option("--notify-on-success/--no-notify-on-success", default=False, show_default=True,
                 help="Notify if a run succeeds."),
    click.option("--notify-slack-webhook-url", default=None, help="Slack's incoming webhook for notifications."),
    click.option("--notify-pager-duty-integration-key", default=None,
                 help="PagerDuty's integration key (Events API v2) for notifications."),
    click.option("--notify-incident-io-api-key", default=None, help="incident.io's API key for notifications."),
    click.option("--incident-io-alert-source-config-id", default=None,
                 help="incident.io's alert source, as 01GW2G3V0S59R238FAHPDS1R66."),
    click.option("--incident-io-metadata", default=None, type=str, multiple=True, metavar="NAME=VALUE",
                 help="Goes into the metadata of incident.io's alerts."),
]


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options to a command, which hands them to :func:`requests`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def requests(
    flow: str,
    notify_on_error: bool = False,
    notify_on_success: bool = False,
    notify_slack_webhook_url: Optional[str] = None,
    notify_pager_duty_integration_key: Optional[str] = None,
    notify_incident_io_api_key: Optional[str] = None,
    incident_io_alert_source_config_id: Optional[str] = None,
    incident_io_metadata: Tuple[str, ...] = (),
) -> Requests:
    """The requests of a run's end, by its result: each with ``to``, ``url``, ``headers`` and ``body``.

    :raises MillraceException: when notifications are asked for and it is not said where they go
    """
    results = [("failed", notify_on_error), ("succeeded", notify_on_success)]
    found: Requests = {"succeeded": [], "failed": []}
    if not (notify_on_error or notify_on_success):
        return found
    url, routing, key = notify_slack_webhook_url, notify_pager_duty_integration_key, notify_incident_io_api_key
    if not (url or routing or key):
        raise MillraceException("Where do notifications go? Give --notify-slack-webhook-url, "
                                "--notify-pager-duty-integration-key or --notify-incident-io-api-key.")
    if url and not url.startswith(("https://", "http://")):
        raise MillraceException("--notify-slack-webhook-url: expected a URL that begins with https://, found %s." % url)
    if key and not incident_io_alert_source_config_id:
        raise MillraceException("incident.io's alerts need a source: --incident-io-alert-source-config-id.")
    metadata = _pairs(incident_io_metadata or ())
    for result in (result for result, is_wanted in results if is_wanted):
        if url:
            found[result].append(_slack(flow, result, url))
        if routing:
            found[result].append(_pager_duty(flow, result, routing))
        if key:
            found[result].append(_incident_io(flow, result, key, str(incident_io_alert_source_config_id), metadata))
    return found


def _pairs(given: Tuple[str, ...]) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name in found:
            raise MillraceException("--incident-io-metadata %s: expected NAME=VALUE, each name once." % pair)
        found[name] = value
    return found


def _summary(flow: str, result: str) -> str:
    return "Metaflow run %s/%s %s." % (flow, RUN_ID, result)


def _slack(flow: str, result: str, url: str) -> Dict[str, Any]:
    sign = ":rotating_light:" if result == "failed" else ":white_check_mark:"
    return {"to": "Slack", "url": url, "headers": {}, "body": {"text": "%s %s" % (sign, _summary(flow, result))}}


def _pager_duty(flow: str, result: str, routing: str) -> Dict[str, Any]:
    """A failure is an alert, a success a change (PagerDuty's Events API v2)."""
    payload = {
        "summary": _summary(flow, result), "source": RUN_ID, "custom_details": {"Flow": flow, "Run ID": RUN_ID},
    }
    if result == "failed":
        alert = {"routing_key": routing, "event_action": "trigger", "payload": {**payload, "severity": "info"}}
        return {"to": "PagerDuty", "url": "https://events.pagerduty.com/v2/enqueue", "headers": {}, "body": alert}
    change = {"routing_key": routing, "payload": payload}
    return {"to": "PagerDuty", "url": "https://events.pagerduty.com/v2/change/enqueue", "headers": {}, "body": change}


def _incident_io(flow: str, result: str, key: str, source: str, metadata: Dict[str, str]) -> Dict[str, Any]:
    return {
        "to": "incident.io",
        "url": "https://api.incident.io/v2/alert_events/http/" + source,
        "headers": {"Authorization": "Bearer " + key},
        "body": {
            "idempotency_key": RUN_ID,
            "status": "firing",
            "title": "Flow %s has %s." % (flow, result),
            "description": _summary(flow, result),
            "metadata": {**metadata, "run_status": result, "flow_name": flow, "run_id": RUN_ID},
        },
    }
