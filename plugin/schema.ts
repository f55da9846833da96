/**
 * Validation by the schemas generated from the OpenAPI document. A value is taken as it is or refused:
 * nothing is coerced, defaulted or dropped.
 */

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { type SchemaName, schemas } from '../generated/schemas.ts'
import { quoted } from './errors.ts'

const strict = withSchemas(new Ajv2020({ strict: true, allowUnionTypes: true }))

/** Makes the document's components known to an Ajv. */
export function withSchemas(ajv: Ajv2020): Ajv2020 {
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  return ajv
}

/** Compiles any schema, which may refer to the document's components by `sysmon:<name>`. */
export function compileSchema(schema: object): ValidateFunction {
  return strict.compile(schema)
}

/** The validator of one component of the document. */
export function validatorOf(name: SchemaName): ValidateFunction {
  const validate = strict.getSchema(`sysmon:${name}`)
  if (validate === undefined) throw new Error(`no schema ${name}: run npm run generate`)
  return validate as ValidateFunction
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
