/**
 * What of a page's address and title is told. An address may hold a password, a token in its query or
 * its fragment, or, as a `data:` URL, the whole page; and the title of a page without one is its address.
 */

import { domainToUnicode } from 'node:url'
import { copied } from './text.ts'

/** How much of an address is told: all of it, without user, query and fragment, its origin, nothing. */
export type AddressDetail = 'full' | 'path' | 'origin' | 'none'

const MAX_ADDRESS_CHARS = 4096
const MAX_TITLE_CHARS = 300
/** Schemes whose rest is another address. */
const WRAPPER = /^(view-source|blob|filesystem):(?=[a-z][a-z0-9+.-]*:)/i
/** https://chromium.googlesource.com/chromium/src/+/main/third_party/blink/common/chrome_debug_urls.cc */
const DEBUG_ADDRESS =
  /^chrome:\/\/(?:(?:bad-?cast|check|gpu|rust|java|module|ui|native)?crash|crashdump|kill|gpukill|gpuclean|(?:gpu|short|ui-?thread|gpu)?hang|memory-exhaust|memory-pressure-\w+|quit|restart|(?:\w+-)?heap-(?:over|under)flow|use-after-free|inducebrowser\w+|delayeduithreadhang|dcheck|wasm\w*crash)(?:\/.*)?$/i
const SCHEME = /^([a-z][a-z0-9+.-]*):/i
const WRAPPED_TITLE = /^view-source:/i

/** @returns undefined where nothing of it is told */
export function cutAddress(address: string, detail: AddressDetail): string | undefined {
  if (detail === 'none' || address === '') return undefined
  // What a cut takes away must not stay in what is parsed: only a full one is cut by length alone.
  const cut = detail === 'full' ? address : withoutSecrets(address, detail)
  return copied(cut, MAX_ADDRESS_CHARS)
}

/** @param address of the page; its title may be that */
export function cutTitle(
  title: string,
  address: string,
  detail: AddressDetail
): string | undefined {
  if (title === '') return undefined
  if (detail === 'full') return copied(title, MAX_TITLE_CHARS)
  const wrapper = WRAPPED_TITLE.exec(title)?.[0]
  if (wrapper !== undefined) {
    const inner = cutTitle(title.slice(wrapper.length), address.replace(WRAPPER, ''), detail)
    return inner === undefined ? undefined : copied(wrapper + inner, MAX_TITLE_CHARS)
  }
  const shown = isAddress(title)
    ? title
    : isShortened(title, address)
      ? `http://${title}`
      : undefined
  if (shown === undefined) return copied(title, MAX_TITLE_CHARS)
  const cut = cutAddress(shown, detail)
  if (cut === undefined) return undefined
  return copied(shown === title ? cut : cut.slice('http://'.length), MAX_TITLE_CHARS)
}

/** Addresses that make a browser crash, and never become that of a page: it stays where it was. */
export function isDebugAddress(address: string): boolean {
  return DEBUG_ADDRESS.test(address)
}

function withoutSecrets(address: string, detail: 'path' | 'origin'): string {
  const wrapper = WRAPPER.exec(address)?.[0]
  if (wrapper !== undefined) {
    return wrapper + withoutSecrets(address.slice(wrapper.length), detail)
  }
  const [prefix, scheme = ''] = SCHEME.exec(address) ?? ['']
  const rest = address.slice(prefix.length)
  if (!rest.startsWith('//')) return opaque(scheme.toLowerCase(), rest)
  const [authority, path = ''] = split(rest.slice(2), /[/\\?#]/)
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const [shownPath] = split(path, /[?#]/)
  return `${prefix}//${host}${detail === 'origin' ? '' : shownPath}`
}

/** Of one without a host: `about:blank` says something, all others may hold anything. */
function opaque(scheme: string, rest: string): string {
  if (scheme === 'about') return `about:${split(rest, /[?#]/)[0]}`
  if (scheme === 'data') return `data:${/^[a-z]+\/[a-z0-9.+-]+/i.exec(rest)?.[0] ?? ''}`
  return scheme === '' ? split(rest, /[?#]/)[0] : `${scheme}:`
}

function split(text: string, at: RegExp): [before: string, from?: string] {
  const index = text.search(at)
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index)]
}

function isAddress(title: string): boolean {
  return (
    /^(?:[a-z][a-z0-9+.-]*:)+\/\//i.test(title) || /^(?:data|blob|javascript|about):/i.test(title)
  )
}

/** Browsers show an address without its scheme, and the names of its host in their own letters. */
function isShortened(title: string, address: string): boolean {
  if (!URL.canParse(address)) return false
  const { host, hostname, port } = new URL(address)
  if (host === '') return false
  const own = `${domainToUnicode(hostname)}${port === '' ? '' : `:${port}`}`
  return [host, own].some(
    name => title.startsWith(name) && /^(?:$|[/?#:])/.test(title.slice(name.length))
  )
}
