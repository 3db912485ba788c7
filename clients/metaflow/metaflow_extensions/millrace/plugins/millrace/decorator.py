"""What every step that Millrace runs is decorated with: it reports the step's outcome."""

import json
import os
from typing import Any, Dict, List, Optional

from metaflow.decorators import StepDecorator
from metaflow.unbounded_foreach import UBF_CONTROL

from . import door

#: An error is cut to so much of its end.
MOST_ERROR = 1500


class MillraceInternalDecorator(StepDecorator):
    """Attached by ``millrace create``; not meant for people."""

    name = "millrace_internal"

    def task_pre_step(
        self,
        step_name: str,
        task_datastore: Any,
        metadata: Any,
        run_id: str,
        task_id: str,
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
        ubf_context: Optional[str],
        inputs: List[Any],
    ) -> None:
        store = task_datastore.parent_datastore
        door.enter(store.TYPE, store.datastore_root, "/".join((flow.name, run_id, step_name, task_id)), retry_count)
        # The join after a gang finds its inputs by this; each member is a process of its own here.
        members = os.environ.get("MILLRACE_NUM_NODES")
        if ubf_context == UBF_CONTROL and members:
            ids = [task_id] + ["%s-worker-%d" % (task_id, i) for i in range(int(members) - 1)]
            flow._control_mapper_tasks = ["/".join((run_id, step_name, one)) for one in ids]
            flow._control_task_is_mapper_zero = True

    def task_finished(
        self,
        step_name: str,
        flow: Any,
        graph: Any,
        is_task_ok: bool,
        retry_count: int,
        max_user_code_retries: int,
    ) -> None:
        # Nothing here leans on task_pre_step, which does not run when another decorator's raised.
        target = os.environ.get("MILLRACE_OUTCOME_FILE")
        if not target or os.environ.get("MILLRACE_NODE_INDEX", "0") != "0":
            return
        try:
            write(target, outcome(flow, graph[step_name], is_task_ok))
        except Exception:
            # Raised from here, it would hide the user's own error.
            if is_task_ok:
                raise


def outcome(flow: Any, node: Any, ok: bool) -> Dict[str, Any]:
    """The outcome of a step that has come to its end.

    :param flow: the flow's object in the step's process, or whatever else has its artifacts as attributes
    """
    if not ok:
        error = str(getattr(flow, "_exception", None) or "the step failed")
        return {"v": 1, "ok": False, "error": error[-MOST_ERROR:]}
    result: Dict[str, Any] = {"v": 1, "ok": True}
    if node.type == "foreach" and node.parallel_foreach:
        result["num_parallel"] = flow._parallel_ubf_iter.num_parallel
    elif node.type == "foreach":
        result["splits"] = flow._foreach_num_splits
    elif node.type == "split-switch":
        result["next"] = flow._transition[0][0]
    if node.parallel_step:
        result["mappers"] = len(getattr(flow, "_control_mapper_tasks", None) or [])
    return result


def write(path: str, what: Dict[str, Any]) -> None:
    """Written whole or not at all where the folder allows it; /dev/termination-log allows no renaming."""
    text = json.dumps(what)
    if path.startswith("/dev/"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)
