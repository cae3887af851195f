import { errorFields } from '../../primitives/error-fields.js'
import { readOwner } from '../../primitives/owner.js'
import { wallClockMs } from '../../primitives/real-time.js'
import { connectExternal, type ConnectedClient } from '../../servers/postgres/external/connect.js'
import { refuseTransactionPooler } from '../../servers/postgres/external/pooler.js'
import { readPostgresUrl } from '../../servers/postgres/external/read-url.js'
import { quoteIdentifier } from '../sql-client.js'
import { formatStamp } from '../stamp.js'
import { makeRunName } from '../tenancy.js'
import { CAPABILITIES, type Capabilities } from './capabilities.js'
import { judgeFeatures, type FeatureReport } from './features.js'
import { TAKES, TRIALS, type TrialHost } from './trials.js'

/** What a server can do, tried out. Plain data. */
export interface EngineReport {
  /** As `version()` has it. */
  readonly version: string
  readonly user: string
  readonly capabilities: Capabilities
  readonly features: readonly FeatureReport[]
}

/**
 * Tries what hotbed asks of a server. Makes two databases and a schema under names of its own, stamped, and drops them.
 *
 * @param option what gave the URL, as messages name it
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_EXTERNAL` when it cannot be reached, or a pooler in transaction mode stands before it
 */
export async function probeEngine(url: string, option: string): Promise<EngineReport> {
  const address = readPostgresUrl(url, option)
  const { client, tls } = await connectExternal(address)
  const connect = async (database = address.database, options?: string): Promise<ConnectedClient> =>
    (await connectExternal({ ...address, database, tls, maySpeakClear: false, ...(options === undefined ? {} : { options }) })).client
  const run = makeRunName()
  const name = `hotbed_probe_${run}`
  const host: TrialHost = {
    client,
    connect,
    name,
    copy: `${name}_copy`,
    stamp: formatStamp({ kind: 'building', run, owner: readOwner(), atMs: wallClockMs() }),
  }
  try {
    await refuseTransactionPooler(address, client, () => connect())
    const capabilities = await tryAll(host)
    const { rows } = await client.query<{ version: string }>('SELECT version() AS version')
    return { version: rows[0]?.version ?? 'unknown', user: address.user, capabilities, features: judgeFeatures(capabilities) }
  } finally {
    await dropAll(host)
    await client.end().catch(() => {})
  }
}

async function tryAll(host: TrialHost): Promise<Capabilities> {
  const found = Object.fromEntries(Object.keys(CAPABILITIES).map((name) => [name, 'not tried'])) as Record<
    keyof Capabilities,
    true | string
  >
  for (const [capability, attempt] of TRIALS) {
    const takes = TAKES[capability]
    if (takes !== undefined && found[takes] !== true) {
      found[capability] = `it takes ${CAPABILITIES[takes]}`
      continue
    }
    found[capability] = await attempt(host).then(
      () => true as const,
      (error: unknown) => errorFields(error).message,
    )
  }
  return found
}

async function dropAll({ client, name, copy }: TrialHost): Promise<void> {
  for (const database of [copy, name, `${name}_2`])
    await client.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(database)}`).catch(() => {})
  await client.query(`DROP SCHEMA IF EXISTS ${quoteIdentifier(name)} CASCADE`).catch(() => {})
}
