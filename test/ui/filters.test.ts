/** Which events are shown, and how that stands in the page's address. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  filtersFrom,
  isFiltered,
  matcher,
  NO_FILTERS,
  searchWith,
} from '../../plugin/ui/filters.ts'
import { Store } from '../../plugin/ui/store.ts'
import { envelope, kill } from './envelopes.ts'

test('filters come back from the address as they were put there; the rest of it stays', () => {
  const filters = {
    types: ['service_crashed', 'page_crashed'],
    category: 'system',
    service: 'a&b=<c>',
    text: '100 % of it',
  }
  const search = searchWith(filters, '?range=1h&text=old')
  assert.equal(new URLSearchParams(search).get('range'), '1h')
  assert.deepEqual(filtersFrom(search), filters)
  assert.equal(searchWith(NO_FILTERS, search), '?range=1h')
  assert.equal(searchWith(NO_FILTERS, ''), '')
  assert.deepEqual(filtersFrom('?type=a,,a&type=b'), { ...NO_FILTERS, types: ['a', 'b'] })
})

test('each filter leaves out what it says', () => {
  const store = new Store()
  store.add(kill(1, 'Java'))
  store.add(kill(2, 'node'))
  store.add(envelope(3, 'note', { text: 'about JAVA' }))
  const shown = (part: Partial<typeof NO_FILTERS>) => {
    const filters = { ...NO_FILTERS, ...part }
    assert.equal(isFiltered(filters), Object.keys(part).length > 0)
    return store.entries.filter(matcher(filters)).map(({ seq }) => seq)
  }
  assert.deepEqual(shown({}), [1, 2, 3])
  assert.deepEqual(shown({ types: ['incidents'] }), [1, 2])
  assert.deepEqual(shown({ types: ['note', 'page_crashed'] }), [3])
  assert.deepEqual(shown({ category: 'console' }), [3])
  assert.deepEqual(shown({ service: 'Java' }), [1])
  assert.deepEqual(shown({ text: ' java ' }), [1, 3])
  assert.deepEqual(shown({ text: 'java', types: ['note'] }), [3])
})
