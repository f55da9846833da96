/** `GET /spec.json` and `GET /spec.yaml`: the OpenAPI document. */

import type { FastifyInstance } from 'fastify'
import { openapiJson, openapiYaml } from '../../generated/document.ts'
import type { Access } from './token.ts'

export function registerSpec(scope: FastifyInstance): void {
  // It is published with the package.
  const config: { access: Access } = { access: 'open' }
  scope.get('/spec.json', { config }, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(openapiJson)
  )
  // RFC 9512
  scope.get('/spec.yaml', { config }, (_, reply) =>
    reply.type('application/yaml; charset=utf-8').send(openapiYaml)
  )
}
