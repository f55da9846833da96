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
    case 'const':
      return `${where} must be ${JSON.stringify(params.allowedValue)}`
    default:
      return `${where} ${error.message ?? 'is invalid'}`
  }
}
