/** Which server `sysmon tail` and `sysmon doctor` ask. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { serverUrl } from '../../plugin/cli/server-client.ts'

function setVariables(t: TestContext, variables: Record<string, string>): void {
  const before = { ...process.env }
  t.after(() => {
    process.env = before
  })
  delete process.env.KERNEL_IMAGES_API_BASE_URL
  delete process.env.PORT
  Object.assign(process.env, variables)
}

const BASE = { KERNEL_IMAGES_API_BASE_URL: 'http://api:10001/' }

for (const [given, variables, expected] of [
  [undefined, {}, 'http://127.0.0.1:10001'],
  [undefined, { PORT: '3000' }, 'http://127.0.0.1:3000'],
  [undefined, { PORT: '' }, 'http://127.0.0.1:10001'],
  [undefined, { ...BASE, PORT: '3000' }, 'http://api:10001'],
  ['http://other:1/', { ...BASE, PORT: '3000' }, 'http://other:1'],
] as const) {
  test(`--url ${given}, ${JSON.stringify(variables)}: ${expected}`, t => {
    setVariables(t, variables)
    assert.equal(serverUrl(given), expected)
  })
}

test('what is no URL is refused by its name', t => {
  setVariables(t, {})
  assert.throws(() => serverUrl('localhost:3000'), /"localhost:3000" is no http URL/)
})
