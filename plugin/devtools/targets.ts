/**
 * The browser's targets as `Target.setDiscoverTargets` tells of them, and which of their deaths are
 * news (https://chromedevtools.github.io/devtools-protocol/tot/Target/). Pure: no clock, no I/O.
 */

import type { Protocol } from 'devtools-protocol'
import { isDebugAddress } from './address.ts'
import { copied } from './text.ts'

/** What a person sees as a page, or as a part of one; the browser's own windows are `browser_ui`. */
const PAGE_TYPES: ReadonlySet<string> = new Set(['page', 'iframe', 'webview', 'background_page'])
/** Windows of the browser's own, which older ones call pages. */
const OWN_WINDOW = /^chrome:\/\/[\w.-]+\.top-chrome(?:\/|$)/
const MAX_TARGETS = 10_000
/** Of all texts together: what is over that is asked for when it is needed. */
const MAX_CHARS = 2 ** 21
const MAX_ID_CHARS = 128
/** Longer than what is ever told of an address, so that cutting it here loses nothing. */
const MAX_URL_CHARS = 16_384
const MAX_TITLE_CHARS = 1024

export interface Target {
  readonly id: string
  readonly type: string
  /** The last ones known: of a dead iframe the browser knows none any more. */
  readonly url: string
  readonly title: string
}

interface KeptTarget extends Target {
  readonly isAttached: boolean
  /** It was told dead, and shows no sign of life since. */
  isDead: boolean
}

export type TargetInfo = Pick<Protocol.Target.TargetInfo, 'targetId' | 'type' | 'url' | 'title'> & {
  readonly attached: boolean
}

export class Targets {
  readonly #targets = new Map<string, KeptTarget>()
  #chars = 0

  get size(): number {
    return this.#targets.size
  }

  /** The one page that is not empty, where there is just one. */
  get onlyPage(): Target | undefined {
    let only: Target | undefined
    for (const target of this.#targets.values()) {
      if (target.type !== 'page' || target.url === 'about:blank') continue
      if (only !== undefined) return undefined
      only = target
    }
    return only
  }

  /**
   * It is there, or something of it has changed.
   *
   * @returns whether it may have another process now: not where somebody only attached, or let it go
   */
  see(info: TargetInfo): boolean {
    if (!isPage(info)) return false
    const known = this.#targets.get(info.targetId)
    if (known === undefined && this.#targets.size >= MAX_TARGETS) return true
    // A page never gets to such an address: its renderer dies of it.
    const isUrlNew = info.url !== '' && !(known !== undefined && isDebugAddress(info.url))
    const url = isUrlNew ? copied(info.url, MAX_URL_CHARS) : (known?.url ?? '')
    const title = info.title === '' ? (known?.title ?? '') : copied(info.title, MAX_TITLE_CHARS)
    this.remove(info.targetId)
    const room = MAX_CHARS - this.#chars
    const fits = url.length + title.length <= room
    const target: KeptTarget = {
      id: info.targetId,
      type: info.type,
      url: fits ? url : '',
      title: fits ? title : '',
      isAttached: info.attached,
      isDead: known?.isDead === true && !isAliveAgain(known, info),
    }
    this.#chars += target.url.length + target.title.length
    this.#targets.set(target.id, target)
    return known?.isAttached === info.attached || known?.url !== target.url
  }

  remove(id: string): void {
    const known = this.#targets.get(id)
    if (known === undefined) return
    this.#chars -= known.url.length + known.title.length
    this.#targets.delete(id)
  }

  /**
   * A target crashed.
   *
   * @returns undefined where that is no news: it was dead already, or is no page
   */
  crash(id: string): Target | undefined {
    const target = this.#targets.get(id)
    if (target === undefined || target.isDead) return undefined
    target.isDead = true
    return target
  }
}

export function isPage({ type, url }: Pick<TargetInfo, 'type' | 'url'>): boolean {
  return PAGE_TYPES.has(type) && !OWN_WINDOW.test(url)
}

/**
 * Whether what a dead target sends means that it lives: a reload sends the same once more. Who attaches
 * to a dead one, or lets it go, has a message sent, too; and one died of the address that it was given.
 */
function isAliveAgain(known: KeptTarget, info: TargetInfo): boolean {
  if (info.url === '' || isDebugAddress(info.url)) return false
  return info.attached === known.isAttached || copied(info.url, MAX_URL_CHARS) !== known.url
}

/** @returns undefined for what is none */
export function targetInfoOf(value: unknown): TargetInfo | undefined {
  const { targetId, type, url, title, attached } = (value ?? {}) as Partial<TargetInfo>
  if (typeof targetId !== 'string' || typeof type !== 'string') return undefined
  if (targetId === '' || targetId.length > MAX_ID_CHARS) return undefined
  return {
    targetId: copied(targetId, MAX_ID_CHARS),
    type: copied(type, 64),
    url: typeof url === 'string' ? url : '',
    title: typeof title === 'string' ? title : '',
    attached: attached === true,
  }
}
