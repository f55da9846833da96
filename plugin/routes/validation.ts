/**
 * Validation by the schemas generated from the OpenAPI document.
 *
 * A body is taken as it is or refused: Fastify's default Ajv would turn "7" into 7, null into "" and
 * drop unknown fields with a 200. Only query strings and headers, which know no types, are coerced.
 */

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifySchemaCompiler } from 'fastify'
import { type SchemaName, schemas } from '../../generated/schemas.ts'

const strict = withSchemas(new Ajv2020({ strict: true, allowUnionTypes: true }))
const coercing = withSchemas(
  new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    coerceTypes: 'array',
    useDefaults: true,
    // Else Infinity, to which "1e400" is coerced, would be spared the check of its maximum.
    strictNumbers: false,
  })
)

function withSchemas(ajv: Ajv2020): Ajv2020 {
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  return ajv
}

/** For `setValidatorCompiler` of the routes' own scope. */
export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? strict : coercing).compile(schema)

/** The strict validator of one component of the document. */
export function validatorOf(name: SchemaName): ValidateFunction {
  const validate = strict.getSchema(`sysmon:${name}`)
  if (validate === undefined) throw new Error(`no schema ${name}: run npm run generate`)
  return validate as ValidateFunction
}

/** A sentence that says what is wrong and what would be right. `root` names the value validated. */
export function explainErrors(
  errors: readonly ErrorObject[] | null | undefined,
  root: string
): string {
  const error = errors?.[0]
  if (error === undefined) return `${root} is invalid`
  const where = root + error.instancePath.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')
  const { params } = error as { params: Record<string, unknown> }
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `${where} has the unknown field "${params.additionalProperty ?? params.unevaluatedProperty}"`
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
