/** What comes out of a dump: a killed process, or none. */

import type { KmsgRecord } from '../kmsg/record.ts'
import type { OomDump } from './dump.ts'
import type { KillLine } from './lines/kill.ts'
import type { DeadEnd } from './lines/opener.ts'

/** One killed process, with what the dump around it said. */
export interface OomKill {
  readonly type: 'kill'
  /** The record of the kill line. */
  readonly record: KmsgRecord
  readonly victim: KillLine
  readonly dump: OomDump
  /** The kill line stood alone, or its dump was torn: figures are missing, none are wrong. */
  readonly isPartial: boolean
  /** Set when the whole group is killed (memory.oom.group): the path of that group. */
  readonly groupPath: string | undefined
  /** A further victim of a group kill: the structured line spoke of the first, not of this one. */
  readonly isFollower: boolean
}

/** A dump after which nobody was killed, as far as the records tell. */
export interface OomWithoutKill {
  readonly type: 'no_kill'
  /** The record that opened the dump, or the first that belonged to it. */
  readonly record: KmsgRecord
  readonly dump: OomDump
  /** `cut`: the records end, or go on with something else. */
  readonly outcome: DeadEnd | 'cut'
}

export type OomOutcome = OomKill | OomWithoutKill
