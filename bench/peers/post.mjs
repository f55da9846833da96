/**
 * The peer of the ingest: an application whose one route checks the same schema, numbers the event and answers
 * with it. It knows no event again. With `sqlite` ({ folder, file }) it writes the event first: each post is a
 * transaction, in WAL mode and with `synchronous = NORMAL`: what is answered outlives the process, and a power
 * cut once it was checkpointed, as with `journalSync: 'interval'`.
 *
 * Run with `node --input-type=module -e`; its argument is in `process.argv[1]`.
 */

import { createRequire } from 'node:module'
// In the dialect of the document, which Fastify's own cannot read.
import { Ajv2020 } from 'ajv/dist/2020.js'
import Fastify from 'fastify'

const { schemas, sqlite } = JSON.parse(process.argv[1])
const ajv = new Ajv2020({ strict: false })
for (const schema of Object.values(schemas)) ajv.addSchema(schema)
const app = Fastify()
app.setValidatorCompiler(({ schema }) => ajv.compile(schema))
const body = {
  allOf: [
    { $ref: 'sysmon:PublishEventRequest' },
    { properties: { data: { $ref: 'sysmon:ServiceCrashedData' } } },
  ],
}
let seq = 0
const toEnvelope = ({ ts = Date.now() * 1000, type, source, data }) => ({
  seq: ++seq,
  event: { ts, type, category: 'system', source, data },
})

function answer() {
  if (sqlite === undefined) return async request => toEnvelope(request.body)
  const Database = createRequire(`${sqlite.folder}/package.json`)('better-sqlite3')
  const db = new Database(sqlite.file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec('CREATE TABLE events (seq INTEGER PRIMARY KEY, envelope TEXT)')
  const insert = db.prepare('INSERT INTO events VALUES (?, ?)')
  return (request, reply) => {
    const envelope = toEnvelope(request.body)
    const json = JSON.stringify(envelope)
    insert.run(envelope.seq, json)
    reply.type('application/json; charset=utf-8').send(json)
  }
}

app.post('/telemetry/events', { schema: { body } }, answer())
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
