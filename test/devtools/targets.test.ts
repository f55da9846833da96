/** Which deaths of targets are news, by what a real Chromium was seen to send around them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Targets, targetInfoOf } from '../../plugin/devtools/targets.ts'

const info = (more: object = {}) => {
  const page = {
    targetId: 'T',
    type: 'page',
    title: 'One',
    url: 'https://one.example/',
    attached: false,
  }
  return targetInfoOf({ ...page, ...more })!
}

function withOne(): Targets {
  const targets = new Targets()
  targets.see(info())
  return targets
}

test('a page that died is told once, however often the browser tells it', () => {
  const targets = withOne()
  assert.equal(targets.crash('X'), undefined)
  assert.equal(targets.crash('T')?.id, 'T')
  assert.equal(targets.crash('T'), undefined)
})

test('a page that was reloaded, and dies again, is told again: the reload changes nothing', () => {
  const targets = withOne()
  assert.equal(targets.crash('T')?.url, 'https://one.example/')
  targets.see(info())
  assert.equal(targets.crash('T')?.title, 'One')
  targets.see(info({ url: 'https://two.example/', title: '' }))
  assert.equal(targets.crash('T')?.url, 'https://two.example/')
})

test('who attaches to a dead page, or lets it go, gives it no life', () => {
  const targets = withOne()
  targets.crash('T')
  targets.see(info({ attached: true }))
  targets.see(info({ attached: false, title: 'a title that was not told before' }))
  assert.equal(targets.crash('T'), undefined)
})

test('an address that it died of is not where it was', () => {
  const targets = withOne()
  targets.see(info({ url: 'chrome://crash/' }))
  assert.equal(targets.crash('T')?.url, 'https://one.example/')
  targets.see(info({ url: 'chrome://crash/' }))
  assert.equal(targets.crash('T'), undefined)
})

test('of a frame that lost its address the last one known is kept', () => {
  const targets = new Targets()
  targets.see(info({ type: 'iframe' }))
  targets.see(info({ type: 'iframe', url: '', title: '', attached: true }))
  const { url, title } = targets.crash('T')!
  assert.deepEqual({ url, title }, { url: 'https://one.example/', title: 'One' })
  targets.see(info({ type: 'iframe', url: '', title: '', attached: true }))
  assert.equal(targets.crash('T'), undefined)
})

test("the browser's own windows and workers are no pages, nor is what is gone", () => {
  const targets = new Targets()
  for (const more of [
    { type: 'browser_ui' },
    { type: 'page', url: 'chrome://omnibox-popup.top-chrome/' },
    { type: 'service_worker' },
    { type: 'tab' },
  ]) {
    targets.see(info(more))
    assert.equal(targets.crash('T'), undefined, JSON.stringify(more))
  }
  targets.see(info())
  targets.remove('T')
  assert.equal(targets.crash('T'), undefined)
  assert.equal(targets.size, 0)
})

test('only what may have brought another process is a change', () => {
  const targets = new Targets()
  assert.equal(targets.see(info()), true)
  assert.equal(targets.see(info()), true, 'a reload')
  assert.equal(targets.see(info({ attached: true })), false)
  assert.equal(targets.see(info({ attached: false, url: 'https://two.example/' })), true)
})

test('however many there are, and however long they are, memory is bounded', () => {
  const targets = new Targets()
  const url = `https://one.example/${'x'.repeat(2 ** 20)}`
  for (let i = 0; i < 20_000; i++) targets.see(info({ targetId: `T${i}`, url }))
  assert.equal(targets.size, 10_000)
  assert.equal(targets.crash('T9999')?.url, '', 'it is asked for when it is needed')
  assert.equal(targets.crash('T0')?.url.length, 16_384)
})

test('what is no target is none', () => {
  for (const value of [
    undefined,
    null,
    1,
    'x',
    {},
    { targetId: 1, type: 'page' },
    { targetId: 'x' },
  ]) {
    assert.equal(targetInfoOf(value), undefined)
  }
  const long = targetInfoOf({ targetId: 'x'.repeat(200), type: 'page' })
  assert.equal(long, undefined)
  assert.deepEqual(
    targetInfoOf({ targetId: 'T', type: 'page', url: 5, title: {}, attached: 'yes' }),
    {
      targetId: 'T',
      type: 'page',
      url: '',
      title: '',
      attached: false,
    }
  )
})
