"""Millrace with Kubernetes as its executor, on the cluster that KUBECONFIG names; its pods reach this machine at HOST_IP."""

import json
import os
import subprocess
import uuid
from contextlib import contextmanager
from pathlib import Path

from programs import ROOT, Program, java

#: Has Python, bash, boto3 and requests; the cluster has it or can pull it.
IMAGE = os.environ.get("MILLRACE_TEST_PYTHON_IMAGE", "local/python:3.11")


class Namespace:
    """A namespace of the tests' own, with the secrets that their steps name."""

    def __init__(self) -> None:
        self.name = "millrace-metaflow-" + uuid.uuid4().hex[:8]

    def kubectl(self, *words: str) -> str:
        return subprocess.run(
            ["kubectl", *words], check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def secret(self, name: str, **values: str) -> None:
        literals = ["--from-literal=%s=%s" % pair for pair in values.items()]
        self.kubectl("-n", self.name, "create", "secret", "generic", name, *literals)

    def get(self, kind: str, selector: str) -> list:
        return json.loads(self.kubectl("-n", self.name, "get", kind, "-l", selector, "-o", "json"))["items"]

    def __enter__(self) -> "Namespace":
        self.kubectl("create", "namespace", self.name)
        return self

    def __exit__(self, *_) -> None:
        self.kubectl("delete", "namespace", self.name, "--wait=false")


@contextmanager
def installation(data: Path, namespace: Namespace):
    """Broker and object store where pods reach them, and a scheduler in all its roles. Yields where API and store are."""
    host = os.environ["HOST_IP"]
    parts = [
        java(), "-Xmx400m", "-XX:+UseSerialGC", "-cp", str(ROOT / "local/target/millrace-local.jar"),
        "io.millrace.local.PartsMain", "--data", str(data), "--bind", host, "--host", host, "--with-parent",
    ]
    with Program(parts) as around:
        settings = {
            "kafka.bootstrap.servers": around.at["broker"],
            "millrace.executor": "kubernetes",
            "millrace.replica": "one",
            "millrace.partitions": "3",
            "millrace.data": str(data / "executor"),
            "millrace.objects.s3.endpoint": around.at["s3"],
            "millrace.objects.s3.bucket": "millrace",
            "aws.region": "us-east-1",
            "aws.accessKeyId": "millrace",
            "aws.secretAccessKey": "millrace-local",
            # Pods call the API where they publish events, and Metaflow's service.
            "quarkus.http.host": host,
            "quarkus.http.port": "0",
            "millrace.metadata.enabled": "true",
            "millrace.metadata.folder": str(data / "metadata"),
            "millrace.kubernetes.namespace": namespace.name,
            # The image has what Metaflow would install in each pod.
            "millrace.kubernetes.env.METAFLOW_SKIP_INSTALL_DEPENDENCIES": "1",
        }
        scheduler = [java(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        scheduler += ["-D%s=%s" % pair for pair in settings.items()]
        scheduler += ["-jar", str(ROOT / "scheduler/target/quarkus-app/quarkus-run.jar")]
        with Program(scheduler) as server:
            yield server.at["http"], around.at["s3"]
