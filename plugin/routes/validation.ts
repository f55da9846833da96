/**
 * What the routes' scope validates with, in place of Fastify's own Ajv, which would turn "7" into 7,
 * null into "" and drop unknown fields with a 200. Only query strings, which know no types, are coerced.
 */

import type { FastifyInstance } from 'fastify'
import { queryValidators, type ValidatedName } from '../../generated/validators.ts'
import { describeErrors, validatorOf } from '../schema.ts'

export function useOwnValidation(scope: FastifyInstance): void {
  scope.setValidatorCompiler<{ $ref?: string }>(({ schema, httpPart, method, url = '' }) => {
    const operation = `${method === 'HEAD' ? 'GET' : method} ${url.slice(scope.prefix.length)}`
    const validate =
      httpPart === 'body'
        ? validatorOf((schema.$ref ?? '').replace('sysmon:', '') as ValidatedName)
        : queryValidators[operation]
    if (validate === undefined) throw new Error(`no ${httpPart} of ${operation} in the document`)
    return validate
  })
  scope.setSchemaErrorFormatter((errors, part) => {
    const root = part === 'querystring' ? 'query' : part
    return new Error(describeErrors(errors as Parameters<typeof describeErrors>[0], root))
  })
}
