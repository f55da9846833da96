/** A scrape, as a test reads it. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import type { FastifyInstance } from 'fastify'
import { call } from '../support/app.ts'
import { findRealPart } from '../support/real-parts.ts'

const promtool = findRealPart('promtool')
export const noPromtool =
  promtool === undefined ? 'there is no promtool: npm run real-parts' : false

export class Scrape {
  readonly text: string
  readonly #samples: ReadonlyMap<string, number>

  constructor(text: string) {
    this.text = text
    const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    this.#samples = new Map(
      lines.map(line => {
        const at = line.lastIndexOf(' ')
        return [line.slice(0, at), Number(line.slice(at + 1))]
      })
    )
  }

  /** @param series `sysmon_oom_kills_total{constraint="memcg",...}`, the labels in the metric's order */
  value(series: string): number | undefined {
    return this.#samples.get(series)
  }

  /** Sum over the series of a metric that have all of these labels; undefined where there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    const found = [...this.#samples].filter(
      ([series]) =>
        (series === name || series.startsWith(`${name}{`)) &&
        wanted.every(label => series.includes(label))
    )
    return found.length === 0 ? undefined : found.reduce((sum, [, value]) => sum + value, 0)
  }

  get names(): string[] {
    return [...this.text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!)
  }
}

/** By inject; the answer is one that the document knows. */
export async function scrape(app: FastifyInstance): Promise<Scrape> {
  const { status, headers, text } = await call(app, { url: '/metrics' })
  assert.equal(status, 200, text)
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  return new Scrape(text)
}

/** Runs promtool. @returns what it said, which fails the test unless it says that all is well */
export function runPromtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(promtool!, args, { input, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  return stdout + stderr
}
