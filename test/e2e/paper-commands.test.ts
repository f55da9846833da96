/**
 * Every block of commands in README.md and docs/ is run as it stands, in a fresh copy of the project with a
 * server of its own, or has a comment above it that says why not.
 *
 *     <!-- not run: REASON -->          above a block that is run nowhere, or elsewhere
 *     <!-- not run without: WHAT -->    `kills` or `s2`: run where it can be had
 *     <!-- printed by the commands above -->
 */

import assert from 'node:assert/strict'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { isThere } from '../support/install.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { Sandbox } from '../support/paper-sandbox.ts'
import { type Block, blocksOf, PAPERS, projectFiles } from '../support/papers.ts'
import { findRealPart } from '../support/real-parts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const blocks = PAPERS.flatMap(blocksOf)
const isCommands = ({ language }: Block) => language === 'sh' || language === 'bash'

const s2 = findRealPart('s2')
const WHY_NOT: Readonly<Record<string, () => string | undefined>> = {
  kills: whyNoOomKills,
  s2: () => (s2 === undefined ? 'there is no s2: npm run real-parts builds it' : undefined),
}

/** @returns why a block is not run here, or undefined */
function whyNotRun({ comment = '' }: Block): string | undefined {
  const [, reason] = /^not run: (.+)$/.exec(comment) ?? []
  if (reason !== undefined) return reason
  const [, needed] = /^not run without: (.+)$/.exec(comment) ?? []
  if (needed === undefined) return undefined
  assert.ok(WHY_NOT[needed], `"not run without" knows ${Object.keys(WHY_NOT)}, not ${needed}`)
  return WHY_NOT[needed]()
}

describe('the commands of', { skip: isThere('curl') ? false : 'there is no curl' }, () => {
  let copy = ''
  const toBeRemoved: Array<() => void> = []
  before(() => {
    copy = temporaryFolder(
      { after: (remove: () => void) => toBeRemoved.push(remove) },
      'sysmon-clone-'
    )
    for (const file of projectFiles()) cpSync(file, join(copy, file))
  })
  after(() => {
    for (const remove of toBeRemoved) remove()
  })

  for (const file of PAPERS) {
    const own = blocks.filter(block => block.file === file && isCommands(block))
    if (own.length === 0) continue
    test(file, async t => {
      const sandbox = await Sandbox.open(t, copy)
      // By README.md's first block, where that file has run before.
      const isBuilt = existsSync(join(copy, 'dist')) || own.some(({ text }) => /^npm ci/.test(text))
      if (!isBuilt) await sandbox.run('npm ci')
      const startsServer = own.some(({ text }) => /npm start/.test(text))
      for (const block of own) {
        const skip = whyNotRun(block) ?? false
        const name = `${file}:${block.line} ${block.text.split('\n').join(' ; ')}`
        await t.test(name, { skip }, async () => {
          if (!startsServer) await sandbox.ensureServer()
          await sandbox.run(block.text)
        })
      }
      await sandbox.checkEndless()
      const printed = sandbox.output.join('\n')
      if (file === 'README.md' && whyNoOomKills() === undefined) {
        assert.match(printed, /"type":"system_oom_kill".*"process_name":"tail"/)
      }
      for (const { text, line } of blocksOf(file).filter(
        ({ comment }) => comment === 'printed by the commands above'
      )) {
        assert.ok(printed.includes(text), `${file}:${line} was not printed`)
      }
    })
  }
})
