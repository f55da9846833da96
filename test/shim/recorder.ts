/** `recorder.js FILE PORT`: takes what is posted, and answers once it is in the file. */

import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const [file, port] = process.argv.slice(2)
const fd = openSync(file!, 'a')
const server = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  request.on('end', () => {
    writeSync(fd, `${text}\n`)
    response.end('{}')
  })
})
server.listen(Number(port), '127.0.0.1', () =>
  process.send?.((server.address() as AddressInfo).port)
)
// The test has ended.
process.on('disconnect', () => {
  closeSync(fd)
  process.exit()
})
