"""Azure and Google Cloud on this machine: emulators of their stores, and somebody who hands out tokens."""

import base64
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Dict, Iterator

import pytest
from programs import ROOT, Program

#: The first start of an emulator installs it.
INSTALLED_WITHIN = 900

MAKE_CONTAINER = """
from metaflow.plugins.azure.blob_service_client_factory import get_azure_blob_service_client
get_azure_blob_service_client().create_container("millrace")
"""
MAKE_BUCKET = """
from metaflow.plugins.gcp.gs_storage_client_factory import get_gs_storage_client
get_gs_storage_client().create_bucket("millrace")
"""


class Certificate:
    """Of this machine's loopback address, signed by itself."""

    def __init__(self, folder: Path) -> None:
        self.file, self.key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(self.key), "-out", str(self.file)],
            check=True, capture_output=True,
        )


def token() -> str:
    """With what Azurite looks at; it checks no signature."""
    now = int(time.time())
    claims = dict(aud="https://storage.azure.com", iss="https://sts.windows.net/tests/", iat=now, nbf=now, exp=now + 3600)
    parts = [json.dumps(part).encode() for part in (dict(alg="none", typ="JWT"), claims)] + [b"unsigned"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


class TokenHandler(BaseHTTPRequestHandler):
    """Gives a token to everybody, whatever they show."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps(dict(access_token=token(), token_type="Bearer", expires_in=3600)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_) -> None:
        pass


@contextmanager
def authority(certificate: Certificate) -> Iterator[str]:
    """Yields where tokens are to be had."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    with ThreadingHTTPServer(("127.0.0.1", 0), TokenHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield "https://127.0.0.1:%d" % server.server_port
        finally:
            server.shutdown()


@contextmanager
def emulator(name: str, tool: str, ready: str, *words: str) -> Iterator[int]:
    """Yields the port of an emulator.

    :param tool: what installs it
    :param ready: in the line that it says when it is ready
    """
    if not shutil.which(tool):
        pytest.skip("there is no %s, which installs %s" % (tool, name))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with Program([str(ROOT / "bin/emulator"), name, str(port), *words], ready, INSTALLED_WITHIN):
        yield port


@contextmanager
def azure(folder: Path) -> Iterator[Dict[str, str]]:
    """Yields the environment of a user of Azure, who is known to it as a pod of its Kubernetes is: by a token in a file."""
    certificate = Certificate(folder)
    identity = folder / "federated-token"
    identity.write_text("whoever reads this")
    # Azure's library sends tokens by TLS only.
    words = ("--oauth", "basic", "--cert", str(certificate.file), "--key", str(certificate.key))
    with authority(certificate) as tokens, emulator("azurite", "npm", "successfully listens", *words) as port:
        yield dict(
            METAFLOW_DEFAULT_DATASTORE="azure", METAFLOW_DATASTORE_SYSROOT_AZURE="millrace/metaflow",
            METAFLOW_AZURE_STORAGE_BLOB_SERVICE_ENDPOINT="https://127.0.0.1:%d/devstoreaccount1" % port,
            AZURE_AUTHORITY_HOST=tokens, AZURE_TENANT_ID="tests", AZURE_CLIENT_ID="tester",
            AZURE_FEDERATED_TOKEN_FILE=str(identity), REQUESTS_CA_BUNDLE=str(certificate.file),
        )


@contextmanager
def google(folder: Path) -> Iterator[Dict[str, str]]:
    """Yields the environment of a user of Google Cloud, who has the key of a service account in a file."""
    certificate = Certificate(folder)
    account = folder / "service-account.json"
    with authority(certificate) as tokens, emulator("fake-gcs-server", "go", "server started") as port:
        account.write_text(json.dumps(dict(
            type="service_account", project_id="tests", client_email="tester@tests.invalid",
            private_key=certificate.key.read_text(), token_uri=tokens,
        )))
        yield dict(
            METAFLOW_DEFAULT_DATASTORE="gs", METAFLOW_DATASTORE_SYSROOT_GS="gs://millrace/metaflow",
            GOOGLE_APPLICATION_CREDENTIALS=str(account), REQUESTS_CA_BUNDLE=str(certificate.file),
            STORAGE_EMULATOR_HOST="http://127.0.0.1:%d" % port,
        )
