/**
 * What a dump supports about the cause of a kill, in sentences. Each rule looks at one thing the
 * kernel printed and says nothing where the kernel printed nothing about it.
 */

import type { OomKillFacts } from '../oom/event.ts'
import type { OomKill } from '../oom/parser.ts'
import { advise } from './advice.ts'
import { type Context, caseOf } from './case.ts'
import { causeOf } from './cause.ts'
import { memoryEvidence } from './evidence.ts'
import { victimRole } from './roles.ts'
import {
  addressSpace,
  composition,
  groupKill,
  mainProcess,
  triggerThread,
  victimGroup,
} from './victim.ts'
import { allocatingTask, scoreReason, smallVictim } from './why-chosen.ts'

export interface Diagnosis {
  /** Whose memory ran out and through whom, as far as the dump says: the first thing to read. */
  readonly cause: string
  /** What else the dump shows about it. */
  readonly evidence: readonly string[]
  /** What to do next. */
  readonly next: readonly string[]
}

export function diagnose(kill: OomKill, facts: OomKillFacts, context?: Context): Diagnosis {
  const known = caseOf(kill.dump, kill, facts, context)
  const cause = causeOf(known)
  const next = advise(known, cause)
  if (cause.kind === 'follower') return { cause: cause.text, evidence: [], next }
  const told = (line: string): boolean => cause.text.includes(line.split(' together')[0]!)
  const small = smallVictim(known)
  const evidence = [
    ...groupKill(known),
    ...victimRole(known),
    ...victimGroup(known),
    ...mainProcess(known),
    ...memoryEvidence(known),
    ...allocatingTask(known),
    ...(small.length > 0 ? small : scoreReason(known)),
    ...composition(known),
    ...addressSpace(known),
    ...triggerThread(known),
  ].filter(line => !told(line))
  return { cause: cause.text, evidence, next }
}
