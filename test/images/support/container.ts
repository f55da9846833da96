/**
 * A container of an image, in a network of its own: a pair of interfaces between it and this machine
 * stands for the bridge of a container engine, so that its ports are reached from outside.
 */

import { execFileSync } from 'node:child_process'
import type { TestContext } from 'node:test'
import { SseClient } from '../../support/sse-client.ts'
import { waitFor } from '../../support/wait.ts'
import { output, podman } from './engine.ts'
import { type ContainerProcess, processesOf } from './processes.ts'

export interface Container {
  readonly id: string
  readonly address: string
  readonly api: string
  readonly devtools: string
  /** Runs a command inside as root. @returns its standard output */
  exec(command: readonly string[], input?: string): Promise<string>
  sh(script: string, input?: string): Promise<string>
  /** Its processes, as this machine sees them. */
  processes(): ContainerProcess[]
  /** The process of a supervisord service that runs. @throws when it does not come up */
  service(name: string): Promise<ContainerProcess>
  /** Chromium's main process, once it answers. */
  browser(): Promise<ContainerProcess>
  /** Everything the API has published and will publish, or what is of one type. */
  events(t: Pick<TestContext, 'after'>, type?: string): Promise<SseClient>
  logs(): Promise<string>
}

export interface ContainerOptions {
  /** Arguments of `podman run` beside what gives the kernel log. */
  readonly args?: readonly string[]
  /** Whether the kernel log is given: `--device /dev/kmsg --cap-add SYSLOG`. */
  readonly kernelLog?: boolean
  /** Another network than one of its own. */
  readonly network?: string
  /** Return as soon as it runs, not when the API answers. */
  readonly immediately?: boolean
}

/** Removed after the test, with its network. */
export async function startContainer(
  t: Pick<TestContext, 'after'>,
  image: string,
  options: ContainerOptions = {}
): Promise<Container> {
  const { name, address } = makeNetwork(t)
  const { args = [], kernelLog = true, network = `ns:/run/netns/${name}` } = options
  t.after(async () => {
    // With those that were given its network or its processes.
    const remove = ['rm', '--force', '--depend', '--volumes', '--time', '5', '--ignore', name]
    // podman gives up where the container ends by itself just before it is killed: it is gone then.
    await podman(remove).catch(() => podman(remove))
  })
  const id = await podman([
    'run',
    '--detach',
    '--quiet',
    '--name',
    name,
    '--network',
    network,
    // podman's health checks need systemd timers; the scenarios call the check themselves.
    '--no-healthcheck',
    ...(kernelLog ? ['--device', '/dev/kmsg', '--cap-add', 'SYSLOG'] : []),
    ...args,
    image,
  ])
  const container = new PodmanContainer(name, id.trim(), address)
  if (!options.immediately) {
    await waitFor(
      () => isAnswering(`${container.api}/healthz`),
      'the API',
      () => container.logs()
    )
  }
  return container
}

export async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
    await response.text()
    return true
  } catch {
    return false
  }
}

let networks = 0

function makeNetwork(t: Pick<TestContext, 'after'>): { name: string; address: string } {
  const number = networks++
  // 198.18.0.0/15 is for benchmarks (RFC 2544): nothing else uses it. Four addresses each.
  const net = `198.18.${process.pid % 256}.${(number * 4) % 256}`
  const host = net.replace(/\d+$/, last => String(Number(last) + 1))
  const address = net.replace(/\d+$/, last => String(Number(last) + 2))
  const name = `sysmon-${process.pid}-${number}`
  const link = `sm${process.pid}-${number}`
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  ip('netns', 'add', name)
  // The link goes with its other end.
  t.after(() => ip('netns', 'del', name))
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  ip('address', 'add', `${host}/30`, 'dev', link)
  ip('link', 'set', link, 'up')
  ip('-netns', name, 'address', 'add', `${address}/30`, 'dev', 'eth0')
  ip('-netns', name, 'link', 'set', 'eth0', 'up')
  ip('-netns', name, 'link', 'set', 'lo', 'up')
  return { name, address }
}

class PodmanContainer implements Container {
  readonly name: string
  readonly id: string
  readonly address: string

  constructor(name: string, id: string, address: string) {
    this.name = name
    this.id = id
    this.address = address
  }

  get api(): string {
    return `http://${this.address}:10001`
  }

  get devtools(): string {
    return `http://${this.address}:9222`
  }

  exec(command: readonly string[], input?: string): Promise<string> {
    const interactive = input === undefined ? [] : ['--interactive']
    return podman(['exec', ...interactive, this.name, ...command], input)
  }

  sh(script: string, input?: string): Promise<string> {
    return this.exec(['bash', '-c', script], input)
  }

  processes(): ContainerProcess[] {
    return processesOf(this.id)
  }

  async service(name: string): Promise<ContainerProcess> {
    let status = ''
    await waitFor(
      async () => {
        // Exit status 3: some service does not run.
        status = await this.sh(`supervisorctl status ${name} || :`)
        return /RUNNING/.test(status)
      },
      `the service ${name}`,
      async () => status + (await this.logs())
    )
    const pid = Number(/pid (\d+)/.exec(status)?.[1])
    const found = this.processes().find(one => one.pid === pid)
    if (found === undefined) throw new Error(`${name} is gone: ${status}`)
    return found
  }

  async browser(): Promise<ContainerProcess> {
    const url = `${this.devtools}/json/version`
    await waitFor(
      () => isAnswering(url),
      'DevTools',
      () => this.logs()
    )
    return await this.service('chromium')
  }

  async events(t: Pick<TestContext, 'after'>, type?: string): Promise<SseClient> {
    // A service counts as running a second after its start, whether it listens or not.
    await waitFor(
      () => isAnswering(`${this.api}/readyz`),
      'the API',
      () => this.logs()
    )
    const filter = type === undefined ? '' : `&type=${type}`
    const client = await SseClient.open(`${this.api}/telemetry/events?replay=all${filter}`)
    t.after(() => client.close())
    return client
  }

  async logs(): Promise<string> {
    const files = 'tail -n 40 /var/log/supervisord/*.log'
    return `${output('podman', ['logs', this.name])}\n${await this.sh(files).catch(String)}`
  }
}
