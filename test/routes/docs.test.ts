/** `GET /telemetry/docs`: the whole document, for people, without a script and without another host. */

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { document, listen, startApp } from '../support/app.ts'
import { Chromium, sleep, whyNoChromium } from '../support/chromium.ts'
import { startServer } from '../support/server.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const PATH = '/telemetry/docs'

test('it has every operation and every schema, each once, and links that lead somewhere', async t => {
  const app = await startApp(t, { docs: true })
  const { statusCode, headers, body } = await app.inject(PATH)
  assert.equal(statusCode, 200)
  assert.equal(headers['content-type'], 'text/html; charset=utf-8')
  const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  assert.equal(new Set(ids).size, ids.length)
  const operations = Object.values(document.paths)
    .flatMap(item => Object.values(item))
    .map(operation => (operation as unknown as { operationId: string }).operationId)
  for (const id of [...operations, ...Object.keys(document.components.schemas!)]) {
    assert.ok(ids.includes(id), id)
  }
  const anchors = [...body.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id!)
  assert.ok(anchors.length > 100)
  for (const anchor of anchors) assert.ok(ids.includes(anchor), anchor)
  assert.doesNotMatch(body, /undefined|\[object Object\]/)
})

test('its policy allows its own style, and nothing else', async t => {
  // A host's own policy, as @fastify/helmet sets one, is not this page's.
  const app = await startApp(
    t,
    { docs: true },
    {
      before: host =>
        host.addHook('onRequest', async (_, reply) => {
          reply.header('content-security-policy', "style-src 'none'")
        }),
    }
  )
  const { headers, body } = await app.inject(PATH)
  const policy = String(headers['content-security-policy'])
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(body) ?? []
  const digest = createHash('sha256').update(style).digest('base64')
  assert.equal(
    policy,
    `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  )
  assert.doesNotMatch(body, /<script|<img|<iframe|@import|url\(| style=| src=| on[a-z]+="/)
})

test('it is the same until the package is another one', async t => {
  const app = await startApp(t, { docs: true, prefix: '/ops', token: 'all-1' })
  const { headers, statusCode } = await app.inject(`/ops${PATH}`)
  assert.equal(statusCode, 200, 'it holds no data: no token is needed')
  const again = { 'if-none-match': String(headers.etag) }
  assert.equal((await app.inject({ url: `/ops${PATH}`, headers: again })).statusCode, 304)
})

test('without the option there is none', async t => {
  assert.equal((await (await startApp(t)).inject(PATH)).statusCode, 404)
})

const skip = whyNoChromium() ?? false
test('a browser shows it, asks for nothing else, and runs nothing', { skip }, async t => {
  // Ends before the application does, which would wait for the connections that a browser opens in reserve.
  const browser = await Chromium.start(t)
  const url = (await listen(await startApp(t, { docs: true }))) + PATH
  const tab = await browser.open(url)
  const ask = async (expression: string): Promise<unknown> => {
    const answer = await tab.call('Runtime.evaluate', { expression, returnByValue: true })
    return (answer.result as { value?: unknown }).value
  }
  // Of a tab that was just opened the empty page answers first.
  const heading = `document.readyState === 'complete' && document.querySelector('h1')?.textContent`
  const deadline = Date.now() + PATIENCE_MS
  while ((await ask(heading)) !== 'fastify-sysmon 0.1.0') {
    assert.ok(Date.now() < deadline, String(await ask('document.documentElement.outerHTML')))
    await sleep(50)
  }
  assert.equal(await ask(`getComputedStyle(document.body).margin`), '0px', 'its style holds')
  assert.equal(await ask(`performance.getEntriesByType('resource').length`), 0)
  const script = `const one = document.createElement('script')
    one.textContent = 'window.ran = true'
    document.head.append(one)
    String(window.ran)`
  assert.equal(await ask(script), 'undefined', 'no script runs')
  await tab.call('Emulation.setDeviceMetricsOverride', {
    ...{ width: 360, height: 780, deviceScaleFactor: 1, mobile: true },
  })
  assert.equal(await ask('document.documentElement.scrollWidth'), 360, 'on a phone, too')
})

test('sysmon serve has it, unless it is told not to', async t => {
  const status = async (env: Record<string, string>) => {
    const { url } = await startServer(t, { SYSMON_KMSG_PATH: 'false', ...env })
    return (await fetch(url + PATH)).status
  }
  assert.deepEqual([await status({}), await status({ SYSMON_DOCS: 'false' })], [200, 404])
})
