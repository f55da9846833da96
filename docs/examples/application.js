/** An application that tells of its own work in the same stream as the machine's kills and crashes. */

import Fastify from 'fastify'
import sysmonPlugin from 'fastify-sysmon'

const app = Fastify({ logger: true })

await app.register(sysmonPlugin, {
  // The routes are /ops/telemetry/events, /ops/healthz and so on.
  prefix: '/ops',
  // An application under test watches no kernel log.
  kmsgPath: process.env.NODE_ENV === 'test' ? false : '/dev/kmsg',
})

app.post('/backups', async () => {
  const started = Date.now()
  // ... the work itself ...
  const published = app.sysmon.publish({
    type: 'backup_finished',
    category: 'platform',
    data: { duration_ms: Date.now() - started },
  })
  // Undefined where somebody has turned the category off.
  return { seq: published?.seq }
})

// Ends the event streams properly, after their last event.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close())
await app.listen({ port: Number(process.env.PORT ?? 3000) })
