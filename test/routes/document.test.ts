/** Routes and OpenAPI document, held against each other both ways. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { RouteOptions } from 'fastify'
import { schemas } from '../../generated/schemas.ts'
import { CATEGORIES, categoryOfType, schemaOfType } from '../../plugin/events/types.ts'
import { document, post, resolve, startApp } from '../support/app.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Every route, without those that Fastify adds to answer HEAD. */
async function collectRoutes(
  t: Parameters<typeof startApp>[0]
): Promise<Map<string, RouteOptions>> {
  const routes = new Map<string, RouteOptions>()
  await startApp(
    t,
    // All that there can be.
    { metrics: true, ui: true },
    {
      before: app =>
        app.addHook('onRoute', route => {
          // Those that only say what there is are no part of the API.
          if ((route.schema as { hide?: boolean } | undefined)?.hide === true) return
          for (const method of [route.method].flat()) {
            if (method !== 'HEAD') routes.set(`${method} ${route.url}`, route)
          }
        }),
    }
  )
  return routes
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation }))
)

test('every route is in the document, and every operation of the document is a route', async t => {
  const routes = [...(await collectRoutes(t)).keys()].sort()
  assert.deepEqual(routes, operations.map(({ name }) => name).sort())
  assert.ok(routes.length >= 9, 'the contract names nine')
})

test('every query parameter of the document is validated by its route, and no other', async t => {
  const routes = await collectRoutes(t)
  for (const { name, operation } of operations) {
    const query = routes.get(name)?.schema?.querystring as
      | { properties: Record<string, unknown> }
      | undefined
    const documented = (operation.parameters ?? []).map(resolve).filter(p => p.in === 'query')
    assert.deepEqual(
      Object.keys(query?.properties ?? {}).sort(),
      documented.map(parameter => parameter.name).sort(),
      name
    )
  }
})

test('every route with a body documents what refuses it', () => {
  for (const { name, operation } of operations) {
    if (!/^(POST|PUT|PATCH)/.test(name)) continue
    for (const status of ['400', '403', '408', '413', '415', '503']) {
      assert.ok(status in operation.responses, `${name} ${status}`)
    }
  }
})

test('the categories of the code are those of the document, in its order', () => {
  assert.deepEqual(CATEGORIES, (schemas.EventCategory as { enum: string[] }).enum)
})

test('the types of the document are those that the code knows', () => {
  const typesOf = (name: 'EventType' | 'BrowserEventType') =>
    (schemas[name] as unknown as { enum: string[] }).enum
  for (const type of typesOf('EventType')) assert.ok(schemaOfType(type), type)
  for (const type of typesOf('BrowserEventType')) {
    assert.ok(categoryOfType(type), type)
    assert.equal(schemaOfType(type), undefined, `${type} is no type of the browser's alone`)
  }
})

const CRASH = { service_name: 'a', phase: 'running' }
const POSTED: ReadonlyArray<readonly [isGood: boolean, body: object]> = [
  [true, { type: 'note', category: 'console' }],
  [false, { type: 'note' }],
  [false, { type: 'note', category: null }],
  [false, { type: 'note', category: 'nonsense' }],
  [true, { type: 'page_load' }],
  [true, { type: 'page_load', category: 'nonsense', data: null }],
  [true, { type: 'page_load', category: 1 }],
  [false, { type: 'note', category: 1 }],
  [false, { type: 'page_load', source: { kind: 'kernel_api' } }],
  [true, { type: 'page_load', source: { kind: null, event: null, metadata: null, more: [1] } }],
  [false, { type: 'service_crashed' }],
  [false, { type: 'service_crashed', data: null }],
  [true, { type: 'service_crashed', data: { ...CRASH, pid: 1, more: { a: [{ b: 1 }] } } }],
  [true, { type: 'service_crashed', data: { ...CRASH, phase: 'gave_up' } }],
  [false, { type: 'service_crashed', data: { ...CRASH, phase: 'gave_up', pid: 1 } }],
  [false, { type: 'system_oom_kill', data: CRASH }],
  [true, { type: 'system_oom_kill', data: { process_name: 'a', pid: 1, rss_kb: 1 } }],
  [true, { type: 'telemetry_gap', data: { source: 'kmsg', reason: 'a' }, category: 'console' }],
  [false, { type: 'telemetry_gap', data: {} }],
  [true, { type: 'page_crashed', data: null }],
  [true, { type: 'page_crashed', data: { url: 'a', more: [[[[{ a: [1] }]]]] } }],
  [false, { type: 'page_crashed', data: { url: 1 } }],
  [true, { type: 'telemetry_configured', data: { method: 'PUT', turned_on: [], turned_off: [] } }],
  [false, { type: 'telemetry_configured', data: { method: 'GET' } }],
]

test('what the document allows to be posted is what is accepted, type by type', async t => {
  const app = await startApp(t)
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'document')
  const validate = ajv.getSchema(
    'document#/paths/~1telemetry~1events/post/requestBody/content/application~1json/schema'
  )!
  for (const [isGood, body] of POSTED) {
    const text = JSON.stringify(body)
    assert.equal(validate(body), isGood, `the document: ${text}`)
    assert.equal((await post(app, body)).status, isGood ? 200 : 400, text)
  }
  const { anyOf } = validate.schema as { anyOf: { properties: { type: { const?: string } } }[] }
  assert.deepEqual(
    anyOf.flatMap(({ properties }) => properties.type.const ?? []).sort(),
    [...(schemas.EventType as unknown as { enum: string[] }).enum].sort(),
    'what data each type asks for'
  )
})
