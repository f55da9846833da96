/** An OOM kill as a card: who, why, where the memory was, what to do. For live events and explained logs. */

import type { OomDiagnosis, OomVictim } from '../../generated/types.ts'
import { isObject } from '../objects.ts'
import { printable, size } from '../units.ts'
import { el } from './dom.ts'
import { icon } from './icon.ts'
import type { MemorySource } from './memory.ts'
import { memoryBar } from './memory-bar.ts'

/** As anybody may have sent it: only what the API checks is relied on. */
export type KillData = MemorySource & {
  readonly trigger_process_name?: string
  readonly task_memcg?: string
  readonly total_vm_kb?: number
  readonly swap_kb?: number
  readonly oom_score_adj?: number
  readonly uid?: number
  readonly oom_group?: boolean
  readonly victim?: OomVictim
  readonly diagnosis?: OomDiagnosis
}

/** What is longer has a line of its own. */
const WIDE_CHARS = 32

export interface KillView {
  /** Of the heading: it names the card. */
  readonly id: string
  readonly title?: string
  readonly data: Partial<KillData>
  /** When, and in which form for machines. */
  readonly when: string
  readonly dateTime?: string | undefined
  /** `#17` */
  readonly number?: string | undefined
  readonly sentence?: string | undefined
  /** Whose word it is, where it is not the kernel's own, and what is missing. */
  readonly marks: readonly string[]
  /** What else died of it. */
  readonly related?: HTMLElement | undefined
  /** What came after, in sentences. */
  readonly after?: readonly string[] | undefined
  readonly raw: HTMLElement
}

export function killCard(view: KillView): HTMLElement {
  const { data, marks } = view
  const { diagnosis } = data
  const name = printable(data.process_name ?? 'A process')
  return el(
    'article',
    { class: 'card kill', 'aria-labelledby': view.id },
    el(
      'header',
      {},
      icon('kill'),
      el(
        'h3',
        { id: view.id },
        view.title ?? `${name} was killed`,
        view.title === undefined &&
          data.rss_kb !== undefined &&
          el('span', { class: 'held' }, ` holding ${size(data.rss_kb)}`)
      ),
      ...marks.map(mark => el('span', { class: 'tag' }, mark)),
      el(
        'p',
        { class: 'when' },
        el('time', { datetime: view.dateTime }, view.when),
        view.number !== undefined && el('span', { class: 'seq' }, view.number)
      )
    ),
    el(
      'p',
      { class: 'cause' },
      sentence(diagnosis?.cause ?? view.sentence ?? '', data.process_name)
    ),
    isMemory(data) ? memoryBar(data) : undefined,
    facts(data),
    view.related,
    list('Evidence', diagnosis?.evidence ?? []),
    list('What came of it', view.after ?? []),
    diagnosis?.next !== undefined &&
      diagnosis.next !== '' &&
      el('p', { class: 'next' }, el('strong', {}, 'What to do: '), printable(diagnosis.next)),
    view.raw
  )
}

function isMemory(data: Partial<KillData>): data is KillData {
  return data.process_name !== undefined && data.pid !== undefined && data.rss_kb !== undefined
}

/** @param name which may begin it, and stays as it is */
function sentence(text: string, name: string | undefined): string {
  if (name !== undefined && text.startsWith(printable(name))) return printable(text)
  return printable(text.charAt(0).toUpperCase() + text.slice(1))
}

function list(title: string, items: readonly string[]): HTMLElement | undefined {
  if (items.length === 0) return undefined
  return el(
    'div',
    { class: 'evidence' },
    el('h4', {}, title),
    el('ul', {}, ...items.map(item => el('li', {}, printable(item))))
  )
}

function facts(data: Partial<KillData>): HTMLElement | undefined {
  const rows = factRows(data).filter(([, value]) => value !== undefined && value !== '')
  if (rows.length === 0) return undefined
  return el(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) =>
      el(
        'div',
        { class: String(value).length > WIDE_CHARS ? 'wide' : undefined },
        el('dt', {}, name),
        el('dd', {}, printable(String(value)))
      )
    )
  )
}

function factRows(data: Partial<KillData>): Array<[string, string | undefined]> {
  const { victim, trigger_process_name: trigger, trigger_pid: triggerPid } = data
  const by = triggerPid === undefined ? '' : ` (pid ${triggerPid})`
  const home = data.task_memcg === data.oom_memcg ? undefined : data.task_memcg
  return [
    ['Killed', data.pid === undefined ? undefined : `${data.process_name} (pid ${data.pid})`],
    ['Asked for memory', trigger === undefined ? undefined : `${trigger}${by}`],
    ['Limit of', data.oom_memcg],
    ['Was in', home],
    ['Role', roleOf(victim)],
    ['Service', victim?.service_name],
    ['Container', victim?.container],
    ['Program', victim?.executable],
    [
      'Swapped out',
      data.swap_kb === undefined || data.swap_kb === 0 ? undefined : size(data.swap_kb),
    ],
    ['oom_score_adj', data.oom_score_adj === undefined ? undefined : String(data.oom_score_adj)],
    ['User id', data.uid === undefined ? undefined : String(data.uid)],
    ['With it', data.oom_group === true ? 'its whole control group' : undefined],
  ]
}

function roleOf(victim: OomVictim | undefined): string | undefined {
  if (victim?.role === undefined) return undefined
  return (victim as { inferred?: unknown }).inferred === undefined
    ? victim.role
    : `${victim.role}, probably`
}

/** What of an event's metadata a reader should know at a glance. */
export function marksOf(metadata: unknown): string[] {
  if (!isObject(metadata)) return []
  return [
    metadata.reporter === 'http' && 'posted over HTTP',
    metadata.facility === 'user' && 'written by a program, not the kernel',
    metadata.manual === 'true' && 'by hand (SysRq)',
    metadata.replayed === 'true' && 'before the server started',
    metadata.partial === 'true' && 'report incomplete',
  ].filter(mark => mark !== false)
}
