#!/usr/bin/env python3
"""A minimal eventlistener in the manner of superlance: posts a crash, then acknowledges it."""

import http.client
import json
import os
import sys
import time
from urllib.parse import urlsplit

api = urlsplit(os.environ["KERNEL_IMAGES_API_BASE_URL"])
connection = http.client.HTTPConnection(api.hostname, api.port)


def tokens(line):
    return dict(token.split(":", 1) for token in line.split())


def post(header, payload):
    body = {
        "type": "service_crashed",
        "source": {
            "kind": "local_process",
            "event": "service.crashed",
            "metadata": {"supervisor_instance": "python", "supervisor_serial": header["serial"]},
        },
        "data": {
            "service_name": payload["processname"],
            "group_name": payload["groupname"],
            "phase": "running",
            "pid": int(payload["pid"]),
        },
        "ts": time.time_ns() // 1000,
    }
    connection.request(
        "POST", "/telemetry/events", json.dumps(body), {"content-type": "application/json"}
    )
    connection.getresponse().read()


while True:
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        break
    header = tokens(line)
    payload = tokens(sys.stdin.read(int(header["len"])))
    if payload.get("expected") == "0":
        post(header, payload)
    sys.stdout.write("RESULT 2\nOK")
    sys.stdout.flush()
