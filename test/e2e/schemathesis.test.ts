/** schemathesis (https://schemathesis.io) makes up requests from the OpenAPI document, with every check that it has. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findRealPart } from '../support/real-parts.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SEED = 20
const EXAMPLES = 20
const TIMEOUT_MS = 300_000
/** Streams do not end: of each the first event is looked at, if there is one. By name: a path and a method would be either of them. */
const CONFIG = `max-stream-events = 1
[[operations]]
include-name = ["GET /telemetry/stream", "GET /telemetry/events"]
request-timeout = 0.5
`

const schemathesis = findRealPart('schemathesis')
const skip = schemathesis === undefined ? 'there is no schemathesis: npm run real-parts' : false

for (const [what, env, args] of [
  ['without a token', {}, ['--phases', 'examples,coverage,fuzzing,stateful']],
  [
    'with a token',
    { SYSMON_TOKEN: 'all' },
    [
      ...['--header', 'Authorization: Bearer all', '--phases', 'examples,coverage'],
      ...['--exclude-path', '/telemetry/stream'],
    ],
  ],
] as const) {
  test(`what the document says is what the server does, ${what}`, { skip }, async t => {
    const folder = temporaryFolder(t)
    const config = join(folder, 'schemathesis.toml')
    writeFileSync(config, CONFIG)
    const { url, output } = await startServer(t, {
      SYSMON_KMSG_PATH: 'false',
      SYSMON_METRICS: 'true',
      ...env,
    })
    const report = await new Promise<{ status: unknown; text: string }>(resolve => {
      const run = [
        ...['--config-file', config, 'run', `${url}/spec.json`, '--url', url],
        ...['--checks', 'all', '--mode', 'all'],
        ...['--max-examples', `${EXAMPLES}`, '--seed', `${SEED}`, '--no-color', ...args],
      ]
      const options = { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: 1 << 28 }
      execFile(schemathesis!, run, options, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : error.code, text: stdout + stderr })
      )
    })
    assert.equal(report.status, 0, report.text.slice(-20_000))
    assert.match(report.text, /Tested: (\d+)\n/)
    assert.doesNotMatch(output(), /"level":[56]0/, 'no fault of the server’s own')
  })
}
