/** Headers that the host may have set too: what is ours is added, and nothing of the host's replaced. */

import type { FastifyReply } from 'fastify'

/** For headers that are lists. */
export function addToHeader(reply: FastifyReply, name: string, values: readonly string[]): void {
  if (!reply.hasHeader(name)) {
    reply.header(name, values.join(', '))
    return
  }
  const list = [reply.getHeader(name) ?? []].flat().join(',').split(',')
  const known = list.map(value => value.trim()).filter(value => value !== '')
  const has = (value: string) =>
    known.includes('*') || known.some(one => one.toLowerCase() === value.toLowerCase())
  reply.header(name, [...known, ...values.filter(value => !has(value))].join(', '))
}
