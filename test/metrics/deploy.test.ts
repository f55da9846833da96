/** What deploy/ has for Prometheus and Grafana: right by their own tools, and of metrics that there are. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { codeSpansOf, tableUnder } from '../support/papers.ts'
import { findRealPart } from '../support/real-parts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { noPromtool, runPromtool } from './support.ts'

const RULES = 'deploy/prometheus/rules.yml'
const RULES_TEST = 'deploy/prometheus/rules-tests.yml'
const SCRAPE = 'deploy/prometheus/scrape.yml'
const DASHBOARD = 'deploy/grafana/sysmon.json'

const dashboardCheck = findRealPart('dashboardCheck')

interface Panel {
  readonly type: string
  readonly title: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: ReadonlyArray<{ readonly expr: string }>
}
interface Dashboard {
  readonly panels: readonly Panel[]
  readonly annotations: { readonly list: ReadonlyArray<{ readonly expr: string }> }
}
const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard
const queries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets),
  ...dashboard.annotations.list,
].map(({ expr }) => expr)
const alerts = (parse(readFileSync(RULES, 'utf8')).groups[0].rules as { alert: string }[]).map(
  ({ alert }) => alert
)

test('rules are right by promtool, and do what their tests say', { skip: noPromtool }, () => {
  runPromtool(['check', 'rules', RULES])
  runPromtool(['test', 'rules', RULES_TEST])
  runPromtool(['check', 'config', '--syntax-only', SCRAPE])
})

test('every alert is set off in the tests of the rules, and named in the docs', () => {
  const tests = readFileSync(RULES_TEST, 'utf8')
  for (const alert of alerts) assert.match(tests, new RegExp(`\\b${alert}\\b`))
  const rows = tableUnder('docs/metrics.md', '## Alerts').flatMap(([first]) => codeSpansOf(first!))
  assert.deepEqual(rows.sort(), [...alerts].sort())
})

test('rules and dashboard name metrics that there are', () => {
  const rows = tableUnder('docs/metrics.md', '## What there is')
  // Of which metrics.test.ts proves that they are those of a scrape.
  const known = new Set(rows.flatMap(([first]) => codeSpansOf(first!)))
  const files = [RULES, RULES_TEST, DASHBOARD].map(path => readFileSync(path, 'utf8'))
  for (const text of files) {
    const named = [...text.matchAll(/\b(?:sysmon|process)_[a-z_]+(?=[{ [)"',])/g)].map(String)
    assert.ok(named.length > 10)
    for (const name of named) assert.ok(known.has(name), name)
  }
})

test('the queries of the dashboard are right by promtool', { skip: noPromtool }, t => {
  assert.ok(queries.length > 30)
  const rules = queries.map((expr, i) => ({
    record: `query:${i}`,
    expr: expr
      .replaceAll(/\$__rate_interval|\$__range/g, '5m')
      .replaceAll(/"\$(?:job|instance)"/g, '".+"'),
  }))
  const path = join(temporaryFolder(t), 'queries.yml')
  writeFileSync(path, stringify({ groups: [{ name: 'dashboard', rules }] }))
  runPromtool(['check', 'rules', path])
})

test('no panel of the dashboard is over another one', () => {
  const taken = new Set<string>()
  for (const { title, gridPos } of dashboard.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24 && !taken.has(`${x} ${y}`), title)
        taken.add(`${x} ${y}`)
      }
    }
  }
})

const skip =
  dashboardCheck === undefined ? 'there is no dashboard check: npm run real-parts' : false
test("the dashboard is one by Grafana's schema, strictly", { skip }, t => {
  const check = (path: string) => spawnSync(dashboardCheck!, [path], { encoding: 'utf8' })
  const { status, stderr } = check(DASHBOARD)
  assert.equal(status, 0, stderr)
  // It does look at what is in the panels.
  const wrong = join(temporaryFolder(t), 'wrong.json')
  const text = readFileSync(DASHBOARD, 'utf8')
  for (const [from, to] of [
    ['"graphMode"', '"graphMod"'],
    ['"expr"', '"exp"'],
    ['"schemaVersion": 39', '"schemaVersion": "39"'],
  ] as const) {
    writeFileSync(wrong, text.replace(from, to))
    assert.equal(check(wrong).status, 1, to)
  }
})
