// Makes the page for people: dist/ui/page.html, one file with its script and its style in it, and
// dist/ui/page.headers.json, the headers it is served with. Its Content-Security-Policy names the digests
// of both, so that nothing else runs in it.

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const MAX_BYTES = 150_000
const here = new URL('./', import.meta.url)
const out = new URL('../../dist/ui/', here)

const script = await bundled('main.ts')
const style = await bundled('styles/index.css')
const template = await readFile(new URL('index.html', here), 'utf8')
const html = template
  .replace(/>\s*\n\s*</g, '><')
  .replace('/* style */', () => style)
  .replace('/* script */', () => script)
if (Buffer.byteLength(html) >= MAX_BYTES) {
  throw new Error(`the page has ${Buffer.byteLength(html)} bytes, and may have ${MAX_BYTES}`)
}

const policy = [
  "default-src 'none'",
  `script-src '${digest(script)}'`,
  `style-src '${digest(style)}'`,
  "connect-src 'self'",
  // The icon, which is in the page itself.
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text never becomes markup: `innerHTML` and its kin throw.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
]
const headers = {
  'content-security-policy': policy.join('; '),
  'cache-control': 'no-cache',
  'cross-origin-opener-policy': 'same-origin',
  etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`,
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
}

await mkdir(out, { recursive: true })
await writeFile(new URL('page.html', out), html)
await writeFile(new URL('page.headers.json', out), `${JSON.stringify(headers, null, 2)}\n`)

async function bundled(name) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name, here))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'warning',
  })
  return outputFiles[0].text.trim()
}

function digest(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
