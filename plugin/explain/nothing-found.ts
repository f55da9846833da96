/** What is said of a log in which nothing was found: what was read, and what would have been found. */

import type { LogExplainer } from './log-explainer.ts'

export function nothingFound({ records, failures }: LogExplainer): string {
  if (records === 0) {
    return "no line of the kernel in it; give the kernel's log: dmesg, journalctl -k, kern.log"
  }
  const failed =
    failures === 0
      ? ''
      : `; ${failures} ${failures === 1 ? 'line tells' : 'lines tell'} of an allocation that failed, which kills nobody`
  return `no OOM kill in ${records} ${records === 1 ? 'line' : 'lines'} of the kernel${failed}; a kill is told by "Killed process" (was the log cut, or is it of another boot?)`
}
