// Generated from openapi/openapi.yaml by openapi/generate.mjs ('npm run generate'). Do not edit.

export type SchemaName =
  | 'EventCategory'
  | 'EventType'
  | 'EventSourceKind'
  | 'EventSource'
  | 'OomConstraint'
  | 'OomTask'
  | 'ProcessRole'
  | 'OomVictim'
  | 'OomPod'
  | 'OomDiagnosis'
  | 'OomKillData'
  | 'ServiceCrashPhase'
  | 'ServiceCrashedData'
  | 'TelemetryGapSource'
  | 'TelemetryGapData'
  | 'SystemOomKillEvent'
  | 'ServiceCrashedEvent'
  | 'TelemetryGapEvent'
  | 'TelemetryConfiguredData'
  | 'TelemetryConfiguredEvent'
  | 'PageCrashCause'
  | 'PageCrashedData'
  | 'PageCrashedEvent'
  | 'ProcessCrashedData'
  | 'ProcessCrashedEvent'
  | 'MemoryPressureData'
  | 'MemoryPressureEvent'
  | 'CustomEvent'
  | 'TelemetryEvent'
  | 'EventEnvelope'
  | 'EventPage'
  | 'StreamFrame'
  | 'StreamFrameOrData'
  | 'BrowserEventType'
  | 'PublishEventRequest'
  | 'PublishEventSource'
  | 'TimeParameter'
  | 'CategoryConfig'
  | 'CategoriesConfig'
  | 'TelemetryConfig'
  | 'CategoryConfigRequest'
  | 'CategoriesConfigRequest'
  | 'TelemetryConfigRequest'
  | 'TelemetryState'
  | 'Error'
  | 'Liveness'
  | 'Readiness'
  | 'ExplainedLog'
  | 'HealthStatus'
  | 'KmsgState'
  | 'KmsgReader'
  | 'KmsgHealth'
  | 'KmsgKillCounter'
  | 'KmsgKillsHealth'
  | 'StreamHealth'
  | 'PublishedByReporter'
  | 'DevToolsState'
  | 'DevToolsHealth'
  | 'JournalState'
  | 'SpoolHealth'
  | 'JournalHealth'
  | 'SinkState'
  | 'SinkHealth'
  | 'Health'

/** One JSON Schema (2020-12) per component; they refer to each other by `$id`. */
export const schemas: Record<SchemaName, object> = {
  "EventCategory": {
    "$id": "sysmon:EventCategory",
    "type": "string",
    "description": "What an event is about. `system` (OOM kills and service crashes) and `monitor` (gaps in\nwhat was seen) are always captured.\n",
    "enum": [
      "console",
      "network",
      "page",
      "interaction",
      "control",
      "connection",
      "system",
      "screenshot",
      "captcha",
      "monitor",
      "platform"
    ]
  },
  "EventType": {
    "$id": "sysmon:EventType",
    "type": "string",
    "description": "The types this API defines, none of which can be turned off (of `page_crashed`, those that\nthis server reports). Events of other types are those that other programs publish.\n",
    "enum": [
      "system_oom_kill",
      "service_crashed",
      "page_crashed",
      "process_crashed",
      "memory_pressure",
      "telemetry_gap",
      "telemetry_configured"
    ]
  },
  "EventSourceKind": {
    "$id": "sysmon:EventSourceKind",
    "type": "string",
    "description": "What kind of producer an event comes from. `cdp` is the Chrome DevTools Protocol;\n`kernel_api` is kept for events the server generates and refused in requests.\n",
    "enum": [
      "cdp",
      "kernel_api",
      "extension",
      "local_process"
    ]
  },
  "EventSource": {
    "$id": "sysmon:EventSource",
    "type": "object",
    "description": "Where an event comes from.",
    "required": [
      "kind"
    ],
    "properties": {
      "kind": {
        "$ref": "sysmon:EventSourceKind"
      },
      "event": {
        "type": "string",
        "minLength": 1,
        "maxLength": 1024,
        "description": "The producer's own name for the event. Absent when it has none."
      },
      "metadata": {
        "type": "object",
        "description": "What the producer says about the event beyond its data. All values are strings. Of an\nenvelope that would have been too large, only the reporter is left.\n\n`reporter` is set by the server and by nobody else. It tells whose word the event is:\n`kernel` (the server read it in the kernel log), `supervisor` (the supervisor's\nlistener, proven), `devtools` (the browser), `server` (the server itself, and the\napplication it runs in), or `http`: anyone who can post, whatever type the event has.\nWhat a poster writes there is given as `claimed_reporter`.\n",
        "additionalProperties": {
          "type": "string"
        }
      }
    },
    "additionalProperties": false
  },
  "OomConstraint": {
    "$id": "sysmon:OomConstraint",
    "type": "string",
    "description": "Which memory ran out: the machine's (`none`), that of a control group (`memcg`), or that\nof the NUMA nodes the process is bound to (`cpuset`, `memory_policy`).\n",
    "enum": [
      "none",
      "memcg",
      "cpuset",
      "memory_policy"
    ]
  },
  "OomTask": {
    "$id": "sysmon:OomTask",
    "type": "object",
    "description": "One process in the kernel's table of tasks at the time of the kill.",
    "required": [
      "pid",
      "name",
      "rss_kb"
    ],
    "properties": {
      "pid": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "Its process id."
      },
      "name": {
        "type": "string",
        "description": "Its name, as the kernel has it (at most 15 bytes)."
      },
      "rss_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "Its resident memory, in KiB."
      },
      "role": {
        "$ref": "sysmon:ProcessRole",
        "description": "What it is for, of a browser. Absent when not known."
      },
      "inferred": {
        "type": "boolean",
        "description": "`true` where the role is only probable, by name and `oom_score_adj`. Absent where it was\nknown.\n"
      }
    }
  },
  "ProcessRole": {
    "$id": "sysmon:ProcessRole",
    "type": "string",
    "description": "What a process of a browser is for. `renderer` is that of pages, `zygote` starts others.\n",
    "enum": [
      "browser",
      "renderer",
      "gpu",
      "network",
      "utility",
      "zygote"
    ]
  },
  "OomVictim": {
    "$id": "sysmon:OomVictim",
    "type": "object",
    "description": "Who the killed process was, beyond its name: from what was known of it before it died, and\nelse inferred. Absent fields are not known.\n",
    "properties": {
      "role": {
        "$ref": "sysmon:ProcessRole"
      },
      "inferred": {
        "type": "boolean",
        "description": "`true` where the role is only probable: by name and `oom_score_adj`, or because all\nprocesses of that name and score had it. Absent where it was known.\n"
      },
      "executable": {
        "type": "string",
        "description": "What it was started as, without arguments."
      },
      "service_name": {
        "type": "string",
        "description": "The service of the process manager that it belonged to."
      },
      "started_at": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it was started, in Unix microseconds."
      },
      "container": {
        "type": "string",
        "description": "The container, else the systemd unit, that it was in, by the name or id that its control\ngroup has.\n"
      },
      "pod": {
        "$ref": "sysmon:OomPod"
      }
    }
  },
  "OomPod": {
    "$id": "sysmon:OomPod",
    "type": "object",
    "description": "The Kubernetes pod of a process, by its control group.",
    "required": [
      "uid"
    ],
    "properties": {
      "uid": {
        "type": "string",
        "description": "The pod's uid, from the path of the control group."
      },
      "name": {
        "type": "string",
        "description": "Its name. Absent where the node's `/var/log/containers` or `/var/log/pods` cannot be read."
      },
      "namespace": {
        "type": "string",
        "description": "The namespace it is in. As `name`."
      },
      "container_name": {
        "type": "string",
        "description": "The name of the container within it. As `name`; of `/var/log/containers` only."
      }
    }
  },
  "OomDiagnosis": {
    "$id": "sysmon:OomDiagnosis",
    "type": "object",
    "description": "What the kernel's report supports about the cause of a kill, in English sentences for a\nperson: those that `sysmon explain` prints for the same report in a saved log. No more than\n2 KiB as JSON; what there is no room for is left out, the least telling first. The sentences\nmay change with any version: programs read the fields beside them.\n",
    "required": [
      "cause",
      "evidence",
      "next"
    ],
    "properties": {
      "cause": {
        "type": "string",
        "minLength": 1,
        "description": "Whose memory ran out, and through whom."
      },
      "evidence": {
        "type": "array",
        "items": {
          "type": "string"
        },
        "description": "What else the report shows about it, one sentence each. May be empty."
      },
      "next": {
        "type": "string",
        "minLength": 1,
        "description": "What to do next, no further than the report allows it."
      }
    }
  },
  "OomKillData": {
    "$id": "sysmon:OomKillData",
    "type": "object",
    "description": "One process that the kernel killed for want of memory. Only its name, its process id and\nits resident memory are always there. Everything else comes from the report the kernel\nprints with a kill, and is absent when the report does not state it: older kernels print\nless, and in a storm of kills the kernel leaves reports out.\n",
    "required": [
      "process_name",
      "pid",
      "rss_kb"
    ],
    "properties": {
      "process_name": {
        "type": "string",
        "description": "The name of the process killed, as the kernel has it: at most 15 bytes, so long names\nare cut.\n"
      },
      "pid": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The id of the process killed."
      },
      "rss_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "Its resident memory when it was killed, in KiB: anonymous, file-backed and shared\npages together.\n"
      },
      "constraint": {
        "$ref": "sysmon:OomConstraint",
        "description": "Which memory ran out. Absent when the kernel does not say (before Linux 5.0) or names\na constraint not known here.\n"
      },
      "mem_total_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The memory of the machine, in KiB. Absent when the report has no figures for the\nmachine, as for a kill in a control group.\n"
      },
      "mem_free_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How much of it was free, in KiB. Absent when the report has no figures for the\nmachine. 0 means that none was free.\n"
      },
      "top_tasks": {
        "type": "array",
        "maxItems": 5,
        "description": "The up to five processes with the most resident memory, the largest first. Absent\nwhen the report has no table of tasks.\n",
        "items": {
          "$ref": "sysmon:OomTask"
        }
      },
      "trigger_process_name": {
        "type": "string",
        "description": "The name of the process whose request for memory could not be met. It need not be the\none killed. Absent when the report does not name it, and for a kill asked for by hand.\n"
      },
      "trigger_pid": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The id of that process. Absent when the report does not state it, and for a kill\nasked for by hand.\n"
      },
      "total_vm_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The address space of the process killed, in KiB. It counts what is reserved but not\nin memory, and so may exceed the memory of the machine. Absent when not stated.\n"
      },
      "oom_score_adj": {
        "type": "integer",
        "minimum": -1000,
        "maximum": 1000,
        "description": "The `oom_score_adj` of the process killed: the higher, the sooner it is chosen. Absent\nwhen not stated.\n"
      },
      "uid": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The user id of the process killed. Absent when not stated."
      },
      "swap_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How much of it was swapped out, in KiB. Absent when not stated."
      },
      "pgtables_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The size of its page tables, in KiB. Absent when not stated."
      },
      "oom_memcg": {
        "type": "string",
        "description": "The control group whose limit was reached. Absent when it was not a group's limit, or\nthe kernel does not say.\n"
      },
      "task_memcg": {
        "type": "string",
        "description": "The control group that the process killed was in, which may lie below `oom_memcg`.\nAbsent when not stated.\n"
      },
      "memcg_limit_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The limit of `oom_memcg`, in KiB. Absent when not stated, as for a kill that is not a\ncontrol group's.\n"
      },
      "memcg_usage_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How much memory `oom_memcg` was using, in KiB. Absent when not stated, as for a kill\nthat is not a control group's.\n"
      },
      "oom_group": {
        "type": "boolean",
        "description": "`true` when the process was killed because its control group is killed as a whole\n(`memory.oom.group`). Absent when the report says nothing about it.\n"
      },
      "in_container": {
        "type": "boolean",
        "description": "Whether the process killed was one of the container (in Kubernetes of the pod) that this server\nruns in, by its control group. Absent where the server is in no container, or it cannot be told.\n"
      },
      "victim": {
        "$ref": "sysmon:OomVictim",
        "description": "Who that was. Absent when nothing is known."
      },
      "diagnosis": {
        "$ref": "sysmon:OomDiagnosis",
        "description": "Why it was killed, in sentences. In every event of the kernel's watcher; absent in an\nevent that somebody posted without it.\n"
      }
    },
    "examples": [
      {
        "process_name": "chrome",
        "pid": 2871,
        "rss_kb": 1351104,
        "constraint": "none",
        "mem_total_kb": 2096632,
        "mem_free_kb": 17316,
        "top_tasks": [
          {
            "pid": 2871,
            "name": "chrome",
            "rss_kb": 1351104
          },
          {
            "pid": 2604,
            "name": "chrome",
            "rss_kb": 171204
          },
          {
            "pid": 2655,
            "name": "chrome",
            "rss_kb": 96412
          },
          {
            "pid": 611,
            "name": "Xorg",
            "rss_kb": 61180
          },
          {
            "pid": 702,
            "name": "node",
            "rss_kb": 38904
          }
        ],
        "trigger_process_name": "node",
        "trigger_pid": 702,
        "total_vm_kb": 4813152,
        "oom_score_adj": 300,
        "uid": 1000,
        "swap_kb": 0,
        "pgtables_kb": 6312,
        "task_memcg": "/system.slice/chromium.service",
        "diagnosis": {
          "cause": "chrome held 1.3 GiB on a machine with 2.0 GiB and 17 MiB free: a leak in chrome, or more than this machine can hold",
          "evidence": [
            "chrome was in the service chromium.service",
            "there is no swap"
          ],
          "next": "find out why chrome held 1.3 GiB (a leak, or what it needs); or give it a limit of its own, or the machine more memory"
        }
      }
    ]
  },
  "ServiceCrashPhase": {
    "$id": "sysmon:ServiceCrashPhase",
    "type": "string",
    "description": "When the service died. `startup`: before it was healthy. `running`: after it had been\nhealthy. `gave_up`: its restarts are exhausted, and it will not be started again.\n",
    "enum": [
      "startup",
      "running",
      "gave_up"
    ]
  },
  "ServiceCrashedData": {
    "$id": "sysmon:ServiceCrashedData",
    "type": "object",
    "description": "A supervised service that crashed, or whose restarts are exhausted.",
    "required": [
      "service_name",
      "phase"
    ],
    "properties": {
      "service_name": {
        "type": "string",
        "minLength": 1,
        "description": "The name of the service, as its process manager has it."
      },
      "phase": {
        "$ref": "sysmon:ServiceCrashPhase"
      },
      "pid": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The id of the process that died. Never present in the phase `gave_up`, where no\nprocess is left: refused there.\n"
      },
      "group_name": {
        "type": "string",
        "minLength": 1,
        "description": "The group of services it belongs to. Absent when not known."
      },
      "exit_code": {
        "type": "integer",
        "minimum": 0,
        "maximum": 255,
        "description": "The code it exited with. Absent when it was ended by a signal, and when not known.\n"
      },
      "signal": {
        "type": "string",
        "pattern": "^SIG[A-Z0-9+-]+$",
        "description": "The name of the signal that ended it, such as `SIGSEGV`. Absent when it exited by\nitself, and when not known.\n"
      },
      "core_dumped": {
        "type": "boolean",
        "description": "Whether it left a core dump. Absent when not known."
      },
      "restart_attempt": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many times it has been started again without becoming healthy. Absent when not\nknown.\n"
      },
      "oom_kill_seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The sequence number of the `system_oom_kill` that took the process: both tell of one\ndeath. Set by the server. Absent when the kernel did not kill it, and when it is not\ncertain.\n"
      },
      "process_crashed_seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The sequence number of the `process_crashed` in which the kernel tells of the same\ndeath. Set by the server. Absent when the kernel logged none, and when it is not certain.\n"
      }
    },
    "examples": [
      {
        "service_name": "chromium",
        "phase": "running",
        "pid": 412,
        "group_name": "chromium",
        "signal": "SIGSEGV",
        "core_dumped": false
      }
    ]
  },
  "TelemetryGapSource": {
    "$id": "sysmon:TelemetryGapSource",
    "type": "string",
    "description": "What was not seen without a break: the kernel log (`kmsg`), the process manager's reports\n(`supervisord`), or the stream of events itself (`stream`).\n",
    "enum": [
      "kmsg",
      "supervisord",
      "stream"
    ]
  },
  "TelemetryGapData": {
    "$id": "sysmon:TelemetryGapData",
    "type": "object",
    "description": "A time in which something was, or may have been, lost.",
    "required": [
      "source",
      "reason"
    ],
    "properties": {
      "source": {
        "$ref": "sysmon:TelemetryGapSource"
      },
      "lost": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many were lost: kernel log records for `kmsg` (processes, where `source.event` is\n`kmsg.kills_missed`), reports for `supervisord`, events for `stream`. Absent when the\nnumber is not known.\n"
      },
      "reason": {
        "type": "string",
        "description": "What happened, in words."
      },
      "from": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the gap began, in Unix microseconds. Absent when not known."
      },
      "to": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the gap ended, in Unix microseconds. Absent when not known."
      }
    },
    "examples": [
      {
        "source": "kmsg",
        "lost": 212,
        "reason": "the kernel overwrote records before they were read",
        "from": 1764000000123456,
        "to": 1764000000391220
      }
    ]
  },
  "SystemOomKillEvent": {
    "$id": "sysmon:SystemOomKillEvent",
    "type": "object",
    "description": "The kernel killed a process for want of memory. One event per process killed. Cannot be\nturned off.\n\nThe `source` of an event that the server reads from the kernel log has the kind\n`local_process` and the event `linux.oom_kill`. Its `metadata` may hold:\n\n- `boot_id` and `kmsg_seq`: the boot of the machine, and the number of the kernel log\n  record that reports the kill. Together they identify the kill for ever.\n- `facility`: `user` when a program, not the kernel, wrote the record.\n- `partial`: `true` when the kernel's report around the kill was missing or incomplete.\n- `replayed`: `true` when the kill happened before this server started.\n- `manual`: `true` when the kill was asked for by hand (by the magic SysRq key).\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it happened, by the kernel's own stamp, in Unix microseconds. Only when that is\nnot known, when it was received.\n"
      },
      "type": {
        "type": "string",
        "const": "system_oom_kill"
      },
      "category": {
        "type": "string",
        "const": "system"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "The process killed. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:OomKillData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "ServiceCrashedEvent": {
    "$id": "sysmon:ServiceCrashedEvent",
    "type": "object",
    "description": "A supervised service crashed, or its restarts are exhausted. Cannot be turned off.\n\nThe `source` of an event that comes from the process manager has the kind `local_process`\nand the event `service.crashed`. Its `metadata` may hold `supervisor_instance` and\n`supervisor_serial`: which process manager reported it, and the number of its report.\nTogether they identify the report, so that one delivered twice is one event.\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the process manager reported it, in Unix microseconds. Only when that is not\nknown, when it was received.\n"
      },
      "type": {
        "type": "string",
        "const": "service_crashed"
      },
      "category": {
        "type": "string",
        "const": "system"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "The service that crashed. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:ServiceCrashedData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "TelemetryGapEvent": {
    "$id": "sysmon:TelemetryGapEvent",
    "type": "object",
    "description": "Something was, or may have been, lost: without this event, nothing seen and nothing\nhappened would look the same. Cannot be turned off.\n\nWhere the server itself tells of the kernel log, the event of its `source` is one of\n\n- `kmsg.overrun`: the kernel overwrote records before they were read.\n- `kmsg.reader_down`: the log could not be read for a while. `lost` is 0 when everything was\n  read afterwards.\n- `kmsg.kills_missed`: the kernel counted kills that its log did not show. `lost` is the\n  number of processes; their lines are mostly among the records of an overrun.\n- `kmsg.position_damaged`: where an earlier server stopped reading is not known.\n- `kmsg.crashes_suppressed`: the kernel left out lines about crashed processes; `lost` is\n  its own count of them.\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the gap was noticed, in Unix microseconds."
      },
      "type": {
        "type": "string",
        "const": "telemetry_gap"
      },
      "category": {
        "type": "string",
        "const": "monitor"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "What was lost. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:TelemetryGapData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "TelemetryConfiguredData": {
    "$id": "sysmon:TelemetryConfiguredData",
    "type": "object",
    "description": "A change of what is captured.",
    "required": [
      "method",
      "turned_on",
      "turned_off"
    ],
    "properties": {
      "method": {
        "type": "string",
        "enum": [
          "PUT",
          "PATCH"
        ]
      },
      "turned_on": {
        "type": "array",
        "description": "Categories that are captured from now on.",
        "items": {
          "$ref": "sysmon:EventCategory"
        }
      },
      "turned_off": {
        "type": "array",
        "description": "Categories that are captured no more.",
        "items": {
          "$ref": "sysmon:EventCategory"
        }
      },
      "address": {
        "type": "string",
        "description": "The address the request came from. Absent when it came by a Unix socket."
      },
      "user_agent": {
        "type": "string",
        "maxLength": 256,
        "description": "What the client calls itself. Absent when it says nothing."
      }
    },
    "examples": [
      {
        "method": "PATCH",
        "turned_on": [],
        "turned_off": [
          "network"
        ],
        "address": "127.0.0.1",
        "user_agent": "curl/7.88.1"
      }
    ]
  },
  "TelemetryConfiguredEvent": {
    "$id": "sysmon:TelemetryConfiguredEvent",
    "type": "object",
    "description": "Somebody changed what is captured, by `PUT` or `PATCH /telemetry`. Cannot be turned off.\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it was changed, in Unix microseconds."
      },
      "type": {
        "type": "string",
        "const": "telemetry_configured"
      },
      "category": {
        "type": "string",
        "const": "monitor"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "What was changed, and by whom. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:TelemetryConfiguredData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "PageCrashCause": {
    "$id": "sysmon:PageCrashCause",
    "type": "string",
    "description": "What is known of why a page died. `oom_kill`: the kernel killed its renderer for want of\nmemory (`oom_kill_seq`). `crash`: its renderer crashed. `killed`: its renderer was killed by\na signal, and no kill of the kernel's is known that it came from.\n",
    "enum": [
      "oom_kill",
      "crash",
      "killed"
    ]
  },
  "PageCrashedData": {
    "$id": "sysmon:PageCrashedData",
    "type": "object",
    "description": "A page of the browser, or a frame of another site in one, whose renderer died. Where several\nshare a renderer there is an event for each. An event that somebody posted may lack any\nfield; those of the server's own have `target_id` and `target_type`.\n",
    "properties": {
      "target_id": {
        "type": "string",
        "minLength": 1,
        "description": "The browser's id of it, by which DevTools know it."
      },
      "target_type": {
        "type": "string",
        "minLength": 1,
        "description": "What it is, in the words of DevTools, such as `page` or `iframe`."
      },
      "url": {
        "type": "string",
        "description": "Its address, without user, query and fragment unless the server's option\n`devtoolsUrls` says otherwise. Absent when not known, and when it says `none`.\n"
      },
      "title": {
        "type": "string",
        "description": "Its title. One that is an address is cut as `url` is. Absent when there is none.\n"
      },
      "status": {
        "type": "string",
        "description": "How its renderer ended, in the browser's words, such as `crashed` or `killed`. Absent\nwhen not known.\n"
      },
      "signal": {
        "type": "string",
        "pattern": "^SIG[A-Z0-9+-]+$",
        "description": "The name of the signal that ended its renderer. Absent when not known."
      },
      "pid": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The process id of its renderer, as the browser sees it. Absent when it is not certain:\nwhen other renderers ended in the same moment, or the page was just being loaded.\n"
      },
      "role": {
        "$ref": "sysmon:ProcessRole",
        "description": "What died: `renderer`. Absent when not known."
      },
      "cause": {
        "$ref": "sysmon:PageCrashCause",
        "description": "Why it died. Absent when not known."
      },
      "oom_kill_seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The sequence number of the `system_oom_kill` that took its renderer. Absent when the\nkernel did not kill it, and when it is not certain.\n"
      },
      "process_crashed_seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The sequence number of the `process_crashed` in which the kernel tells of the same\ndeath. Set by the server. Absent when the kernel logged none, and when it is not certain.\n"
      }
    },
    "examples": [
      {
        "target_id": "62270B2B00EF140FF719AEBF0B7CD337",
        "target_type": "page",
        "url": "https://example.com/map",
        "title": "Map",
        "status": "killed",
        "signal": "SIGKILL",
        "pid": 2871,
        "role": "renderer",
        "cause": "oom_kill",
        "oom_kill_seq": 17
      }
    ]
  },
  "PageCrashedEvent": {
    "$id": "sysmon:PageCrashedEvent",
    "type": "object",
    "description": "A page of the browser crashed. Those that the server reports, where it watches a browser by\nits DevTools, cannot be turned off; others can, by their category.\n\nThe `source` of an event that the server reports has the kind `cdp` and the event\n`Target.targetCrashed`.\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the browser told of it, in Unix microseconds."
      },
      "type": {
        "type": "string",
        "const": "page_crashed"
      },
      "category": {
        "type": "string",
        "const": "page"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "The page that crashed. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:PageCrashedData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "ProcessCrashedData": {
    "$id": "sysmon:ProcessCrashedData",
    "type": "object",
    "description": "A process that crashed. What the kernel's log tells of a fault, or the browser of a process\nof its own; fields that they do not tell are absent.\n",
    "properties": {
      "process_name": {
        "type": "string",
        "description": "Its name, as the kernel has it, at most 15 bytes; of a thread, the thread's. Absent when\nnot known.\n"
      },
      "pid": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The id of the process, of a thread the thread's. From a browser, as the browser sees it.\nAbsent when not known.\n"
      },
      "signal": {
        "type": "string",
        "pattern": "^SIG[A-Z0-9+-]+$",
        "description": "The name of the signal that ended it. Absent when not known."
      },
      "role": {
        "$ref": "sysmon:ProcessRole",
        "description": "What it was for, of a browser. Absent when not known."
      },
      "error": {
        "type": "string",
        "description": "What it did, in words, such as `write where nothing is mapped`."
      },
      "address": {
        "type": "string",
        "description": "What it reached for, hexadecimal with `0x`."
      },
      "instruction": {
        "type": "string",
        "description": "The address of the instruction, hexadecimal with `0x`."
      },
      "file": {
        "type": "string",
        "description": "The file that the instruction was mapped from, without its folder."
      },
      "offset": {
        "type": "string",
        "description": "Where in that file the instruction was, hexadecimal with `0x`. Absent before Linux 6.3.\n"
      },
      "executable": {
        "type": "string",
        "description": "What it was started as, without arguments."
      },
      "service_name": {
        "type": "string",
        "description": "The service of the process manager that it belonged to."
      }
    },
    "examples": [
      {
        "process_name": "chromium",
        "pid": 2871,
        "signal": "SIGSEGV",
        "role": "renderer",
        "error": "write where nothing is mapped",
        "address": "0x0",
        "instruction": "0x5609dde3918b",
        "file": "chromium",
        "offset": "0x118b"
      }
    ]
  },
  "ProcessCrashedEvent": {
    "$id": "sysmon:ProcessCrashedEvent",
    "type": "object",
    "description": "A process crashed. Cannot be turned off.\n\nThe `source` of an event that the server reads from the kernel log has the kind\n`local_process` and the event `linux.fault`; `boot_id` and `kmsg_seq` in its metadata\nidentify it, `facility` and `replayed` are as for `system_oom_kill`. That of one that the\nbrowser tells has the kind `cdp` and the event `Browser.processCrashed`.\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it happened, or the browser was seen to have counted it, in Unix microseconds."
      },
      "type": {
        "type": "string",
        "const": "process_crashed"
      },
      "category": {
        "type": "string",
        "const": "system"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "The process that crashed. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:ProcessCrashedData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "MemoryPressureData": {
    "$id": "sysmon:MemoryPressureData",
    "type": "object",
    "description": "Memory is short, and nobody need have been killed yet. Told once when it begins, not again\nbefore it was over, and at most once a minute.\n",
    "required": [
      "reason"
    ],
    "properties": {
      "reason": {
        "type": "string",
        "description": "`pressure`: all processes waited for memory for a share of the time that is over the\nserver's option `memoryPressureFull`. `group_high`, `group_max`: the control group was\nheld back at its `memory.high`, or was at its limit, several seconds in a row.\n",
        "enum": [
          "pressure",
          "group_high",
          "group_max"
        ]
      },
      "some_avg10": {
        "type": "number",
        "minimum": 0,
        "maximum": 100,
        "description": "Percent of the last ten seconds in which some process waited for memory; of a container\nthat has its own figure, its own. Absent where the kernel does not tell (before 4.20).\n"
      },
      "full_avg10": {
        "type": "number",
        "minimum": 0,
        "maximum": 100,
        "description": "In which all did. Absent likewise."
      },
      "group_high": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How often the control group was held back in the last second. Absent where the server\nis in none whose count it can read.\n"
      },
      "group_max": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How often it was at its limit in the last second. Absent likewise."
      },
      "mem_total_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The machine's memory, in KiB."
      },
      "mem_available_kb": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How much of it could be used without swapping, in KiB."
      },
      "top_tasks": {
        "type": "array",
        "maxItems": 5,
        "description": "The up to five processes with the most resident memory, the largest first.",
        "items": {
          "$ref": "sysmon:OomTask"
        }
      },
      "url": {
        "type": "string",
        "description": "The page of the browser, where it has just one, and a renderer is by far the largest\nprocess. As the `url` of a `page_crashed`.\n"
      }
    },
    "examples": [
      {
        "reason": "pressure",
        "some_avg10": 42.1,
        "full_avg10": 18.05,
        "mem_total_kb": 2097152,
        "mem_available_kb": 20480
      }
    ]
  },
  "MemoryPressureEvent": {
    "$id": "sysmon:MemoryPressureEvent",
    "type": "object",
    "description": "Memory is short. Cannot be turned off, but by the server's option `memoryPressure`.",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it was seen, in Unix microseconds."
      },
      "type": {
        "type": "string",
        "const": "memory_pressure"
      },
      "category": {
        "type": "string",
        "const": "monitor"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "How short it is. `null` only together with `truncated`.\n",
        "anyOf": [
          {
            "$ref": "sysmon:MemoryPressureData"
          },
          {
            "type": "null"
          }
        ]
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "CustomEvent": {
    "$id": "sysmon:CustomEvent",
    "type": "object",
    "description": "An event of any other type, as a program published it. Can be turned off by its category,\nunless that is `system` or `monitor`.\n",
    "required": [
      "ts",
      "type",
      "category",
      "source"
    ],
    "properties": {
      "ts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it happened, as its publisher says, in Unix microseconds. If the publisher did\nnot say, when it was received.\n"
      },
      "type": {
        "type": "string",
        "minLength": 1,
        "maxLength": 256,
        "description": "Any type but those this API defines.",
        "not": {
          "$ref": "sysmon:EventType"
        }
      },
      "category": {
        "$ref": "sysmon:EventCategory"
      },
      "source": {
        "$ref": "sysmon:EventSource"
      },
      "data": {
        "description": "Any JSON. Absent when there is none. `null` only together with `truncated`.\n"
      },
      "truncated": {
        "type": "boolean",
        "const": true,
        "description": "Present, and `true`, only when the envelope would have passed 1,000,000 bytes of\nJSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.\n"
      }
    },
    "additionalProperties": false
  },
  "TelemetryEvent": {
    "$id": "sysmon:TelemetryEvent",
    "description": "An event. Its `type` says which of these it is: one of those before the last where it is\ntheirs, else the last.\n",
    "anyOf": [
      {
        "$ref": "sysmon:SystemOomKillEvent"
      },
      {
        "$ref": "sysmon:ServiceCrashedEvent"
      },
      {
        "$ref": "sysmon:TelemetryGapEvent"
      },
      {
        "$ref": "sysmon:TelemetryConfiguredEvent"
      },
      {
        "$ref": "sysmon:PageCrashedEvent"
      },
      {
        "$ref": "sysmon:ProcessCrashedEvent"
      },
      {
        "$ref": "sysmon:MemoryPressureEvent"
      },
      {
        "$ref": "sysmon:CustomEvent"
      }
    ]
  },
  "EventEnvelope": {
    "$id": "sysmon:EventEnvelope",
    "type": "object",
    "description": "An event with its place in the stream.",
    "required": [
      "seq",
      "event"
    ],
    "properties": {
      "seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "Its sequence number: one more than that of the event before it. Begins at 1 when the\nserver starts.\n"
      },
      "event": {
        "$ref": "sysmon:TelemetryEvent"
      }
    },
    "additionalProperties": false
  },
  "EventPage": {
    "$id": "sysmon:EventPage",
    "type": "array",
    "description": "Envelopes in the order of their sequence numbers.",
    "items": {
      "$ref": "sysmon:EventEnvelope"
    },
    "examples": [
      [
        {
          "seq": 17,
          "event": {
            "ts": 1764000000123456,
            "type": "system_oom_kill",
            "category": "system",
            "source": {
              "kind": "local_process",
              "event": "linux.oom_kill",
              "metadata": {
                "boot_id": "5f0c9d3e-7a41-4c0b-9f0e-2b7d6f1a8c34",
                "kmsg_seq": "1482"
              }
            },
            "data": {
              "process_name": "chrome",
              "pid": 2871,
              "rss_kb": 1351104,
              "constraint": "none",
              "mem_total_kb": 2096632,
              "mem_free_kb": 17316,
              "top_tasks": [
                {
                  "pid": 2871,
                  "name": "chrome",
                  "rss_kb": 1351104
                },
                {
                  "pid": 2604,
                  "name": "chrome",
                  "rss_kb": 171204
                },
                {
                  "pid": 2655,
                  "name": "chrome",
                  "rss_kb": 96412
                },
                {
                  "pid": 611,
                  "name": "Xorg",
                  "rss_kb": 61180
                },
                {
                  "pid": 702,
                  "name": "node",
                  "rss_kb": 38904
                }
              ],
              "trigger_process_name": "node",
              "trigger_pid": 702,
              "total_vm_kb": 4813152,
              "oom_score_adj": 300,
              "uid": 1000,
              "swap_kb": 0,
              "pgtables_kb": 6312,
              "task_memcg": "/system.slice/chromium.service",
              "diagnosis": {
                "cause": "chrome held 1.3 GiB on a machine with 2.0 GiB and 17 MiB free: a leak in chrome, or more than this machine can hold",
                "evidence": [
                  "chrome was in the service chromium.service",
                  "there is no swap"
                ],
                "next": "find out why chrome held 1.3 GiB (a leak, or what it needs); or give it a limit of its own, or the machine more memory"
              }
            }
          }
        },
        {
          "seq": 18,
          "event": {
            "ts": 1764000031877020,
            "type": "service_crashed",
            "category": "system",
            "source": {
              "kind": "local_process",
              "event": "service.crashed",
              "metadata": {
                "supervisor_instance": "supervisor",
                "supervisor_serial": "21"
              }
            },
            "data": {
              "service_name": "chromium",
              "phase": "running",
              "pid": 412,
              "group_name": "chromium",
              "signal": "SIGSEGV",
              "core_dumped": false
            }
          }
        }
      ]
    ]
  },
  "StreamFrame": {
    "$id": "sysmon:StreamFrame",
    "type": "object",
    "description": "One event of a stream, as the frame of server-sent events that it comes in.",
    "required": [
      "id",
      "data"
    ],
    "properties": {
      "id": {
        "type": "string",
        "pattern": "^[1-9][0-9]*$",
        "description": "Its sequence number."
      },
      "data": {
        "type": "string",
        "description": "An `EventEnvelope` as JSON on one line.",
        "contentMediaType": "application/json",
        "contentSchema": {
          "$ref": "#/components/schemas/EventEnvelope"
        }
      }
    }
  },
  "StreamFrameOrData": {
    "$id": "sysmon:StreamFrameOrData",
    "description": "One event of a stream: the frame of server-sent events that it comes in, or the envelope that\nis its data, as some readers of such streams give it.\n",
    "anyOf": [
      {
        "$ref": "sysmon:EventEnvelope"
      },
      {
        "$ref": "sysmon:StreamFrame"
      }
    ]
  },
  "BrowserEventType": {
    "$id": "sysmon:BrowserEventType",
    "type": "string",
    "description": "Types of the browser's own telemetry. Of these the server knows the category, and leaves the\nrest to who posts them.\n",
    "enum": [
      "captcha_solve_result",
      "cdp_connect",
      "cdp_disconnect",
      "live_view_connect",
      "live_view_disconnect",
      "console_error",
      "console_log",
      "api_call",
      "cdp_command",
      "interaction_click",
      "interaction_key",
      "interaction_scroll_settled",
      "monitor_disconnected",
      "monitor_init_failed",
      "monitor_reconnect_failed",
      "monitor_reconnected",
      "network_idle",
      "network_loading_failed",
      "network_request",
      "network_response",
      "page_dom_content_loaded",
      "page_layout_settled",
      "page_layout_shift",
      "page_lcp",
      "page_load",
      "page_navigation",
      "page_navigation_settled",
      "page_tab_opened",
      "platform_api_call",
      "monitor_screenshot"
    ]
  },
  "PublishEventRequest": {
    "$id": "sysmon:PublishEventRequest",
    "type": "object",
    "description": "An event to publish. A field that is `null` is the same as one that is absent; fields that\nare not named here are ignored.\n",
    "required": [
      "type"
    ],
    "properties": {
      "type": {
        "type": "string",
        "minLength": 1,
        "maxLength": 256,
        "description": "One of the types this API defines (`system_oom_kill`, `service_crashed`,\n`page_crashed`, `process_crashed`,\n`memory_pressure`, `telemetry_gap`), or any other.\n"
      },
      "category": {
        "description": "An `EventCategory`, which is required for a type that this API does not know (neither\n`EventType` nor `BrowserEventType`). For one it knows, the server sets the category and\nignores this.\n"
      },
      "source": {
        "description": "Where the event comes from. `{\"kind\": \"local_process\"}` when absent. The kind\n`kernel_api` is refused.\n",
        "anyOf": [
          {
            "$ref": "sysmon:PublishEventSource"
          },
          {
            "type": "null"
          }
        ]
      },
      "data": {
        "description": "Any JSON for a type this API does not define; otherwise what the type asks for, and\nthen required. `null` means the same as leaving it out: the event has no data.\n"
      },
      "ts": {
        "type": [
          "integer",
          "null"
        ],
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When it happened, in Unix microseconds. When absent, the time at which the server\nreceives the request.\n"
      }
    }
  },
  "PublishEventSource": {
    "$id": "sysmon:PublishEventSource",
    "type": "object",
    "description": "Where an event comes from, as its producer says.",
    "properties": {
      "kind": {
        "description": "`local_process` when absent, or empty.",
        "anyOf": [
          {
            "$ref": "sysmon:EventSourceKind"
          },
          {
            "type": "null"
          }
        ]
      },
      "event": {
        "type": [
          "string",
          "null"
        ],
        "maxLength": 1024,
        "description": "The producer's own name for the event."
      },
      "metadata": {
        "type": [
          "object",
          "null"
        ],
        "description": "What the producer says about the event beyond its data. All values are strings.",
        "additionalProperties": {
          "type": [
            "string",
            "null"
          ]
        }
      }
    }
  },
  "TimeParameter": {
    "$id": "sysmon:TimeParameter",
    "type": "string",
    "pattern": "^(?:[0-9]{1,16}|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|ms|s|m|h))+|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+ -](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$",
    "description": "Unix milliseconds, an RFC 3339 time, or how long ago: numbers with `h`, `m`, `s`\nor `ms`.\n",
    "examples": [
      "1764000000000",
      "2026-11-24T08:00:00Z",
      "1h30m"
    ]
  },
  "CategoryConfig": {
    "$id": "sysmon:CategoryConfig",
    "type": "object",
    "description": "Whether a category is captured.",
    "required": [
      "enabled"
    ],
    "properties": {
      "enabled": {
        "type": "boolean"
      }
    }
  },
  "CategoriesConfig": {
    "$id": "sysmon:CategoriesConfig",
    "type": "object",
    "description": "Which categories are captured. `system` and `monitor` always are.",
    "required": [
      "console",
      "network",
      "page",
      "interaction",
      "control",
      "connection",
      "system",
      "screenshot",
      "captcha",
      "monitor",
      "platform"
    ],
    "properties": {
      "console": {
        "$ref": "sysmon:CategoryConfig"
      },
      "network": {
        "$ref": "sysmon:CategoryConfig"
      },
      "page": {
        "$ref": "sysmon:CategoryConfig"
      },
      "interaction": {
        "$ref": "sysmon:CategoryConfig"
      },
      "control": {
        "$ref": "sysmon:CategoryConfig"
      },
      "connection": {
        "$ref": "sysmon:CategoryConfig"
      },
      "system": {
        "$ref": "sysmon:CategoryConfig"
      },
      "screenshot": {
        "$ref": "sysmon:CategoryConfig"
      },
      "captcha": {
        "$ref": "sysmon:CategoryConfig"
      },
      "monitor": {
        "$ref": "sysmon:CategoryConfig"
      },
      "platform": {
        "$ref": "sysmon:CategoryConfig"
      }
    }
  },
  "TelemetryConfig": {
    "$id": "sysmon:TelemetryConfig",
    "type": "object",
    "description": "What is captured. Later versions may add fields.",
    "required": [
      "browser"
    ],
    "properties": {
      "browser": {
        "$ref": "sysmon:CategoriesConfig"
      },
      "telemetry_session_id": {
        "type": "string",
        "description": "Stands in the metadata of every event, as `telemetry_session_id`. Absent when none was\ngiven.\n"
      },
      "storage": {
        "type": "object",
        "description": "As it was put. This server does nothing with it."
      },
      "export": {
        "type": "object",
        "description": "As it was put. This server does nothing with it."
      }
    }
  },
  "CategoryConfigRequest": {
    "$id": "sysmon:CategoryConfigRequest",
    "type": [
      "object",
      "null"
    ],
    "description": "Whether a category is to be captured. Fields that are not named here are ignored.",
    "properties": {
      "enabled": {
        "type": [
          "boolean",
          "null"
        ],
        "description": "In a `PUT`, only `true` captures the category. In a `PATCH`, absent leaves it as it is.\n"
      }
    }
  },
  "CategoriesConfigRequest": {
    "$id": "sysmon:CategoriesConfigRequest",
    "type": [
      "object",
      "null"
    ],
    "description": "Which categories are to be captured. `system` and `monitor` are, whatever stands here.\nCategories that are not known are ignored.\n",
    "properties": {
      "console": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "network": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "page": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "interaction": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "control": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "connection": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "system": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "screenshot": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "captcha": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "monitor": {
        "$ref": "sysmon:CategoryConfigRequest"
      },
      "platform": {
        "$ref": "sysmon:CategoryConfigRequest"
      }
    }
  },
  "TelemetryConfigRequest": {
    "$id": "sysmon:TelemetryConfigRequest",
    "type": [
      "object",
      "null"
    ],
    "description": "What is to be captured. Fields that are not named here are ignored.",
    "properties": {
      "browser": {
        "$ref": "sysmon:CategoriesConfigRequest"
      },
      "telemetry_session_id": {
        "type": [
          "string",
          "null"
        ],
        "maxLength": 256,
        "description": "Stands in the metadata of every event from then on; an empty one ends that."
      },
      "storage": {
        "description": "Given back as it is, where it is an object. At most 64 KiB."
      },
      "export": {
        "description": "Given back as it is, where it is an object. At most 64 KiB."
      }
    }
  },
  "TelemetryState": {
    "$id": "sysmon:TelemetryState",
    "type": "object",
    "description": "The configuration in force, and how far the stream has come.",
    "required": [
      "config",
      "seq",
      "dropped_events"
    ],
    "properties": {
      "config": {
        "$ref": "sysmon:TelemetryConfig",
        "description": "The configuration, with every category named."
      },
      "seq": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The newest sequence number given. 0 before the first event."
      },
      "applied_at": {
        "type": "string",
        "description": "When the configuration was last set. Absent before the first `PUT` or `PATCH`."
      },
      "dropped_events": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events left the ring before a connected reader of the stream had read them,\nsummed over all readers.\n"
      }
    }
  },
  "Error": {
    "$id": "sysmon:Error",
    "type": "object",
    "description": "Why a request was refused.",
    "required": [
      "message"
    ],
    "properties": {
      "message": {
        "type": "string",
        "description": "What is wrong, and in most cases what to mend."
      },
      "detail": {
        "type": "string",
        "description": "What is wrong in detail, and what to mend. Absent when `message` says it all."
      }
    }
  },
  "Liveness": {
    "$id": "sysmon:Liveness",
    "type": "object",
    "description": "The process answers.",
    "required": [
      "status"
    ],
    "properties": {
      "status": {
        "type": "string",
        "enum": [
          "ok"
        ]
      }
    }
  },
  "Readiness": {
    "$id": "sysmon:Readiness",
    "type": "object",
    "description": "Whether this server may be asked. Later versions may add fields.",
    "required": [
      "status"
    ],
    "properties": {
      "status": {
        "type": "string",
        "enum": [
          "ok",
          "unready"
        ]
      },
      "reasons": {
        "type": "array",
        "description": "Why it is `unready`. Absent while it is `ok`.",
        "items": {
          "type": "string"
        }
      }
    }
  },
  "ExplainedLog": {
    "$id": "sysmon:ExplainedLog",
    "type": "object",
    "description": "What a saved log tells of OOM kills.",
    "required": [
      "kills",
      "records",
      "found"
    ],
    "properties": {
      "kills": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many kills were found."
      },
      "records": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many lines of the kernel were read."
      },
      "found": {
        "type": "array",
        "maxItems": 260,
        "description": "What `sysmon explain --json --all` prints, a line each: `system_oom_kill` as an event of\nthe stream has it, with the `time` that its `ts` counts, the numbers of its `dump` and what\ncame `after`; `oom_without_kill`; and at the end of a log that tells more an `oom_summary`.\nThe sentences are for people and may change with any version.\n",
        "items": {
          "type": "object"
        }
      },
      "is_cut": {
        "type": "boolean",
        "const": true,
        "description": "Not all of the log was read. Absent where all of it was."
      },
      "message": {
        "type": "string",
        "description": "Where nothing was found, what was read, and what would have been found. Else absent.\n"
      }
    }
  },
  "HealthStatus": {
    "$id": "sysmon:HealthStatus",
    "type": "string",
    "description": "`ok`: all that is configured works. `degraded`: the kernel log should be watched and is not,\nand OOM kills go unseen; or events should be kept on disk and cannot be written, and end with\nthe server; or crashes of services wait in the spool and this server is not given them.\n",
    "enum": [
      "ok",
      "degraded"
    ]
  },
  "KmsgState": {
    "$id": "sysmon:KmsgState",
    "type": "string",
    "description": "What the reader of the kernel log is doing: `starting`, `watching`, `restarting` (it\nfailed and is being started again), `unavailable` (the log cannot be opened; `error` says why,\nand it is tried again),\n`disabled` (turned off by the server's options), `stopped` (the server is shutting down).\n",
    "enum": [
      "starting",
      "watching",
      "restarting",
      "unavailable",
      "disabled",
      "stopped"
    ]
  },
  "KmsgReader": {
    "$id": "sysmon:KmsgReader",
    "type": "string",
    "description": "How the kernel log is read: by a `dd` process that waits for records (`dd`), or by asking\nfor new records at intervals (`poll`).\n",
    "enum": [
      "dd",
      "poll"
    ]
  },
  "KmsgHealth": {
    "$id": "sysmon:KmsgHealth",
    "type": "object",
    "description": "The state of the reader of the kernel log. Later versions may add fields.",
    "required": [
      "state",
      "path",
      "lost",
      "restarts",
      "stalls"
    ],
    "properties": {
      "state": {
        "$ref": "sysmon:KmsgState"
      },
      "path": {
        "type": "string",
        "description": "The device or file that is read. Empty when `state` is `disabled`."
      },
      "reader": {
        "$ref": "sysmon:KmsgReader",
        "description": "How it is read. Absent unless `state` is `watching`."
      },
      "last_seq": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The kernel's number of the newest record seen (not a sequence number of the stream).\nAbsent before the first.\n"
      },
      "last_record_at": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When that record was received, in Unix microseconds. Absent before the first."
      },
      "last_record_age_ms": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How long ago that was, in milliseconds. Absent before the first."
      },
      "lost": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many records the kernel overwrote before they were read."
      },
      "restarts": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many times the device had to be opened again, or the `dd` process that waits for\nits records started again.\n"
      },
      "stalls": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many of these were because one of the two did not see records that the other saw.\n"
      },
      "resumed_after": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The kernel's number of the last record that an earlier server read in this boot, and after\nwhich this one went on. Absent when reading began with the server's start.\n"
      },
      "kills": {
        "$ref": "sysmon:KmsgKillsHealth"
      },
      "position_error": {
        "type": "string",
        "description": "Why the position in the kernel log cannot be kept in the state folder. Absent while it\ncan, and when there is no state folder.\n"
      },
      "error": {
        "type": "string",
        "description": "Why the log cannot be read now. Absent while it can."
      }
    }
  },
  "KmsgKillCounter": {
    "$id": "sysmon:KmsgKillCounter",
    "type": "string",
    "description": "Where the kernel's own number of killed processes is read: `/proc/vmstat` of the machine\n(`vmstat`), or the memory control group of the container (`memcg`), when the kernel log\ncannot be read there.\n",
    "enum": [
      "vmstat",
      "memcg"
    ]
  },
  "KmsgKillsHealth": {
    "$id": "sysmon:KmsgKillsHealth",
    "type": "object",
    "description": "The kernel's own number of OOM kills, held against the kill lines of its log. Absent where\nthere is no such number. Later versions may add fields.\n",
    "required": [
      "counter",
      "path",
      "lines",
      "missed"
    ],
    "properties": {
      "counter": {
        "$ref": "sysmon:KmsgKillCounter"
      },
      "path": {
        "type": "string",
        "description": "The file that is read."
      },
      "lines": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many kill lines of the kernel were read since the server started. A process whose\ngroup is killed as a whole may have two.\n"
      },
      "missed": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many kills the kernel counted whose lines were not seen."
      },
      "checked_at": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the two were compared last, in Unix microseconds. Absent before the first time.\n"
      }
    }
  },
  "StreamHealth": {
    "$id": "sysmon:StreamHealth",
    "type": "object",
    "description": "The state of the event stream. Later versions may add fields.",
    "required": [
      "seq",
      "retained",
      "retained_bytes",
      "readers",
      "published"
    ],
    "properties": {
      "seq": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The newest sequence number given. 0 before the first event."
      },
      "retained": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events are in memory."
      },
      "retained_bytes": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many bytes they take."
      },
      "readers": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many streams are open."
      },
      "oldest_seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The oldest sequence number in memory. Absent when no event is."
      },
      "published": {
        "$ref": "sysmon:PublishedByReporter"
      }
    }
  },
  "PublishedByReporter": {
    "$id": "sysmon:PublishedByReporter",
    "type": "object",
    "description": "How many events this process has published, by who reported them (`reporter` in the\nmetadata of their source). Later versions may add fields.\n",
    "required": [
      "kernel",
      "supervisor",
      "devtools",
      "server",
      "http"
    ],
    "properties": {
      "kernel": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991
      },
      "supervisor": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991
      },
      "devtools": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991
      },
      "server": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991
      },
      "http": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991
      }
    }
  },
  "DevToolsState": {
    "$id": "sysmon:DevToolsState",
    "type": "string",
    "description": "What is being done about the browser: `connecting` (there is none at that URL yet, or no\nmore; it is tried again every few seconds), `watching`, `stopped` (the server is shutting\ndown).\n",
    "enum": [
      "connecting",
      "watching",
      "stopped"
    ]
  },
  "DevToolsHealth": {
    "$id": "sysmon:DevToolsHealth",
    "type": "object",
    "description": "Whether crashes of the browser's pages are seen, by its DevTools. Later versions may add\nfields.\n",
    "required": [
      "state",
      "url",
      "connections"
    ],
    "properties": {
      "state": {
        "$ref": "sysmon:DevToolsState"
      },
      "url": {
        "type": "string",
        "description": "Where the browser is looked for."
      },
      "browser": {
        "type": "string",
        "description": "What it calls itself. Absent unless `state` is `watching`."
      },
      "pages": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many pages and frames of other sites it has. Absent unless `state` is `watching`."
      },
      "connections": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many times it was found since the server started."
      },
      "error": {
        "type": "string",
        "description": "Why it is not watched. Absent while it is."
      }
    }
  },
  "JournalState": {
    "$id": "sysmon:JournalState",
    "type": "string",
    "description": "Where events are kept: `writing` (on disk), `memory` (the disk cannot be written; what is\nin memory is written as soon as it can be), `off` (in memory only: no folder is configured,\nor it cannot be used; `error` says why).\n",
    "enum": [
      "writing",
      "memory",
      "off"
    ]
  },
  "SpoolHealth": {
    "$id": "sysmon:SpoolHealth",
    "type": "object",
    "description": "What the supervisor's listener has written down and this server has not taken yet. Later\nversions may add fields.\n",
    "required": [
      "waiting"
    ],
    "properties": {
      "waiting": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events wait."
      },
      "oldest_at": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the oldest of them happened, in Unix microseconds. Absent when none waits."
      },
      "stuck_since": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "Since when this server has been given none of them, in Unix microseconds. Absent before\nthat has been so for half a minute.\n"
      },
      "error": {
        "type": "string",
        "description": "Why the listener keeps events in memory only, or elsewhere than it was told to, and what\nto mend. Absent while it does not.\n"
      },
      "delivery_error": {
        "type": "string",
        "description": "Why this server is not given what waits: what the listener hears where it was told that\nthe server is. Absent while it is given.\n"
      },
      "cause_error": {
        "type": "string",
        "description": "Why crashes are told without `exit_code` and `signal`, and what to mend. Absent while\nthey are told with them.\n"
      }
    }
  },
  "JournalHealth": {
    "$id": "sysmon:JournalHealth",
    "type": "object",
    "description": "The state of the journal, in which events are kept on disk. Later versions may add fields.",
    "required": [
      "state"
    ],
    "properties": {
      "state": {
        "$ref": "sysmon:JournalState"
      },
      "path": {
        "type": "string",
        "description": "The journal's folder. Absent when `state` is `off`."
      },
      "sync": {
        "type": "string",
        "description": "When events are synced to the disk: before they are acknowledged (`always`), within\n100 ms (`interval`), when the kernel likes (`never`). Absent when `state` is `off`.\n",
        "enum": [
          "always",
          "interval",
          "never"
        ]
      },
      "events": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events are in it. Absent when `state` is `off`."
      },
      "bytes": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many bytes they take on disk. Absent when `state` is `off`."
      },
      "oldest_seq": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9007199254740991,
        "description": "The oldest sequence number in it. Absent when it is empty."
      },
      "last_seq": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The newest sequence number in it. 0 before the first, absent when `state` is `off`."
      },
      "unwritten": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events wait in memory to be written. Absent when `state` is `off`."
      },
      "error": {
        "type": "string",
        "description": "Why events are not written. Absent while they are."
      }
    }
  },
  "SinkState": {
    "$id": "sysmon:SinkState",
    "type": "string",
    "description": "What a sink is doing: `connecting` (not ready yet), `delivering` (it delivers what there is,\nor waits for events), `retrying` (the last attempt failed; it is tried again within\nseconds), `refused` (the other side refuses, which a person has to mend; it is tried again\nevery minute), `misconfigured` (not used; `error` says what to mend), `stopped` (it delivers\nno more, because going on would do harm; `error` says why), `closed` (the server is shutting\ndown).\n",
    "enum": [
      "connecting",
      "delivering",
      "retrying",
      "refused",
      "misconfigured",
      "stopped",
      "closed"
    ]
  },
  "SinkHealth": {
    "$id": "sysmon:SinkHealth",
    "type": "object",
    "description": "The state of one sink, to which events are delivered outside this machine. Later versions\nmay add fields.\n",
    "required": [
      "name",
      "state",
      "seq",
      "lag_events",
      "lag_ms",
      "delivered",
      "failures",
      "missed",
      "rejected"
    ],
    "properties": {
      "name": {
        "type": "string",
        "description": "Which sink, `s2`, `otlp`, `console`, `webhook` or `command`."
      },
      "state": {
        "$ref": "sysmon:SinkState"
      },
      "seq": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "The last sequence number delivered. 0 before the first."
      },
      "lag_events": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events are not delivered yet."
      },
      "lag_ms": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How long ago the oldest of them happened, in milliseconds. 0 when there is none."
      },
      "delivered": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events were delivered since the start of the server."
      },
      "failures": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many attempts failed since the start of the server."
      },
      "missed": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events were no longer retained when the sink came to them. Each such loss is a\n`telemetry_gap` in the stream too.\n"
      },
      "rejected": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "How many events the other side refused for good, also when they stood alone. Each such\nloss is a `telemetry_gap` in the stream too, with `sink` and `seq` in its metadata.\n"
      },
      "delivered_at": {
        "type": "integer",
        "minimum": 0,
        "maximum": 9007199254740991,
        "description": "When the last were delivered, in Unix microseconds. Absent before the first."
      },
      "error": {
        "type": "string",
        "description": "What went wrong last. Absent while nothing has."
      }
    }
  },
  "Health": {
    "$id": "sysmon:Health",
    "type": "object",
    "description": "Whether the machine is being watched. Later versions may add fields.",
    "required": [
      "status",
      "kmsg",
      "stream",
      "journal"
    ],
    "properties": {
      "status": {
        "$ref": "sysmon:HealthStatus"
      },
      "reasons": {
        "type": "array",
        "description": "Why it is `degraded`, and what to mend: a sentence each. Absent while it is `ok`.\n",
        "items": {
          "type": "string"
        }
      },
      "kmsg": {
        "$ref": "sysmon:KmsgHealth"
      },
      "stream": {
        "$ref": "sysmon:StreamHealth"
      },
      "journal": {
        "$ref": "sysmon:JournalHealth"
      },
      "spool": {
        "$ref": "sysmon:SpoolHealth",
        "description": "Absent where the state folder has no `spool`, or this server may not look into it.\n"
      },
      "devtools": {
        "$ref": "sysmon:DevToolsHealth",
        "description": "Absent where no browser is to be watched. What it says does not change `status`: a\nbrowser that is not there is no fault of this server.\n"
      },
      "sinks": {
        "type": "array",
        "description": "Where events are delivered outside this machine. Absent when nowhere. What they say does\nnot change `status`: a server that must be restarted is something else.\n",
        "items": {
          "$ref": "sysmon:SinkHealth"
        }
      }
    }
  }
}

export type OperationWithParameters =
  | 'readEvents'
  | 'streamEvents'

/** The query string and the headers of each operation that has any, as JSON Schemas. */
export const parameters: Record<
  OperationWithParameters,
  { querystring: object; headers: object }
> = {
  "readEvents": {
    "querystring": {
      "type": "object",
      "properties": {
        "format": {
          "type": "string",
          "enum": [
            "json",
            "sse"
          ]
        },
        "offset": {
          "type": "integer",
          "minimum": -9007199254740991,
          "maximum": 9007199254740991
        },
        "since": {
          "$ref": "sysmon:TimeParameter"
        },
        "until": {
          "$ref": "sysmon:TimeParameter"
        },
        "limit": {
          "type": "integer",
          "default": 100
        },
        "order": {
          "type": "string",
          "enum": [
            "asc",
            "desc"
          ],
          "default": "asc"
        },
        "category": {
          "type": "array",
          "items": {
            "$ref": "sysmon:EventCategory"
          }
        },
        "type": {
          "type": "array",
          "items": {
            "type": "string",
            "minLength": 1
          }
        },
        "replay": {
          "type": "string",
          "examples": [
            "all"
          ]
        },
        "lastEventId": {
          "type": "string",
          "pattern": "^[0-9]*$",
          "examples": [
            "17"
          ]
        },
        "last_event_id": {
          "type": "string",
          "pattern": "^[0-9]*$",
          "examples": [
            "17"
          ]
        }
      }
    },
    "headers": {
      "type": "object",
      "properties": {
        "last-event-id": {
          "type": "string",
          "pattern": "^[0-9]*$",
          "examples": [
            "17"
          ]
        }
      }
    }
  },
  "streamEvents": {
    "querystring": {
      "type": "object",
      "properties": {
        "replay": {
          "type": "string",
          "examples": [
            "all"
          ]
        },
        "category": {
          "type": "array",
          "items": {
            "$ref": "sysmon:EventCategory"
          }
        },
        "type": {
          "type": "array",
          "items": {
            "type": "string",
            "minLength": 1
          }
        },
        "lastEventId": {
          "type": "string",
          "pattern": "^[0-9]*$",
          "examples": [
            "17"
          ]
        },
        "last_event_id": {
          "type": "string",
          "pattern": "^[0-9]*$",
          "examples": [
            "17"
          ]
        }
      }
    },
    "headers": {
      "type": "object",
      "properties": {
        "last-event-id": {
          "type": "string",
          "pattern": "^[0-9]*$",
          "examples": [
            "17"
          ]
        }
      }
    }
  }
}
