"""``python flow.py millrace ...``"""

import json
import uuid
from typing import Any, Dict, Optional, Tuple

from metaflow import parameters
from metaflow._vendor import click
from metaflow.tagging_util import validate_tags

from . import commands, mixed_command, notifications
from .api import ENDS, MillraceApi, MillraceException, UnknownException


@click.group()
def cli() -> None:
    pass


@cli.group(help="Commands related to Millrace.")
@click.option("--name", default=None, type=str, help="Name of the deployed flow. Default: the flow's own.")
@click.pass_obj
def millrace(obj: Any, name: Optional[str] = None) -> None:
    from .deploy import resolve_name

    obj.check(obj.graph, obj.flow, obj.environment, pylint=obj.pylint)
    obj.millrace_name = resolve_name(name)
    obj.millrace = MillraceApi()


@millrace.command(help="Deploy a new version of this flow to Millrace.")
@click.option("--authorize", default=None, help="Authorize using this production token.")
@click.option("--generate-new-token", is_flag=True, help="Move the production flow to a new namespace.")
@click.option("--new-token", "given_token", default=None, help="Move the production flow to this namespace.")
@click.option("--tag", "tags", multiple=True, default=None, help="Tag all objects that runs produce.")
@click.option("--namespace", "user_namespace", default=None, help="Change the namespace from the production token.")
@click.option("--only-json", is_flag=True, default=False, help="Print the flow document; deploy nothing.")
@click.option("--max-workers", default=100, show_default=True, help="Maximum number of parallel tasks of a run.")
@click.option("--workflow-timeout", default=None, type=int, help="A run's timeout in seconds.")
@click.option("--workflow-priority", default=None, type=int, help="Runs with a higher priority go first.")
@click.option("--workflow-title", default=None, help="The first line of the flow's description.")
@click.option("--workflow-description", default=None, help="Describes the flow. Default: its docstring.")
@click.option("--schedule-parameter", "schedule_parameters", multiple=True, default=None, metavar="NAME=VALUE",
              help="A parameter of the runs that @schedule starts.")
@click.option("--executor", type=click.Choice(["process", "kubernetes"]), default=None,
              help="Where the steps will run. Default: what the server says; for --only-json, kubernetes unless the "
              "datastore is local.")
@notifications.options
@click.option("--deployer-attribute-file", default=None, type=str, hidden=True)
@click.pass_obj
def create(
    obj: Any,
    authorize: Optional[str],
    generate_new_token: bool,
    given_token: Optional[str],
    tags: Tuple[str, ...],
    user_namespace: Optional[str],
    only_json: bool,
    max_workers: int,
    workflow_timeout: Optional[int],
    workflow_priority: Optional[int],
    workflow_title: Optional[str],
    workflow_description: Optional[str],
    schedule_parameters: Tuple[str, ...],
    executor: Optional[str],
    deployer_attribute_file: Optional[str],
    **notify: Any,
) -> None:
    from metaflow.metaflow_config import KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED

    from . import deploy, exit_hooks, triggers
    from .compiler import compile_flow, schedule_values

    validate_tags(tags)
    requests = notifications.requests(obj.flow.name, **notify)
    on = deploy.executor(obj, executor, only_json)
    deploy.prepare(obj, on)
    name = obj.millrace_name
    token = "PLACEHOLDER"
    if not only_json:
        obj.echo("Deploying *%s* to Millrace..." % obj.flow.name, bold=True)
        token = deploy.resolve_token(obj, obj.millrace, name, authorize, given_token, generate_new_token)
    given = schedule_values(obj.flow, schedule_parameters)
    to = deploy.deployment(obj, on, name, token, list(tags), user_namespace, schedule_parameters=given)
    ttl = KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED
    hooks = exit_hooks.compile_hooks(obj.flow, obj.graph, obj.environment, to, ttl, requests)
    document = compile_flow(
        obj.flow,
        obj.graph,
        obj.environment,
        to,
        max_workers,
        workflow_timeout,
        workflow_priority,
        ttl,
        given,
        workflow_title,
        workflow_description,
    )
    if only_json:
        obj.echo_always(json.dumps(document, indent=2), err=False, no_bold=True)
    else:
        triggers.take_deployed_names(document, obj.millrace.names, obj.echo)
        ref = obj.millrace.deploy(document)["ref"]
        exit_hooks.deploy(obj.millrace, name.flow, hooks)
        obj.echo("Flow *%s* is deployed to Millrace as %s." % (obj.flow.name, ref), bold=True)
    _write(
        deployer_attribute_file,
        {"name": name.flow, "flow_name": obj.flow.name, "metadata": obj.metadata.metadata_str()},
    )


@millrace.command(help="Say whether this flow could be deployed; deploy and store nothing.")
@click.option("--schedule-parameter", "schedule_parameters", multiple=True, default=None, metavar="NAME=VALUE",
              help="As for create.")
@click.option("--executor", type=click.Choice(["process", "kubernetes"]), default=None, help="As for create.")
@click.pass_obj
def validate(obj: Any, schedule_parameters: Tuple[str, ...], executor: Optional[str]) -> None:
    from . import deploy, exit_hooks
    from .compiler import compile_flow, schedule_values

    on = deploy.executor(obj, executor, executor is not None)
    deploy.prepare(obj, on)
    given = schedule_values(obj.flow, schedule_parameters)
    to = deploy.deployment(
        obj, on, obj.millrace_name, "PLACEHOLDER", [], None, is_stored=False, schedule_parameters=given
    )
    exit_hooks.compile_hooks(obj.flow, obj.graph, obj.environment, to)
    document = compile_flow(obj.flow, obj.graph, obj.environment, to, schedule_parameters=given)
    said = "Flow %s can be deployed: %d steps." % (obj.flow.name, len(document["steps"]))
    obj.echo_always(said, err=False, no_bold=True)


@parameters.add_custom_parameters(deploy_mode=False)
# Its parameters may be in the environment under the names that Metaflow's own "run" reads: METAFLOW_RUN_<NAME>.
@millrace.command(help="Start a run of the deployed flow.", context_settings={"auto_envvar_prefix": "METAFLOW_RUN"})
@click.option("--run-id-file", default=None, type=str, help="Write the id of the run to this file.")
@click.option("--follow", is_flag=True, help="Say what happens until the run ends; fail if it does.")
@click.option("--deployer-attribute-file", default=None, type=str, hidden=True)
@click.pass_obj
def trigger(
    obj: Any, run_id_file: Optional[str], follow: bool, deployer_attribute_file: Optional[str], **kwargs: Any
) -> None:
    values = _parameters(obj.flow, kwargs)
    name = obj.millrace_name.flow
    wanted = "millrace-" + uuid.uuid4().hex[:16]
    try:
        run = obj.millrace.start({"flow": name, "parameters": values, "run": wanted})
    except UnknownException as unknown:
        raise MillraceException("%s\nDeploy the flow first: millrace create." % unknown) from None
    _started(obj, run, run_id_file, deployer_attribute_file)
    if follow:
        _follow(obj, run)


@millrace.command(help="Start a run that goes on from where RUN-ID stopped: what it had done is taken over.")
@click.argument("run-id", required=False)
@click.option("--origin-run-id", default=None, help="The same as RUN-ID.")
@click.option("--step-to-rerun", default=None, help="Do this step and all after it once more. Default: what failed.")
@click.option("--param", "given", multiple=True, help="NAME=VALUE: a parameter's value in place of the one that RUN-ID had.")
@click.option("--run-id-file", default=None, type=str, help="Write the id of the new run to this file.")
@click.option("--follow", is_flag=True, help="Say what happens until the run ends; fail if it does.")
@click.option("--deployer-attribute-file", default=None, type=str, hidden=True)
@click.pass_obj
def resume(
    obj: Any,
    run_id: Optional[str],
    origin_run_id: Optional[str],
    step_to_rerun: Optional[str],
    given: Tuple[str, ...],
    run_id_file: Optional[str],
    follow: bool,
    deployer_attribute_file: Optional[str],
) -> None:
    from .resume import resume_run

    origin = run_id or origin_run_id
    if origin is None:
        raise MillraceException("Which run is to be resumed? millrace resume RUN-ID; 'millrace runs' lists them.")
    run = resume_run(obj, origin, "millrace-" + uuid.uuid4().hex[:16], step_to_rerun, given)
    _started(obj, run, run_id_file, deployer_attribute_file)
    if follow:
        _follow(obj, run)


def _started(obj: Any, run: str, run_id_file: Optional[str], deployer_attribute_file: Optional[str]) -> None:
    if run_id_file:
        with open(run_id_file, "w") as file:
            file.write(run)
    name = obj.millrace_name.flow
    pathspec = "%s/%s" % (obj.flow.name, run)
    _write(
        deployer_attribute_file,
        {"name": name, "metadata": obj.metadata.metadata_str(), "pathspec": pathspec},
    )
    obj.echo("Flow *%s* is triggered on Millrace (run-id *%s*)." % (name, run), bold=True)


def _parameters(flow: Any, given: Dict[str, Any]) -> Dict[str, Any]:
    from .compiler import asked_value, variable

    result = {}
    for _, parameter in flow._get_parameters():
        value = given.get(variable(parameter.name).lower())
        if value is None or parameter.IS_CONFIG_PARAMETER:
            continue
        result[variable(parameter.name)] = asked_value(parameter, value)
    return result


def _follow(obj: Any, run: str) -> None:
    for event in obj.millrace.events(run):
        kind = event.type.replace("io.millrace.", "")
        words = [kind, event.data.get("task", ""), event.data.get("message") or ""]
        obj.echo(" ".join(word for word in words if word))
        if event.type in ENDS and obj.metadata.TYPE == "local":
            from . import local_metadata

            local_metadata.fetch(obj.flow.name, run, datastore=obj.flow_datastore)
        if event.type in ENDS and ENDS[event.type] != "succeeded":
            raise MillraceException("Run %s %s." % (run, ENDS[event.type]))


for _command in (*commands.ALL, mixed_command.step):
    millrace.add_command(_command)


def _write(path: Optional[str], content: Dict[str, Any]) -> None:
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file)
