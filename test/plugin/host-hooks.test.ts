/** What hooks of the host throw or set, on every route of ours: as on the host's own routes. */

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import Fastify, { type FastifyInstance, type FastifyReply, type InjectOptions } from 'fastify'
import { sysmonPlugin } from '../../plugin/index.ts'
import { listen, note, openStream, post, startApp } from '../support/app.ts'

const headers = { 'content-type': 'application/json' }
const REQUESTS: readonly InjectOptions[] = [
  { method: 'GET', url: '/telemetry/events', headers: { accept: 'application/json' } },
  { method: 'GET', url: '/telemetry/events' },
  { method: 'GET', url: '/telemetry/stream' },
  { method: 'POST', url: '/telemetry/events', headers, payload: '{"type":"x","category":"page"}' },
  { method: 'GET', url: '/telemetry' },
  { method: 'PUT', url: '/telemetry', headers, payload: '{}' },
  { method: 'PATCH', url: '/telemetry', headers, payload: '{}' },
  { method: 'GET', url: '/healthz' },
  { method: 'GET', url: '/spec.json' },
  { method: 'GET', url: '/spec.yaml' },
]
const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

const plain = () => new Error('who are you?')
/** How a hook says 401, and whether it is by what it throws. */
const WAYS: Readonly<Record<string, (reply: FastifyReply) => unknown>> = {
  'reply.code(401) and a throw': reply => {
    reply.code(401)
    return plain()
  },
  'an error with statusCode': () => Object.assign(plain(), { statusCode: 401 }),
  'an error with status': () => Object.assign(plain(), { status: 401 }),
  'an error with status, after reply.code(200)': reply => {
    reply.code(200)
    return Object.assign(plain(), { status: 401 })
  },
  'what is no error': () => ({ statusCode: 401, message: 'who are you?' }),
}

type AnyHook = (request: unknown, reply: FastifyReply, ...rest: unknown[]) => unknown

function addHook(app: FastifyInstance, name: string, hook: AnyHook): void {
  ;(app.addHook as unknown as (name: string, hook: AnyHook) => void)(name, hook)
}

/** Adds a hook that refuses, written with async or with a callback. */
function refuseIn(
  app: FastifyInstance,
  name: (typeof HOOKS)[number],
  isAsync: boolean,
  make: (reply: FastifyReply) => unknown
): void {
  if (isAsync) {
    // By its number of parameters Fastify tells the two apart.
    addHook(app, name, async (_, reply) => {
      throw make(reply)
    })
  } else if (name === 'preParsing') {
    addHook(app, name, ((
      _: unknown,
      reply: FastifyReply,
      __: unknown,
      done: (e: unknown) => void
    ) => done(make(reply))) as AnyHook)
  } else {
    addHook(app, name, ((_: unknown, reply: FastifyReply, done: (e: unknown) => void) =>
      done(make(reply))) as AnyHook)
  }
}

for (const name of HOOKS) {
  for (const isAsync of [true, false]) {
    for (const [way, make] of Object.entries(WAYS)) {
      const style = isAsync ? 'async' : 'callback'
      test(`401 by ${name} (${style}), ${way}: on every route`, async t => {
        const before = (app: FastifyInstance) => refuseIn(app, name, isAsync, make)
        const app = await startApp(t, {}, { before })
        for (const request of REQUESTS) {
          const { statusCode, body } = await app.inject(request)
          assert.equal(statusCode, 401, `${request.method} ${request.url}`)
          assert.equal(JSON.parse(body).message, 'who are you?')
        }
        assert.equal(app.sysmon.health().stream.seq, 0, 'nothing was done')
      })
    }
  }
}

test('an error of a hook without any status is a 500 that tells the log, and clients nothing', async t => {
  const before = (app: FastifyInstance) => refuseIn(app, 'onRequest', true, plain)
  const lines: string[] = []
  const logger = { level: 'error', stream: { write: (line: string) => lines.push(line) } }
  const app = await startApp(t, {}, { before, fastify: { logger } })
  for (const request of REQUESTS) {
    const { statusCode, body } = await app.inject(request)
    assert.deepEqual(
      [statusCode, JSON.parse(body)],
      [500, { message: 'internal error: see the log of the server' }]
    )
    assert.equal(JSON.parse(lines.pop() ?? '{}').err?.message, plain().message)
  }
})

test('headers that an error brings are sent; a Retry-After is not replaced', async t => {
  const error = Object.assign(plain(), { statusCode: 503, headers: { 'retry-after': '77' } })
  const before = (app: FastifyInstance) => refuseIn(app, 'onRequest', true, () => error)
  const app = await startApp(t, {}, { before })
  const answer = await app.inject('/telemetry')
  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '77'])
})

for (const order of ['before', 'after'] as const) {
  test(`the host's error handler, set ${order} registration, gets what its hooks throw`, async t => {
    const calls: string[] = []
    const handle = (app: FastifyInstance) =>
      app.setErrorHandler(async (error: Error, request, reply) => {
        calls.push(`${request.method} ${request.url}`)
        if (error.message === 'not mine') throw error
        return reply.code(401).send({ host: error.message })
      })
    let message = 'who are you?'
    const guard = (app: FastifyInstance) =>
      refuseIn(app, 'preHandler', true, () => new Error(message))
    const app = await startApp(
      t,
      {},
      {
        before: app => {
          guard(app)
          if (order === 'before') handle(app)
        },
        after: app => order === 'after' && handle(app),
      }
    )
    for (const request of REQUESTS) {
      const { statusCode, body } = await app.inject(request)
      assert.deepEqual([statusCode, JSON.parse(body)], [401, { host: 'who are you?' }])
    }
    assert.deepEqual(
      calls,
      REQUESTS.map(({ method, url }) => `${method} ${url}`)
    )
    // What is ours keeps the form that clients of the API know.
    const refused = await app.inject({ method: 'DELETE', url: '/telemetry' })
    assert.deepEqual([refused.statusCode, Object.keys(refused.json())], [405, ['message']])
    const malformed = await app.inject({ ...REQUESTS[3], payload: '{' })
    assert.deepEqual([malformed.statusCode, Object.keys(malformed.json())], [400, ['message']])
    // Handed on, it comes to Fastify's own.
    message = 'not mine'
    assert.equal((await app.inject('/telemetry')).statusCode, 500)
  })
}

test('an error handler of the scope that the plugin is registered in is the one that counts', async t => {
  const outer = Fastify()
  t.after(() => outer.close())
  outer.setErrorHandler((_, __, reply) => reply.code(418).send('outer'))
  await outer.register(async scope => {
    scope.setErrorHandler((_, __, reply) => reply.code(420).send('scope'))
    refuseIn(scope, 'onRequest', true, plain)
    await scope.register(sysmonPlugin, { kmsgPath: false })
  })
  const { statusCode, body } = await outer.inject('/telemetry')
  assert.deepEqual([statusCode, body], [420, 'scope'])
})

test('Vary and Access-Control-Expose-Headers of the host are added to, on pages and streams', async t => {
  const origin = 'https://app.example'
  const app = await startApp(
    t,
    { allowedOrigins: [origin] },
    {
      before: app =>
        app.addHook('onRequest', async (_, reply) => {
          reply.header('vary', 'accept-encoding').header('x-host', 'yes')
          reply.header('access-control-expose-headers', 'x-host')
        }),
    }
  )
  note(app, 1)
  const url = await listen(app)
  const lists = (answer: { headers: { get(name: string): string | null } }) =>
    ['vary', 'access-control-expose-headers'].map(name =>
      (answer.headers.get(name) ?? '')
        .split(/, */)
        .map(one => one.toLowerCase())
        .sort()
    )
  const exposed = ['retry-after', 'x-has-more', 'x-host', 'x-incomplete', 'x-next-offset']
  const page = await fetch(`${url}/telemetry/events`, {
    headers: { accept: 'application/json', origin },
  })
  assert.deepEqual(lists(page), [['accept', 'accept-encoding', 'origin'], exposed])
  const stream = await openStream(t, `${url}/telemetry/stream?replay=all`, { origin })
  const get = (name: string) => String(stream.response.headers[name])
  assert.deepEqual(lists({ headers: { get } }), [['accept-encoding', 'origin'], exposed])
  assert.equal(stream.response.headers['x-host'], 'yes')
  assert.equal(
    (await post(app, { type: 'x', category: 'page' }, { origin })).headers['x-host'],
    'yes'
  )
})

test('posts that are answered together keep the context of their own requests, and their errors', async t => {
  const context = new AsyncLocalStorage<unknown>()
  const before = (app: FastifyInstance): void => {
    app.addHook('onRequest', (request, _, done) => context.run(request.headers['x-id'], done))
    app.addHook('onSend', async (request, reply) => {
      reply.header('x-id', String(context.getStore()))
      if (request.headers['x-id'] === '2' && reply.statusCode === 200) throw plain()
    })
  }
  const app = await startApp(t, {}, { before })
  const answers = await Promise.all(
    [1, 2, 3].map(id =>
      app.inject({
        method: 'POST',
        url: '/telemetry/events',
        headers: { ...headers, 'x-id': String(id) },
        payload: '{"type":"x","category":"page"}',
      })
    )
  )
  assert.deepEqual(
    answers.map(answer => [answer.statusCode, answer.headers['x-id']]),
    [
      [200, '1'],
      [500, '2'],
      [200, '3'],
    ]
  )
})
