/** A copy of the compiled project, in which mutants live and the tests are run against them. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { MEMORY } from '../support/temporary-folder.ts'
import { Coverage } from './coverage.ts'

export interface Script {
  /** Relative to the project. */
  readonly source: string
  /** Path of the compiled file in the sandbox. */
  readonly path: string
  readonly code: string
  /** Line of the source, from 1, of a place in the code. */
  lineOf(offset: number): number
}

export interface Run {
  /** `late` where its time was over. */
  readonly outcome: 'passed' | 'failed' | 'late'
  readonly ms: number
  /** The line of the first test that failed. */
  readonly failure: string | undefined
}

const COVERAGE = 'sysmon-coverage-'

/** As root a test has mounts and processes of its own, which go with it wherever it is stopped. */
const APART: readonly string[] =
  process.getuid?.() === 0
    ? ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    : []

export class Sandbox {
  readonly #root = process.cwd()
  readonly #folder: string
  readonly #apart: readonly string[]

  constructor() {
    // Within the project, so that its packages are found.
    mkdirSync(join(this.#root, '.cache'), { recursive: true })
    this.#folder = mkdtempSync(join(this.#root, '.cache', 'mutants-'))
    // Some tests run it as another user.
    chmodSync(this.#folder, 0o755)
    cpSync(join(this.#root, 'dist'), join(this.#folder, 'dist'), { recursive: true })
    // Tests look for what is not compiled beside `dist`.
    for (const name of ['package.json', 'shim', 'openapi']) {
      cpSync(join(this.#root, name), join(this.#folder, name), { recursive: true })
    }
    this.#openLauncher(join(this.#folder, 'shim/supervisord-shim'))
    // The command, too, in place of the bundle.
    this.compile('plugin/cli/sysmon.ts')
    const [command, ...args] = APART
    const works = command !== undefined && spawnSync(command, [...args, 'true']).status === 0
    this.#apart = works ? APART : []
  }

  /** The shim runs as modules, which can be mutated one by one, and says what of them it executes. */
  #openLauncher(path: string): void {
    const text = readFileSync(path, 'utf8')
    const opened = text
      .replace('dist/shim/main.cjs"', 'dist/shim/main.js"')
      .replace(
        /^ *NODE_\*\)/m,
        `NODE_V8_COVERAGE) case $NODE_V8_COVERAGE in */${COVERAGE}*) ;; *) unset "$name" ;; esac ;;\n$&`
      )
    if (opened.length < text.length + COVERAGE.length) throw new Error(`${path} is not as expected`)
    writeFileSync(path, opened)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Compiles a source file anew, with the map of its lines. */
  compile(source: string): Script {
    const text = readFileSync(join(this.#root, source), 'utf8')
    const { outputText, sourceMapText } = ts.transpileModule(text, {
      fileName: source,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
        sourceMap: true,
      },
    })
    const code = outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
    const map = new SourceMap(JSON.parse(sourceMapText!))
    const path = join(this.#folder, 'dist', source.replace(/\.ts$/, '.js'))
    writeFileSync(path, code)
    const starts = [0, ...Array.from(code.matchAll(/\n/g), match => match.index + 1)]
    return {
      source,
      path,
      code,
      lineOf(offset) {
        const line = starts.findLastIndex(start => start <= offset)
        const entry = map.findEntry(line, offset - starts[line]!)
        return ('originalLine' in entry ? entry.originalLine : line) + 1
      },
    }
  }

  write({ path }: Script, code: string): void {
    writeFileSync(path, code)
  }

  /** Path in the sandbox of a compiled file of the project. */
  pathOf(path: string): string {
    return join(this.#folder, relative(this.#root, path))
  }

  /** Runs a test file until a test of it fails, or nobody wants to know any more. */
  async run(
    file: string,
    limitMs: number,
    over?: AbortSignal,
    env: Record<string, string> = {}
  ): Promise<Run> {
    const start = performance.now()
    const [command, ...args] = [...this.#apart, process.execPath, '--test-reporter=tap', file]
    const child = spawn(command!, args, {
      cwd: this.#root,
      env: { ...process.env, TMPDIR: MEMORY, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    let outcome: Run['outcome'] = 'passed'
    let failure: string | undefined
    const stop = (why: Run['outcome']): void => {
      if (outcome !== 'passed') return
      outcome = why
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It has just ended.
      }
    }
    const timer = setTimeout(() => stop('late'), limitMs)
    const giveUp = (): void => stop('late')
    over?.addEventListener('abort', giveUp)
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      failure ??= lines.find(line => /^\s*not ok /.test(line))?.trim()
      if (failure !== undefined) stop('failed')
    })
    const [code] = (await once(child, 'close')) as [number | null]
    clearTimeout(timer)
    over?.removeEventListener('abort', giveUp)
    if (code !== 0 && outcome === 'passed') outcome = 'failed'
    return { outcome, ms: performance.now() - start, failure }
  }

  /** Runs a test file to its end. @returns what of the project it executed, too, where it passes */
  async cover(file: string): Promise<Run & { coverage?: Coverage }> {
    const folder = mkdtempSync(join(tmpdir(), COVERAGE))
    try {
      const run = await this.run(file, 600_000, undefined, { NODE_V8_COVERAGE: folder })
      return run.outcome === 'passed' ? { ...run, coverage: new Coverage(folder) } : run
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}
