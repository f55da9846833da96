/** What `sysmon explain --json` prints: the event, its diagnosis, and the numbers behind it. */

import { boundedDiagnosis } from '../diagnosis/bounded.ts'
import { caseOf } from '../diagnosis/case.ts'
import { diagnose } from '../diagnosis/diagnosis.ts'
import { figuresOf } from '../diagnosis/figures.ts'
import { withInferredRoles } from '../diagnosis/roles.ts'
import { diagnoseWithoutKill } from '../diagnosis/without-kill.ts'
import { oomDumpFacts, oomKillFacts } from '../oom/event.ts'
import type { ExplainedDump, ExplainedKill } from './log-explainer.ts'

/** @param after what came of it, in sentences */
export function killJson(
  { event, kill, time, context, told }: ExplainedKill,
  after: readonly string[] = []
): object {
  const diagnosis = told ?? boundedDiagnosis(diagnose(kill, event.data, context))
  const { victim, top_tasks: tasks } = withInferredRoles(event.data, kill.dump)
  // What the kernel printed stays as it is; what is inferred of it stands beside it.
  const roles = tasks?.flatMap(({ pid, role }) => (role === undefined ? [] : [{ pid, role }]))
  return {
    ...event,
    data: { ...event.data, victim, diagnosis },
    time,
    after: after.length === 0 ? undefined : after,
    dump: {
      ...figuresOf(caseOf(kill.dump, kill, event.data, context)),
      inferred_roles: roles === undefined || roles.length === 0 ? undefined : roles,
    },
  }
}

export function dumpJson(explained: ExplainedDump, after: readonly string[] = []): object {
  const { dump, outcome, context } = explained
  const { chosen, ...diagnosis } = diagnoseWithoutKill(explained, context)
  const facts = chosen === undefined ? oomDumpFacts(dump, context) : oomKillFacts(chosen, context)
  return {
    type: 'oom_without_kill',
    outcome,
    data: { ...facts, diagnosis: boundedDiagnosis(diagnosis) },
    after: after.length === 0 ? undefined : after,
    dump: figuresOf(caseOf(dump, chosen, facts, context)),
  }
}
