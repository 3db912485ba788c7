"""Deploying a flow: its name and token, its code package, and the document that names them."""

import io
import os
import re
import shutil
import sys
import tarfile
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional

from metaflow import current, decorators
from metaflow.decorators import flow_decorators
from metaflow.package import MetaflowPackage
from metaflow.plugins.aws.step_functions.production_token import load_token, new_token, store_token
from metaflow.util import get_username

from . import credentials
from .api import MillraceApi, MillraceException
from .compiler import NotSupportedException, parameter_type, refuse
from .deployment import CodePackage, Deployment
from .kubernetes_section import find
from .registry import Deployed, deployed
from .variables import SYSROOTS


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
    before = deployed(api, name.flow)
    if before is None and api.flow(name.flow) is not None:
        raise MillraceException(
            "A flow called *%s* is deployed that is no Metaflow flow; choose another name with --name." % name.flow
        )
    if before:
        authorized(before, authorize, "deploy a new one", "create")
    old = before.token if before else None
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


def authorized(before: Deployed, authorize: Optional[str], to: str, command: str) -> None:
    """Raises unless the deployment is the caller's own or they know its token."""
    known = _bare(authorize) if authorize else load_token(before.name.lower())
    if before.owner != get_username() and known != before.token:
        raise MillraceException(
            "There is an existing version of *%s*, deployed by *%s*. To %s, ask for their production token and call\n"
            "    millrace %s --authorize TOKEN" % (before.name, before.owner, to, command)
        )


def _bare(token: str) -> str:
    return token[len("production:"):] if token.startswith("production:") else token


def executor(obj: Any, given: Optional[str], offline: bool) -> str:
    """What will run the steps: what the caller says, else what the server says, else what the datastore allows."""
    datastore, metadata = obj.flow_datastore.TYPE, obj.metadata.TYPE
    if datastore not in ("local", *SYSROOTS):
        raise NotSupportedException(
            "Datastore %s is not there yet; use --datastore=s3, azure or gs, or in local mode local." % datastore
        )
    if metadata not in ("local", "service"):
        raise NotSupportedException("Metadata provider %s is not there yet; use service or local." % metadata)
    if given is None:
        if offline:
            given = "process" if datastore == "local" else "kubernetes"
        else:
            given = "process" if obj.millrace.executor() == "process" else "kubernetes"
    check_datastore(given, datastore)
    return given


def check_datastore(on: str, datastore: str) -> None:
    """Raises where steps would not reach the datastore.

    :param on: what runs them
    """
    if on == "kubernetes" and datastore == "local":
        raise MillraceException(
            "Steps run on Kubernetes here, and pods cannot reach a datastore in a folder: use --datastore=s3, azure or "
            "gs, or set METAFLOW_DEFAULT_DATASTORE."
        )
    if on == "process":
        credentials.check(datastore)


def prepare(obj: Any, on: str) -> None:
    """Attaches what every step needs; after this the graph has the decorators as they will run."""
    late = (["kubernetes"] if on == "kubernetes" else []) + ["environment", "millrace_internal"]
    decorators._attach_decorators(obj.flow, late)
    decorators._process_late_attached_decorator(
        late, obj.flow, obj.graph, obj.environment, obj.flow_datastore, obj.logger
    )
    obj.graph = obj.flow._graph
    for node in obj.graph:
        if find(node, "millrace"):
            # It says all that the attached @kubernetes would.
            node.decorators[:] = [deco for deco in node.decorators if deco.name != "kubernetes"]
        for deco in node.decorators:
            if deco.name == "kubernetes":
                # It would ask for Python's client of Kubernetes, which nothing here uses.
                deco.package_init = lambda *_: None


def deployment(
    obj: Any,
    on: str,
    name: Name,
    token: str,
    tags: List[str],
    namespace: Optional[str],
    is_stored: bool = True,
    schedule_parameters: Optional[Dict[str, Any]] = None,
) -> Deployment:
    """Packages the code, and gathers what is the same for every step.

    :param is_stored: whether the package is made and stored; otherwise the result is only good to be looked at
    """
    refuse(obj.flow, obj.graph, on, schedule_parameters)
    return described(obj, on, name, token, tags, namespace, package(obj, on) if is_stored else _no_package(obj))


def described(
    obj: Any, on: str, name: Name, token: Optional[str], tags: List[str], namespace: Optional[str], code: CodePackage
) -> Deployment:
    """What is the same for every step, with a package that is stored already.

    :param token: None where Metaflow's own runtime drives the run
    """
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
        script=os.path.basename(sys.argv[0]),
        executor=on,
        # The interpreter that deploys runs the steps too, where they are processes.
        executable=sys.executable,
        datastore_type=obj.flow_datastore.TYPE,
        datastore_root=root(obj.flow_datastore),
        metadata_type=obj.metadata.TYPE,
        environment_type=obj.environment.TYPE,
        event_logger_type=obj.event_logger.TYPE,
        monitor_type=obj.monitor.TYPE,
        top_level=top_level,
        parameters={p.name: parameter_type(p) for p in given if not p.IS_CONFIG_PARAMETER},
        project=current.get("project_name"),
        configs=[p.name.lower() for p in given if p.IS_CONFIG_PARAMETER],
        tags=tags,
        namespace=namespace,
        production_token=token,
        owner=get_username() or "",
        package=code,
    )


def root(flow_datastore: Any) -> str:
    """Where a datastore is; of one in a folder, the whole path."""
    where = flow_datastore.datastore_root
    return os.path.abspath(where) if flow_datastore.TYPE == "local" else str(where)


def _no_package(obj: Any) -> CodePackage:
    form = '{"version": 0, "archive_format": "tgz", "mfcontent_version": 1}'
    return CodePackage(os.path.join(root(obj.flow_datastore), "package"), "", form, "package")


def package(obj: Any, on: str) -> CodePackage:
    """Stores the flow's code. What runs later is what was deployed, whatever becomes of the user's files."""
    obj.package = MetaflowPackage(obj.flow, obj.environment, obj.echo, suffixes=obj.package_suffixes)
    blob = obj.package.blob
    url, sha = obj.flow_datastore.save_data([blob], len_hint=1)[0]
    folder = code_folder(obj.flow.name, obj.flow_datastore, sha) if on == "process" else None
    if folder:
        extract(blob, folder)
    return CodePackage(url, sha, obj.package.package_metadata, folder)


def code_folder(flow_name: str, flow_datastore: Any, sha: str) -> str:
    """Where a package is extracted for processes of this machine."""
    home = os.path.abspath(os.path.expanduser(os.environ.get("METAFLOW_HOME", "~/.metaflowconfig")))
    parent = root(flow_datastore) if flow_datastore.TYPE == "local" else home
    return os.path.join(parent, flow_name, "millrace-code", sha)


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
