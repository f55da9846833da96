/** Routes and OpenAPI document, held against each other both ways. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteOptions } from 'fastify'
import { schemas } from '../../generated/schemas.ts'
import { CATEGORIES } from '../../plugin/events/types.ts'
import { document, resolve, startApp } from '../support/app.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Every route, without those that Fastify adds to answer HEAD. */
async function collectRoutes(
  t: Parameters<typeof startApp>[0]
): Promise<Map<string, RouteOptions>> {
  const routes = new Map<string, RouteOptions>()
  await startApp(
    t,
    {},
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
