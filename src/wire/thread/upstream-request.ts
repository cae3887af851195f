import type { IncomingMessage } from 'node:http'
import { pathnameOf, readPathPattern } from '../http/path-pattern.js'
import type { PlainUpstreamRequest, RouteSpec } from '../http/upstream-spec.js'

/** The route of a request: its number, its text, and what stands for its segments. */
export interface FoundRoute {
  readonly index: number
  readonly route: RouteSpec
  readonly params: Readonly<Record<string, string>>
}

/** Routes without placeholders come first, then the others in the order in which they were defined. */
export function createRouter(routes: readonly RouteSpec[]): (method: string, path: string) => FoundRoute | undefined {
  const known = routes
    .map((route, index) => ({ route, index, ...readPathPattern(route.path), isOpen: /:\w|\*/.test(route.path) }))
    .toSorted((a, b) => Number(a.isOpen) - Number(b.isOpen) || a.index - b.index)
  return (method, path) => {
    const pathname = pathnameOf(path)
    for (const { route, index, pattern, names } of known) {
      const found = route.method === method ? pattern.exec(pathname) : null
      if (found === null) continue
      return { index, route, params: Object.fromEntries(names.map((name, at) => [name, decode(found[at + 1] ?? '')])) }
    }
    return undefined
  }
}

/** The whole body. Undefined: the client went away before its end. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => resolve(undefined))
    request.on('close', () => resolve(undefined))
  })
}

export function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))
}

/** As a route's function gets it. */
export function plainRequest(
  { method, path, headers }: Omit<PlainUpstreamRequest, 'params' | 'query' | 'body'>,
  body: Buffer,
  params: FoundRoute['params'],
): PlainUpstreamRequest {
  const pathname = pathnameOf(path)
  const query = Object.fromEntries(new URLSearchParams(path.slice(pathname.length)))
  return { method, path: pathname, params, query, headers, body: body.toString() }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
