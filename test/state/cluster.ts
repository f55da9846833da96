/**
 * An application under node:cluster: two workers with the plugin on one state folder and one port.
 * Prints what each says of its journal, one line of JSON each. `node cluster.js FOLDER`
 */

import cluster from 'node:cluster'
import Fastify from 'fastify'
import { sysmonPlugin } from '../../plugin/index.ts'

const WORKERS = 2

if (cluster.isPrimary) {
  cluster.on('message', (_, journal: unknown) => console.log(JSON.stringify(journal)))
  for (let i = 0; i < WORKERS; i++) cluster.fork()
} else {
  const app = Fastify()
  await app.register(sysmonPlugin, { kmsgPath: false, stateDir: process.argv[2]! })
  await app.listen({ port: 0, host: '127.0.0.1' })
  process.send!(app.sysmon.health().journal)
}
