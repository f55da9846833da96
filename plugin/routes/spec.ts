/** `GET /spec.json` and `GET /spec.yaml`: the OpenAPI document. */

import type { FastifyInstance } from 'fastify'
import { openapiJson, openapiYaml } from '../../generated/document.ts'

export function registerSpec(scope: FastifyInstance): void {
  scope.get('/spec.json', (_, reply) =>
    reply.type('application/json; charset=utf-8').send(openapiJson)
  )
  // RFC 9512
  scope.get('/spec.yaml', (_, reply) =>
    reply.type('application/yaml; charset=utf-8').send(openapiYaml)
  )
}
