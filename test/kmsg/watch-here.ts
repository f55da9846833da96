/** A watcher in the test's own process, and a name for the device that it watches. */

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readBootId } from '../../plugin/machine/boot-id.ts'
import type { KmsgGap } from '../../plugin/watch/kmsg-gaps.ts'
import { KmsgWatcher } from '../../plugin/watch/watcher.ts'
import { PATIENCE_MS } from '../support/wait.ts'

export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await isTrue()); tries++) {
    if (tries === PATIENCE_MS / 10) throw new Error(`never came: ${what}`)
    await sleep(10)
  }
}

/** A folder with a name for the device that can be taken away and given back. */
export function deviceName(t: TestContext): { path: string; give: () => void; take: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-device-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'kmsg')
  return {
    path,
    give: () => symlinkSync('/dev/kmsg', path),
    take: () => renameSync(path, join(folder, 'taken')),
  }
}

/** A watcher in this process, whose descriptor a test can reach. */
export function watchHere(
  t: TestContext,
  path = '/dev/kmsg',
  { history = false, stateDir }: { history?: boolean; stateDir?: string } = {}
) {
  const kills: number[] = []
  const gaps: KmsgGap[] = []
  const lines: string[] = []
  const before = new Set(openDevices())
  const watcher = new KmsgWatcher(
    { path, bootId: readBootId(), stateDir, history },
    pino({ level: 'info' }, { write: line => lines.push(line) }),
    {
      onKill: ({ victim }) => kills.push(victim.pid),
      onGap: gap => gaps.push(gap),
      writtenSeq: () => Infinity,
    }
  )
  t.after(() => watcher.close())
  watcher.start()
  return {
    watcher,
    kills,
    gaps,
    log: () => lines.join(''),
    fd: () => {
      const [fd] = openDevices().filter(each => !before.has(each))
      assert.ok(fd !== undefined, 'the device is open')
      return fd
    },
  }
}

export function openDevices(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('/kmsg')
      } catch {
        return false
      }
    })
}
