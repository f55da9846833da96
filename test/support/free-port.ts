import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** For a server of another make, which does not say where it listens. @param wanted taken where it is free */
export async function freePort(wanted = 0): Promise<number> {
  for (const port of wanted === 0 ? [0] : [wanted, 0]) {
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if (port === 0) throw error
      continue
    }
    const { port: found } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return found
  }
  throw new Error('no port is free')
}
