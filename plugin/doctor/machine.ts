/**
 * What of this machine, or container, is in the way of telemetry: the kernel log, who may read it, and
 * whose numbers the processes have.
 */

import { closeSync, readFileSync } from 'node:fs'
import { drainKmsg, openKmsg } from '../kmsg/device.ts'
import { RawRecord } from '../kmsg/record.ts'
import { readLogRights, whyUnreadable } from '../kmsg/why-unreadable.ts'
import { pidNamespace } from '../machine/pid-namespace.ts'
import { containerKillCounter, machineKillCounter } from '../watch/kill-counter.ts'
import type { Finding } from './finding.ts'

const MAX_RECORDS = 1_000_000

/** @param kmsgPath false where the operator wants none watched */
export function machineFindings(kmsgPath: string | false): Finding[] {
  return [kernelLog(kmsgPath), killCounter(), processIds(), ownLines()]
}

function kernelLog(path: string | false): Finding {
  const check = 'kernel log'
  if (path === false) {
    const says = 'SYSMON_KMSG_PATH says that none is to be watched: no OOM kill is told'
    return { check, status: 'ok', says }
  }
  try {
    const fd = openKmsg(path, false)
    try {
      const record = new RawRecord()
      let records = 0
      let newestUs = 0
      drainKmsg(
        fd,
        (bytes, length) => {
          records++
          if (record.read(bytes, 0, length)) newestUs = record.timestampUs
        },
        MAX_RECORDS
      )
      return {
        check,
        status: 'ok',
        says: `${path} can be read: ${records} records${age(newestUs)}`,
      }
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = whyUnreadable(path, error as NodeJS.ErrnoException)
    // The system's own words name no mend.
    const isTheirs = code !== undefined && why === message
    const [says, ...mend] = isTheirs ? [why] : why.split(': ')
    const { isRestricted, mayAlways } = readLogRights()
    const extra = [
      isRestricted === true && mayAlways === false
        ? ' (kernel.dmesg_restrict is 1, and CAP_SYSLOG is missing)'
        : '',
      isFiltered() ? ' (a seccomp filter is in force: see that it allows syslog)' : '',
    ].join('')
    return {
      check,
      status: 'fail',
      says: `${says}${extra}: no OOM kill is told`,
      mend: mend.join(': ') || `find out what keeps this process from reading ${path}`,
    }
  }
}

function age(newestUs: number): string {
  if (newestUs === 0) return ''
  const uptime = Number(read('/proc/uptime')?.split(' ')[0])
  const seconds = Math.max(0, Math.round(uptime - newestUs / 1e6))
  return Number.isFinite(seconds) ? `, the newest ${seconds} s old` : ''
}

function killCounter(): Finding {
  const check = 'kill counter'
  const counter = containerKillCounter() ?? machineKillCounter()
  if (counter === undefined) {
    return {
      check,
      status: 'warn',
      says: "the kernel's count of kills cannot be read, so a kill whose lines were lost is not noticed",
      mend: 'none here: it is there from Linux 4.13 on, and not in gVisor',
    }
  }
  const whose = counter.source === 'memcg' ? "of this container's group" : 'of the machine'
  return { check, status: 'ok', says: `${counter.path}: ${counter.read()} kills ${whose}` }
}

function processIds(): Finding {
  const check = 'process ids'
  switch (pidNamespace()) {
    case 'kernel':
      return { check, status: 'ok', says: 'those of the kernel' }
    case 'own':
      return {
        check,
        status: 'warn',
        says: 'this is a pid namespace: kills are told with the numbers that the host knows',
        mend: "know them by name and control group, or share the host's namespace (docker run --pid=host, hostPID)",
      }
    case undefined:
      return {
        check,
        status: 'warn',
        says: 'whose process numbers are seen here cannot be found out',
        mend: 'mount /proc',
      }
  }
}

/** `ratelimit` and `on` differ for lines that a person injects; `off` closes the device. */
function ownLines(): Finding {
  const check = 'test lines'
  const mode = read('/proc/sys/kernel/printk_devkmsg')
  if (mode === 'off') {
    return {
      check,
      status: 'warn',
      says: 'kernel.printk_devkmsg is off: nobody can open /dev/kmsg, neither to read kills nor to write lines that try things out',
      mend: 'sysctl kernel.printk_devkmsg=ratelimit; where the kernel was started with printk.devkmsg=off, start it without',
    }
  }
  const says =
    mode === undefined
      ? 'kernel.printk_devkmsg is not there'
      : `kernel.printk_devkmsg is ${mode}: real kills do not depend on it`
  return { check, status: 'ok', says }
}

function isFiltered(): boolean {
  return /^Seccomp:\s*2$/m.test(read('/proc/self/status') ?? '')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return undefined
  }
}
