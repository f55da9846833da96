// Writes dist/docs/, what GET /telemetry/docs answers: the page, and the headers that belong to it.

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { openapiJson } from '../dist/generated/document.js'
import { docsPage } from './docs-page.mjs'

const folder = new URL('../dist/docs/', import.meta.url)
const styles = await readFile(new URL('docs-page.css', import.meta.url), 'utf8')
const css = (await transform(styles, { loader: 'css', minify: true })).code.trim()
const html = docsPage(JSON.parse(openapiJson), css)
const digest = text => createHash('sha256').update(text).digest('base64')
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${digest(css)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
  etag: `"${digest(html).slice(0, 27)}"`,
}
await mkdir(folder, { recursive: true })
await writeFile(new URL('page.html', folder), html)
await writeFile(new URL('page.headers.json', folder), JSON.stringify(headers))
