"""What every step that Millrace runs is decorated with: it reports the step's outcome."""

import calendar
import json
import os
import time
from typing import Any, Dict, List, Optional, Tuple

from metaflow import current
from metaflow.decorators import StepDecorator
from metaflow.events import Trigger
from metaflow.metadata_provider import MetaDatum
from metaflow.unbounded_foreach import UBF_CONTROL

from . import bytecode, door, parameters_task

#: An error is cut to so much of its end.
MOST_ERROR = 1500


class MillraceInternalDecorator(StepDecorator):
    """Attached by ``millrace create``; not meant for people."""

    name = "millrace_internal"

    def step_init(self, *_: Any) -> None:
        parameters_task.store()

    def add_to_package(self) -> List[Tuple[str, str]]:
        return bytecode.packaged()

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
        self._tell_triggers(step_name, graph, metadata, run_id, task_id, retry_count)
        # The join after a gang finds its inputs by this; each member is a process of its own here.
        members = os.environ.get("MILLRACE_NUM_NODES")
        if ubf_context == UBF_CONTROL and members:
            ids = [task_id] + ["%s-worker-%d" % (task_id, i) for i in range(int(members) - 1)]
            flow._control_mapper_tasks = ["/".join((run_id, step_name, one)) for one in ids]
            flow._control_task_is_mapper_zero = True

    def _tell_triggers(
        self, step_name: str, graph: Any, metadata: Any, run_id: str, task_id: str, retry_count: int
    ) -> None:
        """Fills ``current.trigger`` with the events that the run was started for."""
        found = triggers(os.environ.get("MILLRACE_TRIGGERED_BY"))
        if not found:
            return
        is_kept = metadata.TYPE == "local" and "METAFLOW_KUBERNETES_WORKLOAD" in os.environ
        current._update_env({"trigger": (FetchingTrigger if is_kept else Trigger)(list(found))})
        if step_name == graph.start_step:
            tags = ["attempt_id:%d" % retry_count]
            text = json.dumps(found)
            field = "execution-triggers"
            metadata.register_metadata(run_id, step_name, task_id, [MetaDatum(field, text, field, tags)])

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


class FetchingTrigger(Trigger):
    """For pods without a metadata service: what is known of the runs among the events is in the datastore, and brought
    when somebody asks for them."""

    @property
    def runs(self) -> Any:
        if self._runs is None:
            from . import local_metadata

            for event in self.events or []:
                if event.type == "run":
                    local_metadata.fetch(*event.id.split("/")[:2])
        return super().runs


def triggers(text: Optional[str]) -> List[Dict[str, Any]]:
    """The events of a run in the words of Metaflow's ``Trigger``; a schedule's time is none.

    :param text: as MILLRACE_TRIGGERED_BY has it
    """
    return [
        {
            "timestamp": calendar.timegm(time.strptime(event["time"][:19], "%Y-%m-%dT%H:%M:%S")),
            "id": event["id"],
            "name": _name(event),
            "type": event["type"],
        }
        for event in json.loads(text or "[]")
        if event["type"] != "schedule"
    ]


def _name(event: Dict[str, Any]) -> str:
    """A run's end has the name that Metaflow's own ``--trigger`` gives it, which is without the project and the branch;
    the id tells which run it was."""
    if event["type"] == "run" and event["name"].endswith(".end"):
        return "metaflow.%s.end" % event["id"].split("/", 1)[0]
    return str(event["name"])


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
