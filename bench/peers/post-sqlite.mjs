/**
 * The peer of a journal: an application whose one route checks the same schema, writes the event to SQLite
 * and answers with it. Each post is a transaction, in WAL mode and with `synchronous = NORMAL`: what is
 * answered outlives the process, and a power cut once it was checkpointed, as with `journalSync: 'interval'`.
 * It knows no event again. Run with `node --input-type=module -e`; its argument is in `process.argv[1]`.
 */

import { createRequire } from 'node:module'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Fastify from 'fastify'

const { schemas, folder, file } = JSON.parse(process.argv[1])
const Database = createRequire(`${folder}/package.json`)('better-sqlite3')
const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = NORMAL')
db.exec('CREATE TABLE events (seq INTEGER PRIMARY KEY, envelope TEXT)')
const insert = db.prepare('INSERT INTO events VALUES (?, ?)')

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
app.post('/telemetry/events', { schema: { body } }, (request, reply) => {
  const { ts = Date.now() * 1000, type, source, data } = request.body
  const number = ++seq
  const event = { ts, type, category: 'system', source, data }
  const envelope = JSON.stringify({ seq: number, event })
  insert.run(number, envelope)
  reply.type('application/json; charset=utf-8').send(envelope)
})
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
