/** Where the memory was when a process was killed: a bar, its limit, and the same as a table. */

import { percent, printable, size } from '../units.ts'
import { el } from './dom.ts'
import { type MemoryPart, type MemorySource, memoryOf } from './memory.ts'

/** @returns undefined where the event has no figures */
export function memoryBar(data: MemorySource): HTMLElement | undefined {
  const memory = memoryOf(data)
  if (memory === undefined) return undefined
  const { whole, scaleKb, limitKb, parts, isOvercounted } = memory
  const bar = el('div', { class: 'bar', 'aria-hidden': 'true' })
  for (const part of parts) {
    const segment = el('span', { class: `segment ${classOf(part)}` })
    segment.style.flexBasis = `${(part.kb / scaleKb) * 100}%`
    segment.title = `${nameOf(part)}: ${size(part.kb)}`
    bar.append(segment)
  }
  const frame = el(
    'div',
    { class: limitKb === undefined ? 'bar-frame' : 'bar-frame has-limit' },
    bar
  )
  if (limitKb !== undefined) {
    const at = (limitKb / scaleKb) * 100
    const line = el('span', { class: 'limit', 'aria-hidden': 'true' })
    line.style.left = `${at}%`
    const label = el('span', { class: 'limit-label' }, `limit ${size(limitKb)}`)
    label.style.right = `${100 - at}%`
    frame.append(line, label)
  }
  return el(
    'figure',
    { class: 'memory' },
    el('figcaption', {}, whole),
    frame,
    table(parts, memory.wholeKb),
    isOvercounted &&
      el('p', { class: 'note' }, 'Memory that processes share is counted with each of them.')
  )
}

function table(parts: readonly MemoryPart[], wholeKb: number): HTMLElement {
  const rows = parts.map(part =>
    el(
      'tr',
      { class: part.isVictim ? 'victim' : undefined },
      el(
        'th',
        { scope: 'row' },
        el('span', { class: `swatch ${classOf(part)}`, 'aria-hidden': 'true' }),
        el('span', { class: 'name' }, nameOf(part)),
        part.pid !== undefined && el('span', { class: 'pid' }, `pid ${part.pid}`),
        part.isVictim && el('strong', { class: 'tag killed' }, 'killed'),
        part.isTrigger && el('span', { class: 'tag' }, 'asked for memory')
      ),
      el('td', {}, size(part.kb)),
      el('td', { class: 'share' }, percent(part.kb / wholeKb))
    )
  )
  return el(
    'table',
    { class: 'parts' },
    el('caption', { class: 'hidden' }, 'The largest processes, all else, and what was free'),
    el(
      'thead',
      { class: 'hidden' },
      el(
        'tr',
        {},
        el('th', { scope: 'col' }, 'Of what'),
        el('th', { scope: 'col' }, 'Size'),
        el('th', { scope: 'col' }, 'Share')
      )
    ),
    el('tbody', {}, ...rows)
  )
}

function nameOf({ name, role }: MemoryPart): string {
  return role === undefined ? printable(name) : `${printable(name)} (${printable(role)})`
}

function classOf({ kind, isVictim, rank }: MemoryPart): string {
  return isVictim ? 'part-victim' : kind === 'task' ? `part-task part-${rank}` : `part-${kind}`
}
