import type { PostgresFacts, RedisFacts, ReplicaFacts, SuiteFacts } from './databases/suite-parts.js'
import type { ServerTls } from './servers/server-tls.js'
import type { SuiteTap } from './wire/tap.js'
import type { SuiteTargets } from './wire/thread/suite-verbs.js'

/** Where a store really is. */
export function target(store: PostgresFacts | RedisFacts | undefined, tls: ServerTls | undefined): SuiteTargets['postgres'] {
  return store === undefined ? undefined : { host: store.host, port: store.port, tls }
}

/** The facts of a suite as applications are given them: all but `directUrl` and `adminUrl` lead through the tap. */
export function tapFacts({ postgres, redis }: SuiteFacts, ports: SuiteTap['ports']): SuiteFacts {
  const replicas = (postgres?.replicas ?? []).map((replica, number) => through(replica, ports.replicas[number]))
  return {
    postgres: postgres === undefined ? undefined : through({ ...postgres, replicas }, ports.postgres),
    redis: through(redis, ports.redis),
  }
}

function through<Store extends PostgresFacts | RedisFacts | ReplicaFacts | undefined>(store: Store, port: number | undefined): Store {
  if (store === undefined || port === undefined) return store
  const { host } = new URL(store.url)
  // What stands before the host: with a password alone there may be no path behind it.
  const at = store.url.includes('@') ? '@' : '//'
  return {
    ...store,
    host: '127.0.0.1',
    port,
    url: inTheClear(store.url.replace(`${at}${host}`, `${at}127.0.0.1:${port}`)),
  }
}

/** The tap speaks TLS to the server, not to clients: it reads what they say. */
function inTheClear(url: string): string {
  const [address = '', parameters] = url.replace(/^rediss:/, 'redis:').split('?')
  const kept = (parameters ?? '')
    .split('&')
    .filter((one) => one !== '' && !/^(?:ssl|channel_binding=|gssencmode=|uselibpqcompat=)/.test(one))
  return kept.length === 0 ? address : `${address}?${kept.join('&')}`
}
