/**
 * Pages for people: each one file that the build makes (plugin/ui/, openapi/docs-page.mjs), with the headers
 * that belong to it. They hold no data, so no token guards them; what a page then asks for, it asks as any client.
 */

import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Access } from './token.ts'

export const UI_PATH = '/telemetry/ui'
export const DOCS_PATH = '/telemetry/docs'

interface Page {
  readonly html: Buffer
  /** Its Content-Security-Policy names the digests of its script and its style. */
  readonly headers: Readonly<Record<string, string>>
}

/** @param folder in `dist/` */
export function registerBuiltPage(
  scope: FastifyInstance,
  path: typeof UI_PATH | typeof DOCS_PATH,
  folder: 'ui' | 'docs'
): void {
  let page: Promise<Page> | undefined
  // No part of the API.
  const schema = { hide: true } as FastifySchema
  const config: { access: Access } = { access: 'open' }
  scope.get(path, { schema, config }, async (request, reply) => {
    page ??= read(folder)
    const { html, headers } = await page
    // In the place of the host's own policy, which knows nothing of this page.
    reply.headers(headers)
    if (request.headers['if-none-match'] === headers.etag) return reply.code(304).send()
    return reply.type('text/html; charset=utf-8').send(html)
  })
}

async function read(name: string): Promise<Page> {
  const folder = new URL(`dist/${name}/`, import.meta.resolve('fastify-sysmon/package.json'))
  const [html, headers] = await Promise.all([
    readFile(new URL('page.html', folder)),
    readFile(new URL('page.headers.json', folder), 'utf8'),
  ])
  return { html, headers: JSON.parse(headers) as Record<string, string> }
}
