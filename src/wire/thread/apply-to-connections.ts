import type { RuleSpec } from '../rule.js'
import type { Link } from './link.js'
import type { StorePort } from './store-port.js'
import type { Upstreams } from './upstreams.js'

export interface ConnectionsHost {
  readonly ports: Readonly<Record<Link['store'], StorePort | undefined>>
  readonly links: () => Iterable<Link>
  readonly upstreams: Upstreams
}

/** Puts a rule that acts on connections, of a whole store or upstream, into force, or takes it away. */
export async function applyToConnections({ match, action }: RuleSpec, isOn: boolean, host: ConnectionsHost): Promise<void> {
  const { ports, links, upstreams } = host
  if (action.kind === 'refuse') await upstreams.refuse(match, isOn)
  for (const store of ['postgres', 'redis'] as const) {
    if (match !== store) continue
    if (action.kind === 'refuse') {
      await (isOn ? ports[store]?.refuse() : ports[store]?.accept())
      if (isOn) for (const link of links()) if (link.store === store) link.cut('a rule refuses connections')
    } else if (action.kind === 'throttle') {
      for (const link of links()) if (link.store === store) link.setPace(isOn ? action.bytesPerSecond : undefined)
    }
  }
}
