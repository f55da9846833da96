/** What an event says in a line for a person. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { eventSentence } from '../../plugin/events/event-sentence.ts'
import { sentenceOf } from '../../plugin/events/types.ts'

const kill = { process_name: 'chromium', pid: 4711, rss_kb: 2 * 1024 * 1024 }
const crash = { service_name: 'chromium', phase: 'running' }
const configured = { method: 'PUT', turned_on: [], turned_off: [] }

for (const [type, data, sentence] of [
  ['system_oom_kill', kill, 'chromium (pid 4711) held 2.0 GiB'],
  [
    'system_oom_kill',
    { ...kill, mem_total_kb: 4 * 1024 * 1024, mem_free_kb: 512 * 1024 },
    'chromium (pid 4711) held 2.0 GiB on a machine with 4.0 GiB and 512 MiB free',
  ],
  [
    'system_oom_kill',
    { ...kill, mem_total_kb: 4 * 1024 * 1024 },
    'chromium (pid 4711) held 2.0 GiB on a machine with 4.0 GiB',
  ],
  [
    'system_oom_kill',
    { ...kill, constraint: 'memcg', oom_memcg: '/a', memcg_limit_kb: 3 * 1024 * 1024 },
    'chromium (pid 4711) held 2.0 GiB, the limit of /a (3.0 GiB)',
  ],
  [
    'system_oom_kill',
    { ...kill, constraint: 'memcg' },
    'chromium (pid 4711) held 2.0 GiB, the limit of its group',
  ],
  [
    'system_oom_kill',
    { ...kill, constraint: 'cpuset', oom_memcg: '/a' },
    'chromium (pid 4711) held 2.0 GiB',
  ],
  ['service_crashed', crash, 'chromium died while it was running'],
  [
    'service_crashed',
    { ...crash, phase: 'startup', pid: 7 },
    'chromium (pid 7) died before it was up',
  ],
  ['service_crashed', { ...crash, phase: 'gave_up' }, 'chromium is not started again'],
  [
    'service_crashed',
    { ...crash, exit_code: 0 },
    'chromium died while it was running (exit status 0)',
  ],
  [
    'service_crashed',
    { ...crash, exit_code: 1, signal: 'SIGSEGV', core_dumped: true },
    'chromium died while it was running (SIGSEGV, core dumped)',
  ],
  [
    'service_crashed',
    { ...crash, signal: 'SIGKILL', core_dumped: false },
    'chromium died while it was running (SIGKILL)',
  ],
  ['telemetry_gap', { source: 'kmsg', lost: 0, reason: 'r' }, 'kmsg: 0 lost: r'],
  ['telemetry_gap', { source: 'kmsg', reason: 'r' }, 'kmsg: an unknown number of lost: r'],
  ['telemetry_configured', configured, 'PUT by a local client: nothing changed'],
  [
    'telemetry_configured',
    { ...configured, address: '10.0.0.1', turned_on: ['page', 'network'] },
    'PUT by 10.0.0.1: on: page, network',
  ],
  [
    'telemetry_configured',
    { ...configured, turned_on: ['page'], turned_off: ['console', 'captcha'] },
    'PUT by a local client: on: page; off: console, captcha',
  ],
  ['page_crashed', { target_id: 'T', target_type: 'page' }, 'page crashed'],
  ['page_crashed', {}, 'page crashed'],
  [
    'page_crashed',
    {
      target_id: 'T',
      target_type: 'page',
      url: 'https://one.example/',
      title: 'One',
      pid: 7,
      signal: 'SIGSEGV',
      status: 'crashed',
      cause: 'crash',
    },
    'page "One" at https://one.example/ (pid 7) crashed (SIGSEGV)',
  ],
  [
    'page_crashed',
    { target_id: 'T', target_type: 'iframe', signal: 'SIGKILL', cause: 'oom_kill' },
    'iframe was killed by the kernel for want of memory',
  ],
  [
    'page_crashed',
    { target_id: 'T', target_type: 'page', signal: 'SIGTERM', cause: 'killed' },
    'page was killed (SIGTERM)',
  ],
  [
    'page_crashed',
    { target_id: 'T', target_type: 'page', status: 'abnormal' },
    'page crashed [abnormal]',
  ],
  ['process_crashed', {}, 'the unnamed process crashed'],
  ['process_crashed', { role: 'gpu', signal: 'SIGABRT' }, 'the gpu process crashed (SIGABRT)'],
  [
    'process_crashed',
    {
      process_name: 'chrome',
      pid: 7,
      role: 'renderer',
      signal: 'SIGSEGV',
      error: 'user write fault',
      file: 'libc.so.6',
    },
    'chrome, renderer (pid 7) crashed (SIGSEGV): user write fault in libc.so.6',
  ],
  [
    'memory_pressure',
    { reason: 'pressure', full_avg10: 12.5 },
    'all processes waited for memory 12.5 % of the time',
  ],
  ['memory_pressure', { reason: 'pressure' }, 'all processes waited for memory 0 % of the time'],
  [
    'memory_pressure',
    {
      reason: 'group_max',
      mem_available_kb: 2048,
      top_tasks: [
        { name: 'chrome', pid: 7, rss_kb: 1024 * 1024 },
        { name: 'node', pid: 8, rss_kb: 1024 },
      ],
    },
    'the control group is at its limit, 2.0 MiB available; the largest is chrome (pid 7) with 1.0 GiB',
  ],
  [
    'memory_pressure',
    { reason: 'group_high', top_tasks: [] },
    'the control group is held back at its memory.high',
  ],
  ['note', { anything: 1 }, undefined],
] as const) {
  test(`${type}: ${sentence}`, () => {
    assert.equal(sentenceOf(type, data), sentence)
  })
}

test('what a process calls itself does no harm to a terminal', () => {
  for (const [type, data] of [
    ['system_oom_kill', { ...kill, process_name: 'a\u001b[2Jb' }],
    ['service_crashed', { ...crash, service_name: 'a\u001b[2Jb' }],
    ['telemetry_gap', { source: 'kmsg', reason: 'a\u001b[2Jb' }],
    ['telemetry_configured', { ...configured, address: 'a\u001b[2Jb' }],
  ] as const) {
    assert.ok(!sentenceOf(type, data)?.includes('\u001b'), type)
  }
})

test('what anyone may have posted does not read as the kernel’s word', () => {
  const event = (type: string, data: unknown, reporter: string | undefined) => {
    const source = { kind: 'local_process', metadata: reporter && { reporter } }
    return { ts: 0, type, category: 'system', source, data } as EventEnvelope['event']
  }
  const told = sentenceOf('system_oom_kill', kill)!
  for (const reporter of ['kernel', 'supervisor', 'server', 'devtools', undefined]) {
    assert.equal(eventSentence(event('system_oom_kill', kill, reporter)), told)
  }
  const posted = eventSentence(event('system_oom_kill', kill, 'http'))
  assert.equal(posted, `${told} (posted over HTTP)`)
  assert.equal(eventSentence(event('service_crashed', null, 'http')), undefined)
  assert.equal(eventSentence(event('note', { a: 1 }, 'http')), undefined)
})
