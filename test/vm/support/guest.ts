/** A QEMU guest without KVM: its API by a port of this machine, its shell by a serial line. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAnswering } from '../../images/support/container.ts'
import { freePort } from '../../support/free-port.ts'
import { SseClient } from '../../support/sse-client.ts'
import { waitFor } from '../../support/wait.ts'
import type { Kernel } from './kernel.ts'

const BOOT_MS = 300_000
const COMMAND_MS = 180_000
const MEMORY_MIB = 1024

export interface GuestOptions {
  readonly kernel: Kernel
  readonly disk: string
  /** Words of the kernel's command line. */
  readonly append: readonly string[]
}

interface Cleanup {
  after(clean: () => unknown): void
}

export class Guest {
  readonly api: string
  readonly #process: ChildProcess
  readonly #agent: Socket
  #text = ''
  #answered: ((answer: string) => void) | undefined

  private constructor(api: string, child: ChildProcess, agent: Socket) {
    this.api = api
    this.#process = child
    this.#agent = agent
    agent.setEncoding('latin1').on('data', (text: unknown) => this.#push(String(text)))
  }

  /** Boots; powered off after the test. @returns when its API answers */
  static async boot(t: Cleanup, { kernel, disk, append }: GuestOptions): Promise<Guest> {
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-vm-'))
    const port = await freePort()
    const console = join(folder, 'console')
    const socket = join(folder, 'agent')
    const child = spawn(
      'qemu-system-x86_64',
      [
        ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(MEMORY_MIB)],
        ...['-nodefaults', '-display', 'none', '-no-reboot'],
        ...['-kernel', kernel.image, '-initrd', kernel.initramfs],
        ...['-append', ['console=ttyS0', 'loglevel=4', 'panic=-1', ...append].join(' ')],
        // The disk stays as it is: what is written goes into a temporary file.
        ...['-drive', `file=${disk},format=raw,if=virtio,snapshot=on`],
        ...['-netdev', `user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:10001`],
        ...['-device', 'e1000,netdev=n'],
        ...['-serial', `file:${console}`],
        ...['-serial', `unix:${socket},server=on,wait=off`],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] }
    )
    const ended = once(child, 'exit')
    t.after(async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    })
    const said = () => readFileSync(console, 'latin1').slice(-3000)
    await waitFor(async () => (await isConnectable(socket)) || child.exitCode !== null, 'QEMU')
    const guest = new Guest(`http://127.0.0.1:${port}`, child, connect(socket))
    const isUp = () => isAnswering(`${guest.api}/healthz`)
    await waitFor(isUp, 'the API in the guest', said, BOOT_MS)
    return guest
  }

  /** Everything its API has published and will publish. */
  async events(t: Cleanup): Promise<SseClient> {
    const client = await SseClient.open(`${this.api}/telemetry/events?replay=all`)
    t.after(() => client.close())
    return client
  }

  /** Runs a command as root. @returns its output, standard and error @throws when it fails */
  async sh(script: string): Promise<string> {
    if (this.#process.exitCode !== null) throw new Error('the guest is gone')
    const answer = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer from the guest to: ${script}`)),
        COMMAND_MS
      )
      this.#answered = text => {
        clearTimeout(timer)
        resolve(text)
      }
    })
    this.#agent.write(`${Buffer.from(script).toString('base64')}\n`)
    const [text = '', status] = (await answer).split(':')
    const output = Buffer.from(text, 'base64').toString('utf8')
    if (status !== '0') throw new Error(`${script}: exit status ${status}\n${output}`)
    return output
  }

  /** Its kernel log, whole: the records as /dev/kmsg gives them. */
  async kernelLog(): Promise<string[]> {
    const log = await this.sh('dd if=/dev/kmsg iflag=nonblock bs=8192 status=none 2>/dev/null; :')
    return log.split('\n')
  }

  #push(text: string): void {
    this.#text += text
    const end = this.#text.indexOf('\n')
    if (end === -1) return
    const line = this.#text.slice(0, end).trim()
    this.#text = this.#text.slice(end + 1)
    this.#answered?.(line)
  }
}

function isConnectable(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
