/**
 * The plugin's options as variables of the environment, one for each that no sink has variables of its own
 * for: `ringEvents` is `SYSMON_RING_EVENTS`. A secret may be in a file that `..._FILE` names.
 */

import { mustBe, type OptionSchema, optionChecker } from '../option-schema.ts'
import { OPTIONS } from '../options.ts'
import { SINK_NAMES } from '../sinks/registry.ts'
import type { SysmonOptions } from '../types.ts'
import { secretVariable, UsageError } from './usage.ts'

/** Whose name says more than the option's. */
const VARIABLES: Readonly<Record<string, string>> = { devtools: 'SYSMON_DEVTOOLS_URL' }

type Env = Readonly<Record<string, string | undefined>>

const ROWS: ReadonlyArray<readonly [string, OptionSchema]> = Object.entries(OPTIONS).filter(
  ([name]) => !(SINK_NAMES as readonly string[]).includes(name)
)

/** @returns those that are set @throws {UsageError} naming the variable */
export function optionsFromEnv(env: Env): SysmonOptions {
  const options = ROWS.flatMap(([name, schema]) => {
    const variable = variableOf(name)
    const text = read(env, variable, schema)
    if (text === undefined) return []
    const value = parse(text, schema)
    const check = optionChecker({ type: 'object', properties: { [name]: schema } })
    if (check({ [name]: value }) === undefined) return [[name, value]]
    throw new UsageError(`the environment variable ${variable} ${mustBe(schema, text)}`)
  })
  return Object.fromEntries(options)
}

/** `SYSMON_RING_EVENTS` for `ringEvents`. */
export function variableOf(option: string): string {
  return (
    VARIABLES[option] ?? `SYSMON_${option.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
  )
}

/** What each is for, and its default. @param defaults where they are not the plugin's */
export function describeVariables(defaults: SysmonOptions): [variable: string, text: string][] {
  const own: Readonly<Record<string, unknown>> = { ...defaults }
  return ROWS.map(([name, schema]) => {
    const variable = variableOf(name)
    const variables = schema.writeOnly === true ? `${variable}, ${variable}_FILE` : variable
    const list = schema.type === 'array' ? ', separated by commas' : ''
    return [variables, `${schema.description}${list}${defaultText(own[name] ?? schema.default)}`]
  })
}

function defaultText(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return ` (${value.length === 0 ? 'none' : value.join(',')})`
  return ` (${value})`
}

/** An empty one is as good as none. */
function read(env: Env, variable: string, schema: OptionSchema): string | undefined {
  return schema.writeOnly === true ? secretVariable(variable, env) : env[variable] || undefined
}

/** What it cannot be stays text, which the schema refuses. */
function parse(text: string, { type, anyOf }: OptionSchema): unknown {
  const isSwitch = [{ type }, ...(anyOf ?? [])].some(one => 'type' in one && one.type === 'boolean')
  if (anyOf !== undefined && /^(?:false|off|none)$/.test(text)) return false
  if (isSwitch) return { true: true, 1: true, false: false, 0: false }[text] ?? text
  if (type === 'integer') return /^\d{1,16}$/.test(text) ? Number(text) : text
  if (type !== 'array') return text
  const items = text.split(',').map(item => item.trim())
  return items.filter(item => item !== '')
}
