"""From Metaflow's graph and resolved decorators to Millrace's flow document. The one place where that happens."""

import json
from typing import Any, Dict, List, Optional, Tuple

from metaflow.includefile import FilePathClass
from metaflow.metaflow_config import MAX_ATTEMPTS
from metaflow.parameters import DelayedEvaluationParameter, JSONType, deploy_time_eval

from . import kubernetes_section, triggers
from .api import MillraceException
from .deployment import Deployment
from .kubernetes_section import environment_of, find
from .step_command import container

#: Metaflow's own: exit code 202 says "do not try again".
NEVER_AGAIN = 202

#: Metaflow's @timeout raises inside the step, so that @catch and the log have it; Millrace's own timeout is for a
#: step that does not react, and for the start of Python before user code.
TIMEOUT_MARGIN = 60

STEP_DECORATORS_NOT_THERE = {
    "batch": "remove it, or use @kubernetes",
    "snowpark": "remove it, or use @kubernetes",
    "slurm": "remove it, or use @kubernetes",
    "nvidia": "remove it, or use @kubernetes(gpu=...)",
    "nvct": "remove it, or use @kubernetes(gpu=...)",
    "skypilot_step": "remove it, or use @kubernetes",
}

#: An environment of packages is made where a step runs: in its pod.
WITHOUT_ENVIRONMENT = (
    "in local mode steps run by the interpreter that runs create: install the packages there and leave --environment out, "
    "or run the flow on Kubernetes"
)


class NotSupportedException(MillraceException):
    headline = "Not supported by Millrace yet"


def compile_flow(
    flow: Any,
    graph: Any,
    environment: Any,
    to: Deployment,
    max_workers: int = 100,
    workflow_timeout: Optional[int] = None,
    workflow_priority: Optional[int] = None,
    ttl_seconds: Optional[Any] = None,
    schedule_parameters: Optional[Dict[str, Any]] = None,
    title: Optional[str] = None,
    description: Optional[str] = None,
) -> Dict[str, Any]:
    """The flow document.

    :param title: the first line of its description, which is what lists of flows show
    :param description: in place of the flow's docstring
    """
    given = schedule_parameters or {}
    refuse(flow, graph, to.executor, given)
    known = parameters(flow)
    limits: Dict[str, Any] = {"maxParallelTasks": max_workers}
    if workflow_timeout:
        limits["runTimeout"] = "%ds" % workflow_timeout
    described = [text.strip() for text in (title, description or graph.doc) if text and text.strip()]
    document: Dict[str, Any] = {
        "name": to.name,
        "description": "\n\n".join(described),
        "parameters": known,
        "start": graph.start_step,
        "steps": [_step(flow, graph, node, environment, to, ttl_seconds) for node in _in_order(graph)],
        "limits": limits,
        "announce": triggers.announce(flow),
    }
    started_by = triggers.compile_triggers(flow, known, variable, given)
    if started_by:
        document["triggers"] = started_by
    if workflow_priority is not None:
        document["priority"] = workflow_priority
    return document


def refuse(flow: Any, graph: Any, on: str, schedule_parameters: Optional[Dict[str, Any]] = None) -> None:
    """Raises for everything that would not run as Metaflow promises.

    :param on: what runs the steps
    """
    found: List[str] = []
    for node in graph:
        environment = environment_of(node.decorators)
        if environment and on == "process":
            found.append("Step %s: @%s is not there; %s." % (node.name, environment, WITHOUT_ENVIRONMENT))
        for deco in node.decorators:
            if deco.name in STEP_DECORATORS_NOT_THERE:
                advice = STEP_DECORATORS_NOT_THERE[deco.name]
                found.append("Step %s: @%s is not there yet; %s." % (node.name, deco.name, advice))
        if node.parallel_step and find(node, "catch"):
            found.append("Step %s: @catch is not supported with @parallel; remove one of them." % node.name)
    for name in triggers.missing(flow, schedule_parameters or {}):
        found.append(
            "Parameter %s: it is required, and @schedule gives it no value; give it a default, or call create with "
            "--schedule-parameter %s=VALUE." % (name, name)
        )
    seen: Dict[str, str] = {}
    for _, parameter in flow._get_parameters():
        if parameter.IS_CONFIG_PARAMETER:
            continue
        other = seen.setdefault(variable(parameter.name).lower(), parameter.name)
        if other != parameter.name:
            found.append("Parameters %s and %s: their names are the same but for case or '-'; rename one."
                         % (other, parameter.name))
    if found:
        raise NotSupportedException("\n".join(found))


def variable(name: str) -> str:
    """A parameter's name in the document, where '-' cannot stand."""
    return name.replace("-", "_")


def parameters(flow: Any) -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for _, parameter in flow._get_parameters():
        if parameter.IS_CONFIG_PARAMETER:
            continue
        kind = parameter_type(parameter)
        entry: Dict[str, Any] = {"type": kind}
        # Always passed to init: there an IncludeFile's default would be None.
        default = deploy_time_eval(parameter.kwargs.get("default"))
        if default is not None:
            entry["default"] = parameter_value(kind, default)
        elif parameter.kwargs.get("required"):
            entry["required"] = True
        if parameter.kwargs.get("help"):
            entry["description"] = str(parameter.kwargs["help"])
        result[variable(parameter.name)] = entry
    return result


def parameter_type(parameter: Any) -> str:
    kind = parameter.kwargs.get("type")
    if kind is JSONType or getattr(kind, "name", None) == "JSON":
        return "json"
    if isinstance(kind, FilePathClass):
        return "string"
    return {int: "integer", float: "number", bool: "boolean"}.get(kind, "string")


def parameter_value(kind: str, value: Any) -> Any:
    """A value as the document and run requests hold it."""
    if kind == "json":
        parsed = json.loads(value) if isinstance(value, str) else value
        # A JSON string is quoted once more: the step's environment drops one pair of quotes.
        return json.dumps(parsed) if isinstance(parsed, str) else parsed
    if kind == "integer":
        return int(value)
    if kind == "number":
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "t", "yes", "y", "on")
    return value if isinstance(value, str) else str(value)


def schedule_values(flow: Any, texts: Any) -> Dict[str, Any]:
    """Values of ``--schedule-parameter NAME=VALUE`` as the document holds them."""
    known = {p.name: parameter_type(p) for _, p in flow._get_parameters() if not p.IS_CONFIG_PARAMETER}
    result = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise MillraceException(
                "--schedule-parameter %s: expected NAME=VALUE with one of the flow's parameters (%s)."
                % (text, ", ".join(sorted(known)) or "it has none")
            )
        try:
            result[variable(name)] = parameter_value(known[name], value)
        except ValueError as wrong:
            raise MillraceException("--schedule-parameter %s: %s" % (text, wrong)) from None
    return result


def asked_value(parameter: Any, value: Any) -> Any:
    """A value that came from the command line, as run requests hold it."""
    kind = parameter_type(parameter)
    if isinstance(value, DelayedEvaluationParameter):
        value = value(return_str=True)
    elif kind == "json":
        value = json.dumps(value)
    return parameter_value(kind, value)


def retry_counts(node: Any) -> Tuple[int, int]:
    """How often user code is tried again, and how often a fallback is."""
    counts = [deco.step_task_retry_count() for deco in node.decorators]
    return max([user for user, _ in counts] + [0]), max([error for _, error in counts] + [0])


def body(
    flow: Any, graph: Any, node: Any, environment: Any, to: Deployment, ttl_seconds: Any, retries: int
) -> Dict[str, Any]:
    """A step in itself, without its place in the graph and what follows when it fails.

    :param retries: how often user code is tried again
    """
    step: Dict[str, Any] = {"name": node.name, "container": container(flow, graph, node, to, environment, retries)}
    resources = kubernetes_section.resources(node)
    if resources:
        step["resources"] = resources
    section = kubernetes_section.kubernetes(node, ttl_seconds)
    if section:
        step["kubernetes"] = section
    timeout = find(node, "timeout")
    if timeout is not None:
        step["timeout"] = "%ds" % (timeout.secs + TIMEOUT_MARGIN)
    return step


def _step(
    flow: Any, graph: Any, node: Any, environment: Any, to: Deployment, ttl_seconds: Any
) -> Dict[str, Any]:
    user, errors = retry_counts(node)
    step = body(flow, graph, node, environment, to, ttl_seconds, user)
    if node.type == "join":
        step["join"] = True
    # A fallback has to fit within Metaflow's attempts too; its readers look at no later ones.
    fallbacks = min(errors, max(1, MAX_ATTEMPTS - 1 - user)) if errors else 0
    step["retry"] = _retry(node, user, MAX_ATTEMPTS - fallbacks)
    if fallbacks:
        step["fallback"] = {"attempts": fallbacks}
    following = _next(node, graph)
    if following is not None:
        step["next"] = following
    return step


def _retry(node: Any, user: int, most: int) -> Dict[str, Any]:
    # A step without @retry runs once, whoever is to blame, as everywhere else with Metaflow: it may not be safe to
    # run it twice. With @retry, the platform's failures have a budget of their own of the same size.
    retry: Dict[str, Any] = {
        "user": user,
        "infrastructure": user,
        "maxAttempts": most,
        "neverOnExitCodes": [NEVER_AGAIN],
    }
    deco = find(node, "retry")
    if deco is not None and user:
        minutes = float(deco.attributes["minutes_between_retries"])
        pause = "%dms" % max(1, int(minutes * 60_000))
        retry["delay"] = retry["maxDelay"] = pause
    return retry


def _next(node: Any, graph: Any) -> Any:
    if node.name == graph.end_step or not node.out_funcs:
        return None
    targets = list(dict.fromkeys(node.out_funcs))
    if node.type == "foreach" and node.parallel_foreach:
        return {"gang": targets[0]}
    if node.type == "foreach":
        return {"foreach": targets[0]}
    if node.type == "split-switch" and len(targets) > 1:
        return {"switch": targets}
    return targets[0] if len(targets) == 1 else targets


def _in_order(graph: Any) -> List[Any]:
    """The first step first, then breadth by breadth: as a person reads the flow."""
    names = [graph.start_step]
    for name in names:
        names += [after for after in graph[name].out_funcs if after not in names]
    return [graph[name] for name in dict.fromkeys(names)]
