import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { copyBinary, createRowWriter, type CopyBinaryOptions } from '../../src/seed/copy-binary.js'
import { copyText } from '../../src/seed/copy-text.js'
import { findEncoding } from '../../src/seed/encode/find-encoding.js'
import type { Bound, Generator } from '../../src/seed/generator.js'
import { prepareGenerator } from '../../src/seed/generator.js'
import { each } from '../../src/seed/generators/each.js'
import { growth } from '../../src/seed/generators/growth.js'
import { lognormal } from '../../src/seed/generators/normal.js'
import { weighted } from '../../src/seed/generators/one-of.js'
import { pool } from '../../src/seed/generators/pool.js'
import { sequence } from '../../src/seed/generators/sequence.js'
import { text } from '../../src/seed/generators/text.js'
import type { ColumnSchema } from '../../src/seed/schema.js'
import { describeEachPostgres } from '../plan/with-postgres.js'
import { columnOf as columnOfType } from './column.js'
import { bindIn } from './generators/with-context.js'

const ROWS = 20_000

function columnOf(name: string, type: string, limits: Partial<ColumnSchema> = {}): ColumnSchema {
  return columnOfType(name, { name: type, oid: 0, kind: 'base' }, limits)
}

const COLUMNS: readonly (readonly [ColumnSchema, Generator])[] = [
  [columnOf('id', 'int8'), sequence()],
  [columnOf('email', 'text'), each((faker) => faker.internet.email())],
  [columnOf('product', 'text'), pool((faker) => faker.commerce.productName(), 100)],
  [columnOf('created_at', 'timestamptz'), growth({ from: '2023-01-01', shape: 'exponential' })],
  [columnOf('amount', 'numeric', { precision: 10, scale: 2 }), lognormal({ median: 40, p99: 900, decimals: 2 })],
  [columnOf('status', 'text'), weighted({ paid: 90, open: 10 })],
  [columnOf('note', 'text'), text({ median: 20, p99: 2000 })],
]
const DDL =
  'CREATE TABLE orders (id bigint PRIMARY KEY, email text, product text, created_at timestamptz, amount numeric(10,2), status text, note text, CHECK (amount < 1000000))'

interface Ready {
  readonly schema: ColumnSchema
  readonly bound: Bound
}

async function bindAll(rows = ROWS): Promise<readonly Ready[]> {
  return await Promise.all(
    COLUMNS.map(async ([schema, generator]) => {
      const prepared = await prepareGenerator(generator, { seed: 1, epochMs: 0 })
      return { schema, bound: bindIn(prepared, { column: schema.name, rows: { orders: rows } }) }
    }),
  )
}

const writersOf = (columns: readonly Ready[]) =>
  columns.map(({ schema, bound }) => findEncoding(schema.type)!.createWriter(bound, schema, 'orders'))

/** The bytes of a stretch of rows. */
function bytesOf(columns: readonly Ready[], rows: Iterable<number>): Buffer {
  const write = createRowWriter(writersOf(columns))
  const room = Buffer.alloc(1 << 20)
  return Buffer.concat([...rows].map((row) => Buffer.from(room.subarray(0, write(room, 0, row)))))
}

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

describe('the bytes of a row', () => {
  test('are the same whichever rows were written before, and after', async () => {
    const forwards = bytesOf(await bindAll(), upTo(0, 500))
    const columns = await bindAll()
    const halves = [bytesOf(columns, upTo(250, 500)), bytesOf(columns, upTo(0, 250))]
    expect(Buffer.concat(halves.toReversed()).equals(forwards)).toBe(true)
    const backwards = upTo(0, 500)
      .toReversed()
      .map((row) => bytesOf(columns, [row]))
      .toReversed()
    expect(Buffer.concat(backwards).equals(forwards)).toBe(true)
  })

  test('have not changed since the first release', async () => {
    const columns = (await bindAll()).filter(({ schema }) => !['email', 'product'].includes(schema.name))
    expect(
      createHash('sha256')
        .update(bytesOf(columns, upTo(0, 1000)))
        .digest('hex')
        .slice(0, 16),
    ).toBe('b278683159e40750')
  })
})

await describeEachPostgres(DDL, (database) => {
  let client: pg.Client
  const connect = async (): Promise<pg.Client> => {
    const { server } = database()
    const made = new pg.Client({ host: server.files.socketDirectory, port: server.port, user: 'postgres', database: 'postgres' })
    made.on('error', () => {})
    await made.connect()
    return made
  }
  beforeAll(async () => {
    client = await connect()
  })
  afterAll(() => client.end())
  beforeEach(async () => {
    await client.query('TRUNCATE orders')
  })

  const load = async (options: Partial<CopyBinaryOptions> = {}, columns?: readonly Ready[], by = client) => {
    const ready = columns ?? (await bindAll())
    return await copyBinary(by, {
      table: 'orders',
      columns: ready.map(({ schema, bound }) => ({ name: schema.name, at: bound.at })),
      writers: writersOf(ready),
      fromRow: 0,
      toRow: ROWS,
      ...options,
    })
  }
  const failureOf = (loading: Promise<unknown>): Promise<string> =>
    loading.then(
      () => 'no error',
      (error: Error) => error.message,
    )
  /** Of all rows, in the order they lie in, or by their key where other batches may fill pages otherwise. */
  const hash = async (order: 'ctid' | 'id' = 'ctid'): Promise<unknown> =>
    (await client.query(`SELECT md5(string_agg(o::text, E'\\n' ORDER BY ${order})) AS hash FROM orders o`)).rows[0]
  const countRows = async (): Promise<number> => Number((await client.query('SELECT count(*) FROM orders')).rows[0].count)

  test('the table has the same bytes for any size of chunk, and in text', async () => {
    expect(await load()).toMatchObject({ rows: ROWS })
    const first = await hash()
    for (const chunkBytes of [100, 4096, 1 << 20]) {
      await client.query('TRUNCATE orders')
      await load({ chunkBytes })
      expect(await hash()).toEqual(first)
    }
    const rows = await hash('id')
    await client.query('TRUNCATE orders')
    const columns = await bindAll()
    await copyText(client, {
      table: 'orders',
      columns: columns.map(({ schema, bound }) => ({ schema, at: bound.at })),
      fromRow: 0,
      toRow: ROWS,
    })
    expect(await hash('id')).toEqual(rows)
  })

  test('a load that is continued is the load in one go', async () => {
    await load()
    const first = await hash('id')
    await client.query('TRUNCATE orders')
    await load({ toRow: 7777 })
    await load({ fromRow: 7777 })
    expect(await hash('id')).toEqual(first)
  })

  test('no rows are no work, one row is one row', async () => {
    expect(await load({ toRow: 0 })).toMatchObject({ rows: 0 })
    expect(await load({ toRow: 1 })).toMatchObject({ rows: 1 })
    expect(await countRows()).toBe(1)
  })

  test('progress grows up to all rows', async () => {
    const seen: number[] = []
    await load({ chunkBytes: 8192, onProgress: ({ rows }) => seen.push(rows) })
    expect(seen.length).toBeGreaterThan(5)
    expect(seen).toEqual(seen.toSorted((left, right) => left - right))
    expect(seen.at(-1)).toBe(ROWS)
  })

  test('rows are asked for ahead, each stretch once and in order', async () => {
    const stretches: number[][] = []
    await load({ prepareRows: async (from, to) => void stretches.push([from, to]) })
    expect(stretches[0]?.[0]).toBe(0)
    expect(stretches.at(-1)?.[1]).toBe(ROWS)
    expect(stretches.slice(1).map(([from]) => from)).toEqual(stretches.slice(0, -1).map(([, to]) => to))
  })

  const withColumn = async (name: string, change: (at: Bound['at']) => Bound['at']): Promise<readonly Ready[]> =>
    (await bindAll()).map((column) =>
      column.schema.name === name ? { schema: column.schema, bound: { at: change(column.bound.at) } } : column,
    )

  test('a value that does not fit gives up the load, names the row, and leaves the connection usable', async () => {
    const columns = await withColumn('amount', (at) => (row) => (row === 15_000 ? 'many' : at(row)))
    expect(await failureOf(load({}, columns))).toMatch(
      /^Row 15,000 of orders: amount is numeric\(10,2\) and must be .*, but its generator gave "many"\. \[ERR_HOTBED_SEED\]/,
    )
    expect(await countRows()).toBe(0)
  })

  test('a row that a CHECK refuses is named with its values, and the table is as before', async () => {
    const columns = await withColumn('amount', (at) => (row) => (row === 12_345 ? 1_000_000 : at(row)))
    const said = await failureOf(load({}, columns))
    expect(said).toMatch(
      /^Row 12,345 of orders was refused by the server: new row for relation "orders" violates check constraint "orders_amount_check"\./,
    )
    expect(said).toContain('id = 12346')
    expect(said).toContain('amount = 1000000')
    expect(said).toContain("dataset.row('orders', 12345) shows it. ".trim())
    expect(await countRows()).toBe(0)
  })

  test('a key that comes twice is an error of the load, in a continued load too', async () => {
    const columns = await withColumn('id', (at) => (row) => at(row === 19_000 ? 3 : row))
    const said = await failureOf(load({}, columns))
    expect(said).toContain('duplicate key value violates unique constraint "orders_pkey"')
    expect(said).toContain('Key (id)=(4) already exists.')
    expect(await countRows()).toBe(0)
  })

  test('a table that is not there is an error before any row', async () => {
    expect(await failureOf(load({ table: 'order' }))).toContain('The load of order failed: relation "order" does not exist.')
    expect(await countRows()).toBe(0)
  })

  test('an abort ends the load with its reason; the connection stays usable', async () => {
    const controller = new AbortController()
    const loading = load({ signal: controller.signal, chunkBytes: 4096, onProgress: () => controller.abort(new Error('enough')) })
    expect(await failureOf(loading)).toContain('enough')
    expect(await countRows()).toBe(0)
  })

  test('a backend that is ended mid-way is a clear error', async () => {
    const other = await connect()
    const { rows } = await other.query('SELECT pg_backend_pid() AS pid')
    let killed: Promise<unknown> | undefined
    const loading = load(
      {
        chunkBytes: 2048,
        prepareRows: async (from) => {
          if (from > 0) await (killed ??= client.query('SELECT pg_terminate_backend($1, 5000)', [rows[0].pid]))
        },
      },
      undefined,
      other,
    )
    expect(await failureOf(loading)).toMatch(/^The load of orders broke off: the connection to the server was lost \(/)
    await killed
    expect(await countRows()).toBe(0)
  })

  test('a row larger than a chunk goes through', async () => {
    const columns = await withColumn('note', (at) => (row) => (row === 5 ? 'x'.repeat(3_000_000) : at(row)))
    await load({ toRow: 10 }, columns)
    const { rows } = await client.query('SELECT max(length(note)) AS longest FROM orders')
    expect(rows[0]).toEqual({ longest: 3_000_000 })
  })
})
