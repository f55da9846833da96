"""Publishes an event by the client that openapi-python-client generates, reads the page and the stream, and
prints what it read."""

import json
import sys

from client import Client
from client.api.events import publish_event, read_events
from client.api.service import get_health
from client.models import EventEnvelope, OomKillData, PublishEventRequest, SystemOomKillEvent


def kill(envelope):
    event = envelope.event
    seen = {"seq": envelope.seq, "type": event.type_}
    if isinstance(event, SystemOomKillEvent):
        data = event.data
        seen |= {"name": data.process_name, "rss_kb": data.rss_kb, "mem_free_kb": data.mem_free_kb}
    return seen


with Client(base_url=sys.argv[1]) as api:
    with api.get_httpx_client().stream("GET", "/telemetry/stream") as stream:
        data = OomKillData(process_name="chrome", pid=2871, rss_kb=1351104, mem_free_kb=0)
        body = PublishEventRequest(type_="system_oom_kill", data=data.to_dict())
        published = publish_event.sync(client=api, body=body)
        refused = publish_event.sync(client=api, body=PublishEventRequest(type_=""))
        page = read_events.sync(client=api)
        line = next(line for line in stream.iter_lines() if line.startswith("data: "))
        streamed = EventEnvelope.from_dict(json.loads(line.removeprefix("data: ")))
    health = get_health.sync(client=api)

print(
    json.dumps(
        {
            "published": kill(published),
            "refused": refused.message,
            "page": [kill(envelope) for envelope in page],
            "streamed": kill(streamed),
            "health": health.status,
        }
    )
)
