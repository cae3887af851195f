import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { readHttpAnswer, type HttpAnswer, type PlainHttpAnswer } from './http-answer.js'
import { METHODS } from './http-methods.js'

/** What a route's function is asked. */
export interface UpstreamRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Of `/shipments/:id` the `id`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Names in small letters; several of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body read as JSON. Undefined: it is none. */
  readonly json: unknown
}

/** Answers in the test's own process. */
export type UpstreamHandler = (request: UpstreamRequest) => HttpAnswer | Promise<HttpAnswer>

/** By `METHOD /path`; `:name` stands for one segment, `*` for anything. Of several that fit, one without those is chosen, else the first. */
export type UpstreamRoutes = Readonly<Record<string, HttpAnswer | UpstreamHandler>>

export interface UpstreamOptions {
  readonly routes: UpstreamRoutes
  /** How recordings and matches call it. @default 'upstream' */
  readonly name?: string
}

/** An upstream as plain data, which crosses threads. */
export interface UpstreamSpec {
  readonly name: string
  readonly routes: readonly RouteSpec[]
}

export interface RouteSpec {
  /** As it was written. */
  readonly text: string
  readonly method: string
  readonly path: string
  /** Undefined: the test's process is asked. */
  readonly answer: PlainHttpAnswer | undefined
}

/** What the test's process is asked, as plain data. */
export type PlainUpstreamRequest = Omit<UpstreamRequest, 'json'>

/** A call that the function of a route is to answer: that of this number. */
export interface UpstreamQuestion {
  readonly upstream: string
  readonly route: number
  readonly request: PlainUpstreamRequest
}

/** The answer of a route's function; `problem`: it gave none. */
export interface UpstreamReply {
  readonly answer: PlainHttpAnswer
  readonly problem: string | undefined
}

const EXAMPLE = "{ 'POST /charges': { status: 201, body: {} } }"

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a route or an answer that is none */
export function readUpstream(options: unknown): UpstreamSpec {
  if (typeof options !== 'object' || options === null) throw wrongOption('startUpstream()', '{ routes }', options)
  checkOptionNames(options, ['name', 'routes'], 'startUpstream()')
  const { name = 'upstream', routes }: { readonly name?: unknown; readonly routes?: unknown } = options
  if (typeof name !== 'string' || !/^[\w-]{1,40}$/.test(name)) throw wrongOption('name', 'up to 40 letters, digits, _ and -', name)
  if (typeof routes !== 'object' || routes === null || Array.isArray(routes))
    throw wrongOption('routes', `answers by route, such as ${EXAMPLE}`, routes)
  return { name, routes: Object.entries(routes).map(([text, answer]) => readRoute(text, answer)) }
}

function readRoute(text: string, answer: unknown): RouteSpec {
  const [, method = '', path = ''] = /^([A-Z]+) +(\/\S*)$/.exec(text.trim()) ?? []
  if (!METHODS.includes(method) || path.includes('?')) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The route '${text}' is none.`,
      remedy: `A route is a method (${METHODS.join(', ')}), a blank, and a path without its query: ${EXAMPLE}`,
    })
  }
  return { text, method, path, answer: typeof answer === 'function' ? undefined : readHttpAnswer(answer, `The answer of ${text}`) }
}
