import type { LiveEvent } from '../conversation.js'
import type { LiveCall } from '../http/live-call.js'
import type { UpstreamQuestion, UpstreamReply, UpstreamSpec } from '../http/upstream-spec.js'
import type { HttpMatchSpec } from '../http/http-match.js'
import type { RuleMatchSpec } from '../rule.js'
import { openUpstreamServer, type UpstreamHost, type UpstreamServer } from './upstream-server.js'

/** The third parties of one suite. */
export interface Upstreams {
  /** Gives the port. */
  readonly open: (spec: UpstreamSpec) => Promise<number>
  readonly close: (name: string) => void
  readonly closeAll: () => void
  /** Of those that a rule is about as a whole. */
  readonly refuse: (match: RuleMatchSpec, isOn: boolean) => Promise<void>
  /** A call of it is asked and not answered, and no rule holds it. */
  readonly isAsked: () => boolean
}

export interface UpstreamsHost extends Pick<UpstreamHost, 'connected' | 'decide'> {
  readonly admit: (event: LiveEvent) => void
  readonly ended: (call: LiveCall) => void
  readonly askUpstream: (call: UpstreamQuestion) => Promise<UpstreamReply>
}

export function createUpstreams(host: UpstreamsHost): Upstreams {
  const servers = new Map<string, UpstreamServer>()
  const asked = new Set<LiveCall>()
  const close = (name: string): void => {
    servers.get(name)?.close()
    servers.delete(name)
  }
  return {
    open: async (spec) => {
      const server = await openUpstreamServer(spec, {
        connected: host.connected,
        begin: host.admit,
        decide: (call, gone) => {
          const fate = host.decide(call, gone)
          if (!(fate instanceof Promise)) {
            asked.add(call)
            return fate
          }
          return fate.then((decided) => {
            if (call.end === undefined) asked.add(call)
            return decided
          })
        },
        end: (call) => {
          asked.delete(call)
          host.ended(call)
        },
        ask: (route, request) => host.askUpstream({ upstream: spec.name, route, request }),
      })
      servers.set(spec.name, server)
      return server.port
    },
    close,
    closeAll: () => {
      for (const name of servers.keys()) close(name)
    },
    refuse: async (match, isOn) => {
      for (const [name, server] of servers) {
        if (!isWhole(match) || match.upstream !== name) continue
        if (isOn) server.refuse()
        else await server.accept()
      }
    },
    isAsked: () => asked.size > 0,
  }
}

function isWhole(match: RuleMatchSpec): match is HttpMatchSpec {
  return (
    typeof match !== 'string' && 'store' in match && match.store === 'upstream' && match.path === undefined && match.pattern === undefined
  )
}
