/**
 * An application under node:cluster: two workers with the plugin on one state folder and one port.
 * Prints what each says of its journal, and of the supervisor's socket, one line of JSON each. `node cluster.js FOLDER`
 */

import cluster from 'node:cluster'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import { sysmonPlugin } from '../../plugin/index.ts'

const WORKERS = 2

if (cluster.isPrimary) {
  cluster.on('message', (_, said: unknown) => console.log(JSON.stringify(said)))
  for (let i = 0; i < WORKERS; i++) cluster.fork()
} else {
  const stateDir = process.argv[2]!
  const app = Fastify()
  await app.register(sysmonPlugin, { kmsgPath: false, stateDir })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { journal } = app.sysmon.health()
  process.send!({ journal, hasSocket: existsSync(join(stateDir, 'api.sock')) })
}
