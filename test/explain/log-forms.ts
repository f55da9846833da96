/** The forms in which people save a kernel log: each tool's rendering of the same records. */

import type { KmsgRecord } from '../../plugin/kmsg/record.ts'
import { toKmsg } from '../oom/dump-builder.ts'

export interface LogForm {
  readonly name: string
  readonly render: (records: readonly KmsgRecord[]) => string[]
  /** What `event.ts` counts in this form. */
  readonly time: 'wall' | 'boot' | 'unknown'
}

/** When the machine was started, by the clock on the wall. */
export const BOOT_MS = Date.UTC(2025, 7, 12, 3, 54, 3)

export function wallMs(record: KmsgRecord): number {
  return BOOT_MS + record.timestampUs / 1000
}

function stamp({ timestampUs }: KmsgRecord): string {
  return `[${(timestampUs / 1e6).toFixed(6).padStart(12)}]`
}

function iso(record: KmsgRecord, digits: number): string {
  const fraction = String(Math.floor((wallMs(record) % 1000) * 1e6)).padStart(9, '0')
  const seconds = new Date(wallMs(record)).toISOString().slice(0, 19)
  return digits === 0 ? seconds : `${seconds}.${fraction.slice(0, digits)}`
}

/** `Aug 12 03:54:08` */
function clock(record: KmsgRecord): string {
  return `Aug 12 ${iso(record, 0).slice(11)}`
}

/** A prefix before the first line of a record; what follows it is one of these. */
type Continuation = 'indented' | 'prefixed' | '#012' | 'bare'

function prefixed(
  prefix: (record: KmsgRecord) => string,
  continuation: Continuation
): LogForm['render'] {
  return records =>
    records.flatMap(record => {
      const head = prefix(record)
      if (continuation === '#012') return [head + record.text.replaceAll('\n', '#012')]
      const between = { indented: ' '.repeat(head.length), prefixed: head, bare: '' }[continuation]
      return record.text.split('\n').map((line, index) => (index === 0 ? head : between) + line)
    })
}

const dmesg = prefixed(record => `${stamp(record)} `, 'indented')

/** At most so many columns, broken at spaces, which are lost; longer words stay whole. */
export function wrapSoft(line: string, columns = 72): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > columns) {
    const before = rest.lastIndexOf(' ', columns)
    const at = before > 0 ? before : rest.indexOf(' ', columns)
    if (at === -1) break
    lines.push(rest.slice(0, at))
    rest = rest.slice(at + 1)
  }
  return [...lines, rest]
}

/** At most so many columns, broken anywhere. */
export function wrapHard(line: string, columns = 72): string[] {
  const lines = []
  for (let at = 0; at === 0 || at < line.length; at += columns) {
    lines.push(line.slice(at, at + columns))
  }
  return lines
}

const consoleLog = prefixed(record => `${stamp(record)} `, 'prefixed')

export const FORMS: readonly LogForm[] = [
  { name: 'the bare words', render: prefixed(() => '', 'bare'), time: 'unknown' },
  { name: 'indented by four', render: prefixed(() => '    ', 'prefixed'), time: 'unknown' },
  {
    name: 'raw /dev/kmsg',
    render: records => records.map(one => toKmsg(one).slice(0, -1)),
    time: 'boot',
  },
  { name: 'dmesg', render: dmesg, time: 'boot' },
  { name: 'the console, each line stamped', render: consoleLog, time: 'boot' },
  {
    name: 'the console with caller ids',
    render: prefixed(record => `${stamp(record)}[ T4711] `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'the console with CPU caller ids',
    render: prefixed(record => `${stamp(record)}[    C3] `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'dmesg --raw',
    render: prefixed(record => `<${record.level}>${stamp(record)} `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'dmesg -x',
    render: prefixed(record => `kern  :warn  : ${stamp(record)} `, 'indented'),
    time: 'boot',
  },
  {
    name: 'dmesg -T',
    render: prefixed(record => `[Tue ${clock(record)} 2025] `, 'indented'),
    time: 'wall',
  },
  {
    name: 'dmesg -T in German',
    render: prefixed(record => `[Di ${clock(record)} 2025] `, 'indented'),
    time: 'wall',
  },
  {
    name: 'dmesg -T in Russian',
    render: prefixed(
      record =>
        `[\xd0\x92\xd1\x82 ${clock(record).replace('Aug', '\xd0\xb0\xd0\xb2\xd0\xb3')} 2025] `,
      'indented'
    ),
    time: 'wall',
  },
  {
    name: 'dmesg --time-format iso',
    render: prefixed(record => `${iso(record, 6).replace('.', ',')}+00:00 `, 'indented'),
    time: 'wall',
  },
  {
    name: 'dmesg in colour',
    render: prefixed(record => `\x1b[32m${stamp(record)} \x1b[0m`, 'bare'),
    time: 'boot',
  },
  {
    name: 'journalctl',
    render: prefixed(record => `${clock(record)} my-host kernel: `, 'indented'),
    time: 'unknown',
  },
  {
    name: 'journalctl -o short-precise',
    render: prefixed(record => `Aug 12 ${iso(record, 6).slice(11)} my-host kernel: `, 'indented'),
    time: 'unknown',
  },
  {
    name: 'journalctl -o short-iso',
    render: prefixed(record => `${iso(record, 0)}+0000 my-host kernel: `, 'indented'),
    time: 'wall',
  },
  {
    name: 'journalctl -o short-iso-precise',
    render: prefixed(record => `${iso(record, 6)}+00:00 my-host kernel: `, 'indented'),
    time: 'wall',
  },
  {
    name: 'journalctl -o short-full',
    render: prefixed(
      record => `Tue ${iso(record, 0).replace('T', ' ')} UTC my-host kernel: `,
      'indented'
    ),
    time: 'wall',
  },
  {
    name: 'journalctl -o short-unix',
    render: prefixed(
      record => `${(wallMs(record) / 1000).toFixed(6)} my-host kernel: `,
      'indented'
    ),
    time: 'wall',
  },
  {
    name: 'journalctl -o short-monotonic',
    render: prefixed(record => `${stamp(record)} my-host kernel: `, 'indented'),
    time: 'boot',
  },
  {
    name: 'journalctl -o cat',
    render: prefixed(() => '', 'bare'),
    time: 'unknown',
  },
  {
    name: 'journalctl -o json',
    render: records =>
      records.map(record =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: String(wallMs(record) * 1000),
          _TRANSPORT: 'kernel',
          SYSLOG_IDENTIFIER: 'kernel',
          PRIORITY: '4',
          MESSAGE: record.text,
        })
      ),
    time: 'wall',
  },
  {
    name: 'journalctl -o json, messages as bytes',
    render: records =>
      records.map(record =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: String(wallMs(record) * 1000),
          _TRANSPORT: 'kernel',
          MESSAGE: [...Buffer.from(record.text, 'latin1')],
        })
      ),
    time: 'wall',
  },
  {
    name: 'syslog',
    render: prefixed(record => `${clock(record)} my-host kernel: ${stamp(record)} `, '#012'),
    time: 'boot',
  },
  {
    name: 'syslog with facility and level (busybox)',
    render: prefixed(
      record => `${clock(record)} my-host kern.warn kernel: ${stamp(record)} `,
      'prefixed'
    ),
    time: 'boot',
  },
  {
    name: 'OpenWrt logread',
    render: prefixed(
      record => `Tue ${clock(record)} 2025 kern.warn kernel: ${stamp(record)} `,
      'prefixed'
    ),
    time: 'wall',
  },
  {
    name: 'rsyslog with ISO time',
    render: prefixed(record => `${iso(record, 6)}+00:00 my-host kernel: ${stamp(record)} `, '#012'),
    time: 'wall',
  },
  {
    name: 'RFC 5424',
    render: prefixed(record => `<4>1 ${iso(record, 6)}Z my-host kernel - - - `, '#012'),
    time: 'wall',
  },
  {
    name: 'RFC 5424 with structured data',
    render: prefixed(
      record =>
        `<4>1 ${iso(record, 3)}Z my-host kernel - - [timeQuality tzKnown="1" isSynced="1"] `,
      '#012'
    ),
    time: 'wall',
  },
  {
    name: 'kubectl logs --timestamps',
    render: prefixed(record => `${iso(record, 9)}Z ${stamp(record)} `, 'prefixed'),
    time: 'wall',
  },
  {
    name: "a Kubernetes node's log file (CRI)",
    render: prefixed(record => `${iso(record, 9)}Z stdout F ${stamp(record)} `, 'prefixed'),
    time: 'wall',
  },
  {
    name: 'GitHub Actions',
    render: prefixed(record => `${iso(record, 7)}Z ${stamp(record)} `, 'prefixed'),
    time: 'wall',
  },
  {
    name: 'Jenkins with timestamps',
    render: prefixed(record => `[${iso(record, 3)}Z] ${stamp(record)} `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'docker compose logs',
    render: prefixed(record => `node-problem-1  | ${stamp(record)} `, 'prefixed'),
    time: 'boot',
  },
  {
    name: "Docker's json-file",
    render: records =>
      consoleLog(records).map((line, index) =>
        JSON.stringify({
          log: `${line}\n`,
          stream: 'stdout',
          time: `${iso(records[Math.min(index, records.length - 1)]!, 9)}Z`,
        })
      ),
    time: 'wall',
  },
  { name: 'quoted mail', render: records => dmesg(records).map(line => `> ${line}`), time: 'boot' },
  {
    name: 'mail quoted twice',
    render: records => consoleLog(records).map(line => `> > ${line}`),
    time: 'boot',
  },
  {
    name: 'mail quoted twice, closely',
    render: records => consoleLog(records).map(line => `>> ${line}`),
    time: 'boot',
  },
  {
    name: 'mail wrapped at spaces',
    render: records => consoleLog(records).flatMap(line => wrapSoft(line)),
    time: 'boot',
  },
  {
    name: 'mail wrapped anywhere',
    render: records => consoleLog(records).flatMap(line => wrapHard(line)),
    time: 'boot',
  },
  {
    name: 'mail wrapped at spaces, then quoted',
    render: records => consoleLog(records).flatMap(line => wrapSoft(line).map(part => `> ${part}`)),
    time: 'boot',
  },
  {
    name: 'journalctl wrapped at spaces',
    render: records =>
      prefixed(
        record => `${clock(record)} my-host kernel: `,
        'prefixed'
      )(records).flatMap(line => wrapSoft(line)),
    time: 'unknown',
  },
  { name: 'CRLF', render: records => dmesg(records).map(line => `${line}\r`), time: 'boot' },
  {
    name: 'CRLF, journalctl',
    render: records =>
      prefixed(
        record => `${clock(record)} my-host kernel: `,
        'indented'
      )(records).map(line => `${line}\r`),
    time: 'unknown',
  },
]
