/**
 * Values held against a JSON Schema whose parts say what they must be (`title`), so that a wrong one gets
 * a sentence that names it: for options and for variables of the environment.
 */

import type { ValidateFunction } from 'ajv/dist/2020.js'
import { nearMiss } from './near-miss.ts'
import { compileSchema } from './schema.ts'

export interface OptionSchema {
  readonly type?: 'string' | 'integer' | 'boolean' | 'array' | 'object'
  /** Absent where it depends on others, or there is none. */
  readonly default?: unknown
  /** What it must be; absent where its type and bounds say it. */
  readonly title?: string
  readonly description?: string
  /** It is a secret, and in no message. */
  readonly writeOnly?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly items?: OptionSchema
  readonly properties?: Readonly<Record<string, OptionSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  /** Of what is not `false`. */
  readonly if?: { readonly const: false }
  readonly else?: OptionSchema
  readonly anyOf?: ReadonlyArray<OptionSchema | { readonly const: false }>
}

export interface WrongOption {
  /** `s2.basin` */
  readonly path: string
  /** `must be ..., not ...`, or what there is in place of an option that there is not. */
  readonly what: string
}

/** @returns what says of a value what is wrong with it */
export function optionChecker(
  schema: OptionSchema
): (value: object, prefix?: string) => WrongOption | undefined {
  let validate: ValidateFunction | undefined
  return (value, prefix = '') => {
    validate ??= compileSchema(schema)
    if (validate(value)) return undefined
    const { instancePath, keyword, params } = validate.errors![0]!
    const names = instancePath.split('/').slice(1)
    if (keyword === 'required') names.push(params.missingProperty as string)
    if (keyword === 'additionalProperties') {
      const unknown = params.additionalProperty as string
      const known = Object.keys(propertiesOf(follow(schema, value, names).schema) ?? {})
      return { path: join(prefix, [...names, unknown]), what: unknownOption(unknown, known) }
    }
    const found = follow(schema, value, names)
    return { path: join(prefix, found.names), what: mustBe(found.schema, found.value) }
  }
}

/** In a sentence: what there is in place of an option that there is not. */
export function unknownOption(name: string, known: readonly string[]): string {
  const meant = nearMiss(name, known)
  return meant === undefined
    ? `is unknown; there are ${known.join(', ')}`
    : `is unknown: did you mean "${meant}"?`
}

/** In a sentence: what an option must be. */
export function mustBe(schema: OptionSchema, value: unknown): string {
  const is = `must be ${titleOf(schema)}`
  if (schema.writeOnly === true || value === undefined) return is
  // What is in it may be a secret.
  const shown = propertiesOf(schema) === undefined ? show(value) : `a value of type ${typeof value}`
  return `${is}, not ${shown}`
}

export function titleOf({ title, type, minimum, maximum, enum: allowed }: OptionSchema): string {
  if (title !== undefined) return title
  if (allowed !== undefined) return `one of ${allowed.join(', ')}`
  return type === 'boolean' ? 'true or false' : `an integer from ${minimum} to ${maximum}`
}

/** As far as the schema tells of parts: an item of a list is told as its list. */
function follow(root: OptionSchema, top: object, path: readonly string[]) {
  let schema = root
  let value: unknown = top
  const names: string[] = []
  for (const name of path) {
    const property = propertiesOf(schema)?.[name]
    if (property === undefined) break
    schema = property
    value = (value as Record<string, unknown>)[name]
    names.push(name)
  }
  return { schema, value, names }
}

function propertiesOf(schema: OptionSchema): OptionSchema['properties'] {
  return schema.properties ?? schema.else?.properties
}

function join(prefix: string, names: readonly string[]): string {
  return [...(prefix === '' ? [] : [prefix]), ...names].join('.')
}

function show(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200)
  } catch {
    return String(value)
  }
}
