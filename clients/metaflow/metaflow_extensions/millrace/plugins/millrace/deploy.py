"""Deploying a flow: its name and token, its code package, and the document that names them."""

import io
import os
import re
import shutil
import tarfile
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional

from metaflow import current, decorators
from metaflow.decorators import flow_decorators
from metaflow.package import MetaflowPackage
from metaflow.plugins.aws.step_functions.production_token import load_token, new_token, store_token
from metaflow.util import get_username

from . import step_command
from .api import MillraceApi, MillraceException
from .compiler import NotSupportedException, parameter_type, refuse
from .step_command import CodePackage, Deployment


class Name(NamedTuple):
    """What the deployed flow is called. A project's flow has a name for each branch."""

    flow: str
    is_project: bool


def resolve_name(given: Optional[str]) -> Name:
    project = current.get("project_name")
    if project and given:
        raise MillraceException("--name is not supported for @projects. Use --branch instead.")
    if given and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}", given):
        raise MillraceException(
            "Name '%s' must start with a letter and hold at most 128 letters, digits, '_', '-' and '.'." % given
        )
    name = given or (current.project_flow_name if project else current.flow_name)
    return Name(re.sub(r"[^A-Za-z0-9_.-]", "-", name), bool(project))


def resolve_token(
    obj: Any,
    api: MillraceApi,
    name: Name,
    authorize: Optional[str],
    given: Optional[str],
    generate: bool,
) -> str:
    """The production token, which names the namespace of the runs. Whoever deploys over somebody else's flow has to
    know it."""
    prefix = name.flow.lower()
    if given and name.is_project:
        raise MillraceException(
            "--new-token is not supported for @projects. Use --generate-new-token to create a new token."
        )
    before = _deployed_by(api, name.flow)
    if before:
        known = _bare(authorize) if authorize else load_token(prefix)
        if before["METAFLOW_OWNER"] != get_username() and known != before["METAFLOW_PRODUCTION_TOKEN"]:
            raise MillraceException(
                "There is an existing version of *%s*, deployed by *%s*. To deploy a new one, ask for their production "
                "token and call\n    millrace create --authorize TOKEN" % (name.flow, before["METAFLOW_OWNER"])
            )
    old = before["METAFLOW_PRODUCTION_TOKEN"] if before else None
    token = _bare(given) if given else old
    if not given and (old is None or generate):
        token = new_token(prefix, old)
        if token is None:
            raise MillraceException(
                "--generate-new-token cannot follow on a token given by --new-token. Use --new-token again."
            )
    assert token is not None
    store_token(prefix, token)
    obj.echo("The namespace of this production flow is")
    obj.echo("    production:%s" % token, fg="green")
    return token


def _bare(token: str) -> str:
    return token[len("production:"):] if token.startswith("production:") else token


def _deployed_by(api: MillraceApi, name: str) -> Optional[Dict[str, str]]:
    flow = api.flow(name)
    if flow is None:
        return None
    import json

    for step in flow["document"]["steps"]:
        command = step.get("container", {}).get("command") or [""]
        try:
            env = json.loads(command[-1])["env"]
            return {key: env[key] for key in ("METAFLOW_OWNER", "METAFLOW_PRODUCTION_TOKEN")}
        except (ValueError, KeyError, TypeError):
            break
    raise MillraceException(
        "A flow called *%s* is deployed that is no Metaflow flow; choose another name with --name." % name
    )


def prepare(obj: Any) -> None:
    """Attaches what every step needs; after this the graph has the decorators as they will run."""
    late = ["environment", "millrace_internal"]
    decorators._attach_decorators(obj.flow, late)
    decorators._process_late_attached_decorator(
        late, obj.flow, obj.graph, obj.environment, obj.flow_datastore, obj.logger
    )
    obj.graph = obj.flow._graph


def deployment(
    obj: Any, name: Name, token: str, tags: List[str], namespace: Optional[str]
) -> Deployment:
    """Packages the code, and gathers what is the same for every step."""
    if obj.flow_datastore.TYPE != "local":
        raise NotSupportedException(
            "Datastore %s: only local mode is there yet; use --datastore=local." % obj.flow_datastore.TYPE
        )
    if obj.metadata.TYPE != "local":
        raise NotSupportedException(
            "Metadata provider %s: only local mode is there yet; use --metadata=local." % obj.metadata.TYPE
        )
    refuse(obj.flow, obj.graph)
    executable, script = step_command.this_python()
    options: Dict[str, Any] = {}
    for deco in flow_decorators(obj.flow):
        options.update(deco.get_top_level_options())
    top_level = []
    for key, value in options.items():
        if value is True:
            top_level.append("--" + key)
        elif value is not None and value is not False:
            values = value if isinstance(value, (list, tuple)) else [value]
            top_level += ["--%s=%s" % (key, one) for one in values]
    given = [parameter for _, parameter in obj.flow._get_parameters()]
    return Deployment(
        name=name.flow,
        script=script,
        executable=executable,
        datastore_root=os.path.abspath(obj.flow_datastore.datastore_root),
        metadata_type=obj.metadata.TYPE,
        environment_type=obj.environment.TYPE,
        event_logger_type=obj.event_logger.TYPE,
        monitor_type=obj.monitor.TYPE,
        top_level=top_level,
        parameters={p.name: parameter_type(p) for p in given if not p.IS_CONFIG_PARAMETER},
        configs=[p.name.lower() for p in given if p.IS_CONFIG_PARAMETER],
        tags=tags,
        namespace=namespace,
        production_token=token,
        owner=get_username() or "",
        package=package(obj),
    )


def package(obj: Any) -> CodePackage:
    """Stores the flow's code. What runs later is what was deployed, whatever becomes of the user's files."""
    obj.package = MetaflowPackage(obj.flow, obj.environment, obj.echo, suffixes=obj.package_suffixes)
    blob = obj.package.blob
    url, sha = obj.flow_datastore.save_data([blob], len_hint=1)[0]
    root = os.path.abspath(obj.flow_datastore.datastore_root)
    folder = os.path.join(root, obj.flow.name, "millrace-code", sha)
    extract(blob, folder)
    return CodePackage(folder, url, sha, obj.package.package_metadata)


def extract(blob: bytes, folder: str) -> None:
    """Extracts a package, once: the folder appears whole or not at all."""
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(folder)
    os.makedirs(parent, exist_ok=True)
    temporary = tempfile.mkdtemp(dir=parent)
    try:
        with tarfile.open(fileobj=io.BytesIO(blob), mode="r:*") as archive:
            archive.extractall(temporary)
        os.chmod(temporary, 0o755)
        os.rename(temporary, folder)
    except OSError:
        if not os.path.isdir(folder):
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
