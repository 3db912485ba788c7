"""The door before user code in a pod: whoever comes second does not get in.

Kubernetes can start a second pod for one Job, when a node is cut off and its pods run on unseen. Both would write the same
attempt. So a pod claims its attempt first, by an object that the store creates only once.
"""

import os
import sys
from typing import Any
from urllib.parse import urlparse

#: The exit code of a pod that came second.
TAKEN = 203


def enter(datastore: str, root: str, pathspec: str, attempt: int) -> None:
    """Claims an attempt for this pod, or ends the process. A store that knows no conditional writes, or is not S3, lets
    everybody in, and it is said.

    :param datastore: the type of the flow's datastore, and its root
    :param pathspec: ``flow/run/step/task``
    """
    if datastore != "s3" or "METAFLOW_KUBERNETES_POD_ID" not in os.environ:
        return
    me = os.environ["METAFLOW_KUBERNETES_POD_ID"]
    owner = _claim("%s/%s/%d.claim" % (root.rstrip("/"), pathspec, attempt), me)
    if owner != me:
        print("Attempt %d of %s runs in another pod already (%s); this one ends." % (attempt, pathspec, owner),
              file=sys.stderr, flush=True)
        # Not by an exception, of which Metaflow would keep that the task has failed.
        os._exit(TAKEN)


def _claim(url: str, me: str) -> str:
    """Who has the attempt."""
    from metaflow.plugins.datatools.s3.s3util import get_s3_client

    client, error = get_s3_client()
    place = urlparse(url)
    key = place.path.lstrip("/")

    def once(params: Any, **_: Any) -> None:
        # As a header: older versions of the library do not know it as a parameter.
        params["headers"]["If-None-Match"] = "*"

    client.meta.events.register("before-call.s3.PutObject", once)
    try:
        client.put_object(Bucket=place.netloc, Key=key, Body=me.encode())
        return me
    except error as refused:
        if refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 412:
            return client.get_object(Bucket=place.netloc, Key=key)["Body"].read().decode()
        print("The attempt could not be claimed at %s: %s" % (url, refused), file=sys.stderr, flush=True)
        return me
    finally:
        client.meta.events.unregister("before-call.s3.PutObject", once)
