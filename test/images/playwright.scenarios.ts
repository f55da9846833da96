/**
 * What a user of Playwright sees: it drives the image's browser over CDP as if the telemetry were not there,
 * while tabs crash, and the telemetry tells these crashes, each once and of the right page.
 */

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { PageCrashedData } from '../../generated/types.ts'
import type { SseClient } from '../support/sse-client.ts'
import { PATIENCE_MS, sleep } from '../support/wait.ts'
import { buildImage, type Flavour } from './support/build.ts'
import { startContainer } from './support/container.ts'
import { whyNoImages } from './support/engine.ts'
import { crashes } from './support/expect.ts'
import { printedTable } from './support/table.ts'

const TABS = 10
const NAVIGATIONS = 200
const SHORT_TABS = 50
/** What is told within a second otherwise. */
const QUIET_MS = 3000
/** By the number of their tabs: how each of them ends. */
const DEATHS = new Map([
  [2, 'chrome://crash'],
  [5, 'chrome://kill'],
  [8, 'chrome://crash'],
])
/** The pages: answered by Playwright itself, for the container's network has nobody else in it. */
const SITE = 'http://pages.test'

const table = printedTable('Playwright over CDP')
const skip = whyNoImages() ?? false

for (const flavour of ['headless', 'headful'] as const) {
  describe(`Playwright at the ${flavour} image`, { skip }, () => scenario(flavour))
}

function scenario(flavour: Flavour): void {
  let image = ''
  before(() => {
    image = buildImage(flavour)
  })

  test('three of ten tabs crash, 200 navigations, 50 tabs opened and closed', async t => {
    const container = await startContainer(t, image)
    await container.browser()
    const events = await container.events(t)
    const browser = await chromium.connectOverCDP(container.devtools)
    t.after(() => browser.close())
    const context = browser.contexts()[0]!
    context.setDefaultTimeout(PATIENCE_MS)
    await context.route(`${SITE}/**`, route =>
      route.fulfill({
        contentType: 'text/html',
        body: `<title>${new URL(route.request().url()).pathname}</title>`,
      })
    )

    const tabs: Page[] = []
    for (let tab = 0; tab < TABS; tab++) tabs.push(await openTab(context, `/tab/${tab}`))
    for (const [tab, address] of DEATHS) {
      const crashed = tabs[tab]!.waitForEvent('crash')
      // It never comes to an end.
      tabs[tab]!.goto(address).catch(() => {})
      await crashed
    }
    const living = tabs.filter((_, tab) => !DEATHS.has(tab))
    for (let count = 0; count < NAVIGATIONS; count++) {
      const page = living[count % living.length]!
      await page.goto(`${SITE}/navigation/${count}?token=secret`)
      assert.equal(await page.title(), `/navigation/${count}`)
    }
    for (let count = 0; count < SHORT_TABS; count++) {
      await (await openTab(context, `/short/${count}`)).close()
    }
    for (const page of living) await page.close()

    const wanted = [...DEATHS].map(([tab, address]) => `${SITE}/tab/${tab} by ${address}`)
    await events.until(() => pageCrashes(events).length >= wanted.length, 'crashes', PATIENCE_MS)
    await sleep(QUIET_MS)
    const how = ({ status }: PageCrashedData) =>
      status === 'killed' ? 'chrome://kill' : 'chrome://crash'
    assert.deepEqual(
      pageCrashes(events)
        .map(crash => `${crash.url} by ${how(crash)}`)
        .sort(),
      wanted.sort()
    )
    assert.deepEqual(crashes(events), [])
    for (const crash of pageCrashes(events)) table.row(flavour, JSON.stringify(crash))
  })
}

async function openTab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${SITE}${path}`)
  return page
}

function pageCrashes(events: SseClient): PageCrashedData[] {
  return events.events
    .filter(({ envelope }) => envelope.event.type === 'page_crashed')
    .map(({ envelope }) => envelope.event.data as PageCrashedData)
}
