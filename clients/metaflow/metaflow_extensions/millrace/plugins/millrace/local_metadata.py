"""Metadata of runs without a metadata service. In pods, Metaflow puts what its local provider writes into the datastore;
here it is brought to where the client of this machine looks.

    python -m metaflow_extensions.millrace.plugins.millrace.local_metadata <flow> <run>
"""

import sys
from typing import Any, Optional

from metaflow.datastore import FlowDataStore
from metaflow.metadata_provider.util import sync_local_metadata_from_datastore
from metaflow.metaflow_config import DATASTORE_LOCAL_DIR, DEFAULT_DATASTORE


def fetch(flow_name: str, run_id: str, metadata: Optional[str] = None, datastore: Any = None) -> None:
    """Brings the metadata of each task of a run that has ended.

    :param metadata: the provider and where it is, as ``local@...``; only a local one has something to bring
    :param datastore: the flow's; None for the one that is configured
    """
    if metadata and not metadata.startswith("local"):
        return
    if datastore is None:
        if DEFAULT_DATASTORE == "local":
            return
        datastore = _configured(flow_name)
    if datastore.TYPE == "local":
        return
    for task in datastore.get_task_datastores(run_id, allow_not_done=True):
        _bring(task)


def fetch_task(datastore: Any, run_id: str, step: str, task_id: str, attempt: int) -> None:
    """Brings the metadata of one attempt, where its pod came so far as to store it."""
    _bring(datastore.get_task_datastore(run_id, step, task_id, attempt=attempt, allow_not_done=True))


def _bring(task: Any) -> None:
    if task.has_metadata("local_metadata"):
        sync_local_metadata_from_datastore(DATASTORE_LOCAL_DIR, task)


def _configured(flow_name: str) -> Any:
    from metaflow.plugins import DATASTORES

    storage = next(one for one in DATASTORES if one.TYPE == DEFAULT_DATASTORE)
    root = storage.get_datastore_root_from_config(lambda *_, **__: None)
    return FlowDataStore(flow_name, None, storage_impl=storage, ds_root=root)


if __name__ == "__main__":
    fetch(sys.argv[1], sys.argv[2])
