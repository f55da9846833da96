/**
 * What of this machine, or container, is in the way of telemetry: the kernel log, who may read it, and
 * whose numbers the processes have.
 */

import { closeSync, existsSync, readFileSync, readlinkSync } from 'node:fs'
import { drainKmsg, openKmsg, whyUnreadable } from '../kmsg/device.ts'
import { RawRecord } from '../kmsg/record.ts'
import { containerKillCounter, machineKillCounter } from '../watch/kill-counter.ts'
import type { Finding } from './finding.ts'

/** Of the initial namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]'
/** include/uapi/linux/capability.h */
const CAP_SYSLOG = 34n
const MAX_RECORDS = 1_000_000

/** @param root of /proc and /sys, for tests */
export function machineFindings(kmsgPath: string, root = ''): Finding[] {
  return [kernelLog(kmsgPath, root), killCounter(root), pidNamespace(root), ownLines(root)]
}

function kernelLog(path: string, root: string): Finding {
  const check = 'kernel log'
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
    const why = whyUnreadable(path, error as NodeJS.ErrnoException)
    const [says, ...mend] = why.split(': ')
    const isRestricted = read(`${root}/proc/sys/kernel/dmesg_restrict`) === '1'
    const may = mayReadLog(root)
    const extra = [
      isRestricted && may === false
        ? ' (kernel.dmesg_restrict is 1, and CAP_SYSLOG is missing)'
        : '',
      filter(root) ? ' (a seccomp filter is in force: see that it allows syslog)' : '',
    ].join('')
    return {
      check,
      status: 'fail',
      says: `${says}${extra}: no OOM kill is told`,
      mend: mend.join(': ') || `let this user read ${path}`,
    }
  }
}

function age(newestUs: number): string {
  if (newestUs === 0) return ''
  const uptime = Number(read('/proc/uptime')?.split(' ')[0])
  const seconds = Math.max(0, Math.round(uptime - newestUs / 1e6))
  return Number.isFinite(seconds) ? `, the newest ${seconds} s old` : ''
}

function killCounter(root: string): Finding {
  const check = 'kill counter'
  const counter = containerKillCounter(root) ?? machineKillCounter(`${root}/proc/vmstat`)
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

function pidNamespace(root: string): Finding {
  const check = 'process ids'
  let namespace: string
  try {
    namespace = readlinkSync(`${root}/proc/self/ns/pid`)
  } catch {
    return {
      check,
      status: 'warn',
      says: 'whose process numbers are seen here cannot be found out',
      mend: 'mount /proc',
    }
  }
  if (namespace === INITIAL_PID_NAMESPACE) {
    return { check, status: 'ok', says: 'those of the kernel' }
  }
  return {
    check,
    status: 'warn',
    says: 'this is a pid namespace: kills are told with the numbers that the host knows',
    mend: "know them by name and control group, or share the host's namespace (docker run --pid=host, hostPID)",
  }
}

/** Only for lines that a person injects. */
function ownLines(root: string): Finding {
  const check = 'test lines'
  const mode = read(`${root}/proc/sys/kernel/printk_devkmsg`)
  if (mode === 'off') {
    return {
      check,
      status: 'warn',
      says: 'kernel.printk_devkmsg is off: lines that you write into /dev/kmsg to try things out are dropped',
      mend: 'sysctl kernel.printk_devkmsg=on while you try; real kills do not need it',
    }
  }
  const says =
    mode === undefined
      ? 'kernel.printk_devkmsg is not there'
      : `kernel.printk_devkmsg is ${mode}: real kills do not depend on it`
  return { check, status: 'ok', says }
}

/** @returns undefined where it cannot be found out */
function mayReadLog(root: string): boolean | undefined {
  const bits = /^CapEff:\s*([0-9a-f]+)$/m.exec(read(`${root}/proc/self/status`) ?? '')?.[1]
  return bits === undefined ? undefined : ((BigInt(`0x${bits}`) >> CAP_SYSLOG) & 1n) === 1n
}

function filter(root: string): boolean {
  return /^Seccomp:\s*2$/m.test(read(`${root}/proc/self/status`) ?? '')
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'latin1').trim() : undefined
}
