/**
 * `GET /telemetry/docs`: the OpenAPI document as a page for people, one file that the build makes
 * (openapi/docs-page.mjs), with the headers that belong to it. As the document itself it is open to all.
 */

import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Access } from './token.ts'

interface Page {
  readonly html: Buffer
  /** Its Content-Security-Policy names the digest of its style. */
  readonly headers: Readonly<Record<string, string>>
}

export function registerDocs(scope: FastifyInstance): void {
  let page: Promise<Page> | undefined
  // For people, and no part of the API.
  const schema = { hide: true } as FastifySchema
  const config: { access: Access } = { access: 'open' }
  scope.get('/telemetry/docs', { schema, config }, async (request, reply) => {
    page ??= read()
    const { html, headers } = await page
    // In the place of the host's own policy, which knows nothing of this page.
    reply.headers(headers)
    if (request.headers['if-none-match'] === headers.etag) return reply.code(304).send()
    return reply.type('text/html; charset=utf-8').send(html)
  })
}

async function read(): Promise<Page> {
  const folder = new URL('dist/docs/', import.meta.resolve('fastify-sysmon/package.json'))
  const [html, headers] = await Promise.all([
    readFile(new URL('page.html', folder)),
    readFile(new URL('page.headers.json', folder), 'utf8'),
  ])
  return { html, headers: JSON.parse(headers) as Record<string, string> }
}
