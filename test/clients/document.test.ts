/** The OpenAPI document by itself, as somebody has it who generates a client from it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openapiJson, openapiYaml } from '../../generated/document.ts'
import { parseBySwagger, redoclyProblems } from '../support/document-checks.ts'

test("redocly's recommended rules have nothing to say of it, outside this repository", t => {
  assert.deepEqual(redoclyProblems(t, openapiYaml), [])
})

test('they would: of a document without a license and with an unused component', t => {
  const { info, ...document } = JSON.parse(openapiJson)
  const { license: _, ...rest } = info
  document.components.schemas.Unused = { type: 'string' }
  const problems = redoclyProblems(t, JSON.stringify({ ...document, info: rest })).join('\n')
  assert.match(problems, /info-license/)
  assert.match(problems, /no-unused-components/)
})

test('swagger-parser takes it', async t => {
  const reason = await parseBySwagger(JSON.parse(openapiJson))
  if (reason !== undefined) t.skip(reason)
})

test('no schema is true or false, and none has conditions: generators stop at both', () => {
  const found: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, part] of Object.entries(value)) {
      const isMap = /\/(?:properties|schemas)$/.test(path)
      if (isMap && typeof part === 'boolean') found.push(`${path}/${name}`)
      if (!isMap && ['if', 'then', 'else'].includes(name)) found.push(`${path}/${name}`)
      visit(part, `${path}/${name}`)
    }
  }
  visit(JSON.parse(openapiJson).components, '')
  assert.deepEqual(found, [])
})

test('every integer that JavaScript holds exactly is an int64: 32 bits do not hold a time', () => {
  const found: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    const { type, maximum, format } = value as Record<string, unknown>
    if ([type].flat().includes('integer') && Number(maximum) > 2 ** 31 && format !== 'int64') {
      found.push(path)
    }
    for (const [name, part] of Object.entries(value)) visit(part, `${path}/${name}`)
  }
  visit(JSON.parse(openapiJson), '')
  assert.deepEqual(found, [])
})

test('no two components of different kinds share a name: Go has one type for it', () => {
  const { components } = JSON.parse(openapiJson) as { components: Record<string, object> }
  const { schemas = {}, requestBodies = {}, responses = {} } = components
  const names = [schemas, requestBodies, responses].flatMap(kind => Object.keys(kind))
  assert.deepEqual(names, [...new Set(names)])
})
