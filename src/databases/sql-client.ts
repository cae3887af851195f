import type { ClientConfig } from 'pg'
import type { CountedClient } from '../servers/postgres/counted-client.js'

/** What a statement answered. */
export interface QueryResult<Row = Readonly<Record<string, unknown>>> {
  readonly rows: readonly Row[]
  /** Rows returned or changed; `null` for statements that count none. */
  readonly rowCount: number | null
  /** `SELECT`, `UPDATE` … */
  readonly command: string
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}

/** One connection to one database. */
export interface SqlClient {
  readonly query: (text: string, values?: readonly unknown[]) => Promise<QueryResult>
  readonly close: () => Promise<void>
  readonly isClosed: () => boolean
}

/** Connects with node-postgres, which is loaded here and nowhere earlier: it costs an isolated test file 34 ms. */
export async function connectSql(config: ClientConfig): Promise<SqlClient> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    ssl: false,
    application_name: 'hotbed',
    // Named, so that PGOPTIONS of the environment has no say.
    options: '-c client_min_messages=warning',
    ...config,
  }) as CountedClient
  const connected = createSqlClient(client)
  await client.connect()
  client.unref()
  return connected
}

/** The connection of a client, which may be about to be made; an idle one does not keep the process alive. */
export function createSqlClient(client: CountedClient): SqlClient {
  let closed = false
  let pending = 0
  // The server ending the session (reset, stop) must not crash the test process.
  client.on('error', () => {
    closed = true
  })
  client.on('end', () => {
    closed = true
  })
  let last: Promise<unknown> = Promise.resolve()
  const send = async (text: string, values: readonly unknown[] | undefined): Promise<QueryResult> => {
    pending += 1
    client.ref()
    const answer = await client.query(values === undefined ? text : { text, values: [...values] }).finally(() => {
      pending -= 1
      // An idle connection must not keep a finished process alive.
      if (pending === 0) client.unref()
    })
    // Several statements in one text give a list; the last one answers.
    const { rows, rowCount, command, fields } = Array.isArray(answer) ? answer.at(-1) : answer
    return {
      rows,
      rowCount,
      command,
      fields: fields.map(({ name, dataTypeID }: { name: string; dataTypeID: number }) => ({
        name,
        dataTypeID,
      })),
    }
  }
  return {
    // Statements queue up here: node-postgres wants one at a time.
    query: (text, values) => {
      const answer = last.then(() => send(text, values))
      last = answer.catch(() => {})
      return answer
    },
    close: async () => {
      closed = true
      client.ref()
      await client.end().catch(() => {})
    },
    isClosed: () => closed,
  }
}

/** `name` as an SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `text` as an SQL string. A backslash needs the E form, whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return text.includes('\\') ? `E${quoted}` : quoted
}
