/** An event as a person reads it; `sysmon tail` prints it. */

import { styleText } from 'node:util'
import type { EventEnvelope, OomKillData } from '../../generated/types.ts'
import { eventSentence } from '../events/event-sentence.ts'
import { type Severity, SYSTEM_OOM_KILL, severityOfType } from '../events/types.ts'
import { INDENT, labelled, wrap } from '../explain/wrap.ts'
import { localTime, printable } from '../units.ts'

type Colour = 'red' | 'yellow' | 'cyan' | 'dim'
const COLOURS: Readonly<Record<Severity, Colour>> = { error: 'red', warn: 'yellow', info: 'cyan' }

export interface Terminal {
  /** Columns; undefined where nothing is broken. */
  readonly width?: number | undefined
  readonly isColoured?: boolean
}

/** Standard output, as far as it is a terminal. */
export function terminal(): Terminal {
  const isTerminal = process.stdout.isTTY === true
  return { width: process.stdout.columns, isColoured: isTerminal && !process.env.NO_COLOR }
}

/** The event's line, broken at words where the terminal is narrow, and under a kill why it was. */
export function eventText(envelope: EventEnvelope, { width, isColoured }: Terminal = {}): string {
  const lines = eventLines(envelope, width, isColoured === true)
  return [...lines, ...diagnosisLines(envelope, width)].join('\n')
}

function diagnosisLines({ event }: EventEnvelope, width: number | undefined): string[] {
  if (event.type !== SYSTEM_OOM_KILL || event.data === null) return []
  const { diagnosis } = event.data as OomKillData
  if (diagnosis === undefined) return []
  return labelled(width, [
    ['cause', [printable(diagnosis.cause)]],
    ['evidence', diagnosis.evidence.map(printable)],
    ['next', [printable(diagnosis.next)]],
  ])
}

function eventLines(
  { seq, event }: EventEnvelope,
  width: number | undefined,
  isColoured: boolean
): string[] {
  const type = printable(event.type)
  const stamp = `${localTime(event.ts)}  #${seq}`
  const head = `${stamp}  ${type}`
  const textWidth = width === undefined ? undefined : width - INDENT.length
  const [first = '', ...more] = wrap(`${head}  ${subject(event)}`, textWidth)
  const rest = more.map(line => `${INDENT}${line.trim()}`)
  // A terminal too narrow for the head gets it without colours.
  if (!isColoured || !first.startsWith(head)) return [first.trimEnd(), ...rest]
  const paint = (colour: Colour, text: string): string =>
    styleText(colour, text, { validateStream: false })
  const named = paint(COLOURS[severityOfType(event.type)], type)
  return [`${paint('dim', stamp)}  ${named}${first.slice(head.length).trimEnd()}`, ...rest]
}

function subject(event: EventEnvelope['event']): string {
  const { category, data } = event
  if (data === null || data === undefined) return category
  return eventSentence(event) ?? `${category}  ${printable(JSON.stringify(data))}`
}
