/**
 * `GET /telemetry/ui`: the page for people (plugin/ui/), one file that the build makes, with the headers that
 * belong to it. It holds no data, so no token guards it; what it then asks for, it asks as any client.
 */

import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Access } from './token.ts'

export const UI_PATH = '/telemetry/ui'

interface Page {
  readonly html: Buffer
  /** Its Content-Security-Policy names the digests of its script and its style. */
  readonly headers: Readonly<Record<string, string>>
}

export function registerUi(scope: FastifyInstance): void {
  let page: Promise<Page> | undefined
  // For people, and no part of the API.
  const schema = { hide: true } as FastifySchema
  const config: { access: Access } = { access: 'open' }
  scope.get(UI_PATH, { schema, config }, async (request, reply) => {
    page ??= read()
    const { html, headers } = await page
    // In the place of the host's own policy, which knows nothing of this page.
    reply.headers(headers)
    if (request.headers['if-none-match'] === headers.etag) return reply.code(304).send()
    return reply.type('text/html; charset=utf-8').send(html)
  })
}

async function read(): Promise<Page> {
  const folder = new URL('dist/ui/', import.meta.resolve('fastify-sysmon/package.json'))
  const [html, headers] = await Promise.all([
    readFile(new URL('page.html', folder)),
    readFile(new URL('page.headers.json', folder), 'utf8'),
  ])
  return { html, headers: JSON.parse(headers) as Record<string, string> }
}
