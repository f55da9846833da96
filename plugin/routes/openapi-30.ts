/**
 * What of OpenAPI 3.1 (JSON Schema 2020-12) stands in our document, in the words of OpenAPI 3.0.3, which knows no
 * type `null`, no `const`, no `contentSchema`, no list of examples in a schema, and nothing beside a reference.
 * https://spec.openapis.org/oas/v3.0.3.html#schema-object
 */

type Json = Record<string, unknown>

/** Accepts `null` and nothing else: `nullable` counts beside a type only. */
const NULL = { type: 'object', nullable: true, enum: [null] }
const UNKNOWN = ['contentMediaType', 'contentSchema', 'unevaluatedProperties']
/** Their values are data, not schemas. */
const DATA = ['default', 'enum', 'example', 'value']

/** An operation or a schema of our document. */
export function toOpenApi30(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toOpenApi30)
  if (typeof value !== 'object' || value === null) return value
  const result: Json = {}
  for (const [name, part] of Object.entries(value)) {
    if (UNKNOWN.includes(name)) continue
    if (name === 'const') result.enum = [part]
    // A map of names is that of a media type; a list is that of a schema.
    else if (name === 'examples' && Array.isArray(part)) result.example = part[0]
    else if (name === 'properties') result.properties = eachOf(part as Json)
    else result[name] = DATA.includes(name) ? part : toOpenApi30(part)
  }
  return withNullable(withLoneReference(result))
}

/** Their names are no keywords. */
function eachOf(properties: Json): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, toOpenApi30(schema)])
  )
}

function withLoneReference(schema: Json): Json {
  const { $ref, ...siblings } = schema
  if (typeof $ref !== 'string' || Object.keys(siblings).length === 0) return schema
  return { ...siblings, allOf: [{ $ref }] }
}

function withNullable(schema: Json): Json {
  if (schema.type === 'null') return { ...schema, ...NULL }
  if (!Array.isArray(schema.type)) return schema
  const [type, ...more] = schema.type.filter(one => one !== 'null')
  if (more.length > 0) throw new Error(`no schema of ours is of several types: ${schema.type}`)
  return { ...schema, type, nullable: true }
}
