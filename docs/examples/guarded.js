/** An application with the usual plugins around it: they guard the telemetry as they do its own routes. */

import fastifyBearerAuth from '@fastify/bearer-auth'
import fastifyCors from '@fastify/cors'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import Fastify from 'fastify'
import sysmonPlugin from 'fastify-sysmon'

const ORIGINS = ['https://dashboard.example']

// Streams are silent for up to keepAlive; a connectionTimeout must be longer.
const app = Fastify({ logger: true, connectionTimeout: 60_000 })

await app.register(fastifyHelmet)
await app.register(fastifyCors, { origin: ORIGINS, methods: ['GET', 'POST', 'PUT', 'PATCH'] })
await app.register(fastifyRateLimit, {
  max: 100,
  timeWindow: '1 minute',
  // Probes ask often, and a stream is one request however long it lasts.
  allowList: request => request.url === '/ops/healthz',
})
await app.register(fastifyBearerAuth, { keys: new Set([process.env.TOKEN ?? 'change me']) })

// After them, so that their hooks hold for its routes.
await app.register(sysmonPlugin, {
  prefix: '/ops',
  kmsgPath: process.env.NODE_ENV === 'test' ? false : '/dev/kmsg',
  // Pages of these origins may ask here too; @fastify/cors alone does not say so.
  allowedOrigins: ORIGINS,
  // The application's own hooks decide who may ask, from wherever.
  insecure: true,
})

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close())
await app.listen({ port: Number(process.env.PORT ?? 3000) })
