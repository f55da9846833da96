"""Publishes an event, reads the page and the stream by the models that datamodel-code-generator generates, and
prints what it read."""

import json
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from client import (
    Error,
    EventEnvelope,
    EventPage,
    Health,
    OomKillData,
    PublishEventRequest,
    SystemOomKillEvent,
)

url = sys.argv[1]


def kill(envelope):
    event = envelope.event.root
    seen = {"seq": envelope.seq, "type": event.type}
    if isinstance(event, SystemOomKillEvent):
        data = event.data
        seen |= {"name": data.process_name, "rss_kb": data.rss_kb, "mem_free_kb": data.mem_free_kb}
    return seen


def post(body):
    headers = {"content-type": "application/json"}
    return urlopen(Request(url + "/telemetry/events", body.encode(), headers)).read()


with urlopen(url + "/telemetry/stream") as stream:
    data = OomKillData(process_name="chrome", pid=2871, rss_kb=1351104, mem_free_kb=0)
    # In data null is a value, beside data the same as nothing.
    fields = data.model_dump(mode="json", exclude_none=True)
    body = PublishEventRequest(type="system_oom_kill", data=fields)
    published = EventEnvelope.model_validate_json(post(body.model_dump_json()))
    try:
        post("{}")
        refused = None
    except HTTPError as error:
        refused = Error.model_validate_json(error.read())
    page = EventPage.model_validate_json(urlopen(url + "/telemetry/events?format=json").read())
    line = next(line for line in stream if line.startswith(b"data: "))
    streamed = EventEnvelope.model_validate_json(line.removeprefix(b"data: "))
health = Health.model_validate_json(urlopen(url + "/healthz").read())

print(
    json.dumps(
        {
            "published": kill(published),
            "refused": refused.message,
            "page": [kill(envelope) for envelope in page.root],
            "streamed": kill(streamed),
            "health": health.status.value,
        }
    )
)
