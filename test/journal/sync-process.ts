/**
 * A journal in a process of its own, whose calls to the kernel `sync.test.ts` looks at: it tells on
 * standard output where it is, since a write to it is such a call too.
 */

import fs, { writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SyncPolicy } from '../../plugin/journal/part.ts'
import { openJournal } from './journals.ts'

const [, , folder, sync, what] = process.argv as [string, string, string, SyncPolicy, string]
const say = (text: string): void => void writeSync(1, `${text}\n`)
const { journal, append } = openJournal({ after: () => {} }, folder, { sync, maxBytes: 2 ** 20 })

switch (what) {
  case 'settle':
    for (let n = 1; n <= 3; n++) {
      append(`event ${n}`)
      await journal.settled()
      say(`settled ${n}`)
    }
    break
  case 'settle together': {
    for (const round of [1, 2]) {
      const settled: unknown[] = []
      for (let n = 1; n <= 5; n++) {
        append(`event ${round}.${n}`)
        settled.push(journal.settled())
      }
      await Promise.all(settled)
      say(`settled ${round}`)
    }
    break
  }
  case 'settle what is settled':
    append('event 1')
    await Promise.all([journal.settled(), journal.settled(), journal.settled()])
    say('settled 1')
    await journal.settled()
    say('settled 2')
    break
  case 'settle over segments':
    // In one turn, so that what is settled lies in files that are written no more; the first of them
    // takes longer to sync than the last.
    slowFirstSync(300)
    for (let n = 1; n <= 3; n++) append(`event ${n} ${'x'.repeat(60_000)}`)
    await journal.settled()
    say('settled')
    break
  case 'wait':
    append('event 1')
    say('appended')
    await sleep(1000)
    say('waited')
    break
  case 'close':
    append('event 1')
    await journal.close()
    say('closed')
    break
  case 'repair':
    await journal.verify()
    say('repaired')
    break
  default:
    throw new Error(`what is ${what}?`)
}
process.exit()

function slowFirstSync(delayMs: number): void {
  const { fdatasync } = fs
  Object.assign(fs, {
    fdatasync: (...args: Parameters<typeof fdatasync>) => {
      Object.assign(fs, { fdatasync })
      syncBuiltinESMExports()
      setTimeout(() => fdatasync(...args), delayMs)
    },
  })
  syncBuiltinESMExports()
}
