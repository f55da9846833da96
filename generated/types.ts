// Generated from openapi/openapi.yaml by openapi/generate.mjs ('npm run generate'). Do not edit.

export interface paths {
    "/telemetry/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read retained events, or follow new ones
         * @description A page of the retained events where the request asks for one: with `Accept:
         *     application/json`, with `format=json`, or with any of `offset`, `since`, `until`, `limit` and
         *     `order`, whatever it accepts. Otherwise the same stream as `GET /telemetry/stream`.
         *
         *     `category` and `type` filter both, before `limit` counts. `replay`, `Last-Event-ID` and
         *     `lastEventId` are for the stream. An event must meet all filters given. Parameters that are
         *     not known are ignored.
         */
        get: operations["readEvents"];
        put?: never;
        /**
         * Publish an event
         * @description Adds one event to the stream and answers with its envelope.
         *
         *     The request is checked in this order, and the first failure is the answer: `type`,
         *     `category`, `source.kind`, `data`.
         *
         *     - `type` must be a non-empty string.
         *     - For the types this API defines, and for those of the browser's own telemetry
         *       (`console_log`, `network_request`, `page_load`, `captcha_solve_result`, ...), the server
         *       sets the category, and a `category` in the request is ignored. For any other type
         *       `category` is required.
         *     - `source.kind` must not be `kernel_api`: the server keeps it for its own events.
         *     - `data` of a `system_oom_kill`, a `service_crashed`, a `process_crashed`, a
         *       `memory_pressure` or a `telemetry_gap` is required, that of a `page_crashed` is not; it
         *       must fit `OomKillData`, `ServiceCrashedData`, `ProcessCrashedData`, `MemoryPressureData`,
         *       `TelemetryGapData` or `PageCrashedData`; fields that these do not name are stored as sent.
         *       Any other type may
         *       carry any JSON, or none.
         *
         *     A field that is `null` is the same as one that is absent. Fields that this API does not know
         *     are ignored, beside `data`, which is stored as it is.
         *
         *     An event arrives in the stream as it was sent, or it is refused. Numbers that JSON parsers
         *     do not carry exactly (integers beyond 2^53, `1e400`) are therefore refused, not rounded.
         *     Send them as strings.
         *
         *     **Idempotency.** A `system_oom_kill` is identified by `boot_id` and `kmsg_seq` in
         *     `source.metadata`, a `service_crashed` or `telemetry_gap` by `supervisor_instance` and
         *     `supervisor_serial`, a `telemetry_gap` of the kernel log by `boot_id` and the `kmsg_seq` of
         *     the first record after it, or `boot_id` and `oom_kill`, the kernel's count of kills. When an
         *     event of the same type with the same key has been published before, nothing is added: the
         *     answer is 200 with the first envelope (with its number and what is sent now, where the first
         *     is retained nowhere). Publishing again after a lost answer is therefore safe. Without these values there is no key, and every
         *     request adds an event.
         *
         *     An event whose category is turned off is answered with 204. It uses no sequence number.
         */
        post: operations["publishEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/telemetry/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow events
         * @description Server-sent events. The headers are sent at once, and the stream stays open until either
         *     side closes it.
         *
         *     Where it begins:
         *
         *     - With a `Last-Event-ID` above 0: strictly after that sequence number. If events after it
         *       are no longer retained, a comment says how many were missed, and the stream goes on
         *       from the oldest retained. If the number has not been given yet (the server was restarted
         *       without its state folder), the stream begins at the oldest retained event.
         *     - With a `Last-Event-ID` of 0: at the next event. One that is no number is a 400.
         *     - With `replay=all` and no `Last-Event-ID`: at the oldest retained event.
         *     - With neither: at the next event.
         *
         *     A reader that does not keep up never holds up publishing, nor other readers. Events that
         *     leave the memory before it has read them come from the disk, where they are kept there;
         *     where they are not, a comment in their place tells how many are missing.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the configuration
         * @description Which categories are captured, and how far the stream has come.
         */
        get: operations["getTelemetry"];
        /**
         * Replace the configuration
         * @description Replaces the whole configuration: only the categories that the request enables are captured
         *     from then on. Without a body, or without `browser` in it, those are `control`, `connection`,
         *     `system` and `captcha`; with an empty `browser` none. Before the first `PUT` every category is
         *     captured. Events already in the stream stay.
         *
         *     `system` and `monitor` cannot be turned off: a request that asks for it is answered as any
         *     other, and the answer shows that they are on. A change leaves a `telemetry_configured` event.
         */
        put: operations["putTelemetry"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the configuration
         * @description Changes the categories that the request names and leaves the others as they are. Takes
         *     effect for events published from then on; events already in the stream stay.
         *
         *     `system` and `monitor` cannot be turned off: a request that asks for it is answered as any
         *     other, and the answer shows that they are on. A change leaves a `telemetry_configured` event.
         */
        patch: operations["patchTelemetry"];
        trace?: never;
    };
    "/telemetry/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain a saved kernel log
         * @description Only with the option `ui`, as `sysmon serve` has it. Takes a saved log (`dmesg`,
         *     `journalctl -k`, syslog, raw records of `/dev/kmsg`, and what viewers and collectors make of
         *     them) and answers with what `sysmon explain --json --all` prints of it. Nothing of it is kept,
         *     and nothing gets into the stream.
         *
         *     A log may have 2 MiB (less, where `bodyLimit` is less), of which 50,000 lines are read, until
         *     256 kills were found. It takes the token for reading.
         */
        post: operations["explainLog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/spec.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as JSON */
        get: operations["getSpecJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/spec.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as YAML */
        get: operations["getSpecYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does the process answer?
         * @description 200 as long as this process answers, whatever else is wrong: what to restart it by. Nobody needs a
         *     token for it.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * May this server be asked?
         * @description 200 from when events are taken and streamed until the server is told to stop: what to send it
         *     requests by. A kernel log that cannot be read does not change it: see `/healthz`. Nobody needs a
         *     token for it.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the machine being watched?
         * @description 200 while the kernel log is watched (or watching it is turned off by the server's options, as
         *     `SYSMON_KMSG_PATH=off` does where there is none to watch),
         *     events get onto the disk (or no folder for them is configured), and crashes of services do
         *     not wait in the spool. 503 while one of these is not so: `reasons` says which, and what to
         *     mend. The body has the same form in both cases. Publishing and reading events work in
         *     either.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Kills by constraint and role, crashes by service and phase, gaps, and the state of the
         *     server's parts, in [Prometheus' text format](https://prometheus.io/docs/instrumenting/exposition_formats/);
         *     where the server is a part of an application that hands it a registry, also what that has in
         *     it. Only where the option `metrics` asks for it.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What an event is about. `system` (OOM kills and service crashes) and `monitor` (gaps in
         *     what was seen) are always captured.
         * @enum {string}
         */
        EventCategory: "console" | "network" | "page" | "interaction" | "control" | "connection" | "system" | "screenshot" | "captcha" | "monitor" | "platform";
        /**
         * @description The types this API defines, none of which can be turned off (of `page_crashed`, those that
         *     this server reports). Events of other types are those that other programs publish.
         * @enum {string}
         */
        EventType: "system_oom_kill" | "service_crashed" | "page_crashed" | "process_crashed" | "memory_pressure" | "telemetry_gap" | "telemetry_configured";
        /**
         * @description What kind of producer an event comes from. `cdp` is the Chrome DevTools Protocol;
         *     `kernel_api` is kept for events the server generates and refused in requests.
         * @enum {string}
         */
        EventSourceKind: "cdp" | "kernel_api" | "extension" | "local_process";
        /** @description Where an event comes from. */
        EventSource: {
            kind: components["schemas"]["EventSourceKind"];
            /** @description The producer's own name for the event. Absent when it has none. */
            event?: string;
            /**
             * @description What the producer says about the event beyond its data. All values are strings. Of an
             *     envelope that would have been too large, only the reporter is left.
             *
             *     `reporter` is set by the server and by nobody else. It tells whose word the event is:
             *     `kernel` (the server read it in the kernel log), `supervisor` (the supervisor's
             *     listener, proven), `devtools` (the browser), `server` (the server itself, and the
             *     application it runs in), or `http`: anyone who can post, whatever type the event has.
             *     What a poster writes there is given as `claimed_reporter`.
             */
            metadata?: {
                [key: string]: string;
            };
        };
        /**
         * @description Which memory ran out: the machine's (`none`), that of a control group (`memcg`), or that
         *     of the NUMA nodes the process is bound to (`cpuset`, `memory_policy`).
         * @enum {string}
         */
        OomConstraint: "none" | "memcg" | "cpuset" | "memory_policy";
        /** @description One process in the kernel's table of tasks at the time of the kill. */
        OomTask: {
            /**
             * Format: int64
             * @description Its process id.
             */
            pid: number;
            /** @description Its name, as the kernel has it (at most 15 bytes). */
            name: string;
            /**
             * Format: int64
             * @description Its resident memory, in KiB.
             */
            rss_kb: number;
            /** @description What it is for, of a browser. Absent when not known. */
            role?: components["schemas"]["ProcessRole"];
            /**
             * @description `true` where the role is only probable, by name and `oom_score_adj`. Absent where it was
             *     known.
             */
            inferred?: boolean;
        };
        /**
         * @description What a process of a browser is for. `renderer` is that of pages, `zygote` starts others.
         * @enum {string}
         */
        ProcessRole: "browser" | "renderer" | "gpu" | "network" | "utility" | "zygote";
        /**
         * @description Who the killed process was, beyond its name: from what was known of it before it died, and
         *     else inferred. Absent fields are not known.
         */
        OomVictim: {
            role?: components["schemas"]["ProcessRole"];
            /**
             * @description `true` where the role is only probable: by name and `oom_score_adj`, or because all
             *     processes of that name and score had it. Absent where it was known.
             */
            inferred?: boolean;
            /** @description What it was started as, without arguments. */
            executable?: string;
            /** @description The service of the process manager that it belonged to. */
            service_name?: string;
            /**
             * Format: int64
             * @description When it was started, in Unix microseconds.
             */
            started_at?: number;
            /**
             * @description The container, else the systemd unit, that it was in, by the name or id that its control
             *     group has.
             */
            container?: string;
            pod?: components["schemas"]["OomPod"];
        };
        /** @description The Kubernetes pod of a process, by its control group. */
        OomPod: {
            /** @description The pod's uid, from the path of the control group. */
            uid: string;
            /** @description Its name. Absent where the node's `/var/log/containers` or `/var/log/pods` cannot be read. */
            name?: string;
            /** @description The namespace it is in. As `name`. */
            namespace?: string;
            /** @description The name of the container within it. As `name`; of `/var/log/containers` only. */
            container_name?: string;
        };
        /**
         * @description What the kernel's report supports about the cause of a kill, in English sentences for a
         *     person: those that `sysmon explain` prints for the same report in a saved log. No more than
         *     2 KiB as JSON; what there is no room for is left out, the least telling first. The sentences
         *     may change with any version: programs read the fields beside them.
         */
        OomDiagnosis: {
            /** @description Whose memory ran out, and through whom. */
            cause: string;
            /** @description What else the report shows about it, one sentence each. May be empty. */
            evidence: string[];
            /** @description What to do next, no further than the report allows it. */
            next: string;
        };
        /**
         * @description One process that the kernel killed for want of memory. Only its name, its process id and
         *     its resident memory are always there. Everything else comes from the report the kernel
         *     prints with a kill, and is absent when the report does not state it: older kernels print
         *     less, and in a storm of kills the kernel leaves reports out.
         * @example {
         *       "process_name": "chrome",
         *       "pid": 2871,
         *       "rss_kb": 1351104,
         *       "constraint": "none",
         *       "mem_total_kb": 2096632,
         *       "mem_free_kb": 17316,
         *       "top_tasks": [
         *         {
         *           "pid": 2871,
         *           "name": "chrome",
         *           "rss_kb": 1351104
         *         },
         *         {
         *           "pid": 2604,
         *           "name": "chrome",
         *           "rss_kb": 171204
         *         },
         *         {
         *           "pid": 2655,
         *           "name": "chrome",
         *           "rss_kb": 96412
         *         },
         *         {
         *           "pid": 611,
         *           "name": "Xorg",
         *           "rss_kb": 61180
         *         },
         *         {
         *           "pid": 702,
         *           "name": "node",
         *           "rss_kb": 38904
         *         }
         *       ],
         *       "trigger_process_name": "node",
         *       "trigger_pid": 702,
         *       "total_vm_kb": 4813152,
         *       "oom_score_adj": 300,
         *       "uid": 1000,
         *       "swap_kb": 0,
         *       "pgtables_kb": 6312,
         *       "task_memcg": "/system.slice/chromium.service",
         *       "diagnosis": {
         *         "cause": "chrome held 1.3 GiB on a machine with 2.0 GiB and 17 MiB free: a leak in chrome, or more than this machine can hold",
         *         "evidence": [
         *           "chrome was in the service chromium.service",
         *           "there is no swap"
         *         ],
         *         "next": "find out why chrome held 1.3 GiB (a leak, or what it needs); or give it a limit of its own, or the machine more memory"
         *       }
         *     }
         */
        OomKillData: {
            /**
             * @description The name of the process killed, as the kernel has it: at most 15 bytes, so long names
             *     are cut.
             */
            process_name: string;
            /**
             * Format: int64
             * @description The id of the process killed.
             */
            pid: number;
            /**
             * Format: int64
             * @description Its resident memory when it was killed, in KiB: anonymous, file-backed and shared
             *     pages together.
             */
            rss_kb: number;
            /**
             * @description Which memory ran out. Absent when the kernel does not say (before Linux 5.0) or names
             *     a constraint not known here.
             */
            constraint?: components["schemas"]["OomConstraint"];
            /**
             * Format: int64
             * @description The memory of the machine, in KiB. Absent when the report has no figures for the
             *     machine, as for a kill in a control group.
             */
            mem_total_kb?: number;
            /**
             * Format: int64
             * @description How much of it was free, in KiB. Absent when the report has no figures for the
             *     machine. 0 means that none was free.
             */
            mem_free_kb?: number;
            /**
             * @description The up to five processes with the most resident memory, the largest first. Absent
             *     when the report has no table of tasks.
             */
            top_tasks?: components["schemas"]["OomTask"][];
            /**
             * @description The name of the process whose request for memory could not be met. It need not be the
             *     one killed. Absent when the report does not name it, and for a kill asked for by hand.
             */
            trigger_process_name?: string;
            /**
             * Format: int64
             * @description The id of that process. Absent when the report does not state it, and for a kill
             *     asked for by hand.
             */
            trigger_pid?: number;
            /**
             * Format: int64
             * @description The address space of the process killed, in KiB. It counts what is reserved but not
             *     in memory, and so may exceed the memory of the machine. Absent when not stated.
             */
            total_vm_kb?: number;
            /**
             * Format: int64
             * @description The `oom_score_adj` of the process killed: the higher, the sooner it is chosen. Absent
             *     when not stated.
             */
            oom_score_adj?: number;
            /**
             * Format: int64
             * @description The user id of the process killed. Absent when not stated.
             */
            uid?: number;
            /**
             * Format: int64
             * @description How much of it was swapped out, in KiB. Absent when not stated.
             */
            swap_kb?: number;
            /**
             * Format: int64
             * @description The size of its page tables, in KiB. Absent when not stated.
             */
            pgtables_kb?: number;
            /**
             * @description The control group whose limit was reached. Absent when it was not a group's limit, or
             *     the kernel does not say.
             */
            oom_memcg?: string;
            /**
             * @description The control group that the process killed was in, which may lie below `oom_memcg`.
             *     Absent when not stated.
             */
            task_memcg?: string;
            /**
             * Format: int64
             * @description The limit of `oom_memcg`, in KiB. Absent when not stated, as for a kill that is not a
             *     control group's.
             */
            memcg_limit_kb?: number;
            /**
             * Format: int64
             * @description How much memory `oom_memcg` was using, in KiB. Absent when not stated, as for a kill
             *     that is not a control group's.
             */
            memcg_usage_kb?: number;
            /**
             * @description `true` when the process was killed because its control group is killed as a whole
             *     (`memory.oom.group`). Absent when the report says nothing about it.
             */
            oom_group?: boolean;
            /**
             * @description Whether the process killed was one of the container (in Kubernetes of the pod) that this server
             *     runs in, by its control group. Absent where the server is in no container, or it cannot be told.
             */
            in_container?: boolean;
            /** @description Who that was. Absent when nothing is known. */
            victim?: components["schemas"]["OomVictim"];
            /**
             * @description Why it was killed, in sentences. In every event of the kernel's watcher; absent in an
             *     event that somebody posted without it.
             */
            diagnosis?: components["schemas"]["OomDiagnosis"];
        };
        /**
         * @description When the service died. `startup`: before it was healthy. `running`: after it had been
         *     healthy. `gave_up`: its restarts are exhausted, and it will not be started again.
         * @enum {string}
         */
        ServiceCrashPhase: "startup" | "running" | "gave_up";
        /**
         * @description A supervised service that crashed, or whose restarts are exhausted.
         * @example {
         *       "service_name": "chromium",
         *       "phase": "running",
         *       "pid": 412,
         *       "group_name": "chromium",
         *       "signal": "SIGSEGV",
         *       "core_dumped": false
         *     }
         */
        ServiceCrashedData: {
            /** @description The name of the service, as its process manager has it. */
            service_name: string;
            phase: components["schemas"]["ServiceCrashPhase"];
            /**
             * Format: int64
             * @description The id of the process that died. Never present in the phase `gave_up`, where no
             *     process is left: refused there.
             */
            pid?: number;
            /** @description The group of services it belongs to. Absent when not known. */
            group_name?: string;
            /**
             * Format: int64
             * @description The code it exited with. Absent when it was ended by a signal, and when not known.
             */
            exit_code?: number;
            /**
             * @description The name of the signal that ended it, such as `SIGSEGV`. Absent when it exited by
             *     itself, and when not known.
             */
            signal?: string;
            /** @description Whether it left a core dump. Absent when not known. */
            core_dumped?: boolean;
            /**
             * Format: int64
             * @description How many times it has been started again without becoming healthy. Absent when not
             *     known.
             */
            restart_attempt?: number;
            /**
             * Format: int64
             * @description The sequence number of the `system_oom_kill` that took the process: both tell of one
             *     death. Set by the server. Absent when the kernel did not kill it, and when it is not
             *     certain.
             */
            oom_kill_seq?: number;
            /**
             * Format: int64
             * @description The sequence number of the `process_crashed` in which the kernel tells of the same
             *     death. Set by the server. Absent when the kernel logged none, and when it is not certain.
             */
            process_crashed_seq?: number;
        };
        /**
         * @description What was not seen without a break: the kernel log (`kmsg`), the process manager's reports
         *     (`supervisord`), or the stream of events itself (`stream`).
         * @enum {string}
         */
        TelemetryGapSource: "kmsg" | "supervisord" | "stream";
        /**
         * @description A time in which something was, or may have been, lost.
         * @example {
         *       "source": "kmsg",
         *       "lost": 212,
         *       "reason": "the kernel overwrote records before they were read",
         *       "from": 1764000000123456,
         *       "to": 1764000000391220
         *     }
         */
        TelemetryGapData: {
            source: components["schemas"]["TelemetryGapSource"];
            /**
             * Format: int64
             * @description How many were lost: kernel log records for `kmsg` (processes, where `source.event` is
             *     `kmsg.kills_missed`), reports for `supervisord`, events for `stream`. Absent when the
             *     number is not known.
             */
            lost?: number;
            /** @description What happened, in words. */
            reason: string;
            /**
             * Format: int64
             * @description When the gap began, in Unix microseconds. Absent when not known.
             */
            from?: number;
            /**
             * Format: int64
             * @description When the gap ended, in Unix microseconds. Absent when not known.
             */
            to?: number;
        };
        /**
         * @description The kernel killed a process for want of memory. One event per process killed. Cannot be
         *     turned off.
         *
         *     The `source` of an event that the server reads from the kernel log has the kind
         *     `local_process` and the event `linux.oom_kill`. Its `metadata` may hold:
         *
         *     - `boot_id` and `kmsg_seq`: the boot of the machine, and the number of the kernel log
         *       record that reports the kill. Together they identify the kill for ever.
         *     - `facility`: `user` when a program, not the kernel, wrote the record.
         *     - `partial`: `true` when the kernel's report around the kill was missing or incomplete.
         *     - `replayed`: `true` when the kill happened before this server started.
         *     - `manual`: `true` when the kill was asked for by hand (by the magic SysRq key).
         */
        SystemOomKillEvent: {
            /**
             * Format: int64
             * @description When it happened, by the kernel's own stamp, in Unix microseconds. Only when that is
             *     not known, when it was received.
             */
            ts: number;
            /** @constant */
            type: "system_oom_kill";
            /** @constant */
            category: "system";
            source: components["schemas"]["EventSource"];
            /** @description The process killed. `null` only together with `truncated`. */
            data?: components["schemas"]["OomKillData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description A supervised service crashed, or its restarts are exhausted. Cannot be turned off.
         *
         *     The `source` of an event that comes from the process manager has the kind `local_process`
         *     and the event `service.crashed`. Its `metadata` may hold `supervisor_instance` and
         *     `supervisor_serial`: which process manager reported it, and the number of its report.
         *     Together they identify the report, so that one delivered twice is one event.
         */
        ServiceCrashedEvent: {
            /**
             * Format: int64
             * @description When the process manager reported it, in Unix microseconds. Only when that is not
             *     known, when it was received.
             */
            ts: number;
            /** @constant */
            type: "service_crashed";
            /** @constant */
            category: "system";
            source: components["schemas"]["EventSource"];
            /** @description The service that crashed. `null` only together with `truncated`. */
            data?: components["schemas"]["ServiceCrashedData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description Something was, or may have been, lost: without this event, nothing seen and nothing
         *     happened would look the same. Cannot be turned off.
         *
         *     Where the server itself tells of the kernel log, the event of its `source` is one of
         *
         *     - `kmsg.overrun`: the kernel overwrote records before they were read.
         *     - `kmsg.reader_down`: the log could not be read for a while. `lost` is 0 when everything was
         *       read afterwards.
         *     - `kmsg.kills_missed`: the kernel counted kills that its log did not show. `lost` is the
         *       number of processes; their lines are mostly among the records of an overrun.
         *     - `kmsg.position_damaged`: where an earlier server stopped reading is not known.
         *     - `kmsg.crashes_suppressed`: the kernel left out lines about crashed processes; `lost` is
         *       its own count of them.
         */
        TelemetryGapEvent: {
            /**
             * Format: int64
             * @description When the gap was noticed, in Unix microseconds.
             */
            ts: number;
            /** @constant */
            type: "telemetry_gap";
            /** @constant */
            category: "monitor";
            source: components["schemas"]["EventSource"];
            /** @description What was lost. `null` only together with `truncated`. */
            data?: components["schemas"]["TelemetryGapData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description A change of what is captured.
         * @example {
         *       "method": "PATCH",
         *       "turned_on": [],
         *       "turned_off": [
         *         "network"
         *       ],
         *       "address": "127.0.0.1",
         *       "user_agent": "curl/7.88.1"
         *     }
         */
        TelemetryConfiguredData: {
            /** @enum {string} */
            method: "PUT" | "PATCH";
            /** @description Categories that are captured from now on. */
            turned_on: components["schemas"]["EventCategory"][];
            /** @description Categories that are captured no more. */
            turned_off: components["schemas"]["EventCategory"][];
            /** @description The address the request came from. Absent when it came by a Unix socket. */
            address?: string;
            /** @description What the client calls itself. Absent when it says nothing. */
            user_agent?: string;
        };
        /** @description Somebody changed what is captured, by `PUT` or `PATCH /telemetry`. Cannot be turned off. */
        TelemetryConfiguredEvent: {
            /**
             * Format: int64
             * @description When it was changed, in Unix microseconds.
             */
            ts: number;
            /** @constant */
            type: "telemetry_configured";
            /** @constant */
            category: "monitor";
            source: components["schemas"]["EventSource"];
            /** @description What was changed, and by whom. `null` only together with `truncated`. */
            data?: components["schemas"]["TelemetryConfiguredData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description What is known of why a page died. `oom_kill`: the kernel killed its renderer for want of
         *     memory (`oom_kill_seq`). `crash`: its renderer crashed. `killed`: its renderer was killed by
         *     a signal, and no kill of the kernel's is known that it came from.
         * @enum {string}
         */
        PageCrashCause: "oom_kill" | "crash" | "killed";
        /**
         * @description A page of the browser, or a frame of another site in one, whose renderer died. Where several
         *     share a renderer there is an event for each. An event that somebody posted may lack any
         *     field; those of the server's own have `target_id` and `target_type`.
         * @example {
         *       "target_id": "62270B2B00EF140FF719AEBF0B7CD337",
         *       "target_type": "page",
         *       "url": "https://example.com/map",
         *       "title": "Map",
         *       "status": "killed",
         *       "signal": "SIGKILL",
         *       "pid": 2871,
         *       "role": "renderer",
         *       "cause": "oom_kill",
         *       "oom_kill_seq": 17
         *     }
         */
        PageCrashedData: {
            /** @description The browser's id of it, by which DevTools know it. */
            target_id?: string;
            /** @description What it is, in the words of DevTools, such as `page` or `iframe`. */
            target_type?: string;
            /**
             * @description Its address, without user, query and fragment unless the server's option
             *     `devtoolsUrls` says otherwise. Absent when not known, and when it says `none`.
             */
            url?: string;
            /** @description Its title. One that is an address is cut as `url` is. Absent when there is none. */
            title?: string;
            /**
             * @description How its renderer ended, in the browser's words, such as `crashed` or `killed`. Absent
             *     when not known.
             */
            status?: string;
            /** @description The name of the signal that ended its renderer. Absent when not known. */
            signal?: string;
            /**
             * Format: int64
             * @description The process id of its renderer, as the browser sees it. Absent when it is not certain:
             *     when other renderers ended in the same moment, or the page was just being loaded.
             */
            pid?: number;
            /** @description What died: `renderer`. Absent when not known. */
            role?: components["schemas"]["ProcessRole"];
            /** @description Why it died. Absent when not known. */
            cause?: components["schemas"]["PageCrashCause"];
            /**
             * Format: int64
             * @description The sequence number of the `system_oom_kill` that took its renderer. Absent when the
             *     kernel did not kill it, and when it is not certain.
             */
            oom_kill_seq?: number;
            /**
             * Format: int64
             * @description The sequence number of the `process_crashed` in which the kernel tells of the same
             *     death. Set by the server. Absent when the kernel logged none, and when it is not certain.
             */
            process_crashed_seq?: number;
        };
        /**
         * @description A page of the browser crashed. Those that the server reports, where it watches a browser by
         *     its DevTools, cannot be turned off; others can, by their category.
         *
         *     The `source` of an event that the server reports has the kind `cdp` and the event
         *     `Target.targetCrashed`.
         */
        PageCrashedEvent: {
            /**
             * Format: int64
             * @description When the browser told of it, in Unix microseconds.
             */
            ts: number;
            /** @constant */
            type: "page_crashed";
            /** @constant */
            category: "page";
            source: components["schemas"]["EventSource"];
            /** @description The page that crashed. `null` only together with `truncated`. */
            data?: components["schemas"]["PageCrashedData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description A process that crashed. What the kernel's log tells of a fault, or the browser of a process
         *     of its own; fields that they do not tell are absent.
         * @example {
         *       "process_name": "chromium",
         *       "pid": 2871,
         *       "signal": "SIGSEGV",
         *       "role": "renderer",
         *       "error": "write where nothing is mapped",
         *       "address": "0x0",
         *       "instruction": "0x5609dde3918b",
         *       "file": "chromium",
         *       "offset": "0x118b"
         *     }
         */
        ProcessCrashedData: {
            /**
             * @description Its name, as the kernel has it, at most 15 bytes; of a thread, the thread's. Absent when
             *     not known.
             */
            process_name?: string;
            /**
             * Format: int64
             * @description The id of the process, of a thread the thread's. From a browser, as the browser sees it.
             *     Absent when not known.
             */
            pid?: number;
            /** @description The name of the signal that ended it. Absent when not known. */
            signal?: string;
            /** @description What it was for, of a browser. Absent when not known. */
            role?: components["schemas"]["ProcessRole"];
            /** @description What it did, in words, such as `write where nothing is mapped`. */
            error?: string;
            /** @description What it reached for, hexadecimal with `0x`. */
            address?: string;
            /** @description The address of the instruction, hexadecimal with `0x`. */
            instruction?: string;
            /** @description The file that the instruction was mapped from, without its folder. */
            file?: string;
            /** @description Where in that file the instruction was, hexadecimal with `0x`. Absent before Linux 6.3. */
            offset?: string;
            /** @description What it was started as, without arguments. */
            executable?: string;
            /** @description The service of the process manager that it belonged to. */
            service_name?: string;
        };
        /**
         * @description A process crashed. Cannot be turned off.
         *
         *     The `source` of an event that the server reads from the kernel log has the kind
         *     `local_process` and the event `linux.fault`; `boot_id` and `kmsg_seq` in its metadata
         *     identify it, `facility` and `replayed` are as for `system_oom_kill`. That of one that the
         *     browser tells has the kind `cdp` and the event `Browser.processCrashed`.
         */
        ProcessCrashedEvent: {
            /**
             * Format: int64
             * @description When it happened, or the browser was seen to have counted it, in Unix microseconds.
             */
            ts: number;
            /** @constant */
            type: "process_crashed";
            /** @constant */
            category: "system";
            source: components["schemas"]["EventSource"];
            /** @description The process that crashed. `null` only together with `truncated`. */
            data?: components["schemas"]["ProcessCrashedData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description Memory is short, and nobody need have been killed yet. Told once when it begins, not again
         *     before it was over, and at most once a minute.
         * @example {
         *       "reason": "pressure",
         *       "some_avg10": 42.1,
         *       "full_avg10": 18.05,
         *       "mem_total_kb": 2097152,
         *       "mem_available_kb": 20480
         *     }
         */
        MemoryPressureData: {
            /**
             * @description `pressure`: all processes waited for memory for a share of the time that is over the
             *     server's option `memoryPressureFull`. `group_high`, `group_max`: the control group was
             *     held back at its `memory.high`, or was at its limit, several seconds in a row.
             * @enum {string}
             */
            reason: "pressure" | "group_high" | "group_max";
            /**
             * @description Percent of the last ten seconds in which some process waited for memory; of a container
             *     that has its own figure, its own. Absent where the kernel does not tell (before 4.20).
             */
            some_avg10?: number;
            /** @description In which all did. Absent likewise. */
            full_avg10?: number;
            /**
             * Format: int64
             * @description How often the control group was held back in the last second. Absent where the server
             *     is in none whose count it can read.
             */
            group_high?: number;
            /**
             * Format: int64
             * @description How often it was at its limit in the last second. Absent likewise.
             */
            group_max?: number;
            /**
             * Format: int64
             * @description The machine's memory, in KiB.
             */
            mem_total_kb?: number;
            /**
             * Format: int64
             * @description How much of it could be used without swapping, in KiB.
             */
            mem_available_kb?: number;
            /** @description The up to five processes with the most resident memory, the largest first. */
            top_tasks?: components["schemas"]["OomTask"][];
            /**
             * @description The page of the browser, where it has just one, and a renderer is by far the largest
             *     process. As the `url` of a `page_crashed`.
             */
            url?: string;
        };
        /** @description Memory is short. Cannot be turned off, but by the server's option `memoryPressure`. */
        MemoryPressureEvent: {
            /**
             * Format: int64
             * @description When it was seen, in Unix microseconds.
             */
            ts: number;
            /** @constant */
            type: "memory_pressure";
            /** @constant */
            category: "monitor";
            source: components["schemas"]["EventSource"];
            /** @description How short it is. `null` only together with `truncated`. */
            data?: components["schemas"]["MemoryPressureData"] | null;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description An event of any other type, as a program published it. Can be turned off by its category,
         *     unless that is `system` or `monitor`.
         */
        CustomEvent: {
            /**
             * Format: int64
             * @description When it happened, as its publisher says, in Unix microseconds. If the publisher did
             *     not say, when it was received.
             */
            ts: number;
            /** @description Any type but those this API defines. */
            type: string;
            category: components["schemas"]["EventCategory"];
            source: components["schemas"]["EventSource"];
            /** @description Any JSON. Absent when there is none. `null` only together with `truncated`. */
            data?: unknown;
            /**
             * @description Present, and `true`, only when the envelope would have passed 1,000,000 bytes of
             *     JSON: `data` is then `null`, and if that was not enough, `source.metadata` is absent.
             * @constant
             */
            truncated?: true;
        };
        /**
         * @description An event. Its `type` says which of these it is: one of those before the last where it is
         *     theirs, else the last.
         */
        TelemetryEvent: components["schemas"]["SystemOomKillEvent"] | components["schemas"]["ServiceCrashedEvent"] | components["schemas"]["TelemetryGapEvent"] | components["schemas"]["TelemetryConfiguredEvent"] | components["schemas"]["PageCrashedEvent"] | components["schemas"]["ProcessCrashedEvent"] | components["schemas"]["MemoryPressureEvent"] | components["schemas"]["CustomEvent"];
        /** @description An event with its place in the stream. */
        EventEnvelope: {
            /**
             * Format: int64
             * @description Its sequence number: one more than that of the event before it. Begins at 1 when the
             *     server starts.
             */
            seq: number;
            event: components["schemas"]["TelemetryEvent"];
        };
        /**
         * @description Envelopes in the order of their sequence numbers.
         * @example [
         *       {
         *         "seq": 17,
         *         "event": {
         *           "ts": 1764000000123456,
         *           "type": "system_oom_kill",
         *           "category": "system",
         *           "source": {
         *             "kind": "local_process",
         *             "event": "linux.oom_kill",
         *             "metadata": {
         *               "boot_id": "5f0c9d3e-7a41-4c0b-9f0e-2b7d6f1a8c34",
         *               "kmsg_seq": "1482"
         *             }
         *           },
         *           "data": {
         *             "process_name": "chrome",
         *             "pid": 2871,
         *             "rss_kb": 1351104,
         *             "constraint": "none",
         *             "mem_total_kb": 2096632,
         *             "mem_free_kb": 17316,
         *             "top_tasks": [
         *               {
         *                 "pid": 2871,
         *                 "name": "chrome",
         *                 "rss_kb": 1351104
         *               },
         *               {
         *                 "pid": 2604,
         *                 "name": "chrome",
         *                 "rss_kb": 171204
         *               },
         *               {
         *                 "pid": 2655,
         *                 "name": "chrome",
         *                 "rss_kb": 96412
         *               },
         *               {
         *                 "pid": 611,
         *                 "name": "Xorg",
         *                 "rss_kb": 61180
         *               },
         *               {
         *                 "pid": 702,
         *                 "name": "node",
         *                 "rss_kb": 38904
         *               }
         *             ],
         *             "trigger_process_name": "node",
         *             "trigger_pid": 702,
         *             "total_vm_kb": 4813152,
         *             "oom_score_adj": 300,
         *             "uid": 1000,
         *             "swap_kb": 0,
         *             "pgtables_kb": 6312,
         *             "task_memcg": "/system.slice/chromium.service",
         *             "diagnosis": {
         *               "cause": "chrome held 1.3 GiB on a machine with 2.0 GiB and 17 MiB free: a leak in chrome, or more than this machine can hold",
         *               "evidence": [
         *                 "chrome was in the service chromium.service",
         *                 "there is no swap"
         *               ],
         *               "next": "find out why chrome held 1.3 GiB (a leak, or what it needs); or give it a limit of its own, or the machine more memory"
         *             }
         *           }
         *         }
         *       },
         *       {
         *         "seq": 18,
         *         "event": {
         *           "ts": 1764000031877020,
         *           "type": "service_crashed",
         *           "category": "system",
         *           "source": {
         *             "kind": "local_process",
         *             "event": "service.crashed",
         *             "metadata": {
         *               "supervisor_instance": "supervisor",
         *               "supervisor_serial": "21"
         *             }
         *           },
         *           "data": {
         *             "service_name": "chromium",
         *             "phase": "running",
         *             "pid": 412,
         *             "group_name": "chromium",
         *             "signal": "SIGSEGV",
         *             "core_dumped": false
         *           }
         *         }
         *       }
         *     ]
         */
        EventPage: components["schemas"]["EventEnvelope"][];
        /** @description One event of a stream, as the frame of server-sent events that it comes in. */
        StreamFrame: {
            /** @description Its sequence number. */
            id: string;
            /** @description An `EventEnvelope` as JSON on one line. */
            data: string;
        };
        /**
         * @description One event of a stream: the frame of server-sent events that it comes in, or the envelope that
         *     is its data, as some readers of such streams give it.
         */
        StreamFrameOrData: components["schemas"]["EventEnvelope"] | components["schemas"]["StreamFrame"];
        /**
         * @description Types of the browser's own telemetry. Of these the server knows the category, and leaves the
         *     rest to who posts them.
         * @enum {string}
         */
        BrowserEventType: "captcha_solve_result" | "cdp_connect" | "cdp_disconnect" | "live_view_connect" | "live_view_disconnect" | "console_error" | "console_log" | "api_call" | "cdp_command" | "interaction_click" | "interaction_key" | "interaction_scroll_settled" | "monitor_disconnected" | "monitor_init_failed" | "monitor_reconnect_failed" | "monitor_reconnected" | "network_idle" | "network_loading_failed" | "network_request" | "network_response" | "page_dom_content_loaded" | "page_layout_settled" | "page_layout_shift" | "page_lcp" | "page_load" | "page_navigation" | "page_navigation_settled" | "page_tab_opened" | "platform_api_call" | "monitor_screenshot";
        /**
         * @description An event to publish. A field that is `null` is the same as one that is absent; fields that
         *     are not named here are ignored.
         */
        PublishEventRequest: {
            /**
             * @description One of the types this API defines (`system_oom_kill`, `service_crashed`,
             *     `page_crashed`, `process_crashed`,
             *     `memory_pressure`, `telemetry_gap`), or any other.
             */
            type: string;
            /**
             * @description An `EventCategory`, which is required for a type that this API does not know (neither
             *     `EventType` nor `BrowserEventType`). For one it knows, the server sets the category and
             *     ignores this.
             */
            category?: unknown;
            /**
             * @description Where the event comes from. `{"kind": "local_process"}` when absent. The kind
             *     `kernel_api` is refused.
             */
            source?: components["schemas"]["PublishEventSource"] | null;
            /**
             * @description Any JSON for a type this API does not define; otherwise what the type asks for, and
             *     then required. `null` means the same as leaving it out: the event has no data.
             */
            data?: unknown;
            /**
             * Format: int64
             * @description When it happened, in Unix microseconds. When absent, the time at which the server
             *     receives the request.
             */
            ts?: number | null;
        };
        /** @description Where an event comes from, as its producer says. */
        PublishEventSource: {
            /** @description `local_process` when absent, or empty. */
            kind?: components["schemas"]["EventSourceKind"] | null;
            /** @description The producer's own name for the event. */
            event?: string | null;
            /** @description What the producer says about the event beyond its data. All values are strings. */
            metadata?: {
                [key: string]: string | null;
            } | null;
        };
        /**
         * @description Unix milliseconds, an RFC 3339 time, or how long ago: numbers with `h`, `m`, `s`
         *     or `ms`.
         * @example 1764000000000
         * @example 2026-11-24T08:00:00Z
         * @example 1h30m
         */
        TimeParameter: string;
        /** @description Whether a category is captured. */
        CategoryConfig: {
            enabled: boolean;
        };
        /** @description Which categories are captured. `system` and `monitor` always are. */
        CategoriesConfig: {
            console: components["schemas"]["CategoryConfig"];
            network: components["schemas"]["CategoryConfig"];
            page: components["schemas"]["CategoryConfig"];
            interaction: components["schemas"]["CategoryConfig"];
            control: components["schemas"]["CategoryConfig"];
            connection: components["schemas"]["CategoryConfig"];
            system: components["schemas"]["CategoryConfig"];
            screenshot: components["schemas"]["CategoryConfig"];
            captcha: components["schemas"]["CategoryConfig"];
            monitor: components["schemas"]["CategoryConfig"];
            platform: components["schemas"]["CategoryConfig"];
        };
        /** @description What is captured. Later versions may add fields. */
        TelemetryConfig: {
            browser: components["schemas"]["CategoriesConfig"];
            /**
             * @description Stands in the metadata of every event, as `telemetry_session_id`. Absent when none was
             *     given.
             */
            telemetry_session_id?: string;
            /** @description As it was put. This server does nothing with it. */
            storage?: Record<string, never>;
            /** @description As it was put. This server does nothing with it. */
            export?: Record<string, never>;
        };
        /** @description Whether a category is to be captured. Fields that are not named here are ignored. */
        CategoryConfigRequest: {
            /** @description In a `PUT`, only `true` captures the category. In a `PATCH`, absent leaves it as it is. */
            enabled?: boolean | null;
        } | null;
        /**
         * @description Which categories are to be captured. `system` and `monitor` are, whatever stands here.
         *     Categories that are not known are ignored.
         */
        CategoriesConfigRequest: {
            console?: components["schemas"]["CategoryConfigRequest"];
            network?: components["schemas"]["CategoryConfigRequest"];
            page?: components["schemas"]["CategoryConfigRequest"];
            interaction?: components["schemas"]["CategoryConfigRequest"];
            control?: components["schemas"]["CategoryConfigRequest"];
            connection?: components["schemas"]["CategoryConfigRequest"];
            system?: components["schemas"]["CategoryConfigRequest"];
            screenshot?: components["schemas"]["CategoryConfigRequest"];
            captcha?: components["schemas"]["CategoryConfigRequest"];
            monitor?: components["schemas"]["CategoryConfigRequest"];
            platform?: components["schemas"]["CategoryConfigRequest"];
        } | null;
        /** @description What is to be captured. Fields that are not named here are ignored. */
        TelemetryConfigRequest: {
            browser?: components["schemas"]["CategoriesConfigRequest"];
            /** @description Stands in the metadata of every event from then on; an empty one ends that. */
            telemetry_session_id?: string | null;
            /** @description Given back as it is, where it is an object. At most 64 KiB. */
            storage?: unknown;
            /** @description Given back as it is, where it is an object. At most 64 KiB. */
            export?: unknown;
        } | null;
        /** @description The configuration in force, and how far the stream has come. */
        TelemetryState: {
            /** @description The configuration, with every category named. */
            config: components["schemas"]["TelemetryConfig"];
            /**
             * Format: int64
             * @description The newest sequence number given. 0 before the first event.
             */
            seq: number;
            /**
             * Format: date-time
             * @description When the configuration was last set. Absent before the first `PUT` or `PATCH`.
             */
            applied_at?: string;
            /**
             * Format: int64
             * @description How many events left the ring before a connected reader of the stream had read them,
             *     summed over all readers.
             */
            dropped_events: number;
        };
        /** @description Why a request was refused. */
        Error: {
            /** @description What is wrong, and in most cases what to mend. */
            message: string;
            /** @description What is wrong in detail, and what to mend. Absent when `message` says it all. */
            detail?: string;
        };
        /** @description The process answers. */
        Liveness: {
            /** @enum {string} */
            status: "ok";
        };
        /** @description Whether this server may be asked. Later versions may add fields. */
        Readiness: {
            /** @enum {string} */
            status: "ok" | "unready";
            /** @description Why it is `unready`. Absent while it is `ok`. */
            reasons?: string[];
        };
        /** @description What a saved log tells of OOM kills. */
        ExplainedLog: {
            /**
             * Format: int64
             * @description How many kills were found.
             */
            kills: number;
            /**
             * Format: int64
             * @description How many lines of the kernel were read.
             */
            records: number;
            /**
             * @description What `sysmon explain --json --all` prints, a line each: `system_oom_kill` as an event of
             *     the stream has it, with the `time` that its `ts` counts, the numbers of its `dump` and what
             *     came `after`; `oom_without_kill`; and at the end of a log that tells more an `oom_summary`.
             *     The sentences are for people and may change with any version.
             */
            found: Record<string, never>[];
            /**
             * @description Not all of the log was read. Absent where all of it was.
             * @constant
             */
            is_cut?: true;
            /** @description Where nothing was found, what was read, and what would have been found. Else absent. */
            message?: string;
        };
        /**
         * @description `ok`: all that is configured works. `degraded`: the kernel log should be watched and is not,
         *     and OOM kills go unseen; or events should be kept on disk and cannot be written, and end with
         *     the server; or crashes of services wait in the spool and this server is not given them.
         * @enum {string}
         */
        HealthStatus: "ok" | "degraded";
        /**
         * @description What the reader of the kernel log is doing: `starting`, `watching`, `restarting` (it
         *     failed and is being started again), `unavailable` (the log cannot be opened; `error` says why,
         *     and it is tried again),
         *     `disabled` (turned off by the server's options), `stopped` (the server is shutting down).
         * @enum {string}
         */
        KmsgState: "starting" | "watching" | "restarting" | "unavailable" | "disabled" | "stopped";
        /**
         * @description How the kernel log is read: by a `dd` process that waits for records (`dd`), or by asking
         *     for new records at intervals (`poll`).
         * @enum {string}
         */
        KmsgReader: "dd" | "poll";
        /** @description The state of the reader of the kernel log. Later versions may add fields. */
        KmsgHealth: {
            state: components["schemas"]["KmsgState"];
            /** @description The device or file that is read. Empty when `state` is `disabled`. */
            path: string;
            /** @description How it is read. Absent unless `state` is `watching`. */
            reader?: components["schemas"]["KmsgReader"];
            /**
             * Format: int64
             * @description The kernel's number of the newest record seen (not a sequence number of the stream).
             *     Absent before the first.
             */
            last_seq?: number;
            /**
             * Format: int64
             * @description When that record was received, in Unix microseconds. Absent before the first.
             */
            last_record_at?: number;
            /**
             * Format: int64
             * @description How long ago that was, in milliseconds. Absent before the first.
             */
            last_record_age_ms?: number;
            /**
             * Format: int64
             * @description How many records the kernel overwrote before they were read.
             */
            lost: number;
            /**
             * Format: int64
             * @description How many times the device had to be opened again, or the `dd` process that waits for
             *     its records started again.
             */
            restarts: number;
            /**
             * Format: int64
             * @description How many of these were because one of the two did not see records that the other saw.
             */
            stalls: number;
            /**
             * Format: int64
             * @description The kernel's number of the last record that an earlier server read in this boot, and after
             *     which this one went on. Absent when reading began with the server's start.
             */
            resumed_after?: number;
            kills?: components["schemas"]["KmsgKillsHealth"];
            /**
             * @description Why the position in the kernel log cannot be kept in the state folder. Absent while it
             *     can, and when there is no state folder.
             */
            position_error?: string;
            /** @description Why the log cannot be read now. Absent while it can. */
            error?: string;
        };
        /**
         * @description Where the kernel's own number of killed processes is read: `/proc/vmstat` of the machine
         *     (`vmstat`), or the memory control group of the container (`memcg`), when the kernel log
         *     cannot be read there.
         * @enum {string}
         */
        KmsgKillCounter: "vmstat" | "memcg";
        /**
         * @description The kernel's own number of OOM kills, held against the kill lines of its log. Absent where
         *     there is no such number. Later versions may add fields.
         */
        KmsgKillsHealth: {
            counter: components["schemas"]["KmsgKillCounter"];
            /** @description The file that is read. */
            path: string;
            /**
             * Format: int64
             * @description How many kill lines of the kernel were read since the server started. A process whose
             *     group is killed as a whole may have two.
             */
            lines: number;
            /**
             * Format: int64
             * @description How many kills the kernel counted whose lines were not seen.
             */
            missed: number;
            /**
             * Format: int64
             * @description When the two were compared last, in Unix microseconds. Absent before the first time.
             */
            checked_at?: number;
        };
        /** @description The state of the event stream. Later versions may add fields. */
        StreamHealth: {
            /**
             * Format: int64
             * @description The newest sequence number given. 0 before the first event.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many events are in memory.
             */
            retained: number;
            /**
             * Format: int64
             * @description How many bytes they take.
             */
            retained_bytes: number;
            /**
             * Format: int64
             * @description How many streams are open.
             */
            readers: number;
            /**
             * Format: int64
             * @description The oldest sequence number in memory. Absent when no event is.
             */
            oldest_seq?: number;
            published: components["schemas"]["PublishedByReporter"];
        };
        /**
         * @description How many events this process has published, by who reported them (`reporter` in the
         *     metadata of their source). Later versions may add fields.
         */
        PublishedByReporter: {
            /** Format: int64 */
            kernel: number;
            /** Format: int64 */
            supervisor: number;
            /** Format: int64 */
            devtools: number;
            /** Format: int64 */
            server: number;
            /** Format: int64 */
            http: number;
        };
        /**
         * @description What is being done about the browser: `connecting` (there is none at that URL yet, or no
         *     more; it is tried again every few seconds), `watching`, `stopped` (the server is shutting
         *     down).
         * @enum {string}
         */
        DevToolsState: "connecting" | "watching" | "stopped";
        /**
         * @description Whether crashes of the browser's pages are seen, by its DevTools. Later versions may add
         *     fields.
         */
        DevToolsHealth: {
            state: components["schemas"]["DevToolsState"];
            /** @description Where the browser is looked for. */
            url: string;
            /** @description What it calls itself. Absent unless `state` is `watching`. */
            browser?: string;
            /**
             * Format: int64
             * @description How many pages and frames of other sites it has. Absent unless `state` is `watching`.
             */
            pages?: number;
            /**
             * Format: int64
             * @description How many times it was found since the server started.
             */
            connections: number;
            /** @description Why it is not watched. Absent while it is. */
            error?: string;
        };
        /**
         * @description Where events are kept: `writing` (on disk), `memory` (the disk cannot be written; what is
         *     in memory is written as soon as it can be), `off` (in memory only: no folder is configured,
         *     or it cannot be used; `error` says why).
         * @enum {string}
         */
        JournalState: "writing" | "memory" | "off";
        /**
         * @description What the supervisor's listener has written down and this server has not taken yet. Later
         *     versions may add fields.
         */
        SpoolHealth: {
            /**
             * Format: int64
             * @description How many events wait.
             */
            waiting: number;
            /**
             * Format: int64
             * @description When the oldest of them happened, in Unix microseconds. Absent when none waits.
             */
            oldest_at?: number;
            /**
             * Format: int64
             * @description Since when this server has been given none of them, in Unix microseconds. Absent before
             *     that has been so for half a minute.
             */
            stuck_since?: number;
            /**
             * @description Why the listener keeps events in memory only, or elsewhere than it was told to, and what
             *     to mend. Absent while it does not.
             */
            error?: string;
            /**
             * @description Why this server is not given what waits: what the listener hears where it was told that
             *     the server is. Absent while it is given.
             */
            delivery_error?: string;
            /**
             * @description Why crashes are told without `exit_code` and `signal`, and what to mend. Absent while
             *     they are told with them.
             */
            cause_error?: string;
        };
        /** @description The state of the journal, in which events are kept on disk. Later versions may add fields. */
        JournalHealth: {
            state: components["schemas"]["JournalState"];
            /** @description The journal's folder. Absent when `state` is `off`. */
            path?: string;
            /**
             * @description When events are synced to the disk: before they are acknowledged (`always`), within
             *     100 ms (`interval`), when the kernel likes (`never`). Absent when `state` is `off`.
             * @enum {string}
             */
            sync?: "always" | "interval" | "never";
            /**
             * Format: int64
             * @description How many events are in it. Absent when `state` is `off`.
             */
            events?: number;
            /**
             * Format: int64
             * @description How many bytes they take on disk. Absent when `state` is `off`.
             */
            bytes?: number;
            /**
             * Format: int64
             * @description The oldest sequence number in it. Absent when it is empty.
             */
            oldest_seq?: number;
            /**
             * Format: int64
             * @description The newest sequence number in it. 0 before the first, absent when `state` is `off`.
             */
            last_seq?: number;
            /**
             * Format: int64
             * @description How many events wait in memory to be written. Absent when `state` is `off`.
             */
            unwritten?: number;
            /** @description Why events are not written. Absent while they are. */
            error?: string;
        };
        /**
         * @description What a sink is doing: `connecting` (not ready yet), `delivering` (it delivers what there is,
         *     or waits for events), `retrying` (the last attempt failed; it is tried again within
         *     seconds), `refused` (the other side refuses, which a person has to mend; it is tried again
         *     every minute), `misconfigured` (not used; `error` says what to mend), `stopped` (it delivers
         *     no more, because going on would do harm; `error` says why), `closed` (the server is shutting
         *     down).
         * @enum {string}
         */
        SinkState: "connecting" | "delivering" | "retrying" | "refused" | "misconfigured" | "stopped" | "closed";
        /**
         * @description The state of one sink, to which events are delivered outside this machine. Later versions
         *     may add fields.
         */
        SinkHealth: {
            /** @description Which sink, `s2`, `otlp`, `console`, `webhook` or `command`. */
            name: string;
            state: components["schemas"]["SinkState"];
            /**
             * Format: int64
             * @description The last sequence number delivered. 0 before the first.
             */
            seq: number;
            /**
             * Format: int64
             * @description How many events are not delivered yet.
             */
            lag_events: number;
            /**
             * Format: int64
             * @description How long ago the oldest of them happened, in milliseconds. 0 when there is none.
             */
            lag_ms: number;
            /**
             * Format: int64
             * @description How many events were delivered since the start of the server.
             */
            delivered: number;
            /**
             * Format: int64
             * @description How many attempts failed since the start of the server.
             */
            failures: number;
            /**
             * Format: int64
             * @description How many events were no longer retained when the sink came to them. Each such loss is a
             *     `telemetry_gap` in the stream too.
             */
            missed: number;
            /**
             * Format: int64
             * @description How many events the other side refused for good, also when they stood alone. Each such
             *     loss is a `telemetry_gap` in the stream too, with `sink` and `seq` in its metadata.
             */
            rejected: number;
            /**
             * Format: int64
             * @description When the last were delivered, in Unix microseconds. Absent before the first.
             */
            delivered_at?: number;
            /** @description What went wrong last. Absent while nothing has. */
            error?: string;
        };
        /** @description Whether the machine is being watched. Later versions may add fields. */
        Health: {
            status: components["schemas"]["HealthStatus"];
            /** @description Why it is `degraded`, and what to mend: a sentence each. Absent while it is `ok`. */
            reasons?: string[];
            kmsg: components["schemas"]["KmsgHealth"];
            stream: components["schemas"]["StreamHealth"];
            journal: components["schemas"]["JournalHealth"];
            /** @description Absent where the state folder has no `spool`, or this server may not look into it. */
            spool?: components["schemas"]["SpoolHealth"];
            /**
             * @description Absent where no browser is to be watched. What it says does not change `status`: a
             *     browser that is not there is no fault of this server.
             */
            devtools?: components["schemas"]["DevToolsHealth"];
            /**
             * @description Where events are delivered outside this machine. Absent when nowhere. What they say does
             *     not change `status`: a server that must be restarted is something else.
             */
            sinks?: components["schemas"]["SinkHealth"][];
        };
    };
    responses: {
        /** @description The configuration in force. */
        ConfigurationInForce: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TelemetryState"];
            };
        };
        /** @description The configuration is not valid. Nothing was changed. */
        InvalidConfig: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A query parameter is not valid. `message` names it. */
        InvalidParameter: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description A token is needed for this, and the request has none, or another one. */
        Unauthorized: {
            headers: {
                /** @description Always `Bearer`, with `error="invalid_token"` where there was another one. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description The request comes from another machine, and no token guards what it asks for. Or it may come
         *     from a web page of another site: its `Host` is neither an IP address, `localhost` nor a name
         *     that the server was given (`allowedHosts`), its `Origin` or `Sec-Fetch-Site` names another
         *     site (and the origin is not in `allowedOrigins`), or its `Sec-Fetch-Dest` is a frame. Pages that a browser on the machine shows must be able neither
         *     to read nor to write here. `message` says what to mend.
         */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body is over the server's limit. */
        BodyTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The `Content-Type` is not `application/json`, or the body is compressed. */
        NotJson: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /** @description The body did not come in time (15 seconds). */
        BodyTooSlow: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description Too many large bodies are on their way at once (32 MiB of them), and this was the largest.
         *     Send it again later, or less data in one event.
         */
        TooManyBodies: {
            headers: {
                /** @description Seconds to wait before trying again. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
        /**
         * @description As many streams are open as the server allows: in all, from this address (by default three
         *     quarters of all), or for browsers (by default a quarter is kept for programs). `message`
         *     says which, and what sets it. Close one, or try again later.
         */
        TooManyStreams: {
            headers: {
                /** @description Seconds to wait before trying again. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        /**
         * @description Only events of this category. Repeat the parameter for several, or separate them by commas:
         *     `?category=system&category=monitor`, `?category=system,monitor`.
         */
        category: components["schemas"]["EventCategory"][];
        /**
         * @description Only events of this type. Repeat the parameter for several, or separate them by commas:
         *     `?type=system_oom_kill&type=service_crashed`, `?type=system_oom_kill,service_crashed`.
         */
        type: string[];
        /**
         * @description Stream only. `all` begins the stream at the oldest retained event instead of the next
         *     one. Other values are ignored, and so is `all` when there is a `Last-Event-ID`.
         */
        replay: string;
        /**
         * @description Stream only. The sequence number of the last event received: the stream goes on strictly
         *     after it. Browsers' `EventSource` sends it by itself when it reconnects. What is no number
         *     is a 400.
         */
        lastEventId: string;
        /**
         * @description Stream only. The same as the header `Last-Event-ID`, which goes before it, for clients that
         *     cannot send one.
         */
        lastEventIdQuery: string;
        /** @description Stream only. The same as `lastEventId`. */
        lastEventIdSnakeQuery: string;
    };
    requestBodies: {
        /** @description Empty and `null` bodies are the same as none. */
        Configuration: {
            content: {
                "application/json": components["schemas"]["TelemetryConfigRequest"];
            };
        };
    };
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readEvents: {
        parameters: {
            query?: {
                /** @description What is answered, whatever the request accepts; a page, or a stream. */
                format?: "json" | "sse";
                /**
                 * @description Page only. The first sequence number wanted. Events no longer retained are passed
                 *     over. 0 begins at the oldest retained event, or with `order=desc` at the newest, as
                 *     leaving it out does. Where events are delivered to S2, those that are no longer retained are
                 *     read back from there when this, or `since`, asks for them. Below 0 is taken as 0.
                 */
                offset?: number;
                /**
                 * @description Page only. Only events at or after this time: Unix milliseconds, an RFC 3339 time, or how
                 *     long ago (`30s`, `5m`, `1h30m`). Ignored beside `offset`.
                 */
                since?: components["schemas"]["TimeParameter"];
                /** @description Page only. Only events before this time, written as for `since`. */
                until?: components["schemas"]["TimeParameter"];
                /**
                 * @description Page only. At most this many events: from 1 to 1000; what is outside is taken as the
                 *     nearest of the two.
                 */
                limit?: number;
                /** @description Page only. `asc`, oldest first, or `desc`, newest first. */
                order?: "asc" | "desc";
                /**
                 * @description Only events of this category. Repeat the parameter for several, or separate them by commas:
                 *     `?category=system&category=monitor`, `?category=system,monitor`.
                 */
                category?: components["parameters"]["category"];
                /**
                 * @description Only events of this type. Repeat the parameter for several, or separate them by commas:
                 *     `?type=system_oom_kill&type=service_crashed`, `?type=system_oom_kill,service_crashed`.
                 */
                type?: components["parameters"]["type"];
                /**
                 * @description Stream only. `all` begins the stream at the oldest retained event instead of the next
                 *     one. Other values are ignored, and so is `all` when there is a `Last-Event-ID`.
                 */
                replay?: components["parameters"]["replay"];
                /**
                 * @description Stream only. The same as the header `Last-Event-ID`, which goes before it, for clients that
                 *     cannot send one.
                 */
                lastEventId?: components["parameters"]["lastEventIdQuery"];
                /** @description Stream only. The same as `lastEventId`. */
                last_event_id?: components["parameters"]["lastEventIdSnakeQuery"];
            };
            header?: {
                /**
                 * @description Stream only. The sequence number of the last event received: the stream goes on strictly
                 *     after it. Browsers' `EventSource` sends it by itself when it reconnects. What is no number
                 *     is a 400.
                 */
                "Last-Event-ID"?: components["parameters"]["lastEventId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description A page (`application/json`), or the stream (`text/event-stream`), in which each frame's
             *     `data` is an envelope, as `GET /telemetry/stream` says. The headers named here come with a
             *     page only.
             */
            200: {
                headers: {
                    /** @description Page only. `true` when more retained events meet the filters than the page holds. */
                    "X-Has-More"?: boolean;
                    /**
                     * @description Page only. `true` when older events could not be read back from S2 in time (2
                     *     seconds): they are passed over. Absent otherwise.
                     */
                    "X-Incomplete"?: boolean;
                    /**
                     * @description Page only. The `offset` to ask with for the next page. Absent when `X-Has-More` is
                     *     `false`.
                     */
                    "X-Next-Offset"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": components["schemas"]["StreamFrameOrData"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["TooManyStreams"];
        };
    };
    publishEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishEventRequest"];
            };
        };
        responses: {
            /** @description The event is in the stream, or was already (see Idempotency). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventEnvelope"];
                };
            };
            /** @description The event's category is turned off. The event was not captured. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The event is not valid. `message` says which check failed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTooSlow"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["NotJson"];
            503: components["responses"]["TooManyBodies"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /**
                 * @description Stream only. `all` begins the stream at the oldest retained event instead of the next
                 *     one. Other values are ignored, and so is `all` when there is a `Last-Event-ID`.
                 */
                replay?: components["parameters"]["replay"];
                /**
                 * @description Only events of this category. Repeat the parameter for several, or separate them by commas:
                 *     `?category=system&category=monitor`, `?category=system,monitor`.
                 */
                category?: components["parameters"]["category"];
                /**
                 * @description Only events of this type. Repeat the parameter for several, or separate them by commas:
                 *     `?type=system_oom_kill&type=service_crashed`, `?type=system_oom_kill,service_crashed`.
                 */
                type?: components["parameters"]["type"];
                /**
                 * @description Stream only. The same as the header `Last-Event-ID`, which goes before it, for clients that
                 *     cannot send one.
                 */
                lastEventId?: components["parameters"]["lastEventIdQuery"];
                /** @description Stream only. The same as `lastEventId`. */
                last_event_id?: components["parameters"]["lastEventIdSnakeQuery"];
            };
            header?: {
                /**
                 * @description Stream only. The sequence number of the last event received: the stream goes on strictly
                 *     after it. Browsers' `EventSource` sends it by itself when it reconnects. What is no number
                 *     is a 400.
                 */
                "Last-Event-ID"?: components["parameters"]["lastEventId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description The stream: frames of server-sent events. Each event is one frame, `id: <seq>`, a line
             *     feed, `data: <envelope>` and two line feeds, where the envelope is an `EventEnvelope` as
             *     JSON on one line. The schema is that of a frame, or of its data, of
             *     which readers of such streams give the one or the other. There is no `event:` line:
             *     browsers' `EventSource` delivers every frame as a `message`.
             *
             *     Lines that begin with a colon are comments, which clients pass over. After 15 seconds of
             *     silence an empty one (`:`) keeps the connection alive. One that begins with
             *     `: telemetry_gap ` tells a reader that has fallen behind, or comes back too late, how
             *     many events it missed; the rest of its line is a `TelemetryGapData` as JSON.
             */
            200: {
                headers: {
                    /** @description Always `no-cache`. */
                    "Cache-Control"?: string;
                    /** @description Always `application/json`, that of each event's data. */
                    "X-SSE-Content-Type"?: string;
                    /** @description Always `no`, so that a proxy passes frames on at once. */
                    "X-Accel-Buffering"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["StreamFrameOrData"];
                };
            };
            400: components["responses"]["InvalidParameter"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The `Accept` header does not allow `text/event-stream`. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            503: components["responses"]["TooManyStreams"];
        };
    };
    getTelemetry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ConfigurationInForce"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
        };
    };
    putTelemetry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: components["requestBodies"]["Configuration"];
        responses: {
            200: components["responses"]["ConfigurationInForce"];
            400: components["responses"]["InvalidConfig"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTooSlow"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["NotJson"];
            503: components["responses"]["TooManyBodies"];
        };
    };
    patchTelemetry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: components["requestBodies"]["Configuration"];
        responses: {
            200: components["responses"]["ConfigurationInForce"];
            400: components["responses"]["InvalidConfig"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["BodyTooSlow"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["NotJson"];
            503: components["responses"]["TooManyBodies"];
        };
    };
    explainLog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
            };
        };
        responses: {
            /** @description What was found in the log, which may be nothing. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplainedLog"];
                };
            };
            /** @description The body is empty, or no text. `message` says what it is. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The server runs without the option `ui`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            408: components["responses"]["BodyTooSlow"];
            413: components["responses"]["BodyTooLarge"];
            /** @description The `Content-Type` is not `text/plain`, or the body is compressed. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            503: components["responses"]["TooManyBodies"];
        };
    };
    getSpecJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            403: components["responses"]["Forbidden"];
        };
    };
    getSpecYaml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": Record<string, never>;
                };
            };
            403: components["responses"]["Forbidden"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            403: components["responses"]["Forbidden"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            403: components["responses"]["Forbidden"];
            /** @description It starts or stops: `reasons` says which. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `status` is `ok`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description `status` is `degraded`; `reasons` says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            /** @description The option `metrics` is off. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}

export type EventCategory = components['schemas']['EventCategory']
export type EventType = components['schemas']['EventType']
export type EventSourceKind = components['schemas']['EventSourceKind']
export type EventSource = components['schemas']['EventSource']
export type OomConstraint = components['schemas']['OomConstraint']
export type OomTask = components['schemas']['OomTask']
export type ProcessRole = components['schemas']['ProcessRole']
export type OomVictim = components['schemas']['OomVictim']
export type OomPod = components['schemas']['OomPod']
export type OomDiagnosis = components['schemas']['OomDiagnosis']
export type OomKillData = components['schemas']['OomKillData']
export type ServiceCrashPhase = components['schemas']['ServiceCrashPhase']
export type ServiceCrashedData = components['schemas']['ServiceCrashedData']
export type TelemetryGapSource = components['schemas']['TelemetryGapSource']
export type TelemetryGapData = components['schemas']['TelemetryGapData']
export type SystemOomKillEvent = components['schemas']['SystemOomKillEvent']
export type ServiceCrashedEvent = components['schemas']['ServiceCrashedEvent']
export type TelemetryGapEvent = components['schemas']['TelemetryGapEvent']
export type TelemetryConfiguredData = components['schemas']['TelemetryConfiguredData']
export type TelemetryConfiguredEvent = components['schemas']['TelemetryConfiguredEvent']
export type PageCrashCause = components['schemas']['PageCrashCause']
export type PageCrashedData = components['schemas']['PageCrashedData']
export type PageCrashedEvent = components['schemas']['PageCrashedEvent']
export type ProcessCrashedData = components['schemas']['ProcessCrashedData']
export type ProcessCrashedEvent = components['schemas']['ProcessCrashedEvent']
export type MemoryPressureData = components['schemas']['MemoryPressureData']
export type MemoryPressureEvent = components['schemas']['MemoryPressureEvent']
export type CustomEvent = components['schemas']['CustomEvent']
export type TelemetryEvent = components['schemas']['TelemetryEvent']
export type EventEnvelope = components['schemas']['EventEnvelope']
export type EventPage = components['schemas']['EventPage']
export type StreamFrame = components['schemas']['StreamFrame']
export type StreamFrameOrData = components['schemas']['StreamFrameOrData']
export type BrowserEventType = components['schemas']['BrowserEventType']
export type PublishEventRequest = components['schemas']['PublishEventRequest']
export type PublishEventSource = components['schemas']['PublishEventSource']
export type TimeParameter = components['schemas']['TimeParameter']
export type CategoryConfig = components['schemas']['CategoryConfig']
export type CategoriesConfig = components['schemas']['CategoriesConfig']
export type TelemetryConfig = components['schemas']['TelemetryConfig']
export type CategoryConfigRequest = components['schemas']['CategoryConfigRequest']
export type CategoriesConfigRequest = components['schemas']['CategoriesConfigRequest']
export type TelemetryConfigRequest = components['schemas']['TelemetryConfigRequest']
export type TelemetryState = components['schemas']['TelemetryState']
export type Error = components['schemas']['Error']
export type Liveness = components['schemas']['Liveness']
export type Readiness = components['schemas']['Readiness']
export type ExplainedLog = components['schemas']['ExplainedLog']
export type HealthStatus = components['schemas']['HealthStatus']
export type KmsgState = components['schemas']['KmsgState']
export type KmsgReader = components['schemas']['KmsgReader']
export type KmsgHealth = components['schemas']['KmsgHealth']
export type KmsgKillCounter = components['schemas']['KmsgKillCounter']
export type KmsgKillsHealth = components['schemas']['KmsgKillsHealth']
export type StreamHealth = components['schemas']['StreamHealth']
export type PublishedByReporter = components['schemas']['PublishedByReporter']
export type DevToolsState = components['schemas']['DevToolsState']
export type DevToolsHealth = components['schemas']['DevToolsHealth']
export type JournalState = components['schemas']['JournalState']
export type SpoolHealth = components['schemas']['SpoolHealth']
export type JournalHealth = components['schemas']['JournalHealth']
export type SinkState = components['schemas']['SinkState']
export type SinkHealth = components['schemas']['SinkHealth']
export type Health = components['schemas']['Health']
