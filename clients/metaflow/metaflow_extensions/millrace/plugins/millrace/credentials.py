"""What a datastore's library finds credentials and the store by, in the environment, and how much of it the processes of
local mode get: all but secrets, for a flow document keeps none. The server withholds its own from its steps.
"""

import os
from typing import Dict, NamedTuple

#: Variables that name files, by the type of Metaflow's datastore.
FILES = {
    "s3": ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"),
    "azure": ("AZURE_FEDERATED_TOKEN_FILE", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CONFIG_DIR", "REQUESTS_CA_BUNDLE"),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "REQUESTS_CA_BUNDLE"),
}

#: And those that say something else.
WORDS = {
    "s3": ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
    "azure": ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_AUTHORITY_HOST", "AZURE_TOKEN_CREDENTIALS"),
    "gs": ("GOOGLE_CLOUD_PROJECT", "STORAGE_EMULATOR_HOST"),
}


class Secret(NamedTuple):
    """A variable that holds a secret.

    :param files: where the library finds credentials that steps get too: variables, and what holds where they are not set
    :param advice: what to do instead
    """

    variable: str
    files: Dict[str, str]
    advice: str


SECRETS = {
    "s3": Secret(
        "AWS_ACCESS_KEY_ID",
        {"AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials", "AWS_CONFIG_FILE": "~/.aws/config"},
        "put the credentials into AWS's own file (~/.aws/credentials, or what AWS_SHARED_CREDENTIALS_FILE names)",
    ),
    "azure": Secret(
        "AZURE_CLIENT_SECRET",
        {"AZURE_CONFIG_DIR": "~/.azure", "AZURE_CLIENT_CERTIFICATE_PATH": "", "AZURE_FEDERATED_TOKEN_FILE": ""},
        "log in by Azure's command line (az login), or name the client's certificate (AZURE_CLIENT_CERTIFICATE_PATH)",
    ),
}


def handed_on(datastore: str) -> Dict[str, str]:
    """What the steps' environment has of this one. A step runs in a folder of its own: files are named in full."""
    files = {name: _whole(os.environ[name]) for name in FILES.get(datastore, ()) if name in os.environ}
    words = {name: os.environ[name] for name in WORDS.get(datastore, ()) if name in os.environ}
    return {**files, **words}


def check(datastore: str) -> None:
    """Raises where credentials are in this environment alone, and steps would not get them."""
    # Not imported above: Metaflow imports this module when it starts, and that one imports Metaflow.
    from .api import MillraceException

    secret = SECRETS.get(datastore)
    if secret is None or secret.variable not in os.environ:
        return
    if not any(os.path.exists(_whole(os.environ.get(*one))) for one in secret.files.items()):
        raise MillraceException(
            "Steps do not get %s of this environment, for a flow document keeps no secrets: %s."
            % (secret.variable, secret.advice)
        )


def _whole(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path)) if path else ""
