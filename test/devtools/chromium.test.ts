/**
 * A real Chromium whose pages die in every way that there is, beside all that a browser does without
 * anything dying: each death is one event with the right address, and nothing else is any.
 */

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { OomKillData, PageCrashedData } from '../../generated/types.ts'
import { Chromium, servePages, sleep, whyNoChromium } from '../support/chromium.ts'
import { memoryGroup, whyNoOomKills } from '../support/oom.ts'
import { type Server, startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'

const PAGES = {
  '/frame': (port: number) =>
    `<title>Outer</title><iframe src="http://localhost:${port}/inner?secret"></iframe>`,
  '/workers': () =>
    `<title>Workers</title><script>
      const code = URL.createObjectURL(new Blob(['setInterval(() => {}, 1000)']))
      new Worker(code); new SharedWorker(code)
    </script>`,
  '/hungry': () =>
    `<title>Hungry</title><script>
      const kept = []
      const grow = () => kept.length < 150 && kept.push(new Uint8Array(8 << 20).fill(1))
      setTimeout(() => setInterval(grow, 5), 1500)
    </script>`,
  '/untitled': () => 'no title',
}

interface Lab {
  readonly browser: Chromium
  readonly server: Server
  readonly port: number
  readonly client: SseClient
  /** `http://127.0.0.1:PORT` of the pages. */
  readonly site: string
}

async function startLab(
  t: TestContext,
  env: Record<string, string> = {},
  flags: readonly string[] = [],
  command: readonly string[] = []
): Promise<Lab> {
  const port = await servePages(t, PAGES)
  const browser = await Chromium.start(t, flags, 0, command)
  const server = await startServer(t, { SYSMON_DEVTOOLS_URL: browser.url, ...env })
  const client = await SseClient.open(`${server.url}/telemetry/events`)
  t.after(() => client.close())
  await watching(server)
  return { browser, server, port, client, site: `http://127.0.0.1:${port}` }
}

async function watching(server: Server, connections = 1): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const health = (await (await fetch(`${server.url}/healthz`)).json()) as {
      devtools: { state: string; connections: number }
    }
    const { devtools } = health
    if (devtools.state === 'watching' && devtools.connections >= connections) return
    await sleep(50)
  }
  throw new Error(`no browser is watched:\n${server.output()}`)
}

function crashes(client: SseClient): PageCrashedData[] {
  return client.events
    .filter(({ envelope }) => envelope.event.type === 'page_crashed')
    .map(({ envelope }) => envelope.event.data as PageCrashedData)
}

async function crashesOf(client: SseClient, targetId: string, count = 1) {
  const those = () => crashes(client).filter(({ target_id }) => target_id === targetId)
  await client.until(() => those().length >= count, `${count} crashes of ${targetId}`)
  return those()
}

describe('a real Chromium', { skip: whyNoChromium() ?? false }, () => {
  for (const [address, signal, status, cause] of [
    ['chrome://crash', 'SIGSEGV', 'crashed', 'crash'],
    ['chrome://checkcrash', 'SIGTRAP', 'crashed', 'crash'],
    ['chrome://memory-exhaust', 'SIGTRAP', 'crashed', 'crash'],
    ['chrome://kill', 'SIGTERM', 'killed', 'killed'],
  ] as const) {
    test(`${address} is one page_crashed, of the page that it was`, async t => {
      const { browser, client, site, port } = await startLab(t)
      const tab = await browser.open(
        `http://user:password@127.0.0.1:${port}/page?token=secret#part`
      )
      const other = await browser.open(`${site}/other`)
      const before = await browser.processes(/^renderer$/)
      await sleep(1200)
      tab.go(address)
      const [crash] = await crashesOf(client, tab.targetId)
      const after = (await browser.processes()).map(({ id }) => id)
      await sleep(500)
      assert.equal(crashes(client).length, 1)
      const gone = before.filter(({ id }) => !after.includes(id))
      assert.equal(gone.length, 1)
      assert.deepEqual(crash, {
        target_id: tab.targetId,
        target_type: 'page',
        url: `${site}/page`,
        title: 'Page',
        status,
        signal,
        pid: gone[0]!.id,
        role: 'renderer',
        cause,
      })
      const { envelope } = client.events.find(({ envelope }) => envelope.event.data === crash)!
      assert.equal(envelope.event.category, 'page')
      assert.equal(envelope.event.source.kind, 'cdp')
      assert.equal(envelope.event.source.event, 'Target.targetCrashed')
      assert.equal(envelope.event.source.metadata?.reporter, 'devtools')
      assert.notEqual(other.targetId, tab.targetId)
    })
  }

  test('reloaded and dead again is told again; dead and attached to is not', async t => {
    const { browser, client, site } = await startLab(t)
    const tab = await browser.open(`${site}/page`)
    tab.go('chrome://crash')
    await crashesOf(client, tab.targetId, 1)
    const again = await browser.call('Target.attachToTarget', {
      targetId: tab.targetId,
      flatten: true,
    })
    await sleep(200)
    await browser.call('Target.detachFromTarget', { sessionId: again.sessionId })
    await tab.call('Page.reload')
    await tab.loaded(`${site}/page`)
    tab.go('chrome://crash')
    await crashesOf(client, tab.targetId, 2)
    tab.go(`${site}/untitled?secret`)
    await tab.loaded(`${site}/untitled?secret`)
    tab.go('chrome://crash')
    const all = await crashesOf(client, tab.targetId, 3)
    await sleep(500)
    assert.deepEqual(
      crashes(client).map(({ url }) => url),
      [`${site}/page`, `${site}/page`, `${site}/untitled`]
    )
    assert.equal(all[2]?.title, `${site.slice('http://'.length)}/untitled`)
  })

  test('two tabs of one renderer are one event each, with its pid', async t => {
    const { browser, client, site } = await startLab(t)
    const tab = await browser.open(`${site}/page?1`)
    tab.evaluate('window.open("/page2")')
    await sleep(1500)
    tab.go('chrome://crash')
    await client.until(() => crashes(client).length === 2, 'two crashes')
    await sleep(500)
    const [first, second, ...more] = crashes(client)
    assert.deepEqual(more, [])
    assert.notEqual(first!.target_id, second!.target_id)
    assert.deepEqual([first!.url, second!.url].sort(), [`${site}/page`, `${site}/page2`])
    assert.equal(first!.pid, second!.pid)
    assert.ok(first!.pid)
  })

  test('a frame of another site dies alone; a page with workers is one event', async t => {
    const { browser, client, site, port } = await startLab(t)
    const outer = await browser.open(`${site}/frame`)
    await sleep(800)
    const { targetInfos } = (await browser.call('Target.getTargets')) as {
      targetInfos: { type: string; targetId: string }[]
    }
    const frame = targetInfos.find(({ type }) => type === 'iframe')!
    const { sessionId } = await browser.call('Target.attachToTarget', {
      targetId: frame.targetId,
      flatten: true,
    })
    void browser.call('Page.crash', {}, String(sessionId))
    const [crash] = await crashesOf(client, frame.targetId)
    assert.equal(crash!.target_type, 'iframe')
    assert.equal(crash!.url, `http://localhost:${port}/inner`)
    assert.equal(crash!.title, `http://localhost:${port}/inner`)
    assert.equal(crash!.cause, 'crash')
    outer.go('chrome://crash')
    await crashesOf(client, outer.targetId)
    const workers = await browser.open(`${site}/workers`)
    await sleep(800)
    workers.go('chrome://crash')
    await crashesOf(client, workers.targetId)
    await sleep(500)
    assert.equal(crashes(client).length, 3)
  })

  test('of ten tabs three die: those three, and no others', async t => {
    const { browser, client, site } = await startLab(t)
    const tabs = await Promise.all(
      Array.from({ length: 10 }, (_, i) => browser.open(`${site}/page${i}`))
    )
    await sleep(1000)
    for (const tab of [tabs[1]!, tabs[4]!, tabs[8]!]) tab.go('chrome://crash')
    await client.until(() => crashes(client).length >= 3, 'three crashes')
    await sleep(1000)
    assert.deepEqual(
      crashes(client)
        .map(({ url }) => url)
        .sort(),
      [1, 4, 8].map(i => `${site}/page${i}`)
    )
    for (const { pid, target_id } of crashes(client)) {
      // Where it is told it is right: no two have one.
      const same = crashes(client).filter(one => pid !== undefined && one.pid === pid)
      assert.ok(same.every(one => one.target_id === target_id))
    }
  })

  test('navigations, closed tabs and a browser that ends are nothing', async t => {
    const { browser, client, server, site, port } = await startLab(t)
    const tab = await browser.open(`${site}/page`)
    for (let i = 0; i < 200; i++) {
      const host = i % 2 === 0 ? '127.0.0.1' : 'localhost'
      await tab.call('Page.navigate', { url: `http://${host}:${port}/page${i}` })
    }
    for (let i = 0; i < 50; i++) {
      const { targetId } = await browser.open(
        `${i % 2 === 0 ? site : `http://localhost:${port}`}/frame`
      )
      await browser.call('Target.closeTarget', { targetId })
    }
    await browser.open(`${site}/workers`)
    await sleep(1500)
    // As supervisord stops it: all of its processes at once.
    process.kill(-browser.process.pid!, 'SIGTERM')
    await sleep(3000)
    assert.deepEqual(crashes(client), [])
    await server.said(/watching the browser by its DevTools/)
  })

  test('a browser that is started again is watched again; one that dies whole is no page', async t => {
    const { browser, client, server, site } = await startLab(t)
    await browser.open(`${site}/page`)
    process.kill(-browser.process.pid!, 'SIGKILL')
    await sleep(500)
    const second = await Chromium.start(t, [], browser.port)
    await watching(server, 2)
    assert.deepEqual(crashes(client), [])
    const tab = await second.open(`${site}/second`)
    tab.go('chrome://crash')
    const [crash] = await crashesOf(client, tab.targetId)
    assert.equal(crash!.url, `${site}/second`)
  })

  test('a GPU and a network process that crash are told, ended and killed ones are not', async t => {
    const { browser, client, site } = await startLab(t)
    await browser.open(`${site}/page`)
    const told = () =>
      client.events
        .filter(({ envelope }) => envelope.event.type === 'process_crashed')
        .map(({ envelope }) => envelope.event)
        .filter(({ source }) => source.kind === 'cdp')
    for (const [type, signal, role] of [
      [/^GPU$/, 'SIGSEGV', 'gpu'],
      [/^network/, 'SIGABRT', 'network'],
      [/^storage/, 'SIGILL', 'utility'],
    ] as const) {
      await sleep(2500)
      const before = told().length
      const [victim] = await browser.processes(type)
      process.kill(victim!.id, signal)
      await client.until(() => told().length > before, `the crash of ${type}`)
      assert.deepEqual(told()[before]!.data, { pid: victim!.id, signal, role })
      assert.equal(told()[before]!.category, 'system')
    }
    await sleep(2500)
    const [killed] = await browser.processes(/^network/)
    process.kill(killed!.id, 'SIGKILL')
    await sleep(5000)
    assert.equal(told().length, 3)
    assert.deepEqual(crashes(client), [])
  })

  test('nothing is seen of it: no target is attached, nothing is paused', async t => {
    const { browser, site } = await startLab(t)
    const { targetId } = await browser.call('Target.createTarget', { url: `${site}/page` })
    await sleep(1000)
    const { targetInfos } = (await browser.call('Target.getTargets', { filter: [{}] })) as {
      targetInfos: { targetId: string; attached: boolean }[]
    }
    assert.equal(targetInfos.find(one => one.targetId === targetId)?.attached, false)
    assert.ok(targetInfos.every(({ attached }) => !attached))
  })
})

describe(
  'a page that grows until the kernel kills it',
  {
    skip: whyNoChromium() ?? whyNoOomKills() ?? false,
  },
  () => {
    test('in a container, whose pids are not the kernel\u2019s, names the only kill that it can be', async t => {
      const group = memoryGroup(t, `sysmon-devtools-ns-${process.pid}`, 700 * 1024)
      const own = `echo $$ > ${group.procs} && exec unshare --pid --fork --mount-proc --kill-child "$@"`
      const { client, browser, site } = await startLab(t, {}, [], ['sh', '-c', own, 'sh'])
      const tab = await browser.open(`${site}/hungry`)
      const [crash] = await crashesOf(client, tab.targetId)
      assert.equal(crash!.cause, 'oom_kill', JSON.stringify(crash))
      const { event } = client.events.find(({ id }) => id === crash!.oom_kill_seq)!.envelope
      assert.equal(event.type, 'system_oom_kill')
      const kill = event.data as OomKillData
      assert.equal(kill.oom_memcg, group.path)
      assert.notEqual(kill.pid, crash!.pid, 'each numbers it in its own way')
      process.kill(-browser.process.pid!, 'SIGKILL')
      await sleep(300)
    })

    // On a quiet machine some milliseconds; here it shows only that nothing waits for a timer of seconds.
    test('is told soon after the browser tells it', async t => {
      const { browser, client, site } = await startLab(t)
      const watcher = await browser.watchCrashes(t)
      const tookMs: number[] = []
      for (let i = 0; i < 9; i++) {
        const tab = await browser.open(`${site}/page${i}`)
        await sleep(700)
        tab.go('chrome://crash')
        await crashesOf(client, tab.targetId)
        const { atUs } = client.events.find(
          ({ envelope }) => (envelope.event.data as PageCrashedData).target_id === tab.targetId
        )!
        tookMs.push((atUs - watcher.get(tab.targetId)!) / 1000)
      }
      const median = tookMs.sort((a, b) => a - b)[4]!
      t.diagnostic(`median ${median.toFixed(1)} ms, longest ${tookMs.at(-1)!.toFixed(1)} ms`)
      assert.ok(median < 1000, `${tookMs}`)
    })

    test('is a page_crashed that names the kill, after it', async t => {
      const group = memoryGroup(t, `sysmon-devtools-${process.pid}`, 700 * 1024)
      // From its start: renderers are children of a process that nothing names.
      const inGroup = ['sh', '-c', `echo $$ > ${group.procs} && exec "$@"`, 'sh']
      const { browser, client, server, site } = await startLab(t, {}, [], inGroup)
      const quiet = await browser.open(`${site}/quiet`)
      const tab = await browser.open(`${site}/hungry?how=much`)
      const [crash] = await crashesOf(client, tab.targetId)
      const kill = client.events.find(({ id }) => id === crash!.oom_kill_seq)
      assert.ok(kill, `the kill of ${JSON.stringify(crash)}\n${server.output()}`)
      const { type, data } = kill.envelope.event
      assert.equal(type, 'system_oom_kill')
      assert.equal((data as { pid: number }).pid, crash!.pid)
      const { oom_kill_seq: _, pid: __, ...told } = crash!
      assert.deepEqual(told, {
        target_id: tab.targetId,
        target_type: 'page',
        url: `${site}/hungry`,
        title: 'Hungry',
        status: 'killed',
        signal: 'SIGKILL',
        role: 'renderer',
        cause: 'oom_kill',
      })
      await sleep(500)
      assert.ok(!crashes(client).some(({ target_id }) => target_id === quiet.targetId))
      assert.equal(crashes(client).length, 1)
      process.kill(-browser.process.pid!, 'SIGKILL')
      await sleep(300)
    })
  }
)
