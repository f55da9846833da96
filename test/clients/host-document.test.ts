/**
 * The OpenAPI document that `@fastify/swagger` writes for a host with this plugin: our operations in it, the
 * whole of it valid, in each form and beside each transform that hosts use.
 */

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance, FastifyPluginCallback, FastifySchema } from 'fastify'
import type { SysmonOptions } from '../../plugin/index.ts'
import { document as ours, startApp } from '../support/app.ts'
import { parseBySwagger, redoclyProblems } from '../support/document-checks.ts'
import { npmTools } from '../support/npm-tools.ts'

interface Document {
  readonly openapi: string
  readonly tags?: readonly { readonly name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, Record<string, unknown>>>
}
interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly content?: object }>
}

const PACKAGES = ['@fastify/swagger@9.9.3', 'fastify-type-provider-zod@7.0.0', 'zod@4.6.7']
const TOOLS = npmTools(PACKAGES)
const OLDEST = npmTools(['@fastify/swagger@9.0.0'])
const skip = 'skip' in TOOLS ? TOOLS.skip : 'skip' in OLDEST ? OLDEST.skip : false

function load<T>(tools: typeof TOOLS, name: string): T {
  const { folder } = tools as { folder: string }
  return createRequire(join(folder, 'package.json'))(name) as T
}

interface Zod {
  readonly z: { object(shape: object): unknown; string(): unknown; number(): unknown }
}
interface ZodProvider {
  readonly jsonSchemaTransform: unknown
  readonly jsonSchemaTransformObject: unknown
  readonly validatorCompiler: Parameters<FastifyInstance['setValidatorCompiler']>[0]
  readonly serializerCompiler: Parameters<FastifyInstance['setSerializerCompiler']>[0]
}

interface HostOptions {
  readonly openapi?: string
  readonly transforms?: 'zod'
  readonly tools?: typeof TOOLS
  readonly swagger?: object
  readonly server?: string
}

/** An application that has a route of its own, and everything that redocly's rules ask of it. */
async function documentOf(
  t: TestContext,
  options: SysmonOptions = {},
  host: HostOptions = {}
): Promise<Document> {
  const { openapi, transforms, tools = TOOLS, swagger = {}, server = 'https://host.test' } = host
  const any = { type: 'object', description: 'Any.', properties: {} }
  const response = { 200: any, '4xx': any }
  const before = async (app: FastifyInstance): Promise<void> => {
    const plugin = load<FastifyPluginCallback<{ openapi: object }>>(tools, '@fastify/swagger')
    let transform = {}
    let own: object = { querystring: { type: 'object', properties: { n: { type: 'integer' } } } }
    if (transforms === 'zod') {
      const zod = load<ZodProvider>(tools, 'fastify-type-provider-zod')
      const { z } = load<Zod>(tools, 'zod')
      app.setValidatorCompiler(zod.validatorCompiler)
      app.setSerializerCompiler(zod.serializerCompiler)
      transform = {
        transform: zod.jsonSchemaTransform,
        transformObject: zod.jsonSchemaTransformObject,
      }
      own = {
        querystring: z.object({ n: z.string() }),
        response: { 200: z.object({}), 400: z.object({}) },
      }
    } else own = { ...own, response }
    await app.register(plugin, {
      openapi: {
        ...(openapi === undefined ? {} : { openapi }),
        info: {
          title: 'A host',
          version: '1.0.0',
          license: { name: 'MIT', url: 'https://host.test/l' },
        },
        servers: [{ url: server }],
        security: [],
        components: { schemas: { Health: { type: 'string' } } },
      },
      ...transform,
      ...swagger,
    })
    const described = { summary: 'Own', operationId: 'getHealth', ...own } as FastifySchema
    const path = server.endsWith('/api') ? '/api/own' : '/own'
    app.get(path, { schema: described }, async () => ({}))
  }
  // With all routes that there can be.
  const app = await startApp(t, { metrics: true, ui: true, ...options }, { before })
  const { swagger: write } = app as unknown as { swagger: () => Document }
  // It is asked for by every request of the page that shows it.
  write.call(app)
  return JSON.parse(JSON.stringify(write.call(app))) as Document
}

async function assertValid(t: TestContext, document: Document): Promise<void> {
  // Of the host's component that nothing refers to.
  const problems = redoclyProblems(t, JSON.stringify(document)).filter(
    problem => !problem.includes('#/components/schemas/Health')
  )
  assert.deepEqual(problems, [])
  if (document.openapi.startsWith('3.2')) return
  const reason = await parseBySwagger(document)
  if (reason !== undefined) t.diagnostic(reason)
}

function assertComplete(document: Document, prefix = ''): void {
  for (const [path, item] of Object.entries(ours.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const name = `${method} ${prefix}${path}`
      const { summary, parameters, requestBody, responses } = operation as unknown as Operation
      const its = document.paths[prefix + path]?.[method]
      assert.ok(its, name)
      assert.equal(its.summary, summary, name)
      assert.deepEqual(its.tags, ['telemetry'], name)
      assert.deepEqual(Object.keys(its.responses), Object.keys(responses), name)
      assert.equal(its.requestBody === undefined, requestBody === undefined, name)
      const count = its.parameters!.filter(parameter => parameter.in !== 'path').length
      assert.equal(count, parameters?.length ?? 0, name)
    }
  }
}

for (const openapi of [undefined, '3.0.3', '3.1.0', '3.2.0']) {
  for (const transforms of [undefined, 'zod'] as const) {
    const name = `OpenAPI ${openapi ?? 'as it comes'}${transforms === 'zod' ? ', with zod' : ''}`
    test(`${name}: our operations are complete, and the whole is valid`, { skip }, async t => {
      const document = await documentOf(t, {}, { openapi: openapi!, transforms: transforms! })
      assert.equal(document.openapi, openapi ?? '3.0.3')
      assertComplete(document)
      assert.ok(document.paths['/own']?.get)
      assert.deepEqual(document.components.schemas!.Health, { type: 'string' })
      const { SysmonHealth, SysmonEventEnvelope } = document.components.schemas!
      assert.ok(SysmonHealth && SysmonEventEnvelope)
      await assertValid(t, document)
    })
  }
}

test(
  'OpenAPI 3.0 knows no type null, no const and nothing beside a reference',
  { skip },
  async t => {
    const document = await documentOf(t)
    const text = JSON.stringify(document)
    assert.doesNotMatch(text, /"type":"null"|"type":\[|"const":|"\$ref":"[^"]*",|,"\$ref"/)
    const { SysmonSystemOomKillEvent: kill, SysmonTelemetryConfigRequest: config } =
      document.components.schemas!
    const { type, data } = kill!.properties as Record<string, Record<string, unknown>>
    assert.deepEqual(type, { type: 'string', enum: ['system_oom_kill'] })
    assert.deepEqual(data!.anyOf, [
      { $ref: '#/components/schemas/SysmonOomKillData' },
      { type: 'object', nullable: true, enum: [null] },
    ])
    assert.deepEqual([config!.type, config!.nullable], ['object', true])
  }
)

test('with a prefix, and with one that has a parameter', { skip }, async t => {
  const document = await documentOf(t, { prefix: '/sysmon' })
  assertComplete(document, '/sysmon')
  await assertValid(t, document)
  const withParameter = await documentOf(t, { prefix: '/browsers/:id' }, { openapi: '3.1.0' })
  assertComplete(withParameter, '/browsers/{id}')
  await assertValid(t, withParameter)
})

test('below the path of a server, which is not repeated', { skip }, async t => {
  const host = { server: 'https://host.test/api' }
  const document = await documentOf(t, { prefix: '/api/sysmon' }, host)
  assertComplete(document, '/sysmon')
  assert.ok(document.paths['/own'])
  await assertValid(t, document)
})

test('hidden by the option hideRoutes', { skip }, async t => {
  for (const transforms of [undefined, 'zod'] as const) {
    const document = await documentOf(t, { hideRoutes: true }, { transforms: transforms! })
    assert.deepEqual(Object.keys(document.paths), ['/own'])
    assert.deepEqual(Object.keys(document.components.schemas!), ['Health'])
    assert.equal(document.tags, undefined)
  }
})

test('HEAD, where the host has it in its document', { skip }, async t => {
  const document = await documentOf(t, {}, { swagger: { exposeHeadRoutes: true } })
  assertComplete(document)
  const { head } = document.paths['/healthz']!
  assert.equal(head?.operationId, 'sysmonGetHealthHead')
  assert.equal(head.responses['200']?.content, undefined)
})

test('by the first @fastify/swagger for Fastify 5', { skip }, async t => {
  for (const openapi of ['3.0.3', '3.1.0']) {
    const document = await documentOf(t, {}, { openapi, tools: OLDEST })
    assertComplete(document)
    await assertValid(t, document)
  }
})

test('a document in Swagger 2.0 is without them, and is written', { skip }, async t => {
  const document = await documentOf(t, {}, { swagger: { openapi: null, swagger: { info: {} } } })
  assert.deepEqual(Object.keys(document.paths), ['/own'])
})
