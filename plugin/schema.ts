/**
 * Validation by what Ajv compiled from the OpenAPI document. A value is taken as it is or refused: nothing
 * is coerced, defaulted or dropped.
 */

import type { ErrorObject, ValidateFunction } from 'ajv/dist/core.js'
import { type ValidatedName, validators } from '../generated/validators.ts'
import { quoted } from './errors.ts'

/** The validator of one component of the document. */
export function validatorOf(name: ValidatedName): ValidateFunction {
  return validators[name]
}

/** What the patterns of the document mean. */
const PATTERNS: Readonly<Record<string, string>> = {
  '^[0-9]*$': 'the id of an event, a number',
  '^SIG[A-Z0-9+-]+$': 'the name of a signal such as SIGSEGV',
}

/** A sentence that says what is wrong and what would be right. `root` names the value validated. */
export function describeErrors(
  errors: readonly ErrorObject[] | null | undefined,
  root: string
): string {
  const error = errors?.[0]
  if (error === undefined) return `${root} is invalid`
  const path = error.instancePath.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')
  const where = root + quoted(path)
  const { params } = error as { params: Record<string, unknown> }
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `${where} has the unknown field "${quoted(String(params.additionalProperty ?? params.unevaluatedProperty))}"`
    case 'required':
      return `${where}.${params.missingProperty} is required`
    case 'enum':
      return `${where} must be one of ${(params.allowedValues as unknown[]).join(', ')}`
    case 'type':
      return `${where} must be ${[params.type].flat().join(' or ')}`
    case 'pattern':
      return `${where} must be ${PATTERNS[String(params.pattern)] ?? `as ${params.pattern} says`}`
    case 'const':
      return `${where} must be ${JSON.stringify(params.allowedValue)}`
    default:
      return `${where} ${error.message ?? 'is invalid'}`
  }
}
