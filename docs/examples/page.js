/** Serves page.html, which shows events as they come, from the same origin as the stream. */

import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import sysmonPlugin from 'fastify-sysmon'

const app = Fastify({ logger: true })
await app.register(sysmonPlugin, {
  kmsgPath: process.env.NODE_ENV === 'test' ? false : '/dev/kmsg',
})

const page = readFileSync(new URL('page.html', import.meta.url))
app.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(page))

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close())
await app.listen({ port: Number(process.env.PORT ?? 3000) })
