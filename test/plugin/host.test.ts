/** The host application: prefix, and neither side's parsers, validator and errors reach the other. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastifyCors from '@fastify/cors'
import fastifySse from '@fastify/sse'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { sysmonPlugin } from '../../plugin/index.ts'
import { listen, note, openStream, page, post, refused, startApp } from '../support/app.ts'

const event = { type: 'note', category: 'console', data: 'x' }

/** What a host may have of its own, each as wrong as can be for the plugin's routes. */
function furnish(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) =>
    done(null, { parsedByHost: body })
  )
  app.addContentTypeParser('text/x-host', { parseAs: 'string' }, (_, body, done) =>
    done(null, body)
  )
  app.setErrorHandler((error: Error, _, reply) =>
    reply.code(418).send({ host: true, error: error.message })
  )
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ host: 'not found' }))
}

function addHostRoutes(app: FastifyInstance): void {
  app.post('/host', request => request.body)
  app.get('/host/fails', () => {
    throw new Error('of the host')
  })
  app.get(
    '/host/coerces',
    {
      schema: {
        querystring: {
          type: 'object',
          properties: { n: { type: 'integer' }, with: { type: 'string', default: 'default' } },
        },
      },
    },
    request => request.query
  )
}

const json = { 'content-type': 'application/json' }

for (const order of ['before', 'after'] as const) {
  const host = {
    [order]: (app: FastifyInstance) => {
      furnish(app)
      addHostRoutes(app)
    },
  }

  test(`the routes work as ever in a host furnished ${order} registration`, async t => {
    const app = await startApp(t, {}, host)
    assert.equal((await post(app, event)).status, 200)
    assert.equal((await page(app)).events.length, 1)
    assert.deepEqual(await refused(app, { type: '' }), {
      status: 400,
      message: 'type is required',
      detail: undefined,
    })
    assert.match((await refused(app, '{"type"')).message, /malformed JSON/)
    assert.equal((await refused(app, 'text', { 'content-type': 'text/x-host' })).status, 415)
    assert.match(
      String(((await page(app, '?limit=x')).body as { message: string }).message),
      /query\.limit/
    )
  })

  test(`the host's parser, validator and errors are its own, furnished ${order}`, async t => {
    const app = await startApp(t, {}, host)
    const inject = async (method: 'GET' | 'POST', url: string, payload?: string, type = json) => {
      const answer = await app.inject({
        method,
        url,
        headers: payload === undefined ? {} : type,
        ...(payload === undefined ? {} : { payload }),
      })
      return [answer.statusCode, answer.headers['content-type'], answer.body]
    }
    const utf8 = 'application/json; charset=utf-8'
    // What the plugin's parser would refuse.
    assert.deepEqual(await inject('POST', '/host', '1e400'), [
      200,
      utf8,
      '{"parsedByHost":"1e400"}',
    ])
    assert.deepEqual(
      (await inject('POST', '/host', 'x', { 'content-type': 'text/x-host' })).at(-1),
      'x'
    )
    assert.deepEqual(await inject('GET', '/host/fails'), [
      418,
      utf8,
      '{"host":true,"error":"of the host"}',
    ])
    // Fastify's own Ajv: coerces, and fills in defaults.
    assert.equal((await inject('GET', '/host/coerces?n=7')).at(-1), '{"n":7,"with":"default"}')
    assert.deepEqual(await inject('GET', '/host/coerces?n=x'), [
      418,
      utf8,
      '{"host":true,"error":"querystring/n must be integer"}',
    ])
    assert.equal((await inject('GET', '/nowhere')).at(-1), '{"host":"not found"}')
  })
}

test("a foreign origin is refused on the plugin's routes only", async t => {
  const app = await startApp(t, {}, { after: addHostRoutes })
  const headers = { ...json, origin: 'https://evil.example' }
  assert.equal((await refused(app, event, headers)).status, 403)
  const { statusCode } = await app.inject({ method: 'POST', url: '/host', headers, payload: '{}' })
  assert.equal(statusCode, 200)
})

test("the host's own body limit and ours do not mix", async t => {
  const app = await startApp(
    t,
    { bodyLimit: 2000 },
    { fastify: { bodyLimit: 1000 }, after: addHostRoutes }
  )
  const large = JSON.stringify({ ...event, data: 'x'.repeat(1500) })
  assert.equal((await post(app, large)).status, 200)
  const answer = await app.inject({ method: 'POST', url: '/host', headers: json, payload: large })
  assert.equal(answer.statusCode, 413)
})

test('a host that has @fastify/sse already streams, and so do we', async t => {
  const app = await startApp(
    t,
    {},
    {
      before: async app => {
        const options = { heartbeatInterval: 5 }
        await app.register(fastifySse as unknown as FastifyPluginAsync<typeof options>, options)
      },
      after: app =>
        app.get('/host/stream', { sse: true }, async (_, reply) => reply.sse.send({ data: 'hi' })),
    }
  )
  const url = await listen(app)
  for (const path of ['/telemetry/stream', '/telemetry/events']) {
    const client = await openStream(t, `${url}${path}`, { accept: 'text/event-stream' })
    const { seq } = note(app, path)
    await client.until(() => client.ids.length === 1, 'the event')
    // Time for several of the host's heartbeats.
    await new Promise(resolve => setTimeout(resolve, 30))
    assert.deepEqual(client.ids, [seq])
    assert.equal(client.frames.length, 1, 'no heartbeat of the host in our stream')
    client.leave()
  }
  const theirs = await openStream(t, `${url}/host/stream`, { accept: 'text/event-stream' })
  await theirs.until(() => theirs.text.includes('data: "hi"'), 'the host event')
})

test('prefix: every route is under it, and none without', async t => {
  const app = await startApp(t, { prefix: '/sysmon' })
  for (const path of ['/telemetry', '/telemetry/events', '/spec.json', '/spec.yaml', '/healthz']) {
    const headers = { accept: 'application/json' }
    assert.equal((await app.inject({ url: `/sysmon${path}`, headers })).statusCode, 200, path)
    assert.equal((await app.inject({ url: path, headers })).statusCode, 404, path)
  }
  const posted = await app.inject({
    method: 'POST',
    url: '/sysmon/telemetry/events',
    payload: event,
  })
  assert.equal(posted.statusCode, 200)
  assert.equal(app.sysmon.health().stream.seq, 1)
})

test('prefix adds to that of the scope it is registered in', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(
    async scope => {
      await scope.register(sysmonPlugin, { kmsgPath: false, prefix: '/sysmon' })
      assert.ok(scope.hasDecorator('sysmon'))
    },
    { prefix: '/api' }
  )
  assert.equal((await app.inject('/api/sysmon/healthz')).statusCode, 200)
  assert.equal(app.hasDecorator('sysmon'), false)
})

test('two scopes beside each other have a stream each', async t => {
  const app = Fastify()
  t.after(() => app.close())
  for (const prefix of ['/a', '/b']) {
    await app.register(async scope => {
      await scope.register(sysmonPlugin, { kmsgPath: false, prefix })
    })
  }
  await app.inject({ method: 'POST', url: '/a/telemetry/events', payload: event })
  const seq = async (prefix: string) => (await app.inject(`${prefix}/telemetry`)).json().seq
  assert.equal(await seq('/a'), 1)
  assert.equal(await seq('/b'), 0)
})

test('registered twice in one scope, it fails and says what is there already', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(sysmonPlugin, { kmsgPath: false, prefix: '/a' })
  await assert.rejects(async () => {
    await app.register(sysmonPlugin, { kmsgPath: false, prefix: '/b' })
  }, /decorator 'sysmon' has already been added/)
})

test("a hook of the host that guards its routes guards the plugin's too", async t => {
  const app = await startApp(
    t,
    {},
    {
      before: app =>
        app.addHook('onRequest', async (request, reply) => {
          if (request.headers.authorization !== 'me') return reply.code(401).send()
        }),
    }
  )
  const { statusCode } = await app.inject({
    method: 'POST',
    url: '/telemetry/events',
    payload: event,
  })
  assert.equal(statusCode, 401)
  assert.equal((await app.inject('/telemetry/stream')).statusCode, 401)
  assert.equal((await post(app, event, { authorization: 'me' })).status, 200)
})

const preflight = (app: FastifyInstance, url: string, origin: string) =>
  app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': 'POST' },
  })

for (const order of ['before', 'after'] as const) {
  test(`a host with @fastify/cors of its own, registered ${order}, keeps it`, async t => {
    const cors = (app: FastifyInstance) =>
      app.register(fastifyCors, { origin: ['https://host.example'] })
    const host = { fastify: { pluginTimeout: 2000 }, [order]: cors }
    const app = await startApp(t, { allowedOrigins: ['https://app.example'] }, host)
    const { headers } = await preflight(app, '/host', 'https://host.example')
    assert.equal(headers['access-control-allow-origin'], 'https://host.example')
  })
}

test('a host with an OPTIONS route for every path keeps it', async t => {
  const before = (app: FastifyInstance) => app.options('*', (_, reply) => reply.send('of the host'))
  const host = { fastify: { pluginTimeout: 2000 }, before }
  const app = await startApp(t, { allowedOrigins: ['https://app.example'] }, host)
  assert.equal((await app.inject({ method: 'OPTIONS', url: '/host' })).body, 'of the host')
})

test("allowedOrigins opens the plugin's routes, and none of the host's", async t => {
  const options = { allowedOrigins: ['https://app.example'] }
  const app = await startApp(t, options, { after: addHostRoutes })
  for (const url of ['/host', '/nowhere']) {
    const { statusCode, headers } = await preflight(app, url, 'https://app.example')
    assert.equal(statusCode, 404, url)
    assert.equal(headers['access-control-allow-origin'], undefined)
  }
})
