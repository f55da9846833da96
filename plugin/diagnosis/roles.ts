/**
 * What a process of a browser was for, told from its name and its `oom_score_adj` alone, as every dump has
 * them. Chromium, and with it Electron, sets the score: 300 of a renderer, 200 of the GPU's process and of
 * utilities (content/public/common/content_constants.h); Firefox gives each kind of process a name.
 */

import type { OomKillData, ProcessRole } from '../../generated/types.ts'
import { RENDERER_SCORE_ADJ } from '../chromium.ts'
import type { OomDump } from '../oom/dump.ts'
import { printable } from '../units.ts'
import type { Case } from './case.ts'

/** The kernel cuts names at 15 bytes: `chrome-headless-shell`, `headless_shell`. */
const CHROMIUM =
  /^(?:chrom(?:e|ium)(?:[-_ ].*)?|google-chrome.*|headless_shell|electron|msedge|brave(?:-browser)?|opera|vivaldi(?:-bin)?)$/i
const FIREFOX: ReadonlyArray<readonly [RegExp, ProcessRole]> = [
  [
    /^(?:Isolated (?:Web|Servi)|Web Content|WebExtensions|Privileged Cont|file:\/\/ Content|WebCOOP)/,
    'renderer',
  ],
  [/^Socket Process$/, 'network'],
  [/^GPU Process$/, 'gpu'],
  [/^(?:RDD Process|Utility Process)$/, 'utility'],
  [/^firefox(?:-esr|-bin)?$/, 'browser'],
]

const TEXTS: Readonly<Record<ProcessRole, string>> = {
  browser: "the browser's main process",
  renderer: 'a renderer (a tab)',
  gpu: "the browser's GPU process",
  network: "the browser's network process",
  utility: 'a utility process of the browser',
  zygote: 'a process of the browser that starts others',
}

/** @returns undefined where name and score do not tell */
export function inferRole(name: string, scoreAdj: number | undefined): ProcessRole | undefined {
  if (CHROMIUM.test(name)) {
    if (scoreAdj === RENDERER_SCORE_ADJ) return 'renderer'
    return scoreAdj === 0 ? 'browser' : undefined
  }
  return FIREFOX.find(([names]) => names.test(name))?.[1]
}

type WithTasks = Pick<OomKillData, 'process_name' | 'oom_score_adj' | 'top_tasks'>
export type WithVictim<Facts> = Facts & Pick<OomKillData, 'victim'>

/** The facts with what can be inferred of who they name; each is marked so. */
export function withInferredRoles<Facts extends WithTasks>(
  facts: Facts,
  dump: OomDump
): WithVictim<Facts> {
  const { process_name: name, oom_score_adj: score, top_tasks: tasks } = facts
  const { victim } = facts as WithVictim<Facts>
  const role = inferRole(name, score)
  return {
    ...facts,
    victim: victim ?? (role === undefined ? undefined : { role, inferred: true }),
    top_tasks: tasks?.map(task => {
      const inferred = inferRole(task.name, dump.tasks.find(task.pid)?.oomScoreAdj)
      const isKnown = inferred === undefined || task.role !== undefined
      return isKnown ? task : { ...task, role: inferred, inferred: true }
    }),
  }
}

/** What the victim was, where that says more than its name. */
export function victimRole({ facts, name }: Case): string[] {
  const role = inferRole(facts.process_name ?? '', facts.oom_score_adj)
  if (role === undefined) return []
  const by = FIREFOX.some(([names]) => names.test(facts.process_name ?? ''))
    ? 'by its name'
    : `by its name and its adjustment of ${facts.oom_score_adj}`
  const of = role === 'renderer' ? ` of ${printable(name)}` : ''
  return [`${name} was ${TEXTS[role]}${of}, ${by}`]
}
