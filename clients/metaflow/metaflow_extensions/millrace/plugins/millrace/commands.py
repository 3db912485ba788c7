"""The commands that look at runs and control them, and the one that a step's own process calls."""

import os
import sys
from typing import Any, Optional

from metaflow._vendor import click

from .api import MillraceException


@click.command(help="Print the status of a run.")
@click.argument("run-id", required=True)
@click.pass_obj
def status(obj: Any, run_id: str) -> None:
    run = obj.millrace.run(run_id)
    obj.echo_always(run["state"], err=False, no_bold=True)
    if run.get("message"):
        obj.echo(run["message"])
    if obj.metadata.TYPE == "local":
        from . import local_metadata

        local_metadata.fetch(obj.flow.name, run_id, datastore=obj.flow_datastore)


@click.command(help="List the runs of this flow, the newest first.")
@click.pass_obj
def runs(obj: Any) -> None:
    from .mixed import is_mixed

    for run in obj.millrace.runs(obj.millrace_name.flow)["runs"]:
        if is_mixed(run):
            continue
        obj.echo_always("%s %s %s" % (run["run"], run["state"], run["started"]), err=False, no_bold=True)


@click.command("list", help="List the names under which this flow is deployed.")
@click.option("--all", "everything", is_flag=True, help="Those of all flows.")
@click.pass_obj
def list_flows(obj: Any, everything: bool) -> None:
    from .registry import deployed

    for name in obj.millrace.names():
        found = deployed(obj.millrace, name)
        if found and (everything or found.flow_name == obj.flow.name):
            obj.echo_always("%s %s by %s" % (found.name, found.flow_name, found.owner), err=False, no_bold=True)


@click.command(help="Withdraw the deployed flow. Runs that are under way go on.")
@click.option("--authorize", default=None, help="Authorize using this production token.")
@click.pass_obj
def delete(obj: Any, authorize: Optional[str]) -> None:
    from . import exit_hooks
    from .deploy import authorized
    from .registry import deployed

    name = obj.millrace_name.flow
    found = deployed(obj.millrace, name)
    if found is None:
        raise MillraceException("No flow of Metaflow is deployed under the name %s." % name)
    authorized(found, authorize, "withdraw it", "delete")
    obj.millrace.withdraw(name)
    exit_hooks.withdraw(obj.millrace, name)
    obj.echo("Flow *%s* is withdrawn from Millrace." % name, bold=True)


@click.command(help="Print what the steps of a run have said; STEP bounds it to one.")
@click.argument("run-id", required=True)
@click.argument("step", required=False)
@click.option("--follow", is_flag=True, help="Go on until the run ends.")
@click.pass_obj
def logs(obj: Any, run_id: str, step: Optional[str], follow: bool) -> None:
    from .logs import follow_run, print_lines

    def say(line: str) -> None:
        obj.echo_always(line, err=False, no_bold=True)

    if follow:
        follow_run(obj.millrace, run_id, step, say)
        return
    for one in obj.millrace.logged(run_id, step):
        print_lines(obj.millrace, run_id, one["task"], one["attempt"], False, say)


def _control(name: str, what: str, help_text: str, said: str) -> Any:
    @click.command(name, help=help_text)
    @click.argument("run-id", required=True)
    @click.pass_obj
    def command(obj: Any, run_id: str) -> None:
        body = {"reason": "terminated by a user of Metaflow"} if what == "cancel" else None
        obj.millrace.control(run_id, what, body)
        obj.echo("Run *%s* %s." % (run_id, said), bold=True)

    return command


@click.command(hidden=True, help="Report a task again that an earlier attempt has finished; called around a step.")
@click.argument("step", required=True)
@click.option("--run-id", required=True)
@click.option("--task-id", required=True)
@click.option("--before", required=True, type=int, help="The attempt that is about to start.")
@click.pass_obj
def outcome(obj: Any, step: str, run_id: str, task_id: str, before: int) -> None:
    from types import SimpleNamespace

    from metaflow.datastore.exceptions import DataException

    from . import decorator
    from .task import NOT_FINISHED

    for attempt in reversed(range(before)):
        try:
            done = obj.flow_datastore.get_task_datastore(run_id, step, task_id, attempt=attempt)
        except DataException:
            # It was not started, or ended before it had stored what it made.
            continue
        names = [name for name in ("_task_ok", "_transition", "_foreach_num_splits", "_parallel_ubf_iter") if name in done]
        found = SimpleNamespace(**dict(done.load_artifacts(names)))
        if not getattr(found, "_task_ok", False):
            break
        decorator.write(os.environ["MILLRACE_OUTCOME_FILE"], decorator.outcome(found, obj.graph[step], True))
        obj.echo_always("Attempt %d had finished this task; its result stands." % attempt, no_bold=True)
        return
    sys.exit(NOT_FINISHED)


ALL = [
    status,
    runs,
    list_flows,
    delete,
    logs,
    outcome,
    _control("terminate", "cancel", "End a run and stop what runs of it.", "is being terminated"),
    _control("suspend", "suspend", "Launch nothing more of a run until it is unsuspended.", "is suspended"),
    _control("unsuspend", "resume", "Let a suspended run go on.", "goes on"),
]
