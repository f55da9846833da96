/**
 * `GET /spec.json` and `GET /spec.yaml`: the OpenAPI document. Below a prefix it names that as its server, so
 * that what is generated from it asks there.
 */

import type { FastifyInstance } from 'fastify'
import { openapiJson, openapiYaml } from '../../generated/document.ts'
import type { Access } from './token.ts'

export function registerSpec(scope: FastifyInstance): void {
  // It is published with the package.
  const config: { access: Access } = { access: 'open' }
  const document = documentsOf(scope.prefix)
  scope.get('/spec.json', { config }, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(document.json())
  )
  // RFC 9512
  scope.get('/spec.yaml', { config }, (_, reply) =>
    reply.type('application/yaml; charset=utf-8').send(document.yaml())
  )
}

function documentsOf(prefix: string): { json: () => string; yaml: () => string } {
  if (prefix === '') return { json: () => openapiJson, yaml: () => openapiYaml }
  const servers = JSON.stringify([serverAt(prefix)])
  return {
    json: () => JSON.stringify({ ...JSON.parse(openapiJson), servers: JSON.parse(servers) }),
    // JSON is YAML. The block ends where the next key begins.
    yaml: () => openapiYaml.replace(/^servers:\n(?:[ -].*\n)+/m, () => `servers: ${servers}\n`),
  }
}

/** Relative to where the document is; a prefix may have parameters. */
function serverAt(prefix: string): object {
  const names: string[] = []
  const url = prefix.replaceAll(/:(\w+)(?:\([^)]*\))?/g, (_, name: string) => {
    names.push(name)
    return `{${name}}`
  })
  const variables = names.map(name => [name, { default: name }])
  const description = 'This server.'
  return names.length === 0
    ? { url, description }
    : { url, description, variables: Object.fromEntries(variables) }
}
