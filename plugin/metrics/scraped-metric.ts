/** Metrics whose values somebody else keeps: asked for when they are scraped, by no timer. */

import type { AddMetric, PromClient } from './prom-client.ts'

type Labels = Readonly<Record<string, string>>
/** Undefined: there is no such value, and no series. */
export type Value = number | undefined

export interface ScrapedMetric<State> {
  readonly name: string
  readonly help: string
  readonly kind: 'gauge' | 'counter'
  readonly labels?: readonly string[]
  readonly read: (state: State) => Value | ReadonlyArray<readonly [Labels, Value]>
}

export function addScraped<State>(
  client: PromClient,
  add: AddMetric,
  { name, help, kind, labels: labelNames = [], read }: ScrapedMetric<State>,
  state: () => State
): void {
  const config = { name, help, labelNames, registers: [] }
  const samples = () => {
    const values = read(state())
    return typeof values === 'object' ? values : [[{}, values] as const]
  }
  if (kind === 'gauge') {
    const gauge = new client.Gauge({
      ...config,
      collect() {
        empty(this, labelNames)
        for (const [labels, value] of samples()) if (value !== undefined) this.set(labels, value)
      },
    })
    add(name, gauge)
    return
  }
  const counter = new client.Counter({
    ...config,
    collect() {
      empty(this, labelNames)
      for (const [labels, value] of samples()) if (value !== undefined) this.inc(labels, value)
    },
  })
  add(name, counter)
}

/** reset() leaves a 0 where there are no labels. */
function empty(
  metric: { reset(): void; remove(labels: Labels): void },
  labelNames: readonly string[]
): void {
  metric.reset()
  if (labelNames.length === 0) metric.remove({})
}
