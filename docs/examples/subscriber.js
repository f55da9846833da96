/** A subscriber in process: counts what died, by name, and answers `GET /deaths` with the counts. */

import Fastify from 'fastify'
import sysmonPlugin from 'fastify-sysmon'

const app = Fastify({ logger: true })
await app.register(sysmonPlugin, {
  kmsgPath: process.env.NODE_ENV === 'test' ? false : '/dev/kmsg',
})

const deaths = new Map()

const unsubscribe = app.sysmon.subscribe(
  ({ seq, event }) => {
    const name = event.data.process_name ?? event.data.service_name
    deaths.set(name, (deaths.get(name) ?? 0) + 1)
    app.log.info({ seq, name }, 'died')
  },
  {
    // With a state folder also what was told before this process began.
    from: 'oldest',
    types: ['system_oom_kill', 'service_crashed'],
    // Told where events were dropped before this subscriber came to them.
    onMissed: missed => app.log.warn({ missed }, 'events were missed'),
  }
)

app.get('/deaths', async () => Object.fromEntries(deaths))

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    unsubscribe()
    app.close()
  })
}
await app.listen({ port: Number(process.env.PORT ?? 3000) })
