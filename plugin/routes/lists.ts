/** Lists in a query string: `?type=a&type=b`, or `?type=a,b`, which some generated clients send. */

import type { FastifyRequest } from 'fastify'

const LISTS = ['category', 'type'] as const

/** Commas that separate nothing, and spaces, are passed over; an empty text is refused by the schema. */
function itemsOf(text: string): string[] {
  const items = text.split(',').map(item => item.trim())
  return text === '' ? [text] : items.filter(item => item !== '')
}

/** A `preValidation` hook: what the schema sees is a list in either case. */
export async function splitLists(request: FastifyRequest): Promise<void> {
  const query = request.query as Record<string, string | string[] | undefined>
  for (const name of LISTS) {
    const given = query[name]
    if (given !== undefined) query[name] = [given].flat().flatMap(itemsOf)
    if (query[name]?.length === 0) delete query[name]
  }
}
