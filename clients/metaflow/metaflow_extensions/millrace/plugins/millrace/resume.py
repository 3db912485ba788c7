"""Resuming a run: what it had done becomes part of the new run, whose id Millrace then starts with the rest."""

import os
from types import SimpleNamespace
from typing import Any, Dict, Iterable, Optional, Set

from metaflow._vendor import click
from metaflow.clone_util import clone_task_helper
from metaflow.parameters import DelayedEvaluationParameter

from .api import ENDS, MillraceException
from .registry import Deployed, deployed
from .variables import RUNTIME


def resume_run(obj: Any, origin: str, new: str, step: Optional[str] = None, given: Iterable[str] = ()) -> str:
    """Clones every finished task of a run that is not to be done again, and asks for a run that goes on from there.

    Tasks have the same ids in both runs, so the inputs of what is still to be done are found. Only references are
    copied, no artifacts but those of parameters that have another value now.

    :param step: done once more with all after it; None for what had failed
    :param given: parameters in place of those that the run had, as ``NAME=VALUE``
    """
    from .compiler import variable

    values = parse(obj.flow, given)
    state = obj.millrace.run(origin)["state"]
    if state not in ENDS.values():
        raise MillraceException("Run %s is %s; only one that is over can be resumed. End it first: millrace terminate."
                                % (origin, state))
    if step and step not in obj.graph:
        raise MillraceException("--step-to-rerun: the flow has no step %s; it has %s."
                                % (step, ", ".join(node.name for node in obj.graph)))
    found = deployed(obj.millrace, obj.millrace_name.flow)
    if found is None:
        raise MillraceException("The flow of run %s is not deployed any more; deploy it: millrace create." % origin)
    _tag_as_steps_do(obj.metadata, found)
    obj.metadata.register_run_id(new)
    again = _from(obj.graph, step) if step else set()
    changed = _stored(obj, new, values)
    # Asked for at the end: by then its tasks find all that they need.
    for task in obj.flow_datastore.get_task_datastores(origin):
        is_done = task.step_name == "_parameters" or task.get("_task_ok")
        if is_done and task.step_name not in again:
            clone_task_helper(
                obj.flow.name, origin, new, task.step_name, task.task_id, task.task_id, obj.flow_datastore, obj.metadata,
                _Origin(task, changed),
            )
    asked = {variable(name): value.asked for name, value in values.items()}
    return str(obj.millrace.retry(origin, new, step, asked))


def _tag_as_steps_do(metadata: Any, found: Deployed) -> None:
    """The run and its taken over tasks are registered by this process, and are to be found as the deployed flow's own are:
    by the deployment's tags and in its namespace, not in that of who resumes."""
    metadata.sticky_sys_tags.difference_update(metadata._get_system_tags())
    os.environ.update(METAFLOW_PRODUCTION_TOKEN=found.token, METAFLOW_RUNTIME_NAME=RUNTIME)
    metadata.add_sticky_tags(tags=found.tags, sys_tags=metadata._get_system_tags())


def parse(flow: Any, given: Iterable[str]) -> Dict[str, SimpleNamespace]:
    """The values of ``NAME=VALUE`` by the parameter's name: ``var``, its name in the class, ``artifact``, as steps have it,
    and ``asked``, as a run request has it."""
    from .compiler import asked_value, variable

    known = {p.name: (var, p) for var, p in flow._get_parameters() if not p.IS_CONFIG_PARAMETER}
    by_variable = {variable(name): name for name in known}
    result: Dict[str, SimpleNamespace] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        name = by_variable.get(name, name)
        if not equals or name not in known:
            raise MillraceException("--param %s: expected NAME=VALUE with a parameter of the flow; it has %s."
                                    % (pair, ", ".join(known) or "none"))
        var, parameter = known[name]
        option = click.Option(("--" + name,), **{**parameter.option_kwargs(False), "required": False})
        with click.Context(click.Command("resume")) as context:
            try:
                value = option.type_cast_value(context, text)
            except click.BadParameter as wrong:
                raise MillraceException("--param %s: %s" % (pair, wrong.message)) from None
        artifact = value() if isinstance(value, DelayedEvaluationParameter) else value
        if isinstance(artifact, str) and artifact and parameter.separator:
            artifact = artifact.split(parameter.separator)
        result[name] = SimpleNamespace(var=var, artifact=artifact, asked=asked_value(parameter, value))
    return result


class _Origin:
    """What a task is cloned from: its artifacts, but those of the parameters that have another value now."""

    def __init__(self, task: Any, changed: Any) -> None:
        self._task = task
        self._changed = changed

    def get_with_pathspec(self, _: str) -> Any:
        task, changed = self._task, self._changed
        names = [name for name in changed._objects if name in task._objects]
        return SimpleNamespace(
            _objects={**task._objects, **{name: changed._objects[name] for name in names}},
            _info={**task._info, **{name: changed._info[name] for name in names}},
        )


def _stored(obj: Any, run: str, values: Dict[str, SimpleNamespace]) -> Any:
    """Artifacts of parameters in the datastore; the task that holds them here is never written."""
    if not values:
        return SimpleNamespace(_objects={}, _info={})
    holder = obj.flow_datastore.get_task_datastore(run, "_parameters", "changed", attempt=0, mode="w")
    holder.save_artifacts([(value.var, value.artifact) for value in values.values()])
    return holder


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
