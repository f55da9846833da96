// Writes generated/ from openapi/openapi.yaml: types, JSON Schemas and the document itself.
// `--check` writes nothing and fails when a file on disk differs from what would be written.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'
import { parse } from 'yaml'
import { validatorsText } from './validators.mjs'

const root = new URL('../', import.meta.url)
const banner =
  "// Generated from openapi/openapi.yaml by openapi/generate.mjs ('npm run generate'). Do not edit.\n"

const yaml = await readFile(new URL('openapi/openapi.yaml', root), 'utf8')
const document = parse(yaml)
const names = Object.keys(document.components.schemas)
const byName = {}
for (const name of names) {
  byName[name] = { $id: `sysmon:${name}`, ...toJsonSchema(document.components.schemas[name]) }
}

const files = {
  'generated/types.ts': await types(),
  'generated/schemas.ts': schemas(),
  'generated/document.ts': documentText(),
  'generated/validators.ts': await validatorsText(banner, byName, queries()),
}

if (process.argv.includes('--check')) {
  const drifted = []
  for (const [path, text] of Object.entries(files)) {
    const onDisk = await readFile(new URL(path, root), 'utf8').catch(() => undefined)
    if (onDisk !== text) drifted.push(path)
  }
  for (const path of drifted) {
    console.error(
      `${path} does not match openapi/openapi.yaml: run 'npm run generate' and commit it`
    )
  }
  process.exitCode = drifted.length > 0 ? 1 : 0
} else {
  await mkdir(new URL('generated/', root), { recursive: true })
  for (const [path, text] of Object.entries(files)) await writeFile(new URL(path, root), text)
}

async function types() {
  // A parameter with a default may still be left out by the caller.
  const ast = await openapiTS(parse(yaml), { defaultNonNullable: false, silent: true })
  const aliases = names.map(name => `export type ${name} = components['schemas']['${name}']\n`)
  return `${banner}\n${astToString(ast)}\n${aliases.join('')}`
}

function schemas() {
  const byOperation = parameters()
  return `${banner}
export type SchemaName =
${union(names)}

/** One JSON Schema (2020-12) per component; they refer to each other by \`$id\`. */
export const schemas: Record<SchemaName, object> = ${literal(byName)}

export type OperationWithParameters =
${union(Object.keys(byOperation))}

/** The query string and the headers of each operation that has any, as JSON Schemas. */
export const parameters: Record<
  OperationWithParameters,
  { querystring: object; headers: object }
> = ${literal(byOperation)}
`
}

function documentText() {
  return `${banner}
export const openapiJson: string = ${JSON.stringify(JSON.stringify(document))}

export const openapiYaml: string = ${JSON.stringify(yaml)}
`
}

function parameters() {
  const byOperation = {}
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) {
      if (!operation.parameters) continue
      const of = { querystring: objectSchema(), headers: objectSchema() }
      for (const parameter of operation.parameters.map(resolve)) {
        const [where, name] =
          parameter.in === 'header'
            ? [of.headers, parameter.name.toLowerCase()] // as Node names them
            : [of.querystring, parameter.name]
        where.properties[name] = toJsonSchema(parameter.schema)
        if (parameter.required) where.required = [...(where.required ?? []), name]
      }
      byOperation[operation.operationId] = of
    }
  }
  return byOperation
}

/** The query string of each operation that has one. */
function queries() {
  const found = {}
  const byOperation = parameters()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { operationId }] of Object.entries(item)) {
      const { querystring } = byOperation[operationId] ?? {}
      if (querystring === undefined || Object.keys(querystring.properties).length === 0) continue
      found[`${method.toUpperCase()} ${path}`] = querystring
    }
  }
  return found
}

function objectSchema() {
  return { type: 'object', properties: {} }
}

function resolve(parameter) {
  if (!parameter.$ref) return parameter
  return document.components.parameters[parameter.$ref.replace('#/components/parameters/', '')]
}

/**
 * An OpenAPI 3.1 schema object as a JSON Schema that Ajv compiles in strict mode.
 * https://spec.openapis.org/oas/v3.1.0#schema-object
 */
function toJsonSchema(schema) {
  if (typeof schema !== 'object') return schema // `true` and `false` are schemas
  const result = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (isDropped(keyword)) continue
    result[keyword] = convert(keyword, value)
  }
  return result
}

function convert(keyword, value) {
  switch (keyword) {
    case '$ref':
      return refToId(value)
    case 'properties':
    case 'patternProperties':
    case 'dependentSchemas':
      return Object.fromEntries(
        Object.entries(value).map(([name, schema]) => [name, toJsonSchema(schema)])
      )
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
    case 'prefixItems':
      return value.map(toJsonSchema)
    case 'additionalProperties':
    case 'contains':
    case 'else':
    case 'if':
    case 'items':
    case 'not':
    case 'propertyNames':
    case 'then':
    case 'unevaluatedItems':
    case 'unevaluatedProperties':
      return toJsonSchema(value)
    default:
      return value
  }
}

/** OpenAPI's own keywords, and `format`: Ajv in strict mode knows no format by itself. */
function isDropped(keyword) {
  return (
    ['discriminator', 'example', 'externalDocs', 'format', 'xml'].includes(keyword) ||
    keyword.startsWith('x-')
  )
}

function refToId(ref) {
  const name = ref.replace('#/components/schemas/', '')
  if (!names.includes(name)) {
    throw new Error(`${ref}: a schema may only refer to '#/components/schemas/<name>'`)
  }
  return `sysmon:${name}`
}

function union(members) {
  return members.map(member => `  | '${member}'`).join('\n')
}

function literal(value) {
  return JSON.stringify(value, null, 2)
}
