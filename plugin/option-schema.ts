/**
 * Values held against as much of JSON Schema as options need, whose parts say what they must be (`title`),
 * so that a wrong one gets a sentence that names it: for options and for variables of the environment.
 * Ajv would do it too, and take 100 ms of every start for it.
 */

import { didYouMean } from './did-you-mean.ts'
import { isObject } from './objects.ts'

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
  return (value, prefix = '') => wrongIn(schema, value, prefix === '' ? [] : [prefix])
}

/** An item of a list is told as its list. */
function wrongIn(
  schema: OptionSchema,
  value: unknown,
  names: readonly string[]
): WrongOption | undefined {
  const parts = schema.properties === undefined ? schema.else : schema
  if (parts?.properties !== undefined && isObject(value)) return wrongPart(parts, value, names)
  if (isOf(schema, value)) return undefined
  return { path: names.join('.'), what: mustBe(schema, value) }
}

function wrongPart(
  { properties = {}, required = [], additionalProperties }: OptionSchema,
  value: Readonly<Record<string, unknown>>,
  names: readonly string[]
): WrongOption | undefined {
  const missing = required.find(name => value[name] === undefined)
  if (missing !== undefined) {
    return { path: [...names, missing].join('.'), what: mustBe(properties[missing]!, undefined) }
  }
  const known = Object.keys(properties)
  const unknown = Object.keys(value).find(name => !known.includes(name))
  if (unknown !== undefined && additionalProperties === false) {
    return { path: [...names, unknown].join('.'), what: unknownOption(unknown, known) }
  }
  for (const name of known) {
    if (value[name] === undefined) continue
    const wrong = wrongIn(properties[name]!, value[name], [...names, name])
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** For what has no parts. */
function isOf(schema: OptionSchema | { readonly const: false }, value: unknown): boolean {
  if ('const' in schema) return value === schema.const
  if (schema.if !== undefined) return value === schema.if.const
  const { type, items, anyOf, enum: allowed } = schema
  if (anyOf !== undefined) return anyOf.some(one => isOf(one, value))
  if (allowed !== undefined && !allowed.includes(value as string)) return false
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isInteger(value) && isWithin(schema, value as number)
    case 'string':
      return typeof value === 'string' && isText(schema, value)
    case 'array':
      return Array.isArray(value) && value.every(item => items === undefined || isOf(items, item))
    case 'object':
      return isObject(value)
    case undefined:
      return true
  }
}

function isWithin({ minimum, maximum }: OptionSchema, value: number): boolean {
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum)
}

function isText({ minLength = 0, pattern }: OptionSchema, value: string): boolean {
  return (
    value.length >= minLength && (pattern === undefined || new RegExp(pattern, 'u').test(value))
  )
}

/** In a sentence: what there is in place of an option that there is not. */
export function unknownOption(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known)
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

function titleOf({ title, type, minimum, maximum, enum: allowed }: OptionSchema): string {
  if (title !== undefined) return title
  if (allowed !== undefined) return `one of ${allowed.join(', ')}`
  return type === 'boolean' ? 'true or false' : `an integer from ${minimum} to ${maximum}`
}

function propertiesOf(schema: OptionSchema): OptionSchema['properties'] {
  return schema.properties ?? schema.else?.properties
}

function show(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200)
  } catch {
    return String(value)
  }
}
