/**
 * A consumer of pages, such as a job that runs every minute: prints each event once, a JSON line each,
 * and keeps its place in a file.
 *
 *     node pages.js http://127.0.0.1:10001 position.json
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const [url = 'http://127.0.0.1:10001', file = 'position.json'] = process.argv.slice(2)
/** The sequence number of the first event wanted. */
let offset = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).offset : 1

async function get(path) {
  const response = await fetch(`${url}${path}`, { headers: { accept: 'application/json' } })
  const body = await response.json()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${body.message}`)
  return { body, headers: response.headers }
}

// A server without a state folder begins at 1 again when it is restarted.
const { body: telemetry } = await get('/telemetry')
if (telemetry.seq < offset - 1) offset = 1

for (;;) {
  const { body: page, headers } = await get(`/telemetry/events?offset=${offset}&limit=1000`)
  for (const { seq, event } of page) {
    // Numbers are consecutive, but for events that are no longer retained, or were never kept.
    if (seq > offset) console.error(`not retained: ${offset} to ${seq - 1}`)
    console.log(JSON.stringify({ seq, ...event }))
    offset = seq + 1
  }
  // After the events, so that a kill of this process repeats some instead of skipping any.
  writeFileSync(`${file}.new`, JSON.stringify({ offset }))
  renameSync(`${file}.new`, file)
  if (headers.get('x-has-more') !== 'true') break
}
