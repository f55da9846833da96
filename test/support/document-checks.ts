/** What judges OpenAPI documents: redocly with its recommended rules, and swagger-parser. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { npmTools } from './npm-tools.ts'
import { temporaryFolder } from './temporary-folder.ts'

const REDOCLY = fileURLToPath(
  new URL('../../../node_modules/@redocly/cli/bin/cli.js', import.meta.url)
)

/** What redocly has to say of a document that stands alone, in a folder without configuration. */
export function redoclyProblems(t: TestContext, document: string): readonly string[] {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'openapi.yaml'), document)
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [REDOCLY, 'lint', '--extends=recommended', '--format=json', 'openapi.yaml'],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off' } }
  )
  assert.match(stdout, /^\s*\{/, stderr)
  const { problems } = JSON.parse(stdout) as {
    problems: { ruleId: string; message: string; location: { pointer?: string }[] }[]
  }
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`
  )
}

interface SwaggerParser {
  validate(document: object): Promise<unknown>
}

/** @throws what swagger-parser finds. @returns why it cannot be asked */
export async function parseBySwagger(document: object): Promise<string | undefined> {
  const tools = npmTools(['@apidevtools/swagger-parser@13.0.0'])
  if ('skip' in tools) return tools.skip
  const require = createRequire(join(tools.folder, 'package.json'))
  const path = require.resolve('@apidevtools/swagger-parser')
  const { default: parser } = (await import(pathToFileURL(path).href)) as { default: SwaggerParser }
  // It puts what references name into the document.
  await parser.validate(structuredClone(document))
  return undefined
}
