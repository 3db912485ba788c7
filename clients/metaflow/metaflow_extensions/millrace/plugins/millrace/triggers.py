"""What starts a flow's runs by itself: @schedule, @trigger and @trigger_on_finish as sections of the flow document, and
the names under which others may wait for this flow."""

import re
from typing import Any, Callable, Dict, List, Optional

from metaflow import current
from metaflow.exception import MetaflowException

#: Options of @trigger and @trigger_on_finish that mean something here.
OPTIONS = ("reset_at", "window", "match")

#: What tells that a flow has come to its end; the flow's full name within.
FLOWS_END = re.compile(r"metaflow\.(.+)\.end")

#: What events have of a @project's flow.
PROJECT = ("project_name", "branch_name", "is_user_branch", "is_production", "project_flow_name")


def decorator(flow: Any, name: str) -> Any:
    """The flow's decorator of that name; None without."""
    found = flow._flow_decorators.get(name)
    return found[0] if found else None


def schedule(flow: Any) -> Optional[Dict[str, Any]]:
    """The times; None where the flow has none, or where all of @schedule's settings are false."""
    deco = decorator(flow, "schedule")
    if deco is None or deco.schedule is None:
        return None
    # The sixth field would be the year, which no cron has.
    result: Dict[str, Any] = {"cron": " ".join(deco.schedule.split()[:5])}
    if deco.timezone:
        result["timezone"] = deco.timezone
    return result


def announce(flow: Any) -> Dict[str, Any]:
    """The names of this flow's successes, and what tells who it is in their payload."""
    payload = {"flow_name": flow.name, "auto-generated-by-metaflow": True}
    payload.update({key: current.get(key) for key in PROJECT if current.get(key)})
    return {"prefix": "metaflow.%s" % current.get("project_flow_name", flow.name), "payload": payload}


def compile_triggers(
    flow: Any, parameters: Dict[str, Any], variable: Callable[[str], str], given: Dict[str, Any]
) -> Optional[Dict[str, Any]]:
    """The section of the flow document; None where nothing starts runs.

    :param parameters: as the document has them
    :param variable: a parameter's name in the document
    :param given: values for the runs of the schedule
    """
    section: Dict[str, Any] = {}
    times = schedule(flow)
    if times is not None:
        if given:
            times["parameters"] = given
        section["schedule"] = times
    elif given:
        raise MetaflowException("--schedule-parameter needs @schedule, which this flow does not have.")
    published = decorator(flow, "trigger")
    finished = decorator(flow, "trigger_on_finish")
    events: List[Dict[str, Any]] = []
    options: Dict[str, Any] = {}
    if published is not None:
        published.format_deploytime_value()
        events += [_event(one, parameters, variable) for one in published.triggers]
        _mapped_once(events)
        if len(events) == 1 and finished is None and "parameters" not in events[0] and parameters:
            # One event without a mapping brings each parameter by its name.
            events[0]["parameters"] = {name: name.lower() for name in parameters}
        options.update(_options("trigger", published.options))
    if finished is not None:
        finished.format_deploytime_value()
        events += [{"event": "metaflow.%s.end" % _project_flow(one)} for one in finished.triggers]
        options.update(_options("trigger_on_finish", finished.options))
    if events:
        section["events"] = events
        section.update(options)
    return section or None


def missing(flow: Any, given: Dict[str, Any]) -> List[str]:
    """Parameters that a run of the schedule would lack: it could never start."""
    if schedule(flow) is None:
        return []
    return [
        parameter.name
        for _, parameter in flow._get_parameters()
        if not parameter.IS_CONFIG_PARAMETER
        and parameter.kwargs.get("required")
        and parameter.kwargs.get("default") is None
        and parameter.name.replace("-", "_") not in given
    ]


def take_deployed_names(document: Dict[str, Any], deployed: Callable[[], List[str]], say: Callable[[str], None]) -> None:
    """Where a flow that is waited for is deployed under a name that differs by case alone, that is the name meant:
    nothing would ever start otherwise.

    :param document: changed in place
    :param deployed: the names of all deployed flows; asked for only where it matters
    :param say: told of each name that is taken for another one
    """
    waited = [one for one in document.get("triggers", {}).get("events", []) if FLOWS_END.fullmatch(one["event"])]
    names = deployed() if waited else []
    for one in waited:
        wanted = FLOWS_END.fullmatch(one["event"]).group(1)  # type: ignore[union-attr]
        alike = [name for name in names if name.lower() == wanted.lower()]
        if wanted not in alike and len(alike) == 1:
            say("No flow %s is deployed; %s is, and is waited for." % (wanted, alike[0]))
            one["event"] = "metaflow.%s.end" % alike[0]


def _event(trigger: Dict[str, Any], parameters: Dict[str, Any], variable: Callable[[str], str]) -> Dict[str, Any]:
    name = trigger["name"]
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,255}", name):
        raise MetaflowException(
            "Invalid event name *%s* in *@trigger* decorator. Only alphanumeric characters, underscores(_), dashes(-) "
            "and dots(.) are allowed." % name
        )
    known = {one.lower(): one for one in parameters}
    mapped: Dict[str, str] = {}
    for parameter, field in (trigger.get("parameters") or {}).items():
        found = known.get(variable(parameter).lower())
        if found is None:
            raise MetaflowException(
                "Parameter *%s* defined in the event mappings for *@trigger* decorator not found in the flow." % parameter
            )
        if found in mapped:
            raise MetaflowException(
                "Duplicate entries for parameter *%s* defined in the event mappings for *@trigger* decorator." % found
            )
        mapped[found] = field
    return {"event": name, **({"parameters": mapped} if mapped else {})}


def _mapped_once(events: List[Dict[str, Any]]) -> None:
    seen: List[str] = []
    for event in events:
        for parameter in event.get("parameters", {}):
            if parameter in seen:
                raise MetaflowException(
                    "Duplicate entries for parameter *%s* defined in the event mappings for *@trigger* decorator."
                    % parameter
                )
            seen.append(parameter)


def _project_flow(trigger: Dict[str, Any]) -> str:
    """The full name of the flow that is waited for: what the decorator leaves out is the same as of this flow."""
    project = trigger.get("project") or current.get("project_name")
    branch = trigger.get("branch") or current.get("branch_name")
    if bool(project) != bool(branch):
        raise MetaflowException(
            "Incomplete project info. Please specify both 'project' and 'project_branch' or use the @project decorator"
        )
    return ".".join(part for part in (project, branch, trigger["flow"]) if part)


def _options(deco: str, options: Dict[str, Any]) -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for key, value in (options or {}).items():
        if key not in OPTIONS:
            raise MetaflowException(
                "Option *%s* of *@%s* is not known to Millrace; it knows %s." % (key, deco, ", ".join(OPTIONS))
            )
        if key == "reset_at":
            result["reset"] = {"cron": value.get("cron"), **({"timezone": value["timezone"]} if value.get("timezone") else {})}
        elif key == "window":
            result["window"] = "%ds" % value if isinstance(value, int) else value
        else:
            result["match"] = value
    return result
