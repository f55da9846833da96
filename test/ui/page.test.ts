/** The page for people in a real Chromium: what it shows, to whom, and what it lets nobody do. */

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { whyNoChromium } from '../support/chromium.ts'
import { startMovingFront } from '../support/moving-front.ts'
import { postJson } from '../support/post-json.ts'
import { type Server, startServer } from '../support/server.ts'

/** Screenshots, to be looked at. */
const ARTEFACTS = '.cache/ui'
const TIMEOUT_MS = 30_000
const HOSTILE = '<img src=x onerror=alert(1)>'
const KILL = {
  process_name: HOSTILE,
  pid: 4121,
  rss_kb: 50_000,
  constraint: 'memcg',
  oom_memcg: '/docker/<b>3f2a</b>',
  memcg_limit_kb: 65_536,
  memcg_usage_kb: 65_536,
  top_tasks: [
    { pid: 4121, name: HOSTILE, rss_kb: 50_000 },
    { pid: 4122, name: 'sh', rss_kb: 2000 },
  ],
}

interface Seen {
  readonly page: Page
  /** What went wrong in it: errors, refusals of its policy, dialogs, requests elsewhere. */
  readonly wrong: string[]
}

test('the page is less than 150 KB, and one file', () => {
  assert.ok(statSync('dist/ui/page.html').size < 150_000)
  assert.doesNotMatch(
    readFileSync('dist/ui/page.html', 'utf8'),
    /<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/
  )
})

describe('in a real Chromium', { skip: whyNoChromium() ?? false }, () => {
  let browser: Browser
  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true })
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  })
  after(() => browser?.close())

  const open = async (
    t: { after(run: () => unknown): void },
    url: string,
    options: Parameters<Browser['newPage']>[0] = {}
  ): Promise<Seen> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options })
    t.after(() => page.close())
    page.setDefaultTimeout(TIMEOUT_MS)
    const wrong: string[] = []
    page.on('console', message => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', error => wrong.push(error.message))
    page.on('dialog', dialog => {
      wrong.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', request => {
      if (!request.url().startsWith(new URL(url).origin)) wrong.push(request.url())
    })
    await page.goto(url)
    return { page, wrong }
  }
  const start = (t: { after(run: () => unknown): void }, env: Record<string, string> = {}) =>
    startServer(t as Parameters<typeof startServer>[0], { SYSMON_KMSG_PATH: 'off', ...env })
  const live = (page: Page) => page.locator('#state[data-state=live]').waitFor()
  const kill = async ({ url }: Server, data: object = KILL) => {
    const { status } = await postJson(`${url}/telemetry/events`, { type: 'system_oom_kill', data })
    assert.equal(status, 200)
  }

  test('a kill is a card at once; names are text; nothing else is asked or run', async t => {
    const server = await start(t)
    const { page, wrong } = await open(t, server.url)
    assert.equal(page.url(), `${server.url}/telemetry/ui`)
    await live(page)
    await page.getByText('Nothing has died here.').waitFor()
    await kill(server)
    const card = page.locator('article.kill')
    await card.waitFor()
    assert.equal(await card.locator('h3').innerText(), `${HOSTILE} was killed holding 49 MiB`)
    assert.equal(await card.locator('.tag').first().innerText(), 'posted over HTTP')
    assert.match(await card.locator('.limit-label').innerText(), /64 MiB/)
    assert.equal(await card.locator('tr.victim .killed').count(), 1)
    await card.locator('summary').click()
    await card.getByText('"oom_memcg": "/docker/<b>3f2a</b>"').waitFor()
    assert.equal(await page.locator('img, b').count(), 0)
    const { seq } = await lastOf(server)
    await postJson(`${server.url}/telemetry/events`, {
      type: 'page_crashed',
      data: { title: HOSTILE, url: 'https://a.example/', cause: 'oom_kill', oom_kill_seq: seq },
    })
    await card.locator('.related a').waitFor()
    assert.deepEqual(wrong, [])
  })

  test('filters are in the address, and stay; the keyboard does all', async t => {
    const server = await start(t)
    await kill(server)
    await kill(server, { process_name: 'java', pid: 7, rss_kb: 1 })
    const { page, wrong } = await open(t, `${server.url}/telemetry/ui?service=java`)
    await page.locator('article.kill').first().waitFor()
    // A process's name is no beginning of a sentence.
    assert.match(await page.locator('article.kill .cause').innerText(), /^java /)
    assert.equal(await page.locator('article.kill').count(), 1)
    await page.locator('#filter-text').fill('java')
    await page.reload()
    await page.locator('article.kill').first().waitFor()
    assert.equal(await page.locator('#filter-text').inputValue(), 'java')
    assert.equal(new URL(page.url()).search, '?service=java&text=java')
    await page.getByRole('button', { name: 'Clear' }).press('Enter')
    await page.locator('article.kill').nth(1).waitFor()
    const mark = page.locator('a.mark[tabindex="0"]')
    await mark.focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.locator('li.item:focus').waitFor()
    assert.deepEqual(wrong, [])
  })

  test('a token is asked for, sent in a header, and asked for again where it is wrong', async t => {
    const server = await start(t, { SYSMON_READ_TOKEN: 'right' })
    await kill(server)
    const { page } = await open(t, `${server.url}/telemetry/ui`)
    for (const token of ['wrong', 'right']) {
      await page.locator('#state[data-state=token]').waitFor()
      await page.getByLabel('Token for reading').fill(token)
      await page.getByRole('button', { name: 'Connect' }).click()
      if (token === 'wrong') await page.getByText('did not take that token').waitFor()
    }
    await live(page)
    await page.locator('article.kill').waitFor()
    assert.doesNotMatch(page.url(), /right/)
    assert.equal((await fetch(`${server.url}/telemetry/explain`, { method: 'POST' })).status, 401)
  })

  test('it comes back after a restart, and shows each event once', async t => {
    const { temporaryFolder } = await import('../support/temporary-folder.ts')
    const stateDir = temporaryFolder(t)
    const first = await start(t, { SYSMON_STATE_DIR: stateDir })
    const { page } = await open(t, `${first.url}/telemetry/ui`)
    await live(page)
    await kill(first)
    await page.locator('article.kill').waitFor()
    await first.stop()
    await page.locator('#state[data-state=away]').waitFor()
    const PORT = new URL(first.url).port
    const second = await start(t, { SYSMON_STATE_DIR: stateDir, PORT })
    await kill(second, { process_name: 'java', pid: 7, rss_kb: 1 })
    await page.locator('article.kill').nth(1).waitFor()
    await live(page)
    assert.equal(await page.locator('article.kill').count(), 2)
  })

  test('a server that numbers anew is noticed, also when it has passed the number of the last event', async t => {
    // Without a folder it keeps nothing over a restart.
    const first = await start(t, { SYSMON_STATE_DIR: 'false' })
    const { page } = await open(t, `${first.url}/telemetry/ui`)
    await live(page)
    await kill(first)
    await page.locator('article.kill').waitFor()
    await page.context().setOffline(true)
    await first.stop()
    const PORT = new URL(first.url).port
    const second = await start(t, { SYSMON_STATE_DIR: 'false', PORT })
    for (const name of ['java', 'node', 'python']) {
      await kill(second, { process_name: name, pid: 7, rss_kb: 1 })
    }
    await page.context().setOffline(false)
    await page.locator('article.kill').nth(3).waitFor()
    assert.equal(await page.locator('article.kill').count(), 4)
  })

  test('a server that numbers anew and passes the number of the last event while it is asked', async t => {
    const first = await start(t, { SYSMON_STATE_DIR: 'false' })
    const front = await startMovingFront(t, first.url)
    const { page } = await open(t, `${front.url}/telemetry/ui`)
    await live(page)
    await kill(first)
    await page.locator('article.kill').waitFor()
    const second = await start(t, { SYSMON_STATE_DIR: 'false' })
    front.move(second.url, async () => {
      for (const name of ['java', 'node', 'python']) {
        await kill(second, { process_name: name, pid: 7, rss_kb: 1 })
      }
    })
    await page.locator('article.kill').nth(3).waitFor()
    assert.equal(await page.locator('article.kill').count(), 4)
  })

  test('a pasted log is explained by the same card', async t => {
    const server = await start(t)
    const { page, wrong } = await open(t, `${server.url}/telemetry/ui#explain`)
    await page.getByLabel('The log').fill(readFileSync('test/fixtures/6.1-global.kmsg', 'latin1'))
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('1 kill found.').waitFor()
    assert.equal(
      await page.locator('article.kill h3').innerText(),
      'java: worker 1 was killed holding 158 MiB'
    )
    await page.getByLabel('The log').fill('no log')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText(/^No (?:line|OOM kill)/).waitFor()
    assert.deepEqual(wrong, [])
  })

  test('8,192 events: little of it is in the page at a time, and all can be leafed through', async t => {
    const server = await start(t, { SYSMON_JOURNAL_CATEGORIES: '' })
    await kill(server)
    const event = { type: 'note', category: 'console', data: { text: HOSTILE } }
    for (let sent = 0; sent < 8191; sent += 64) {
      const some = Array.from({ length: Math.min(64, 8191 - sent) }, () =>
        postJson(`${server.url}/telemetry/events`, event)
      )
      await Promise.all(some)
    }
    const { page, wrong } = await open(t, `${server.url}/telemetry/ui`)
    await page.getByText('1–50 of 8,192 events').waitFor()
    assert.ok(((await page.evaluate('document.querySelectorAll("*").length')) as number) < 2500)
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByText('51–100 of 8,192 events').waitFor()
    await page.locator('#tiles button').first().click()
    await page.locator('article.kill').waitFor()
    assert.deepEqual(wrong, [])
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`nothing keeps people out: ${colorScheme}, at a desk and on a phone`, async t => {
      const server = await start(t)
      await kill(server)
      const gap = { source: 'kmsg', lost: 7, reason: 'overwritten' }
      await postJson(`${server.url}/telemetry/events`, { type: 'telemetry_gap', data: gap })
      await postJson(`${server.url}/telemetry/events`, { type: 'note', category: 'page' })
      const { seq } = await firstOf(server)
      for (const title of ['Shop', 'Cart']) {
        const data = { title, url: 'https://a.example/', cause: 'oom_kill', oom_kill_seq: seq }
        await postJson(`${server.url}/telemetry/events`, { type: 'page_crashed', data })
      }
      const axe = readFileSync(
        createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
        'utf8'
      )
      for (const [name, width, height] of [
        ['desktop', 1280, 900],
        ['phone', 360, 780],
      ] as const) {
        const { page } = await open(t, `${server.url}/telemetry/ui`, {
          colorScheme,
          reducedMotion: 'reduce',
          viewport: { width, height },
          // For axe, which is put into it.
          bypassCSP: true,
        })
        await page.locator('article.kill').waitFor()
        await page.screenshot({ path: `${ARTEFACTS}/${name}-${colorScheme}.png`, fullPage: true })
        const wide = await page.evaluate('document.documentElement.scrollWidth')
        assert.ok((wide as number) <= width, `${wide} pixels wide`)
        for (const view of ['#events', '#explain']) {
          await page.evaluate(`location.hash = ${JSON.stringify(view)}`)
          await page.evaluate(axe)
          const found = await page.evaluate(
            `axe.run({ rules: { 'target-size': { enabled: true } } }).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`
          )
          assert.deepEqual(found, [], `${name} ${view}`)
        }
      }
    })
  }
})

async function lastOf({ url }: Server): Promise<{ seq: number }> {
  const response = await fetch(`${url}/telemetry/events?order=desc&limit=1`)
  const [last] = (await response.json()) as [{ seq: number }]
  return last
}

async function firstOf({ url }: Server): Promise<{ seq: number }> {
  const response = await fetch(`${url}/telemetry/events?format=json&limit=1`)
  const [first] = (await response.json()) as [{ seq: number }]
  return first
}
