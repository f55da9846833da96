/** What a saved log may be packed in: UTF-16, archives of every kind, one in another, a journal of systemd's. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { OomKillData } from '../../generated/types.ts'
import { buildDump, linesOf, recordsOf } from '../oom/dump-builder.ts'
import { wallMs } from './log-forms.ts'

const COMMAND = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sysmon-input-'))
after(() => rmSync(folder, { recursive: true }))

const RECORDS = recordsOf(linesOf(buildDump({ victim: { comm: 'été 7' } })))
/** As `dmesg` prints it, on a machine whose terminal knows UTF-8. */
const LOG = RECORDS.map(
  ({ text }) => `[    5.000001] ${text.replaceAll('\n', '\n               ')}\n`
).join('')

interface Told {
  readonly status: number | null
  readonly names: string[]
  readonly error: string
}

function explain(args: readonly string[], input?: Buffer, path = process.env.PATH): Told {
  const run = spawnSync(process.execPath, [COMMAND, 'explain', '--json', ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  })
  const kills = run.stdout.split('\n').filter(line => line.startsWith('{'))
  const names = kills.map(line => (JSON.parse(line) as { data: OomKillData }).data.process_name)
  return { status: run.status, names, error: run.stderr }
}

function saved(name: string, content: Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const utf16le = Buffer.from(LOG, 'utf16le')
const utf16be = Buffer.from(utf16le).swap16()

for (const [name, content] of [
  ['UTF-16, as PowerShell saves it', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le])],
  ['UTF-16, the other byte first', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be])],
  ['UTF-16 without a mark', utf16le],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${LOG}`)],
  ['UTF-16 in gzip', gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le]))],
  ['gzip in gzip', gzipSync(gzipSync(Buffer.from(LOG)))],
] as const) {
  test(`${name}: a file and standard input`, () => {
    const path = saved('log', content)
    assert.deepEqual(explain([path]), { status: 0, names: ['été 7'], error: '' })
    assert.deepEqual(explain([], content), { status: 0, names: ['été 7'], error: '' })
  })
}

for (const tool of ['zstd', 'xz', 'bzip2', 'lz4']) {
  const packed = spawnSync(tool, ['-c'], { input: LOG })
  const skip = packed.error === undefined ? false : `there is no ${tool} on this machine`
  test(`packed by ${tool}: a file and standard input`, { skip }, () => {
    const path = saved(`log.${tool}`, packed.stdout)
    assert.deepEqual(explain([path]), { status: 0, names: ['été 7'], error: '' })
    assert.deepEqual(explain([], packed.stdout), { status: 0, names: ['été 7'], error: '' })
  })
}

test('packed by xz where there is no xz: what it takes is said', () => {
  const head = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0, 0, 0, 0])
  const { status, error } = explain([saved('log.xz', head)], undefined, '/nonexistent')
  assert.equal(status, 2)
  assert.match(error, /that takes xz, which is not installed here/)
})

test('an archive that is cut tells so, with what was read', () => {
  const whole = gzipSync(Buffer.from(LOG))
  const { status, error } = explain([saved('cut.gz', whole.subarray(0, whole.length - 20))])
  assert.equal(status, 2)
  assert.match(error, /cannot read .*cut\.gz: /)
})

/** A stand-in for journalctl, which a journal of its own would need: that it is asked as it must be. */
function standIn(): string {
  const tools = join(folder, 'tools')
  mkdirSync(tools, { recursive: true })
  const entries = RECORDS.map(record =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: String(wallMs(record) * 1000),
      _TRANSPORT: 'kernel',
      MESSAGE: record.text,
    })
  ).join('\n')
  const script = `#!/bin/sh\n[ "$1" = --file ] && [ "$3 $4" = '--output json' ] || exit 9\ncat <<'END'\n${entries}\nEND\n`
  writeFileSync(join(tools, 'journalctl'), script)
  chmodSync(join(tools, 'journalctl'), 0o755)
  return tools
}

test('a journal file is read by journalctl; from standard input, or without it, what to do is said', () => {
  const journal = Buffer.concat([Buffer.from('LPKSHHRH'), Buffer.alloc(500)])
  const path = saved('system.journal', journal)
  const tools = standIn()
  assert.deepEqual(explain([path], undefined, `${tools}:${process.env.PATH}`), {
    status: 0,
    names: ['été 7'],
    error: '',
  })
  assert.match(explain([path], undefined, '/nonexistent').error, /that takes journalctl/)
  const piped = explain([], journal)
  assert.equal(piped.status, 2)
  assert.match(piped.error, /is a journal of systemd: name its file/)
})
