import type { CallExchange } from '../exchange.js'
import { createTextSharing } from '../share-texts.js'
import type { UpstreamCall } from './recording.js'

/** Reads calls of upstreams. */
export function createCallReader(): (exchange: CallExchange) => UpstreamCall {
  const share = createTextSharing()
  return (exchange) => {
    const { startMs, endMs, status } = exchange
    return Object.freeze({
      store: 'upstream' as const,
      upstream: share(exchange.upstream),
      method: share(exchange.method),
      path: exchange.path,
      route: exchange.route === undefined ? undefined : share(exchange.route),
      request: Object.freeze({ headers: Object.freeze(exchange.requestHeaders), body: exchange.requestBody }),
      status,
      response:
        status === undefined ? undefined : Object.freeze({ headers: Object.freeze(exchange.replyHeaders), body: exchange.replyBody }),
      error: exchange.failure ?? (status !== undefined && status >= 400 ? String(status) : undefined),
      problem: exchange.problem,
      connection: exchange.connection,
      start: exchange.start,
      end: exchange.end,
      startMs,
      endMs,
      durationMs: endMs === undefined ? undefined : endMs - startMs,
      bytes: Object.freeze({ request: exchange.requestBytes, reply: exchange.replyBytes }),
      isSetUp: false,
      steered: exchange.steered,
    })
  }
}
