"""The door before user code in a pod: whoever comes second does not get in.

Kubernetes can start a second pod for one Job, when a node is cut off and its pods run on unseen. Both would write the same
attempt. So a pod claims its attempt first, by an object that the store creates only once.
"""

import os
import sys
from typing import Any, Dict, Type, Union
from urllib.parse import urlparse

#: The exit code of a pod that came second.
TAKEN = 203


class S3Claim:
    """An object that S3 makes only where there is none."""

    def __init__(self, url: str) -> None:
        from metaflow.plugins.datatools.s3.s3util import get_s3_client

        place = urlparse(url)
        self._where = {"Bucket": place.netloc, "Key": place.path.lstrip("/")}
        self._client, self.refusal = get_s3_client()

    def make(self, owner: str) -> bool:
        """Whether it was this call that made it."""

        def once(params: Any, **_: Any) -> None:
            # As a header: older versions of the library do not know it as a parameter.
            params["headers"]["If-None-Match"] = "*"

        self._client.meta.events.register("before-call.s3.PutObject", once)
        try:
            self._client.put_object(Body=owner.encode(), **self._where)
            return True
        except self.refusal as refused:
            if refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 412:
                return False
            raise
        finally:
            self._client.meta.events.unregister("before-call.s3.PutObject", once)

    def owner(self) -> str:
        content: bytes = self._client.get_object(**self._where)["Body"].read()
        return content.decode()


class AzureClaim:
    """The same as a blob of Azure's."""

    def __init__(self, url: str) -> None:
        from azure.core.exceptions import AzureError
        from metaflow.plugins.azure.azure_utils import parse_azure_full_path
        from metaflow.plugins.azure.blob_service_client_factory import get_azure_blob_service_client

        self._blob = get_azure_blob_service_client().get_blob_client(*parse_azure_full_path(url))
        self.refusal = AzureError

    def make(self, owner: str) -> bool:
        from azure.core.exceptions import ResourceExistsError

        try:
            # With If-None-Match: *.
            self._blob.upload_blob(owner.encode(), overwrite=False)
            return True
        except ResourceExistsError:
            return False

    def owner(self) -> str:
        content: bytes = self._blob.download_blob().readall()
        return content.decode()


class GoogleClaim:
    """The same as an object of Google Cloud Storage."""

    def __init__(self, url: str) -> None:
        from google.api_core.exceptions import GoogleAPICallError
        from metaflow.plugins.gcp.gs_storage_client_factory import get_gs_storage_client
        from metaflow.plugins.gcp.gs_utils import parse_gs_full_path

        bucket, name = parse_gs_full_path(url)
        self._blob = get_gs_storage_client().bucket(bucket).blob(name)
        self.refusal = GoogleAPICallError

    def make(self, owner: str) -> bool:
        from google.api_core.exceptions import PreconditionFailed

        try:
            # No generation of it is there.
            self._blob.upload_from_string(owner, if_generation_match=0)
            return True
        except PreconditionFailed:
            return False

    def owner(self) -> str:
        content: bytes = self._blob.download_as_bytes()
        return content.decode()


Claim = Union[S3Claim, AzureClaim, GoogleClaim]

#: By the type of Metaflow's datastore.
CLAIMS: Dict[str, Type[Claim]] = {"s3": S3Claim, "azure": AzureClaim, "gs": GoogleClaim}


def enter(datastore: str, root: str, pathspec: str, attempt: int) -> None:
    """Claims an attempt for this pod, or ends the process. A store that refuses the claim itself, as one that knows no
    conditional writes, lets everybody in, and it is said.

    :param datastore: the type of the flow's datastore, and its root
    :param pathspec: ``flow/run/step/task``
    """
    if datastore not in CLAIMS or "METAFLOW_KUBERNETES_POD_ID" not in os.environ:
        return
    me = os.environ["METAFLOW_KUBERNETES_POD_ID"]
    owner = _claim(CLAIMS[datastore], "%s/%s/%d.claim" % (root.rstrip("/"), pathspec, attempt), me)
    if owner != me:
        print("Attempt %d of %s runs in another pod already (%s); this one ends." % (attempt, pathspec, owner),
              file=sys.stderr, flush=True)
        # Not by an exception, of which Metaflow would keep that the task has failed.
        os._exit(TAKEN)


def _claim(kind: Type[Claim], url: str, me: str) -> str:
    """Who has the attempt."""
    claim = kind(url)
    try:
        return me if claim.make(me) else claim.owner()
    except claim.refusal as refused:
        print("The attempt could not be claimed at %s: %s" % (url, refused), file=sys.stderr, flush=True)
        return me
