/**
 * `npm run test:mutants [-- --folder plugin/journal] [--sample N] [--seed S] [--at FILE[:LINE]]`: changes
 * the code in small ways, each by itself, and runs the tests that execute what is changed; one of them
 * should fail. Of each folder N mutants are tried (100), of `--at` all.
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Random } from '../fuzz/random.ts'
import type { Coverage } from './coverage.ts'
import { type Mutant, mutantsOf } from './mutations.ts'
import { Sandbox, type Script } from './sandbox.ts'
import { TARGETS, type Target } from './targets.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string', multiple: true },
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string' },
  },
})
const sample = Number(values.sample)
const seed = Number(values.seed)
if (!(sample > 0) || Number.isNaN(seed)) {
  console.error('--sample and --seed take a number')
  process.exit(2)
}

/** Of a file's own time; a run that has not ended then is stopped. */
const LIMIT_TIMES = 4
const LIMIT_MORE_MS = 15_000
/** The second run has so many times that limit: what is slow by other work ends then, what never ends does not. */
const LATE_TIMES = 3
/** So many files run at once against a mutant: they wait most of their time. */
const AT_ONCE = 2
/** A file that fails so often without a mutant says nothing of mutants. */
const LEARN_TIMES = 3
const TESTS = fileURLToPath(new URL('..', import.meta.url))

interface TestFile {
  readonly name: string
  readonly path: string
  readonly ms: number
  readonly coverage: Coverage
  /** So many mutants has it noticed so far. */
  kills: number
}

interface Placed extends Mutant {
  readonly script: Script
}

const [atFile, atLine] = values.at?.split(':') ?? []
const targets = TARGETS.filter(({ folder }) =>
  atFile === undefined ? (values.folder?.includes(folder) ?? true) : atFile.startsWith(`${folder}/`)
)
if (targets.length === 0) {
  console.error(`nothing to do: folders are ${TARGETS.map(({ folder }) => folder).join(', ')}`)
  process.exit(2)
}

const sandbox = new Sandbox()
process.once('exit', () => sandbox.remove())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const summary: string[] = []
for (const target of targets) summary.push(await tryFolder(target))
console.log(`\n${summary.join('\n')}`)

async function tryFolder({ folder, tests }: Target): Promise<string> {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .sort()
  const scripts = sources.map(name => sandbox.compile(`${folder}/${name}`))
  const files = await learn(tests)
  const all = scripts.flatMap(script =>
    mutantsOf(script.code).map((mutant): Placed => ({ ...mutant, script }))
  )
  const chosen =
    atFile === undefined
      ? pick(all, sample)
      : all.filter(
          ({ script, start }) =>
            script.source === atFile &&
            (atLine === undefined || script.lineOf(start) === Number(atLine))
        )
  console.log(
    `${folder}: ${chosen.length} of ${all.length} mutants, ${files.length} files of tests`
  )
  let killed = 0
  let endless = 0
  let uncovered = 0
  const start = performance.now()
  for (const mutant of chosen) {
    const covering = files.filter(({ coverage }) => coverage.has(mutant.script.path, mutant.start))
    if (covering.length === 0) uncovered++
    const end = await endOf(mutant, covering)
    if (end !== 'survived') killed++
    if (end === 'endless') endless++
    if (end === 'survived') console.log(shown(mutant, covering.length === 0))
  }
  const share = ((killed / chosen.length) * 100).toFixed(1)
  const minutes = ((performance.now() - start) / 60_000).toFixed(1)
  return (
    `${folder}: ${killed} of ${chosen.length} killed (${share} %), ` +
    `${endless} of them as they did not end, ${uncovered} where no test comes, seed ${seed}, ${minutes} min`
  )
}

/** Runs the tests as they are. @returns what they execute */
async function learn(patterns: readonly string[]): Promise<TestFile[]> {
  const names = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  const wanted = patterns.map(
    pattern => new RegExp(`^${pattern.replaceAll('*', '[^/]*')}\\.test\\.js$`)
  )
  const files: TestFile[] = []
  for (const name of names.sort()) {
    if (!wanted.some(one => one.test(name))) continue
    const path = sandbox.pathOf(join(TESTS, name))
    files.push({ name, path, ...(await cover(path, name)), kills: 0 })
  }
  return files
}

/** Ends the command where a file fails by itself: a share measured without it would be another one. */
async function cover(path: string, name: string): Promise<{ coverage: Coverage; ms: number }> {
  let failure: string | undefined
  for (let time = 0; time < LEARN_TIMES; time++) {
    const { coverage, ms, ...run } = await sandbox.cover(path)
    if (coverage !== undefined) return { coverage, ms }
    failure = run.failure ?? run.outcome
  }
  console.error(`${name} fails without a mutant, ${LEARN_TIMES} times (${failure}): mend it first`)
  process.exit(1)
}

async function endOf(
  mutant: Placed,
  files: readonly TestFile[]
): Promise<'failed' | 'endless' | 'survived'> {
  const { script, start, end, replacement } = mutant
  const { code } = script
  sandbox.write(script, code.slice(0, start) + replacement + code.slice(end))
  try {
    const left = [...files].sort((a, b) => worth(b) - worth(a))
    const over = new AbortController()
    let found: 'failed' | 'endless' | 'survived' = 'survived'
    const work = async (): Promise<void> => {
      for (let file = left.shift(); file !== undefined; file = left.shift()) {
        const noticed = await noticedBy(file, over.signal)
        if (over.signal.aborted) return
        if (noticed === undefined) continue
        file.kills++
        found = noticed
        over.abort()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return found
  } finally {
    sandbox.write(script, code)
  }
}

/** A mutant is noticed where two runs of a file fail: one may do so by luck. */
async function noticedBy(
  file: TestFile,
  over: AbortSignal
): Promise<'failed' | 'endless' | undefined> {
  const limitMs = file.ms * LIMIT_TIMES + LIMIT_MORE_MS
  const first = await sandbox.run(file.path, limitMs, over)
  if (first.outcome === 'passed' || over.aborted) return
  const { outcome } = await sandbox.run(file.path, limitMs * LATE_TIMES, over)
  if (outcome !== 'passed') return outcome === 'late' ? 'endless' : 'failed'
  if (!over.aborted) console.log(`once only, of two runs: ${file.name}: ${first.failure ?? 'late'}`)
}

/** Who is quick, and has noticed many, is asked first. */
function worth({ kills, ms }: TestFile): number {
  return (kills + 0.5) / ms
}

function pick<T>(from: readonly T[], count: number): T[] {
  const random = new Random(seed)
  const left = [...from.entries()]
  const picked: Array<[number, T]> = []
  while (picked.length < count && left.length > 0) {
    picked.push(...left.splice(random.below(left.length), 1))
  }
  return picked.sort(([a], [b]) => a - b).map(([, one]) => one)
}

function shown({ script, start, end, replacement }: Placed, isUncovered: boolean): string {
  const { code, source } = script
  const from = code.lastIndexOf('\n', start) + 1
  const lineEnd = code.indexOf('\n', end)
  const to = lineEnd === -1 ? code.length : lineEnd
  const before = code.slice(from, to)
  const after = code.slice(from, start) + replacement + code.slice(end, to)
  const marked = (sign: string, text: string): string =>
    text
      .split('\n')
      .map(line => `  ${sign} ${line.trim()}`)
      .join('\n')
  const why = isUncovered ? ' (no test comes here)' : ''
  return `survived ${source}:${script.lineOf(start)}${why}\n${marked('-', before)}\n${marked('+', after)}`
}
