// The text of generated/validators.ts: the checks of bodies, event data and query strings, compiled from
// the schemas by Ajv when they change and not by every server that starts.

import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { build } from 'esbuild'

const OPTIONS = { strict: true, allowUnionTypes: true, code: { source: true, esm: true } }
/** Query strings know no types. */
const COERCING = {
  ...OPTIONS,
  coerceTypes: 'array',
  useDefaults: true,
  // Else Infinity, to which "1e400" is coerced, would be spared the check of its maximum.
  strictNumbers: false,
}
/** A component that the server holds something against is named so. */
const IS_CHECKED = /(?:Data|Request)$/

/**
 * @param schemas the JSON Schema of each component, by its name
 * @param queries that of each query string, by its operation: `GET /telemetry/events`
 */
export async function validatorsText(banner, schemas, queries) {
  const components = Object.keys(schemas).filter(name => IS_CHECKED.test(name))
  const bodies = compiler(OPTIONS, schemas)
  const byName = Object.fromEntries(components.map(name => [name, `sysmon:${name}`]))
  const query = compiler(COERCING, schemas)
  const byOperation = {}
  for (const [index, schema] of Object.values(queries).entries()) {
    query.addSchema(withoutWords(schema), `query${index}`)
    byOperation[`query${index}`] = `query${index}`
  }
  const [ofBodies, ofQueries] = [
    await functions(standalone.default(bodies, byName)),
    await functions(standalone.default(query, byOperation)),
  ]
  const operations = Object.keys(queries)
  return `// @ts-nocheck: what Ajv writes has no types
${banner}
import type { ValidateFunction } from 'ajv/dist/core.js'

export type ValidatedName =
${components.map(name => `  | '${name}'`).join('\n')}

/** Of the document's components those that bodies and the data of events are held against. */
export const validators: Readonly<Record<ValidatedName, ValidateFunction>> = (() => {
${ofBodies}
  return { ${components.join(', ')} }
})()

/** Of query strings, by the operation; they coerce, and fill in defaults. */
export const queryValidators: Readonly<Record<string, ValidateFunction>> = (() => {
${ofQueries}
  return { ${operations.map((name, index) => `'${name}': query${index}`).join(', ')} }
})()
`
}

function compiler(options, schemas) {
  const ajv = new Ajv2020(options)
  for (const schema of Object.values(schemas)) ajv.addSchema(withoutWords(schema))
  return ajv
}

/** Without what is for readers only: Ajv writes the schemas into its code. */
function withoutWords(schema) {
  if (Array.isArray(schema)) return schema.map(withoutWords)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([keyword, value]) => !isWords(keyword, value))
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, withoutWords(value)]))
}

/** A field may have the name of such a keyword, and is an object then. */
function isWords(keyword, value) {
  return (
    (keyword === 'description' && typeof value === 'string') ||
    (keyword === 'title' && typeof value === 'string') ||
    (keyword === 'examples' && Array.isArray(value))
  )
}

/** The functions of a module, to stand in a function: with what they need of Ajv, without what none uses. */
async function functions(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    write: false,
  })
  const [body, names = ''] = outputFiles[0].text.split(/^export \{([^}]*)\};?$/m)
  const aliases = [...names.matchAll(/(\w+) as (\w+)/g)].map(
    ([, from, to]) => `const ${to} = ${from};`
  )
  return [body.trimEnd(), ...aliases].join('\n')
}
