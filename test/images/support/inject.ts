/** A dump written into the kernel log by a person: `echo "<6>$line" > /dev/kmsg`, line by line. */

import { buildDump, type DumpOptions, VICTIM } from '../../oom/dump-builder.ts'
import { openKernelLog, readKernelLog } from '../../support/oom.ts'
import type { Container } from './container.ts'

const RAM_PAGES = 1_048_576

/** @returns what is to be found in the event */
export async function injectGlobalDump(
  container: Container
): Promise<{ victimPid: number; memTotalKb: number }> {
  const log = openKernelLog()
  for (let tries = 0; ; tries++) {
    // No process has it: pid_max is 4194304 at most.
    const pid = 5_000_000 + process.pid * 10 + tries
    readKernelLog(log)
    await container.sh(
      'while IFS= read -r line; do echo "<6>$line" > /dev/kmsg; done',
      `${lines(pid).join('\n')}\n`
    )
    // Another machine's user may cause a real kill while the lines are written: then once more.
    const openers = readKernelLog(log).filter(record => record.includes('invoked oom-killer'))
    if (openers.length === 1 || tries === 5) return { victimPid: pid, memTotalKb: RAM_PAGES * 4 }
  }
}

function lines(pid: number): string[] {
  const options: DumpOptions = {
    counters: 'records',
    ramPages: RAM_PAGES,
    trigger: { comm: 'chromium', pid },
    victim: { ...VICTIM, comm: 'chromium', pid },
  }
  return Object.values(buildDump(options)).flat()
}
