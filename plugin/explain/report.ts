/** A kill as a text for a person: who died, why, and the evidence. */

import { diagnose, evidenceOf } from '../diagnosis/diagnosis.ts'
import { gfpFlags } from '../diagnosis/gfp.ts'
import type { OomDump } from '../oom/dump.ts'
import { decodeName } from '../oom/names.ts'
import { printable, sinceBoot, size, wallTime } from '../units.ts'
import type { ExplainedDump, ExplainedKill } from './log-explainer.ts'

export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

export const PLAIN: Style = { bold: text => text, dim: text => text }
export const COLOURED: Style = {
  bold: text => `\x1b[1m${text}\x1b[22m`,
  dim: text => `\x1b[2m${text}\x1b[22m`,
}

export function killReport(explained: ExplainedKill, number: number, style: Style): string {
  const { event, kill } = explained
  const facts = event.data
  const { cause, evidence, next } = diagnose(kill, facts, explained.context)
  const name = printable(facts.process_name)
  const when = whenText(explained)
  const held = facts.rss_kb === undefined ? '' : `, which held ${size(facts.rss_kb)}`
  const lines = [
    style.bold(`${number}. The kernel killed ${name} (pid ${facts.pid})${held}`),
    ...(when === undefined ? [] : [style.dim(`   ${when}`)]),
    '',
    row('cause', cause),
    ...evidence.map((line, index) => row(index === 0 ? 'evidence' : '', line)),
  ]
  // All else is as in the report of the group's first victim.
  if (kill.isFollower) return [...lines, ''].join('\n')
  if (facts.mem_total_kb !== undefined || facts.mem_free_kb !== undefined) {
    const total = facts.mem_total_kb === undefined ? '' : `${size(facts.mem_total_kb)} of memory, `
    const free =
      facts.mem_free_kb === undefined
        ? 'what was free is not known'
        : `${size(facts.mem_free_kb)} free`
    lines.push(row('machine', `${total}${free}`))
  }
  if (facts.oom_memcg !== undefined) lines.push(row('limit of', printable(facts.oom_memcg)))
  if (facts.task_memcg !== undefined && facts.task_memcg !== facts.oom_memcg) {
    lines.push(row('victim in', printable(facts.task_memcg)))
  }
  if (facts.trigger_process_name !== undefined) {
    const pid = facts.trigger_pid === undefined ? '' : ` (pid ${facts.trigger_pid})`
    lines.push(row('asked by', `${printable(facts.trigger_process_name)}${pid}`))
  }
  lines.push(...askedFor(kill.dump))
  for (const [index, task] of (facts.top_tasks ?? []).entries()) {
    lines.push(
      row(
        index === 0 ? 'largest' : '',
        `${size(task.rss_kb).padStart(8)}  ${printable(task.name)} (${task.pid})`
      )
    )
  }
  if (kill.isPartial)
    lines.push(row('partial', 'the log does not hold the whole dump of this kill'))
  return [...lines, ...next.map((line, index) => row(index === 0 ? 'next' : '', line)), ''].join(
    '\n'
  )
}

/** When it happened: the moment, or what the log states of it. */
function whenText({ time, event, record }: ExplainedKill): string | undefined {
  const { wallText, isStamped, isRaw, timestampUs } = record
  const boot = isStamped || isRaw ? sinceBoot(timestampUs) : undefined
  const wall =
    wallText !== undefined
      ? `${printable(decodeName(wallText))}, as the log has it`
      : time === 'wall'
        ? wallTime(event.ts)
        : undefined
  return wall === undefined || boot === undefined ? (wall ?? boot) : `${wall}; ${boot}`
}

/** How much was asked for, with which flags, and of which kernel. */
function askedFor(dump: OomDump): string[] {
  const { opener, kernelRelease } = dump
  const lines = kernelRelease === undefined ? [] : [row('kernel', printable(kernelRelease))]
  if (opener?.gfpMask === undefined || dump.isManual) return lines
  const flags = gfpFlags(opener.gfpMask, kernelRelease)?.join('|')
  const mask = opener.gfpMask.replace(/\(.*/, '')
  const order = opener.order === undefined ? '' : `, order ${opener.order}`
  return [row('wanted', `${flags === undefined || flags === '' ? mask : flags}${order}`), ...lines]
}

export function noKillReport(outcome: ExplainedDump, style: Style): string {
  const { trigger } = outcome.dump
  const who =
    trigger === undefined
      ? 'The OOM killer'
      : `The OOM killer, invoked by ${printable(decodeName(trigger))},`
  const what = {
    no_killable_process: 'found no process to kill; the kernel panics then',
    panic: 'made the kernel panic instead of killing (vm.panic_on_oom)',
    cut: 'shows no kill: the log ends or goes on before it',
  }[outcome.outcome]
  const evidence = evidenceOf(outcome, outcome.context)
  return [
    style.bold(`-  ${who} ${what}`),
    ...evidence.map((line, index) => row(index === 0 ? 'evidence' : '', line)),
    '',
  ].join('\n')
}

function row(label: string, text: string): string {
  return `   ${label.padEnd(9)} ${text}`
}
