/**
 * `GET /spec.json` and `GET /spec.yaml`: the OpenAPI document, loaded when it is first asked for. Below a
 * prefix it names that as its server, so that what is generated from it asks there.
 */

import type { FastifyInstance } from 'fastify'
import type { Access } from './token.ts'

export function registerSpec(scope: FastifyInstance): void {
  // It is published with the package.
  const config: { access: Access } = { access: 'open' }
  scope.get('/spec.json', { config }, async (_, reply) => {
    const json = await jsonBelow(scope.prefix)
    return reply.type('application/json; charset=utf-8').send(json)
  })
  scope.get('/spec.yaml', { config }, async (_, reply) => {
    const yaml = await yamlBelow(scope.prefix)
    // RFC 9512
    return reply.type('application/yaml; charset=utf-8').send(yaml)
  })
}

async function jsonBelow(prefix: string): Promise<string> {
  const { openapiJson } = await import('../../generated/document.ts')
  if (prefix === '') return openapiJson
  return JSON.stringify({ ...JSON.parse(openapiJson), servers: [serverAt(prefix)] })
}

async function yamlBelow(prefix: string): Promise<string> {
  const { openapiYaml } = await import('../../generated/document.ts')
  if (prefix === '') return openapiYaml
  // JSON is YAML. The block ends where the next key begins.
  const servers = JSON.stringify([serverAt(prefix)])
  return openapiYaml.replace(/^servers:\n(?:[ -].*\n)+/m, () => `servers: ${servers}\n`)
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
