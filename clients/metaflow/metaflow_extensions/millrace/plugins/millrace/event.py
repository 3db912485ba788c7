"""Publishing an event that deployed flows wait for, from a step or from any program."""

import json
import os
import sys
import time
import uuid
from typing import Any, Callable, Dict, List, Optional, Union

from .api import MillraceApi, MillraceException

#: The topic's name without a prefix.
TOPIC = "millrace.trigger-events"
SOURCE = "/metaflow/millrace-event"


class MillraceEvent:
    """An event for flows with ``@trigger``: the counterpart of Metaflow's ``ArgoEvent``.

    :param name: what the flows' triggers call it; or a function that says so, such as ``namespaced_event_name("ready")``
    :param url: of Millrace's API; default: MILLRACE_API, in steps the one that the flow was deployed to
    :param payload: what flows may map to their parameters
    :param brokers: Kafka's addresses, to publish there instead of by the API; needs ``pip install kafka-python``.
        Default: MILLRACE_BROKERS
    :param topic_prefix: of the installation's topics
    :param id: names the event: published again under the same id, it starts nothing twice. Default: a random one
    """

    def __init__(
        self,
        name: Union[str, Callable[[], str]],
        url: Optional[str] = None,
        payload: Optional[Dict[str, Any]] = None,
        brokers: Optional[str] = None,
        topic_prefix: str = "",
        id: Optional[str] = None,
    ) -> None:
        given = name() if callable(name) else name
        if not isinstance(given, str) or not given:
            raise MillraceException("An event's name is a text, found %r." % (given,))
        self._name = given
        self._url = url
        self._payload = dict(payload or {})
        self._brokers = brokers or os.environ.get("MILLRACE_BROKERS")
        self._topic = topic_prefix + TOPIC
        self._id = id

    def add_to_payload(self, key: str, value: Any) -> "MillraceEvent":
        self._payload[key] = value
        return self

    def safe_publish(self, payload: Optional[Dict[str, Any]] = None, ignore_errors: bool = True) -> Optional[str]:
        """As ``publish``, in a step that Millrace runs; elsewhere, such as in a run of Metaflow's own, nothing happens."""
        return self.publish(payload, force=False, ignore_errors=ignore_errors)

    def publish(
        self, payload: Optional[Dict[str, Any]] = None, force: bool = True, ignore_errors: bool = True
    ) -> Optional[str]:
        """Publishes the event and returns its id when it is durable. Who waits for it is not known here.

        :param payload: added to what the event has
        :param ignore_errors: whether a failure is only said on standard error, and None returned
        """
        if not force and "MILLRACE_RUN_ID" not in os.environ:
            print("Event %s was not published: no run of Millrace's. Use publish()." % self._name, file=sys.stderr)
            return None
        identity = self._id or str(uuid.uuid4())
        now = time.time()
        data = {
            "name": self._name,
            "id": identity,
            "timestamp": int(now),
            "utc_date": time.strftime("%Y%m%d", time.gmtime(now)),
            "generated-by-metaflow": True,
            **self._payload,
            **(payload or {}),
        }
        try:
            if self._brokers:
                self._to_kafka(identity, now, data)
            else:
                MillraceApi(self._url).publish(self._name, data, identity)
        except Exception as failed:
            message = "Event %s could not be published: %s" % (self._name, failed)
            if not ignore_errors:
                raise MillraceException(message) from failed
            print(message, file=sys.stderr)
            return None
        return identity

    def _to_kafka(self, identity: str, now: float, data: Dict[str, Any]) -> None:
        try:
            from kafka import KafkaProducer
        except ImportError:
            raise MillraceException("Kafka's client is not there: pip install kafka-python") from None
        headers = [(name, value.encode()) for name, value in cloud_event(self._name, identity, now)]
        producer = KafkaProducer(bootstrap_servers=str(self._brokers).split(","), acks="all")
        try:
            producer.send(
                self._topic, key=self._name.encode(), value=json.dumps(data).encode(), headers=headers
            ).get(timeout=60)
        finally:
            producer.close()


def cloud_event(name: str, identity: str, now: float) -> List[Any]:
    """The attributes of the CloudEvent, as Kafka's headers have them. Its type is the event's name."""
    return [
        ("ce_specversion", "1.0"),
        ("ce_id", identity),
        ("ce_source", SOURCE),
        ("ce_type", name),
        ("ce_time", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))),
        ("content-type", "application/json"),
    ]
