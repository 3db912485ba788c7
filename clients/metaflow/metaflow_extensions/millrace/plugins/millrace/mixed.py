"""Mixed runs: Metaflow's own runtime drives the run, and Millrace runs single tasks of it.

For Millrace each attempt of such a task is a run of its own. Its flow has this one step, so its definition is the same for
every task of the step, is stored once and is nobody's current one; what is the task's own comes as the run's parameters.
"""

import json
import re
import uuid
from typing import Any, Dict, List, NamedTuple, Optional

from metaflow.metaflow_config import KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED

from . import compiler
from .deployment import Deployment

#: The parameters of the one-step flow. ``arguments`` are words of Metaflow's ``step`` command, as JSON.
PARAMETERS = ("run", "task", "attempt", "inputs", "arguments")

#: Every run of a mixed one has a tag that begins so; the rest names the process of Metaflow's runtime.
SESSION = "metaflow-runtime:"


class MixedTask(NamedTuple):
    """An attempt of a task, as Metaflow's runtime wants it done."""

    run: str
    step: str
    task: str
    attempt: int
    #: As Metaflow's command line has them: maybe compressed.
    inputs: str
    #: More words of the ``step`` command.
    arguments: List[str]
    #: The number of members of a gang; 0 for a task that is none.
    members: int


def document(obj: Any, node: Any, to: Deployment) -> Dict[str, Any]:
    """The definition of the one-step flow. Nothing is tried again: Metaflow's runtime counts the attempts.

    A gang has to be opened and closed in a flow of Millrace, by a step that does nothing else.
    """
    ttl = KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED
    step = compiler.body(obj.flow, obj.graph, node, obj.environment, to, ttl, 0)
    step["retry"] = {"user": 0, "infrastructure": 0, "maxAttempts": 1}
    steps = [step]
    types = {name: "string" for name in PARAMETERS}
    if node.parallel_step:
        types["members"] = "integer"
        step["next"] = node.name + "_closed"
        size = 'echo "{\\"v\\":1,\\"ok\\":true,\\"num_parallel\\":$MILLRACE_PARAM_MEMBERS}" > $MILLRACE_OUTCOME_FILE'
        opened = _frame(step, node.name + "_opened", size)
        opened["next"] = {"gang": node.name}
        closed = _frame(step, node.name + "_closed", "true")
        closed["join"] = True
        steps = [opened, step, closed]
    return {
        "name": to.name,
        "description": "Step %s of runs that Metaflow's own runtime drives." % node.name,
        "parameters": {name: {"type": kind, "required": True} for name, kind in types.items()},
        "start": steps[0]["name"],
        "steps": steps,
    }


def _frame(step: Dict[str, Any], name: str, script: str) -> Dict[str, Any]:
    """A step that runs a line of shell where the gang runs, and asks for next to nothing."""
    frame: Dict[str, Any] = {"name": name, "container": {"command": ["sh", "-c", script]}}
    image = step["container"].get("image")
    if image:
        frame["container"]["image"] = image
        frame["resources"] = {"cpu": "0.05", "memory": "64M"}
    wanted = ("imagePullPolicy", "imagePullSecrets", "tolerations", "nodeSelector", "serviceAccount", "namespace", "ttl")
    section = {key: value for key, value in step.get("kubernetes", {}).items() if key in wanted}
    if section:
        frame["kubernetes"] = section
    return frame


def request(ref: str, flow_name: str, task: MixedTask, session: str) -> Dict[str, Any]:
    """The run request of an attempt.

    :param ref: the definition
    :param session: names the process of Metaflow's runtime
    """
    parameters: Dict[str, Any] = {
        "run": task.run,
        "task": task.task,
        "attempt": str(task.attempt),
        "inputs": task.inputs,
        "arguments": json.dumps(task.arguments),
    }
    if task.members:
        parameters["members"] = task.members
    readable = re.sub("[^a-z0-9]+", "-", "-".join((task.run, task.task, str(task.attempt))).lower())[-40:].strip("-")
    return {
        "flow": ref,
        "parameters": parameters,
        # Once a task, whoever else has runs of the same number: Metaflow's ids are only unique with their provider.
        "run": "mf-%s-%s" % (readable, uuid.uuid4().hex[:12]),
        "tags": [SESSION + session, "metaflow-task:%s/%s/%s/%s" % (flow_name, task.run, task.step, task.task)],
    }


def is_mixed(run: Dict[str, Any]) -> bool:
    """Whether a run of Millrace is a task of a mixed one."""
    return any(tag.startswith(SESSION) for tag in run.get("tags", []))


def explained(cause: Optional[Dict[str, Any]], message: Optional[str]) -> str:
    """Why an attempt failed, for people."""
    if cause is None:
        return message or "no reason is known"
    code = cause.get("exitCode")
    text = cause["kind"] if code is None else "%s (exit code %d)" % (cause["kind"], code)
    said = cause.get("message")
    if said and cause["kind"] == "user-error":
        # What follows is the end of the log, which was said already.
        said = said.split("\n", 1)[0].partition("; stderr ends")[0]
    return text if not said or said == cause["kind"] else "%s: %s" % (text, said)
