import { randomBytes } from 'node:crypto'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { fingerprint } from '../primitives/fingerprint.js'
import { readOwner } from '../primitives/owner.js'
import { quoteIdentifier, quoteLiteral, type SqlClient } from './sql-client.js'
import { formatStamp, parseStamp, type StampKind } from './stamp.js'

/** What is ours on a server: names, and on a shared one stamps and an end. */
export interface Tenancy {
  /** Of this run, as stamps have it. */
  readonly run: string
  readonly nameDatabase: (prefix: string, number: number) => string
  /** Of a template that is whole, and of one that is being made. */
  readonly nameTemplate: (content: string) => string
  readonly nameBuilding: (content: string) => string
  /** Says whose a new database is. */
  readonly mark: (database: string, kind: StampKind) => Promise<void>
  /** Gives a building its name and says that it is complete. */
  readonly finish: (building: string, template: string) => Promise<void>
  /** True of the comment of a template that is complete. */
  readonly isComplete: (comment: unknown) => boolean
  /** While `work` goes on nobody else does the same for this content. */
  readonly alone: <Result>(content: string, work: () => Promise<Result>) => Promise<Result>
  /** Drops what else is left of this run. */
  readonly end: (drop: (database: string) => Promise<void>) => Promise<void>
}

/** The comment that says that a template is complete. Written last. */
const READY = 'hotbed: ready'
const TEMPLATE = 'hotbed_template_'

/** On a server of ours every name is free, and everything goes with the server. */
export function createPrivateTenancy(admin: SqlClient): Tenancy {
  return {
    run: '',
    nameDatabase: (prefix, number) => `${prefix}_${number}`,
    nameTemplate: (content) => `${TEMPLATE}${content}`,
    nameBuilding: (content) => `${TEMPLATE}${content}`,
    mark: async () => {},
    finish: async (_, template) => {
      await admin.query(`COMMENT ON DATABASE ${quoteIdentifier(template)} IS ${quoteLiteral(READY)}`)
    },
    isComplete: (comment) => comment === READY,
    alone: (_, work) => work(),
    end: async () => {},
  }
}

/** The name that a session of this run has, by which other runs see that it lives. */
export function runSessionName(run: string): string {
  return `hotbed run ${run}`
}

export function makeRunName(): string {
  return randomBytes(5).toString('hex')
}

export interface SharedServer {
  readonly admin: SqlClient
  readonly run: string
  readonly user: string
  readonly connect: () => Promise<SqlClient>
}

/** A template may take minutes to be filled. */
const LOCK_MS = 600_000
const LOCK_NOT_AVAILABLE = '55P03'

/** The advisory lock of a template: 60 bits of its content. */
function lockNumber(content: string): string {
  return String(BigInt(`0x${fingerprint(['hotbed template', content]).slice(0, 15)}`))
}

/** On a shared server every name has the run's in it, and whatever is made is stamped at once. */
export function createSharedTenancy({ admin, run, user, connect }: SharedServer): Tenancy {
  const comment = async (database: string, kind: StampKind): Promise<string> => {
    // By the server's clock, which is the same for all who will read it.
    const { rows } = await admin.query('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms')
    const stamp = formatStamp({ kind, run, owner: readOwner(), atMs: Number(rows[0]?.['ms']) })
    return `COMMENT ON DATABASE ${quoteIdentifier(database)} IS ${quoteLiteral(stamp)}`
  }
  const mark: Tenancy['mark'] = async (database, kind) => {
    await admin.query(await comment(database, kind))
  }
  return {
    run,
    nameDatabase: (prefix, number) => `hotbed_${run}_${prefix}_${number}`,
    // Whoever has not made a template may not clone it: each role has its own.
    nameTemplate: (content) => `${TEMPLATE}${fingerprint([content, user])}`,
    nameBuilding: (content) => `hotbed_${run}_building_${fingerprint([content, user])}`,
    mark,
    finish: async (building, template) => {
      // In one transaction, so that a template that is found is complete.
      const stamp = await comment(template, 'template')
      await admin.query(`ALTER DATABASE ${quoteIdentifier(building)} RENAME TO ${quoteIdentifier(template)}; ${stamp}`)
    },
    isComplete: (text) => parseStamp(text)?.kind === 'template',
    alone: async (content, work) => {
      // In a session of its own, which the wait keeps busy, and whose end gives the lock back in any case.
      const session = await connect()
      try {
        await session.query(`SET lock_timeout = '${LOCK_MS}ms'`)
        await session.query('SELECT pg_advisory_lock($1::bigint)', [lockNumber(content)]).catch((error: unknown) => {
          if (errorFields(error).code !== LOCK_NOT_AVAILABLE) throw error
          throw new HotbedError('ERR_HOTBED_TIMEOUT', {
            message: `Waited ${LOCK_MS / 60_000} minutes for another process, which makes the same template on this server.`,
            remedy: "Who it is: SELECT * FROM pg_stat_activity WHERE application_name LIKE 'hotbed%'",
            cause: error,
          })
        })
        return await work()
      } finally {
        await session.close()
      }
    },
    end: async (drop) => {
      const { rows } = await admin.query(STAMPED)
      for (const { name, comment: text } of rows) {
        const stamp = parseStamp(text)
        if (stamp?.run === run && (stamp.kind === 'suite' || stamp.kind === 'building')) await drop(String(name))
      }
    },
  }
}

/** Databases with a comment, with those of others. */
export const STAMPED: string =
  "SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE 'hotbed: {%'"
