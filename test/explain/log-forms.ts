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
const BOOT_MS = Date.UTC(2025, 7, 12, 3, 54, 3)

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

const lettered = (record: KmsgRecord): string => 'EWIA'[record.seq % 4]!
const lineOf = (record: KmsgRecord): string => String(record.seq + 1)

/** Each line of each record, with what comes before it. */
function eachLine(
  records: readonly KmsgRecord[],
  render: (text: string, record: KmsgRecord) => string
): string[] {
  return records.flatMap(record => record.text.split('\n').map(line => render(line, record)))
}

const json = (record: KmsgRecord, key: string): object => ({
  __REALTIME_TIMESTAMP: String(wallMs(record) * 1000),
  _TRANSPORT: 'kernel',
  [key]: record.text,
})

/** Forms that no list of prefixes has: what repeats in front of the lines, and what programs pack them in. */
export const LEARNED_FORMS: readonly LogForm[] = [
  {
    name: 'a bare clock (Jenkins)',
    render: prefixed(record => `${clock(record).slice(7)}  ${stamp(record)} `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'a clock in brackets, no stamp',
    render: prefixed(record => `(${clock(record).slice(7)}) `, 'prefixed'),
    time: 'unknown',
  },
  {
    name: 'a letter of severity before the time',
    render: prefixed(record => `${lettered(record)} ${iso(record, 6)}Z `, 'prefixed'),
    time: 'wall',
  },
  {
    name: 'time, bar, level, bar, program',
    render: prefixed(
      record => `${iso(record, 0).replace('T', ' ')} UTC | WARN | kernel | `,
      'prefixed'
    ),
    time: 'wall',
  },
  {
    name: 'ISO time and a tab',
    render: prefixed(record => `${iso(record, 3)}Z\t${stamp(record)} `, 'prefixed'),
    time: 'wall',
  },
  {
    name: 'GitLab',
    render: prefixed(record => `${iso(record, 6)}Z 01O ${stamp(record)} `, 'prefixed'),
    time: 'wall',
  },
  {
    name: 'syslog, the year first',
    render: prefixed(
      record => `2025 ${clock(record)} my-host kernel: ${stamp(record)} `,
      'prefixed'
    ),
    time: 'wall',
  },
  {
    name: 'grep -n',
    render: prefixed(record => `${lineOf(record)}:${clock(record)} my-host kernel: `, 'prefixed'),
    time: 'unknown',
  },
  {
    name: 'grep -H',
    render: prefixed(record => `/var/log/kern.log.1:${clock(record)} my-host kernel: `, 'prefixed'),
    time: 'unknown',
  },
  {
    name: 'cat -n',
    render: prefixed(record => `${lineOf(record).padStart(6)}\t${stamp(record)} `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'stern',
    render: prefixed(record => `node-problem-x7k2p detector ${stamp(record)} `, 'prefixed'),
    time: 'boot',
  },
  {
    name: 'labels of Loki',
    render: prefixed(record => `${iso(record, 0)}Z {host="h1", job="kern"} `, 'prefixed'),
    time: 'wall',
  },
  {
    name: "logcat's kernel buffer",
    render: prefixed(
      record => `08-12 ${clock(record).slice(7)}.123     0     0 ${lettered(record)}         : `,
      'prefixed'
    ),
    time: 'unknown',
  },
  {
    name: 'a CPU in the stamp',
    render: prefixed(record => `<4>${stamp(record).replace(']', '@2]')} `, 'prefixed'),
    time: 'unknown',
  },
  {
    name: 'dmesg -d',
    render: prefixed(record => `${stamp(record).replace(']', ' <    0.000001>]')} `, 'prefixed'),
    time: 'unknown',
  },
  {
    name: 'entities of HTML',
    render: records => consoleLog(records).map(line => `&gt; ${line.replaceAll('<', '&lt;')}`),
    time: 'boot',
  },
  {
    name: 'tags of HTML',
    render: records => consoleLog(records).map(line => `<span class="l">${line}</span><br>`),
    time: 'boot',
  },
  { name: 'CR CR LF', render: records => dmesg(records).map(line => `${line}\r\r`), time: 'boot' },
  {
    name: 'blanks that do not break',
    render: records => consoleLog(records).map(line => line.replaceAll('  ', '\xc2\xa0 ')),
    time: 'boot',
  },
  {
    name: 'a column in quotation marks',
    render: records => consoleLog(records).map(line => `"${line.replaceAll('"', '""')}"`),
    time: 'boot',
  },
  {
    name: 'a table with commas',
    render: records =>
      eachLine(records, (text, record) =>
        /[",]/.test(text)
          ? `${iso(record, 3)}Z,my-host,"${text.replaceAll('"', '""')}",kern`
          : `${iso(record, 3)}Z,my-host,${text},kern`
      ),
    time: 'unknown',
  },
  {
    name: 'a list of a programming language',
    render: records => consoleLog(records).map(line => `  '${line}',`),
    time: 'boot',
  },
  {
    name: 'logfmt',
    render: records =>
      eachLine(
        records,
        (text, record) => `ts=${iso(record, 3)}Z level=warn msg="${text}" host=my-host`
      ),
    time: 'wall',
  },
  {
    name: 'JSON over several lines',
    render: records =>
      records.flatMap(record => JSON.stringify(json(record, 'MESSAGE'), null, 1).split('\n')),
    time: 'wall',
  },
  {
    name: 'an array of JSON in one line',
    render: records => [JSON.stringify(records.map(record => json(record, 'MESSAGE')))],
    time: 'wall',
  },
  {
    name: 'an array of JSON over several lines',
    render: records =>
      JSON.stringify(
        records.map(record => json(record, 'message')),
        null,
        2
      ).split('\n'),
    time: 'wall',
  },
  {
    name: 'an array of texts over several lines',
    render: records => JSON.stringify(consoleLog(records), null, 2).split('\n'),
    time: 'boot',
  },
  {
    name: 'JSON with the message inside',
    render: records =>
      records.map(record =>
        JSON.stringify({
          insertId: 'x1',
          timestamp: `${iso(record, 6)}Z`,
          jsonPayload: { SYSLOG_IDENTIFIER: 'kernel', MESSAGE: record.text },
          labels: { instance: 'my-host' },
        })
      ),
    time: 'wall',
  },
  {
    name: "Loki's answer",
    render: records => [
      JSON.stringify({
        status: 'success',
        data: {
          result: [
            {
              stream: { job: 'kern' },
              values: records.map(record => [String(wallMs(record) * 1e6), record.text]),
            },
          ],
        },
      }),
    ],
    time: 'wall',
  },
  {
    name: 'journalctl -o verbose',
    render: records =>
      records
        .flatMap(record => [
          `Tue ${iso(record, 6).replace('T', ' ')} UTC [s=1d;i=a5;b=79;m=1f;t=5f;x=e5]`,
          '    PRIORITY=4',
          `    MESSAGE=${record.text.replaceAll('\n', `\n${' '.repeat(12)}`)}`,
          '    _TRANSPORT=kernel',
        ])
        .flatMap(text => text.split('\n')),
    time: 'wall',
  },
  {
    name: 'journalctl -o export',
    render: records =>
      records
        .filter(record => !record.text.includes('\n'))
        .flatMap(record => [
          '__CURSOR=s=1;i=2',
          `__REALTIME_TIMESTAMP=${wallMs(record) * 1000}`,
          '_TRANSPORT=kernel',
          `MESSAGE=${record.text}`,
          '',
        ]),
    time: 'wall',
  },
  {
    name: 'a table of Markdown',
    render: records => [
      '| time | message |',
      '|---|---|',
      ...eachLine(records, (text, record) => `| ${iso(record, 0)} | ${text} |`),
    ],
    time: 'wall',
  },
  {
    name: 'klogd for kernel',
    render: prefixed(record => `${clock(record)} my-host klogd: `, 'prefixed'),
    time: 'unknown',
  },
  {
    name: 'one text within a line (ansible)',
    render: records => {
      const text = eachLine(records, (line, record) => `${stamp(record)} ${line}`).join('\n')
      return [`host | CHANGED => {"changed": true, "stdout": ${JSON.stringify(text)}}`]
    },
    time: 'boot',
  },
  {
    name: 'a list of texts in one line',
    render: records => [
      `[${eachLine(records, (line, record) => `'${stamp(record)} ${line}'`).join(', ')}]`,
    ],
    time: 'boot',
  },
  {
    name: 'a JSON text that was written as JSON once more',
    render: records => [
      JSON.stringify({
        log: eachLine(records, (line, record) => `${stamp(record)} ${line}`).join('\\n'),
      }),
    ],
    time: 'boot',
  },
  {
    name: 'one line of HTML',
    render: records => [
      eachLine(records, (line, record) => `${stamp(record)} ${line.replaceAll('<', '&lt;')}`).join(
        '<br>'
      ),
    ],
    time: 'boot',
  },
  {
    name: 'all in one line, each filled to the width of a terminal',
    render: records => [
      eachLine(records, (line, record) => `${stamp(record)} ${line}`)
        .map(line => line.padEnd(Math.ceil((line.length + 1) / 80) * 80))
        .join(''),
    ],
    time: 'boot',
  },
]
