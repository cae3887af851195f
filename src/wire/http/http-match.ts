import { wrongOption } from '../../primitives/options.js'
import { METHODS } from './http-methods.js'
import { pathnameOf, readPathPattern } from './path-pattern.js'

/** Which calls of upstreams are meant. One of the two may be left out. */
export interface HttpMatch {
  /**
   * `'POST /charges'`, `'/charges'` with any method, `'GET /shipments/:id'`, `'GET /shipments/*'`, without the query; or a regular expression for
   * the method, a blank, and the path with its query. @default all
   */
  readonly http?: string | RegExp
  /** The upstream's name. @default any */
  readonly upstream?: string
}

/** As plain data. */
export interface HttpMatchSpec {
  readonly store: 'upstream'
  readonly text: string
  readonly upstream: string | undefined
  /** Undefined: any. */
  readonly method: string | undefined
  /** Of the path without its query. Undefined: any. */
  readonly path: RegExp | undefined
  /** Of `GET /shipments/7?full=1`. */
  readonly pattern: RegExp | undefined
}

export interface HttpSubject {
  readonly upstream?: string
  readonly method?: string
  readonly path?: string
}

const TEXT = new RegExp(`^(?:(${METHODS.join('|')})\\s+)?(/(?!\\*)\\S*)$`, 'i')
const WANTED = "a method and a path, such as 'POST /charges', or a regular expression"

/**
 * `POST /charges`, `/charges`: a path makes it HTTP. So `GET /x` means a call, and a Redis key that begins with a slash is written
 * `{ redis: 'GET', key: '/x' }`; slash and star begin a comment of SQL.
 */
export function looksLikeHttp(text: string): boolean {
  return TEXT.test(text)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function parseHttpText(text: string, upstream?: string): HttpMatchSpec {
  const [, method, path = ''] = /^(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(text.trim()) ?? []
  const known = method?.toUpperCase()
  if (path === '' || path.includes('?') || (known !== undefined && !METHODS.includes(known))) throw wrongOption('http', WANTED, text)
  const said = [...(known === undefined ? [] : [known]), path].join(' ')
  return {
    store: 'upstream',
    text: textOf(said, upstream),
    upstream,
    method: known,
    path: readPathPattern(path).pattern,
    pattern: undefined,
  }
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function parseHttp({ http, upstream }: { readonly http?: unknown; readonly upstream?: unknown }): HttpMatchSpec {
  if (upstream !== undefined && (typeof upstream !== 'string' || upstream === ''))
    throw wrongOption('upstream', 'the name of one', upstream)
  if (typeof http === 'string') return parseHttpText(http, upstream)
  if (http !== undefined && !(http instanceof RegExp)) throw wrongOption('http', WANTED, http)
  if (http === undefined && upstream === undefined) throw wrongOption('http', WANTED, http)
  return {
    store: 'upstream',
    text: textOf(http === undefined ? 'any call' : `http ${String(http)}`, upstream),
    upstream,
    method: undefined,
    path: undefined,
    pattern: http,
  }
}

export function matchesHttp(spec: HttpMatchSpec, { upstream, method = '', path = '' }: HttpSubject): boolean {
  if (spec.upstream !== undefined && spec.upstream !== upstream) return false
  if (spec.method !== undefined && spec.method !== method) return false
  if (spec.path !== undefined && !spec.path.test(pathnameOf(path))) return false
  if (spec.pattern === undefined) return true
  spec.pattern.lastIndex = 0
  return spec.pattern.test(`${method} ${path}`)
}

function textOf(said: string, upstream: string | undefined): string {
  return upstream === undefined ? said : `${said} of ${upstream}`
}
