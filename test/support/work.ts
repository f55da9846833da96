/** Counting what a piece of code executes, instead of how long it takes. */

import { type Profiler, Session } from 'node:inspector'

// Counted is what V8 compiles from here on: functions that ran before are not.
const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

/**
 * How many blocks of the project's own code (function bodies, loop bodies, branches) `run` executes,
 * by V8's block coverage. What a built-in does inside (a regular expression, a Map) counts as nothing.
 *
 * @param folder of the compiled code that is counted, such as `/plugin/oom/`
 */
export function countBlocks(folder: string, run: () => void): number {
  take()
  run()
  return take()
    .filter(script => script.url.includes(folder))
    .flatMap(script => script.functions)
    .flatMap(one => one.ranges)
    .reduce((sum, range) => sum + range.count, 0)
}

/** Counts since the last call. */
function take(): readonly Profiler.ScriptCoverage[] {
  let scripts: readonly Profiler.ScriptCoverage[] = []
  // Within the process the answer is there when the call returns.
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error !== null) throw error
    scripts = coverage.result
  })
  return scripts
}
