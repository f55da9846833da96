/** Ring and readers together against a plain array, over random runs of publishing and reading. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventCategory } from '../../generated/types.ts'
import type { PublishedEvent } from '../../plugin/events/envelope.ts'
import type { EventReader } from '../../plugin/stream/event-reader.ts'
import { EventStream, type StartAt } from '../../plugin/stream/stream.ts'
import fc from '../support/fast-check.ts'

const CATEGORIES: EventCategory[] = ['console', 'network', 'page']

/** The same by the book: every event ever published, and the index of the oldest kept. */
class Model {
  readonly all: PublishedEvent[] = []
  oldest = 0
  dropped = 0
  readonly capacity: number
  readonly maxBytes: number

  constructor(capacity: number, maxBytes: number) {
    this.capacity = capacity
    this.maxBytes = maxBytes
  }

  get kept(): PublishedEvent[] {
    return this.all.slice(this.oldest)
  }

  add(event: PublishedEvent): void {
    this.all.push(event)
    const bytes = () => this.kept.reduce((sum, { frame }) => sum + frame.length, 0)
    while (this.kept.length > this.capacity || (bytes() > this.maxBytes && this.kept.length > 1))
      this.oldest++
  }

  start(start: StartAt): number {
    if (start === 'now') return this.all.length
    if (start === 'oldest' || start.after > this.all.length) return this.oldest
    return start.after
  }
}

interface Pair {
  readonly reader: EventReader
  readonly categories: EventCategory[] | undefined
  /** Index of the next event in the model. */
  next: number
  /** Missed, and not told yet. */
  missed: number
}

const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      category: fc.constantFrom(...CATEGORIES),
      size: fc.nat(300),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      reader: fc.nat(5),
      maxBytes: fc.integer({ min: -100, max: 1500 }),
      atLeastOne: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('subscribe' as const),
      start: fc.oneof(
        fc.constantFrom<StartAt>('now', 'oldest'),
        fc.nat(60).map((after): StartAt => ({ after }))
      ),
      categories: fc.option(fc.subarray(CATEGORIES), { nil: undefined }),
    }),
  }
)

test('whatever is published and read, ring and readers agree with a plain array', () => {
  const size = { capacity: fc.integer({ min: 1, max: 8 }), maxBytes: fc.nat(2500) }
  fc.assert(
    fc.property(
      fc.record(size),
      fc.array(operation, { maxLength: 120, size: 'max' }),
      ({ capacity, maxBytes }, operations) => {
        const stream = new EventStream({ capacity, maxBytes })
        const model = new Model(capacity, maxBytes)
        const pairs: Pair[] = []
        for (const step of operations) {
          if (step.do === 'publish') {
            const { category, size: length } = step
            const source = { kind: 'cdp' } as const
            const event = stream.publish({
              ts: 1,
              type: 'note',
              category,
              source,
              data: 'é'.repeat(length),
            })
            assert.equal(event.seq, model.all.length + 1)
            model.add(event)
          } else if (step.do === 'subscribe') {
            const { start, categories } = step
            const filter = categories === undefined ? {} : { categories: new Set(categories) }
            const reader = stream.subscribe(start, filter, () => {})
            pairs.push({ reader, categories, next: model.start(start), missed: 0 })
          } else {
            const pair = pairs[step.reader]
            if (pair !== undefined) readBoth(model, pair, step.maxBytes, step.atLeastOne)
          }
          assert.deepEqual([...stream.events(1)], model.kept)
          assert.equal(stream.seq, model.all.length)
          assert.equal(stream.dropped, model.dropped)
          assert.equal(
            stream.retainedBytes,
            model.kept.reduce((sum, { frame }) => sum + frame.length, 0)
          )
        }
      }
    ),
    { numRuns: 200 }
  )
})

function readBoth(model: Model, pair: Pair, maxBytes: number, atLeastOne: boolean): void {
  assert.equal(pair.reader.hasMore, pair.next < model.all.length)
  const gone = Math.max(0, model.oldest - pair.next)
  pair.next += gone
  let missed = pair.missed + gone
  pair.missed = 0
  let isBlocked = false
  const expected: PublishedEvent[] = []
  let bytes = 0
  for (const event of model.all.slice(pair.next)) {
    if (pair.categories === undefined || pair.categories.includes(event.category)) {
      bytes += event.frame.length
      if (bytes > maxBytes && !(atLeastOne && expected.length === 0)) {
        isBlocked = true
        break
      }
      expected.push(event)
    }
    pair.next++
  }
  // Where nothing fits, the gap is told later, in one piece with the events after it.
  if (isBlocked && expected.length === 0) {
    pair.missed = missed
    missed = 0
  }
  model.dropped += missed
  const batch = pair.reader.read(maxBytes, atLeastOne)
  assert.equal(batch.missed, missed)
  assert.deepEqual(
    batch.events.map(({ seq }) => seq),
    expected.map(({ seq }) => seq)
  )
}
