"""Resuming a run: what it had done becomes part of the new run, whose id Millrace then starts with the rest."""

from typing import Any, Optional, Set

from metaflow.clone_util import clone_task_helper

from .api import MillraceException
from .registry import deployed

STOPPED = ("failed", "timed-out", "cancelled")


def resume_run(obj: Any, origin: str, new: str, step: Optional[str] = None) -> str:
    """Clones every finished task of a run that is not to be done again, and asks for a run that goes on from there.

    Tasks have the same ids in both runs, so the inputs of what is still to be done are found. Only references are
    copied, no artifacts.

    :param step: done once more with all after it; None for what had failed
    """
    state = obj.millrace.run(origin)["state"]
    if state not in STOPPED and not (step and state == "succeeded"):
        raise MillraceException(
            "Run %s is %s; only one that failed, timed out or was terminated can be resumed, and one that succeeded "
            "with --step-to-rerun." % (origin, state)
        )
    if step and step not in obj.graph:
        raise MillraceException("--step-to-rerun: the flow has no step %s; it has %s."
                                % (step, ", ".join(node.name for node in obj.graph)))
    found = deployed(obj.millrace, obj.millrace_name.flow)
    if found is None:
        raise MillraceException("The flow of run %s is not deployed any more; deploy it: millrace create." % origin)
    obj.metadata.add_sticky_tags(sys_tags=["production:" + found.token])
    obj.metadata.register_run_id(new)
    again = _from(obj.graph, step) if step else set()
    # Asked for at the end: by then its tasks find all that they need.
    for task in obj.flow_datastore.get_task_datastores(origin):
        is_done = task.step_name == "_parameters" or task.get("_task_ok")
        if is_done and task.step_name not in again:
            clone_task_helper(
                obj.flow.name, origin, new, task.step_name, task.task_id, task.task_id, obj.flow_datastore, obj.metadata
            )
    return str(obj.millrace.retry(origin, new, step))


def _from(graph: Any, step: str) -> Set[str]:
    """A step and all that can follow it."""
    found: Set[str] = set()
    ahead = [step]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += graph[name].out_funcs
    return found
