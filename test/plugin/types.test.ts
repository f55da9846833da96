/** The types that a host's code is written with. What is wrong here fails when it is compiled. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectTypeOf } from 'expect-type'
import type { BROWSER_TYPES } from '../../plugin/events/types.ts'
import type {
  BrowserEventType,
  EventEnvelope,
  KnownEvent,
  OomKillData,
  ServiceCrashedData,
  Sysmon,
  TelemetryEvent,
  TelemetryGapData,
} from '../../plugin/index.ts'
import { listen, startApp } from '../support/app.ts'

declare module '../../plugin/types.ts' {
  interface CustomEventTypes {
    backup_finished: { duration_ms: number }
    page_load: { url: string }
  }
}

type Table = typeof BROWSER_TYPES

const event = {} as TelemetryEvent
const sysmon = {} as Sysmon

test('the type of an event gives its data its type', () => {
  if (event.type === 'system_oom_kill') {
    expectTypeOf(event.data).toEqualTypeOf<OomKillData | null | undefined>()
    expectTypeOf(event.category).toEqualTypeOf<'system'>()
  }
  if (event.type === 'service_crashed') {
    expectTypeOf(event.data).toEqualTypeOf<ServiceCrashedData | null | undefined>()
  }
  switch (event.type) {
    case 'telemetry_gap':
      expectTypeOf(event.data).toEqualTypeOf<TelemetryGapData | null | undefined>()
      break
    case 'page_navigation':
      expectTypeOf(event.data).toEqualTypeOf<unknown>()
      break
    default:
  }
})

test('a type that the host named is told apart as well, also one of the browser', () => {
  if (event.type === 'backup_finished') {
    expectTypeOf(event.data).toEqualTypeOf<{ duration_ms: number } | null | undefined>()
  }
  if (event.type === 'page_load') {
    expectTypeOf(event.data).toEqualTypeOf<{ url: string } | null | undefined>()
  }
})

test('a type that nobody named is a mistake to compare with; as a string any may be', () => {
  // @ts-expect-error a mistyped name
  assert.ok(event.type !== 'system_oom_kil')
  const type: string = event.type
  assert.ok(type !== 'whatever')
  expectTypeOf(event.data).toBeUnknown()
})

test('a subscriber of some types is given their events', () => {
  const check = (): void => {
    sysmon.subscribe(
      envelope => {
        expectTypeOf(envelope.event.data).toEqualTypeOf<OomKillData | null | undefined>()
      },
      { types: ['system_oom_kill'] }
    )
    sysmon.subscribe(
      ({ event }) => {
        expectTypeOf(event.type).toEqualTypeOf<'system_oom_kill' | 'service_crashed'>()
        if (event.type === 'service_crashed') {
          expectTypeOf(event.data).toEqualTypeOf<ServiceCrashedData | null | undefined>()
        }
      },
      { from: 'oldest', types: ['system_oom_kill', 'service_crashed'] }
    )
    sysmon.subscribe(
      ({ event }) => {
        expectTypeOf(event.data).toEqualTypeOf<{ duration_ms: number } | null | undefined>()
      },
      { types: ['backup_finished'] }
    )
    sysmon.subscribe(
      ({ event }) => {
        expectTypeOf(event.type).toEqualTypeOf<'nobody_named'>()
        expectTypeOf(event.data).toBeUnknown()
      },
      { types: ['nobody_named'] }
    )
    const types: readonly string[] = ['system_oom_kill']
    sysmon.subscribe(
      ({ event }) => {
        expectTypeOf(event).toEqualTypeOf<TelemetryEvent>()
      },
      { types }
    )
    sysmon.subscribe(({ event }) => {
      expectTypeOf(event).toEqualTypeOf<TelemetryEvent>()
    })
    // One for any event will do for some.
    const any = ({ seq }: EventEnvelope): number => seq
    sysmon.subscribe(any, { types: ['system_oom_kill'], categories: ['system'] })
    // @ts-expect-error no category
    sysmon.subscribe(any, { categories: ['systems'] })
  }
  assert.equal(typeof check, 'function')
})

test("the browser's types are those of the table", () => {
  type InTable = Table[keyof Table][number]
  expectTypeOf<Exclude<InTable, BrowserEventType>>().toBeNever()
  expectTypeOf<Exclude<BrowserEventType, InTable | KnownEvent['type']>>().toBeNever()
})

test('what is typed is what arrives', async t => {
  const app = await startApp(t)
  const seen: unknown[] = []
  app.sysmon.subscribe(({ event }) => seen.push(event.data?.duration_ms), {
    types: ['backup_finished'],
  })
  app.sysmon.subscribe(({ event }) => seen.push(event.data?.service_name), {
    types: ['service_crashed'],
  })
  const url = await listen(app)
  app.sysmon.publish({ type: 'backup_finished', category: 'platform', data: { duration_ms: 5 } })
  app.sysmon.publish({ type: 'service_crashed', data: { service_name: 'a', phase: 'startup' } })
  await fetch(`${url}/healthz`)
  assert.deepEqual(seen, [5, 'a'])
})
