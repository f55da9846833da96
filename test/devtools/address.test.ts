/** What is told of an address and of a title: nothing of what may be a secret. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutAddress, cutTitle, isDebugAddress } from '../../plugin/devtools/address.ts'

for (const [address, path, origin] of [
  [
    'https://u:p@example.com:8443/a/b?token=x#y',
    'https://example.com:8443/a/b',
    'https://example.com:8443',
  ],
  ['https://example.com', 'https://example.com', 'https://example.com'],
  ['https://example.com?q=secret', 'https://example.com', 'https://example.com'],
  ['https://example.com/a@b?q', 'https://example.com/a@b', 'https://example.com'],
  ['https://u:p@w@example.com/', 'https://example.com/', 'https://example.com'],
  ['HTTPS://U:P@Example.com/#secret', 'HTTPS://Example.com/', 'HTTPS://Example.com'],
  [
    'view-source:https://u:p@example.com/a?q',
    'view-source:https://example.com/a',
    'view-source:https://example.com',
  ],
  ['blob:https://example.com/1234?x', 'blob:https://example.com/1234', 'blob:https://example.com'],
  ['data:text/html;base64,c2VjcmV0', 'data:text/html', 'data:text/html'],
  ['data:,secret', 'data:', 'data:'],
  ['javascript:secret()', 'javascript:', 'javascript:'],
  ['about:blank?secret', 'about:blank', 'about:blank'],
  ['chrome://settings/x?search=secret', 'chrome://settings/x', 'chrome://settings'],
  ['file:///home/me/a.html?secret', 'file:///home/me/a.html', 'file://'],
  ['mailto:me@example.com?subject=secret', 'mailto:', 'mailto:'],
  ['no address?secret', 'no address', 'no address'],
] as const) {
  test(`of ${address}`, () => {
    assert.equal(cutAddress(address, 'path'), path)
    assert.equal(cutAddress(address, 'origin'), origin)
    assert.equal(cutAddress(address, 'full'), address)
    assert.equal(cutAddress(address, 'none'), undefined)
  })
}

for (const [title, address, path, origin] of [
  ['My page: what?', 'https://example.com/', 'My page: what?', 'My page: what?'],
  [
    '127.0.0.1:80/a?token=x#f',
    'http://u:p@127.0.0.1:80/a?token=x#f',
    '127.0.0.1:80/a',
    '127.0.0.1:80',
  ],
  [
    'example.com:81/a b?q=my secret',
    'http://example.com:81/a%20b?q=my%20secret',
    'example.com:81/a b',
    'example.com:81',
  ],
  [
    'https://example.com/?t=x',
    'https://example.com/?t=x',
    'https://example.com/',
    'https://example.com',
  ],
  [
    'bücher.example/x?t=1',
    'https://xn--bcher-kva.example/x?t=1',
    'bücher.example/x',
    'bücher.example',
  ],
  ['example.com', 'https://example.com/?t=x', 'example.com', 'example.com'],
  ['example.com is down?', 'https://example.com/', 'example.com is down?', 'example.com is down?'],
  [
    'data:text/html,<b>secret</b>',
    'data:text/html,<b>secret</b>',
    'data:text/html',
    'data:text/html',
  ],
  [
    'view-source:example.com/?t=x',
    'view-source:https://example.com/?t=x',
    'view-source:example.com/',
    'view-source:example.com',
  ],
] as const) {
  test(`the title ${title}`, () => {
    assert.equal(cutTitle(title, address, 'path'), path)
    assert.equal(cutTitle(title, address, 'origin'), origin)
    assert.equal(cutTitle(title, address, 'full'), title)
  })
}

test('a title that is an address is not told where addresses are not; another one is', () => {
  assert.equal(cutTitle('example.com/?t=x', 'https://example.com/?t=x', 'none'), undefined)
  assert.equal(cutTitle('My page', 'https://example.com/', 'none'), 'My page')
})

test('what is long is cut', () => {
  assert.equal(cutAddress(`https://example.com/${'x'.repeat(2 ** 20)}`, 'full')?.length, 4096)
  assert.equal(cutTitle('x'.repeat(2 ** 20), '', 'path')?.length, 300)
})

test('addresses that make a browser crash', () => {
  for (const name of [
    'crash',
    'kill',
    'checkcrash',
    'badcastcrash',
    'gpucrash',
    'memory-exhaust',
    'hang',
  ]) {
    assert.ok(isDebugAddress(`chrome://${name}/`), name)
    assert.ok(isDebugAddress(`chrome://${name}`), name)
  }
  for (const url of [
    'chrome://settings/',
    'chrome://crashes/',
    'https://crash/',
    'chrome://gpu/',
  ]) {
    assert.ok(!isDebugAddress(url), url)
  }
})
