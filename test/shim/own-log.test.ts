/** The shim's own log: lines in pino's shape, of its level and above. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, LOG_LEVELS, type LogLevel } from '../../shim/own-log.ts'

const NUMBERS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const

test('what is below the level is not written', () => {
  for (const level of Object.keys(LOG_LEVELS) as LogLevel[]) {
    const lines: string[] = []
    const log = createLog(level, line => lines.push(line))
    const names = Object.keys(NUMBERS) as Array<keyof typeof NUMBERS>
    for (const name of names) log[name]({ a: 1 }, name)
    const expected = level === 'silent' ? [] : names.slice(names.indexOf(level))
    assert.deepEqual(
      lines.map(line => JSON.parse(line)).map(({ level: number, a, msg }) => [number, a, msg]),
      expected.map(name => [NUMBERS[name], 1, name]),
      level
    )
    assert.ok(lines.every(line => line.endsWith('}\n')))
  }
})
