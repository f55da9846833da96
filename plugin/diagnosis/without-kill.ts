/** What a dump says after which the log shows no kill: whom it would have been, and why there was none. */

import { decodeName } from '../kernel-names.ts'
import { oomDumpFacts, oomKillFacts } from '../oom/event.ts'
import type { OomKill, OomWithoutKill } from '../oom/parser.ts'
import { printable, size } from '../units.ts'
import { advise, LOGS } from './advice.ts'
import { type Case, type Context, caseOf } from './case.ts'
import { type Cause, causeOf } from './cause.ts'
import { groupText } from './cgroup.ts'
import type { Diagnosis } from './diagnosis.ts'
import { memoryEvidence } from './evidence.ts'

const MAX_PANIC_BYTES = 200

export interface DiagnosisWithoutKill extends Diagnosis {
  /** The process that the kernel had chosen when the log ends. */
  readonly chosen: OomKill | undefined
}

export function diagnoseWithoutKill(
  outcome: OomWithoutKill,
  context?: Context
): DiagnosisWithoutKill {
  const { dump } = outcome
  const chosen = chosenVictim(outcome)
  const facts = chosen === undefined ? oomDumpFacts(dump) : oomKillFacts(chosen)
  const known = caseOf(dump, chosen, facts, context, chosen !== undefined)
  const shortage = causeOf(known)
  const isShown =
    shortage.kind === 'limit' || (shortage.kind !== 'unknown' && facts.mem_total_kb !== undefined)
  return {
    chosen,
    cause: causeText(outcome, known),
    evidence: [...(isShown ? [shortage.text] : []), ...memoryEvidence(known)],
    next: nextOf(outcome, known, shortage),
  }
}

/** As a kill whose own line the log does not show. */
function chosenVictim({ dump, record }: OomWithoutKill): OomKill | undefined {
  const { pid, comm, uid } = dump.structured ?? {}
  if (pid === undefined || comm === undefined) return undefined
  return {
    type: 'kill',
    record,
    victim: {
      prefix: '',
      pid,
      comm,
      uid,
      totalVmKb: undefined,
      anonRssKb: undefined,
      fileRssKb: undefined,
      shmemRssKb: undefined,
      rssKb: undefined,
      swapKb: undefined,
      pgtablesKb: undefined,
      oomScoreAdj: undefined,
    },
    dump,
    isPartial: true,
    groupPath: undefined,
    isFollower: false,
  }
}

function causeText({ outcome }: OomWithoutKill, known: Case): string {
  const { context, home } = known
  switch (outcome) {
    case 'no_killable_process':
      return `no process could be killed${isBeforeProcesses(known) ? ': there was none yet, the kernel itself had too little memory to start' : ''}${panicText(context)}`
    case 'panic':
      return `the kernel panicked instead of killing a process${panicText(context)}`
    case 'cut': {
      if (known.kill === undefined)
        return 'the log ends, or goes on with something else, before a kill'
      const { facts, name } = known
      const held = facts.rss_kb === undefined ? '' : `, which held ${size(facts.rss_kb)},`
      const where = home === undefined ? '' : ` in ${groupText(home)}`
      return `the kernel had chosen ${name} (pid ${facts.pid})${held}${where}; the line of the kill itself is not in the log`
    }
  }
}

function panicText({ panic }: Context): string {
  if (panic === undefined) return ''
  return `; its panic says: ${panicWords(panic)}`
}

/** @param record the kernel's, one character per byte; @returns its words, for a terminal */
export function panicWords(record: string): string {
  const [first = ''] = record.split('\n', 1)
  const words = first.replace(/^Kernel panic - not syncing: */, '')
  return printable(decodeName(words.slice(0, MAX_PANIC_BYTES)))
}

/** A kernel that starts, and the crash kernel above all, whose memory is set aside: crashkernel=. */
function isBeforeProcesses({ dump }: Case): boolean {
  const isStarting = dump.opener?.comm?.startsWith('swapper/') === true
  return isStarting && (!dump.tasks.isPresent || dump.tasks.count === 0)
}

function nextOf({ outcome }: OomWithoutKill, known: Case, shortage: Cause): readonly string[] {
  const { context } = known
  switch (outcome) {
    case 'no_killable_process':
      if (isBeforeProcesses(known)) {
        return [
          'if this is the crash kernel (kdump), set more memory aside for it: crashkernel=; else the machine has too little for this kernel and its drivers',
        ]
      }
      return [
        ...(shortage.kind === 'unknown' ? [] : advise(known, shortage)),
        'see which processes may not be killed (oom_score_adj -1000), and what holds memory without a process',
      ]
    case 'panic':
      return [
        ...(shortage.kind === 'unknown' ? [] : advise(known, shortage)),
        ...(/panic_on_oom/.test(context.panic ?? '')
          ? ['set vm.panic_on_oom to 0 where a kill is better than a restart']
          : ['read on from the panic: what it names need not be the memory']),
      ]
    case 'cut': {
      const whether =
        known.kill === undefined ? 'whether a process was killed, and which' : 'whether it died'
      const rest = `get the rest of the log, which shows ${whether}: ${LOGS}`
      return [
        rest,
        ...(shortage.kind === 'limit' ? advise(known, shortage) : []).filter(
          line => !line.includes(LOGS)
        ),
      ]
    }
  }
}
