import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import { createFunctionGenerator, type Generator } from './generator.js'
import type { LoadFunction } from './request.js'
import type { UrlRequest } from './url/protocol.js'

/** What is asked of by HTTP. */
export interface HttpRequest {
  readonly url: string | URL
  /** @default 'GET' */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Connections that are kept open, at most. @default 100 */
  readonly connections?: number
}

export type UrlTarget = string | URL | HttpRequest

const OPTIONS = ['url', 'method', 'headers', 'body', 'connections']

/**
 * What makes the requests: this event loop for a function, a thread of its own for a URL. `where` is the verb in messages.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export async function openGenerator(target: LoadFunction | UrlTarget, where: string): Promise<Generator> {
  if (typeof target === 'function') return createFunctionGenerator(target)
  const request = readTarget(target, where)
  // Loaded when it is asked for: a function needs no thread.
  const { createUrlGenerator } = await import('./url/url-generator.js')
  return createUrlGenerator(request)
}

function readTarget(target: unknown, where: string): UrlRequest {
  const given = typeof target === 'string' || target instanceof URL ? { url: target } : target
  if (typeof given !== 'object' || given === null || !('url' in given)) {
    throw wrongOption(where, 'a function that makes one request, a URL, or { url, method, headers, body }', target)
  }
  checkOptionNames(given, OPTIONS, where)
  const { url, method = 'GET', headers = {}, body, connections = 100 } = given as HttpRequest
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw wrongOption('url', "a URL such as 'http://127.0.0.1:3000/'", String(url))
  if (typeof method !== 'string' || method === '') throw wrongOption('method', "a method of HTTP, such as 'POST'", method)
  if (body !== undefined && typeof body !== 'string') throw wrongOption('body', 'a text', body)
  checkWholeNumber('connections', connections, 1, 'a whole number above 0')
  return { origin: parsed.origin, path: `${parsed.pathname}${parsed.search}`, method, headers, body, connections }
}
