/** The project's papers as a test reads them: blocks, tables, links, code spans, headings. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** README.md and its like, then docs/. */
export const PAPERS: readonly string[] = [
  'README.md',
  ...readdirSync('.').filter(name => /^[A-Z]+\.md$/.test(name) && name !== 'README.md'),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => join('docs', name)),
]

export interface Block {
  readonly file: string
  /** Of the fence, counted from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  /** The comment on the line above the fence: `<!-- not run: ... -->`. */
  readonly comment: string | undefined
}

/** @throws for a fence that is not closed */
export function blocksOf(file: string): Block[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(.*)$/.exec(lines[i]!)
    if (fence === null) continue
    const end = lines.indexOf('```', i + 1)
    if (end < 0) throw new Error(`${file}:${i + 1}: the block has no end`)
    blocks.push({
      file,
      line: i + 1,
      language: fence[1]!,
      text: lines.slice(i + 1, end).join('\n'),
      comment: /^<!-- (.*) -->$/.exec(lines[i - 1] ?? '')?.[1],
    })
    i = end
  }
  return blocks
}

/** What is not in a block. */
export function proseOf(file: string): string {
  return readFileSync(file, 'utf8').replace(/^```.*?^```$/gms, '')
}

export function codeSpansOf(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
}

/** The rows of the first table under a heading, a list of cells each; without its head. */
export function tableUnder(file: string, heading: string): string[][] {
  const prose = proseOf(file)
  const section = prose.split(/^(?=#)/m).find(part => part.split('\n')[0] === heading)
  if (section === undefined) throw new Error(`${file} has no heading "${heading}"`)
  const rows = section.split('\n').filter(line => line.startsWith('|'))
  if (rows.length < 3) throw new Error(`${file}: there is no table under "${heading}"`)
  return rows.slice(2).map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim())
  )
}

/** Anchors as GitHub makes them of headings. */
export function anchorsOf(file: string): string[] {
  return [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  )
}

/** Links to this project's own files: without the scheme of another place. */
export function linksOf(file: string): string[] {
  return [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter(target => !/^[a-z]+:/.test(target))
}

/** Every file of the project that is no dependency, build output or cache. */
export function projectFiles(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (['node_modules', 'dist', '.git', '.cache'].includes(path)) return []
    return entry.isDirectory() ? projectFiles(path) : [path]
  })
}

/** Whether a path of the papers is there, or what it is made from (`dist/`); `*` stands for anything within a name. */
export function isNamedRightly(path: string): boolean {
  if (existsSync(path)) return true
  const source = path.startsWith('dist/')
    ? path.slice('dist/'.length).replace(/\.js$/, '.ts')
    : path
  if (!source.includes('*')) return existsSync(source)
  const pattern = source
    .split('*')
    .map(part => part.replace(/[.+]/g, '\\$&'))
    .join('[^/]*')
  return projectFiles().some(file => new RegExp(`^${pattern}$`).test(file))
}
