/** What `sysmon explain --json` prints: the event, its diagnosis, and the numbers behind it. */

import { caseOf } from '../diagnosis/case.ts'
import { diagnose, evidenceOf } from '../diagnosis/diagnosis.ts'
import { figuresOf } from '../diagnosis/figures.ts'
import { oomDumpFacts } from '../oom/event.ts'
import { decodeName } from '../oom/names.ts'
import type { ExplainedDump, ExplainedKill } from './log-explainer.ts'

export function killJson({ event, kill, time, context }: ExplainedKill): object {
  return {
    ...event,
    time,
    diagnosis: diagnose(kill, event.data, context),
    dump: figuresOf(caseOf(kill.dump, kill, event.data, context)),
  }
}

export function dumpJson(explained: ExplainedDump): object {
  const { dump, outcome, context } = explained
  const facts = oomDumpFacts(dump)
  return {
    type: 'oom_without_kill',
    outcome,
    data: {
      ...facts,
      trigger_process_name: dump.trigger === undefined ? undefined : decodeName(dump.trigger),
      ...(dump.triggerPid === undefined || dump.isManual ? {} : { trigger_pid: dump.triggerPid }),
    },
    evidence: evidenceOf(explained, context),
    dump: figuresOf(caseOf(dump, undefined, facts, context)),
  }
}
