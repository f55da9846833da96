/**
 * What the routes' scope validates with, in place of Fastify's own Ajv, which would turn "7" into 7,
 * null into "" and drop unknown fields with a 200. Only query strings and headers, which know no
 * types, are coerced.
 */

import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FastifyInstance } from 'fastify'
import { compileSchema, describeErrors, withSchemas } from '../schema.ts'

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

export function useOwnValidation(scope: FastifyInstance): void {
  scope.setValidatorCompiler<object>(({ schema, httpPart }) =>
    httpPart === 'body' ? compileSchema(schema) : coercing.compile(schema)
  )
  scope.setSchemaErrorFormatter((errors, part) => {
    const root = part === 'querystring' ? 'query' : part
    return new Error(describeErrors(errors as Parameters<typeof describeErrors>[0], root))
  })
}
