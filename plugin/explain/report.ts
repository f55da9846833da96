/** Kills, and dumps without one, as a text for a person: who died, why, and the evidence. */

import { type Diagnosis, diagnose } from '../diagnosis/diagnosis.ts'
import { distributionOf } from '../diagnosis/distribution.ts'
import { gfpFlags } from '../diagnosis/gfp.ts'
import { diagnoseWithoutKill } from '../diagnosis/without-kill.ts'
import { decodeName } from '../kernel-names.ts'
import type { OomDump } from '../oom/dump.ts'
import type { OomKillFacts } from '../oom/event.ts'
import { printable, sinceBoot, size, wallTime } from '../units.ts'
import type { Incident } from './incidents.ts'
import type { ExplainedDump, ExplainedKill } from './log-explainer.ts'
import { INDENT, labelled, type Rows, wrap } from './wrap.ts'

export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  /** Columns of the terminal; undefined where there is none: then no line is broken. */
  readonly width?: number | undefined
}

export const PLAIN: Style = { bold: text => text, dim: text => text }
export const COLOURED: Style = {
  bold: text => `\x1b[1m${text}\x1b[22m`,
  dim: text => `\x1b[2m${text}\x1b[22m`,
}

const NAMES_SHOWN = 6

export function incidentReport(incident: Incident, style: Style): string {
  const { first, number } = incident
  return first.type === 'kill'
    ? killReport(first, number, style, incident)
    : noKillReport(first, style, incident)
}

type Aftermath = Pick<
  Incident,
  'followers' | 'followerNames' | 'hasInit' | 'panic' | 'after' | 'moreAfter'
>

const NOTHING_AFTER: Aftermath = {
  followers: 0,
  followerNames: [],
  hasInit: false,
  panic: undefined,
  after: [],
  moreAfter: 0,
}

export function killReport(
  explained: ExplainedKill,
  number: number,
  style: Style,
  aftermath: Aftermath = NOTHING_AFTER
): string {
  const { event, kill } = explained
  const facts = event.data
  const { cause, evidence, next } = sentencesOf(explained)
  const held = facts.rss_kb === undefined ? '' : `, which held ${size(facts.rss_kb)}`
  const title = `${number}. The kernel killed ${printable(facts.process_name)} (pid ${facts.pid})${held}`
  const init = aftermath.hasInit
    ? ['take process 1 out of the group, or unset its memory.oom.group: it died with the others']
    : []
  return block(style, title, whenText(explained), [
    ['cause', [cause]],
    ['evidence', evidence],
    ['died too', followers(aftermath)],
    ['then', afterwards(aftermath)],
    // All else is as in the report of the group's first victim.
    ...(kill.isFollower ? [] : factRows(facts, kill.dump)),
    ['partial', kill.isPartial ? ['the log does not hold the whole dump of this kill'] : []],
    ['next', kill.isFollower ? [] : [...init, ...next]],
  ])
}

/** Those that an event brought along may be anyone's: safe to print. */
function sentencesOf({ kill, event, context, told }: ExplainedKill): Diagnosis {
  if (told === undefined) return diagnose(kill, event.data, context)
  return {
    cause: printable(told.cause),
    evidence: told.evidence.map(printable),
    next: [printable(told.next)],
  }
}

export function noKillReport(
  explained: ExplainedDump,
  style: Style,
  aftermath: Aftermath = NOTHING_AFTER
): string {
  const { dump, outcome } = explained
  const { cause, evidence, next, chosen } = diagnoseWithoutKill(explained, explained.context)
  const { trigger } = dump
  const by = trigger === undefined ? '' : ` for ${printable(decodeName(trigger))}`
  const what = {
    no_killable_process: 'it found no process to kill',
    panic: 'the kernel panicked instead of a kill',
    cut:
      chosen === undefined
        ? 'the log shows no kill'
        : `it chose ${printable(decodeName(chosen.victim.comm))} (pid ${chosen.victim.pid}), and the log shows no kill`,
  }[outcome]
  const panic = cause.includes('its panic says') ? { ...aftermath, panic: undefined } : aftermath
  return block(style, `-  The OOM killer was invoked${by}: ${what}`, whenText(explained), [
    ['cause', [cause]],
    ['evidence', evidence],
    ['then', afterwards(panic)],
    ['limit of', pathLines(decodeName(dump.structured?.oomMemcg ?? dump.memcgLimitPath))],
    ['next', next],
  ])
}

/** Further victims of a group kill, by name. */
function followers({ followers: count, followerNames }: Aftermath): string[] {
  if (count === 0) return []
  const shown = followerNames.slice(0, NAMES_SHOWN)
  const names = shown.map(([name, times]) => (times === 1 ? name : `${name} ×${times}`))
  const others = count - shown.reduce((sum, [, times]) => sum + times, 0)
  const more = others > 0 ? ` and ${others} others` : ''
  return [`and ${count} more of the group: ${names.join(', ')}${more}`]
}

/** What came of it, in sentences. */
export function afterwards({
  panic,
  after,
  moreAfter,
}: Pick<Incident, 'panic' | 'after' | 'moreAfter'>): string[] {
  return [
    ...(panic === undefined ? [] : [`the kernel panicked: ${panic}`]),
    ...after,
    ...(moreAfter > 0 ? [`and ${moreAfter} more such lines`] : []),
  ]
}

/** The fields of the event, and what else the dump says of the allocation. */
function factRows(facts: OomKillFacts, dump: OomDump): Rows {
  const { oom_memcg: limited, task_memcg: home } = facts
  return [
    ['machine', machineLines(facts)],
    ['limit of', pathLines(limited)],
    ['victim in', home === limited ? [] : pathLines(home)],
    ['asked by', triggerLines(facts)],
    ...allocationRows(dump),
    [
      'largest',
      (facts.top_tasks ?? []).map(
        ({ pid, name, rss_kb }) => `${size(rss_kb).padStart(8)}  ${printable(name)} (${pid})`
      ),
    ],
  ]
}

function machineLines({ mem_total_kb: total, mem_free_kb: free }: OomKillFacts): string[] {
  if (total === undefined && free === undefined) return []
  const memory = total === undefined ? '' : `${size(total)} of memory, `
  return [`${memory}${free === undefined ? 'what was free is not known' : `${size(free)} free`}`]
}

function pathLines(path: string | undefined): string[] {
  return path === undefined ? [] : [printable(path)]
}

function triggerLines({ trigger_process_name: name, trigger_pid: pid }: OomKillFacts): string[] {
  return name === undefined ? [] : [`${printable(name)}${pid === undefined ? '' : ` (pid ${pid})`}`]
}

/** When it happened: the moment, or what the log states of it. */
function whenText({ record }: Pick<ExplainedKill, 'record'>): string | undefined {
  const { wallText, wallUs, isStamped, isRaw, timestampUs } = record
  const boot = isStamped || isRaw ? sinceBoot(timestampUs) : undefined
  const wall =
    wallText !== undefined
      ? `${printable(decodeName(wallText))}, as the log has it`
      : wallUs === undefined
        ? undefined
        : wallTime(wallUs)
  return wall === undefined || boot === undefined ? (wall ?? boot) : `${wall}; ${boot}`
}

/** How much was asked for, with which flags, of which kernel, and on what. */
function allocationRows(dump: OomDump): Rows {
  const { opener, kernelRelease, circumstances } = dump
  const distribution = distributionOf(kernelRelease)
  const whose = distribution === undefined ? '' : ` (${distribution})`
  const kernel = kernelRelease === undefined ? [] : [printable(kernelRelease) + whose]
  const { hardware } = circumstances
  const machine: Rows = [
    ['kernel', kernel],
    ['hardware', hardware === undefined ? [] : [printable(decodeName(hardware))]],
  ]
  if (opener?.gfpMask === undefined || dump.isManual) return machine
  const flags = gfpFlags(opener.gfpMask, kernelRelease)?.join('|')
  const mask = opener.gfpMask.replace(/\(.*/, '')
  const order = opener.order === undefined ? '' : `, order ${opener.order}`
  const wanted = `${flags === undefined || flags === '' ? mask : flags}${order}`
  return [['wanted', [wanted]], ...machine]
}

/** A title, a time, and labelled lines. */
export function block(style: Style, title: string, when: string | undefined, rows: Rows): string {
  const { width } = style
  const inner = width === undefined ? undefined : width - INDENT.length
  return [
    ...wrap(title, inner).map((line, at) => style.bold(at === 0 ? line : INDENT + line)),
    ...(when === undefined ? [] : wrap(when, inner).map(line => style.dim(INDENT + line))),
    '',
    ...labelled(width, rows),
    '',
  ].join('\n')
}
