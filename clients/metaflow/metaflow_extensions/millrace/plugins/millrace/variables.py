"""The environment of steps: what Metaflow inside a process or a container has to know of this deployer's settings."""

import json
import os
from typing import Any, Dict, Iterable

from metaflow import metaflow_config
from metaflow.metaflow_config_funcs import config_values

from . import credentials
from .deployment import Deployment

#: Handed on as they are resolved here, where they have a value.
SETTINGS = (
    "DATATOOLS_S3ROOT",
    "CARD_S3ROOT",
    "S3_ENDPOINT_URL",
    "S3_SERVER_SIDE_ENCRYPTION",
    "DATATOOLS_AZUREROOT",
    "CARD_AZUREROOT",
    "AZURE_STORAGE_BLOB_SERVICE_ENDPOINT",
    "DATATOOLS_GSROOT",
    "CARD_GSROOT",
    "DEFAULT_SECRETS_BACKEND_TYPE",
    "AWS_SECRETS_MANAGER_DEFAULT_REGION",
    "GCP_SECRET_MANAGER_PREFIX",
    "AZURE_KEY_VAULT_PREFIX",
    "OTEL_ENDPOINT",
)

#: Handed on where this machine's configuration says something else than Metaflow's defaults.
CHOSEN = ("METAFLOW_CONDA_", "METAFLOW_DEBUG_", "METAFLOW_S3_", "METAFLOW_AZURE_STORAGE_", "METAFLOW_GS_STORAGE_",
          "METAFLOW_DEFAULT_AWS_", "METAFLOW_DEFAULT_GCP_", "METAFLOW_DEFAULT_AZURE_", "METAFLOW_OTEL_", "METAFLOW_CARD_",
          "METAFLOW_RUNTIME_CARD_")

#: What Metaflow's metadata call the place where a deployed run's steps run.
RUNTIME = "millrace"

SYSROOTS = {"s3": "DATASTORE_SYSROOT_S3", "azure": "DATASTORE_SYSROOT_AZURE", "gs": "DATASTORE_SYSROOT_GS"}

#: METAFLOW_* variables that hold a field of the pod; Metaflow needs them all.
POD_FIELDS = {
    "METAFLOW_KUBERNETES_NAMESPACE": "metadata.namespace",
    "METAFLOW_KUBERNETES_POD_NAMESPACE": "metadata.namespace",
    "METAFLOW_KUBERNETES_POD_NAME": "metadata.name",
    "METAFLOW_KUBERNETES_POD_ID": "metadata.uid",
    "METAFLOW_KUBERNETES_SERVICE_ACCOUNT_NAME": "spec.serviceAccountName",
    "METAFLOW_KUBERNETES_NODE_IP": "status.hostIP",
}


def of_process(flow: Any, to: Deployment) -> Dict[str, str]:
    """A process of this machine shares its folders: the local metadata's too."""
    result = _everywhere(flow, to)
    if to.metadata_type == "local":
        result["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = _local_sysroot(to)
    if to.metadata_type == "service":
        result["METAFLOW_SERVICE_URL"] = str(metaflow_config.SERVICE_URL)
    result.update(credentials.handed_on(to.datastore_type))
    return result


def of_pod(flow: Any, to: Deployment, kubernetes: Any) -> Dict[str, str]:
    """Without METAFLOW_DATASTORE_SYSROOT_LOCAL: in a pod, local metadata goes to the working folder and from there,
    by @kubernetes, to the datastore."""
    result = _everywhere(flow, to)
    result.update(
        METAFLOW_KUBERNETES_WORKLOAD="1",
        METAFLOW_RUNTIME_ENVIRONMENT="kubernetes",
        METAFLOW_KUBERNETES_FETCH_EC2_METADATA=str(metaflow_config.KUBERNETES_FETCH_EC2_METADATA),
    )
    if to.metadata_type == "service":
        result["METAFLOW_SERVICE_URL"] = str(metaflow_config.SERVICE_INTERNAL_URL)
    script = metaflow_config.KUBERNETES_SANDBOX_INIT_SCRIPT
    if script:
        result.update(METAFLOW_INIT_SCRIPT=script, METAFLOW_KUBERNETES_SANDBOX_INIT_SCRIPT=script)
    asked = kubernetes.attributes
    if (asked["use_tmpfs"] or asked["tmpfs_size"]) and asked["tmpfs_tempdir"]:
        result["METAFLOW_TEMPDIR"] = str(asked["tmpfs_path"])
    return result


def of_user(node: Any) -> Dict[str, str]:
    """@environment's."""
    result: Dict[str, str] = {}
    for deco in node.decorators:
        if deco.name == "environment":
            result.update({str(k): str(v) for k, v in (deco.attributes.get("vars") or {}).items()})
    return result


def _everywhere(flow: Any, to: Deployment) -> Dict[str, str]:
    result = {name: value for name, value in config_values() if _starts(name, CHOSEN)}
    for name in SETTINGS:
        value = getattr(metaflow_config, name, None)
        if value:
            result["METAFLOW_" + name] = str(value)
    result.update({
        "METAFLOW_CODE_URL": to.package.url,
        "METAFLOW_CODE_SHA": to.package.sha,
        "METAFLOW_CODE_METADATA": to.package.metadata,
        "METAFLOW_CODE_DS": to.datastore_type,
        "METAFLOW_DEFAULT_DATASTORE": to.datastore_type,
        "METAFLOW_DEFAULT_METADATA": to.metadata_type,
        "METAFLOW_FLOW_NAME": flow.name,
        "METAFLOW_FLOW_FILENAME": to.script,
    })
    result.update(_identity(to))
    api = os.environ.get("MILLRACE_INTERNAL_API" if to.on_kubernetes else "MILLRACE_API")
    if api or "MILLRACE_API" in os.environ:
        # Where steps publish events to.
        result["METAFLOW_MILLRACE_API"] = api or os.environ["MILLRACE_API"]
    if to.datastore_type in SYSROOTS:
        result["METAFLOW_" + SYSROOTS[to.datastore_type]] = to.datastore_root
    if to.metadata_type == "service":
        # The key of METAFLOW_SERVICE_AUTH_KEY is a secret, and a flow document is none.
        headers = {k: v for k, v in (metaflow_config.SERVICE_HEADERS or {}).items() if k.lower() != "x-api-key"}
        if headers:
            result["METAFLOW_SERVICE_HEADERS"] = json.dumps(headers)
    if to.configs:
        result["METAFLOW_FLOW_CONFIG_VALUE"] = json.dumps({name: "kv." + name for name in to.configs})
    return result


def _identity(to: Deployment) -> Dict[str, str]:
    """Whose the run is: Millrace's, or, where Metaflow's own runtime drives it, the user's."""
    if to.production_token is None:
        return {"METAFLOW_USER": to.owner, "METAFLOW_RUNTIME_NAME": str(os.environ.get("METAFLOW_RUNTIME_NAME", "dev"))}
    return {
        "METAFLOW_USER": "millrace",
        "METAFLOW_OWNER": to.owner,
        "METAFLOW_PRODUCTION_TOKEN": to.production_token,
        "METAFLOW_RUNTIME_NAME": RUNTIME,
    }


def _starts(name: str, beginnings: Iterable[str]) -> bool:
    return any(name.startswith(beginning) for beginning in beginnings)


def _local_sysroot(to: Deployment) -> str:
    from metaflow.plugins.datastores.local_storage import LocalStorage

    if to.datastore_type == "local":
        root = to.datastore_root
    else:
        root = LocalStorage.get_datastore_root_from_config(lambda *_, **__: None, create_on_absent=True)
    return os.path.dirname(os.path.abspath(root))
