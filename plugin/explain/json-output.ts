/** What `sysmon explain --json` prints, and `POST /telemetry/explain` answers: an item for each kill, and one for all. */

import { type Incident, IncidentCollector } from './incidents.ts'
import { dumpJson, killJson } from './kill-json.ts'
import type { Bystander, Explained } from './log-explainer.ts'
import { OtherDeaths } from './other-killers.ts'
import { Repetition } from './repetition.ts'
import { afterwards } from './report.ts'

export interface ExplainOutput {
  readonly onExplained: (explained: Explained) => void
  readonly bystander?: Bystander
  readonly kills: number
  /** Nothing was found that is worth a word. */
  readonly isSilent: boolean
  end(): void
}

/** Victims of one group that wait for what came of it. */
const MAX_WAITING = 1024

/** @param isAll also dumps after which nobody was killed; @param give gets each item */
export function jsonOutput(isAll: boolean, give: (item: object) => void): ExplainOutput {
  const repetition = new Repetition()
  const others = new OtherDeaths()
  /** The first kill of an incident and the victims that died with it. */
  let waiting: Explained[] = []
  const giveWaiting = (after: readonly string[]): void => {
    const [first, ...followers] = waiting
    waiting = []
    if (first !== undefined) give(jsonOf(first, after))
    for (const follower of followers) give(jsonOf(follower, []))
  }
  const incidents = new IncidentCollector((incident: Incident) => giveWaiting(afterwards(incident)))
  const output = {
    kills: 0,
    isSilent: true,
    onExplained(explained: Explained) {
      output.isSilent = false
      incidents.push(explained)
      if (explained.type === 'kill') {
        output.kills++
        repetition.push(explained)
      } else if (!isAll) return
      waiting.push(explained)
      if (waiting.length >= MAX_WAITING) giveWaiting([])
    },
    bystander: bystanderOf(incidents, others),
    end() {
      incidents.close()
      const again = repetition.sentences
      const told = others.told(output.kills > 0)
      if (again.length === 0 && told.length === 0) return
      output.isSilent = false
      give({
        type: 'oom_summary',
        kills: output.kills,
        again: again.length === 0 ? undefined : again,
        others: told.length === 0 ? undefined : told,
      })
    },
  }
  return output
}

/** Who is told of what else is in the log. */
export function bystanderOf(incidents: IncidentCollector, others: OtherDeaths): Bystander {
  return {
    onRelated(related, lineUs) {
      incidents.see(related, lineUs)
      others.see(related)
    },
    onRecord: record => incidents.tick(record),
    isWaiting: () => incidents.isOpen,
  }
}

function jsonOf(explained: Explained, after: readonly string[]): object {
  return explained.type === 'kill' ? killJson(explained, after) : dumpJson(explained, after)
}
