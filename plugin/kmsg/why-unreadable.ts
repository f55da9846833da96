/** Why the kernel log cannot be read, and what would mend it. */

import { readFileSync } from 'node:fs'

/** include/uapi/linux/capability.h */
const CAP_SYSLOG = 34n

/** What this process may do with the log that no device file shows. */
export interface LogRights {
  /** Whether CAP_SYSLOG is in force, of this machine's own user namespace; undefined where /proc does not tell. */
  readonly mayAlways: boolean | undefined
  /** kernel.dmesg_restrict; undefined where /proc does not tell. */
  readonly isRestricted: boolean | undefined
  /**
   * Whether kernel.printk_devkmsg is `off`: nobody can open the device then, be it to read only
   * (kernel/printk/printk.c: devkmsg_open).
   */
  readonly isOff: boolean
}

export function whyUnreadable(
  path: string,
  error: NodeJS.ErrnoException,
  rights: LogRights = readLogRights()
): string {
  switch (error.code) {
    case 'ENOENT':
      return `there is no ${path}: in a container, pass the device in (--device /dev/kmsg)`
    case 'EPERM':
      if (rights.isOff) {
        return `kernel.printk_devkmsg is off, which closes ${path} to readers too: sysctl kernel.printk_devkmsg=ratelimit, and where the kernel was started with printk.devkmsg=off, start it without`
      }
      // The kernel asks the control group of devices first, then for the capability: what it has is not that.
      return rights.mayAlways === true || rights.isRestricted === false
        ? `the control group of this container refuses the device ${path}, which a mount does not change: pass it in as a device (--device /dev/kmsg)`
        : `reading ${path} is not permitted: run with CAP_SYSLOG, or set kernel.dmesg_restrict=0`
    case 'EACCES':
      return `reading ${path} is not permitted to this user: give it read permission`
    default:
      return error.message
  }
}

export function readLogRights(): LogRights {
  const bits = /^CapEff:\s*([0-9a-f]+)$/m.exec(read('/proc/self/status') ?? '')?.[1]
  const restrict = read('/proc/sys/kernel/dmesg_restrict')
  const has = bits === undefined ? undefined : ((BigInt(`0x${bits}`) >> CAP_SYSLOG) & 1n) === 1n
  return {
    // The kernel's own user namespace maps every number to itself; a capability of another is none here.
    mayAlways: has && /^\s*0\s+0\s+4294967295$/.test(read('/proc/self/uid_map') ?? ''),
    isRestricted: restrict === undefined ? undefined : restrict === '1',
    isOff: read('/proc/sys/kernel/printk_devkmsg') === 'off',
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return undefined
  }
}
