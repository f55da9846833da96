// Writes dist/openapi.json, what `fastify-sysmon/openapi.json` is: the document as the server serves it.

import { writeFile } from 'node:fs/promises'
import { openapiJson } from '../dist/generated/document.js'

const text = `${JSON.stringify(JSON.parse(openapiJson), null, 2)}\n`
await writeFile(new URL('../dist/openapi.json', import.meta.url), text)
