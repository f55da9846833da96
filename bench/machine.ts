/** What measured: for the papers. */

import { cpus, loadavg, totalmem } from 'node:os'

/** Date, Node, processors, memory, and what else runs. */
export function machineWords(): string {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`
  const load = loadavg()[0]!.toFixed(1)
  return `${date}, Node ${process.versions.node}, ${machine}, load ${load} of other work at its begin`
}
