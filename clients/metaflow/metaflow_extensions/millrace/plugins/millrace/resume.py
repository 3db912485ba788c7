"""Resuming a run: what it had done becomes part of the new run, whose id Millrace then starts with the rest."""

from typing import Any

from metaflow.clone_util import clone_task_helper

from .api import MillraceException
from .registry import deployed


def resume_run(obj: Any, origin: str, new: str) -> str:
    """Clones every finished task of a run, and asks for a run that goes on from there.

    Tasks have the same ids in both runs, so the inputs of what is still to be done are found. Only references are
    copied, no artifacts.
    """
    former = obj.millrace.run(origin)
    if former["state"] not in ("failed", "timed-out", "cancelled"):
        raise MillraceException(
            "Run %s is %s; only one that failed, timed out or was terminated can be resumed." % (origin, former["state"])
        )
    found = deployed(obj.millrace, obj.millrace_name.flow)
    if found is None:
        raise MillraceException("The flow of run %s is not deployed any more; deploy it: millrace create." % origin)
    obj.metadata.add_sticky_tags(sys_tags=["production:" + found.token])
    obj.metadata.register_run_id(new)
    finished = obj.flow_datastore.get_task_datastores(origin)
    for task in finished:
        if not (task.get("_task_ok") or task.step_name == "_parameters"):
            continue
        clone_task_helper(
            obj.flow.name, origin, new, task.step_name, task.task_id, task.task_id, obj.flow_datastore, obj.metadata
        )
    obj.echo("%d tasks of run %s are taken over." % (len(finished), origin))
    return str(obj.millrace.retry(origin, new))
