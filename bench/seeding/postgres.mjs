// One way to fill a table, in a process of its own: `node postgres.mjs METHOD ROWS`. Prints JSON.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import pg from 'pg'
import { startSuite } from '../../dist/start-suite.js'
import { defineDataset } from '../../dist/seed/define-dataset.js'
import { seed } from '../../dist/seed/load.js'
import { growth } from '../../dist/seed/generators/growth.js'
import { lognormal } from '../../dist/seed/generators/normal.js'
import { weighted } from '../../dist/seed/generators/one-of.js'
import { pool } from '../../dist/seed/generators/pool.js'
import { sequence } from '../../dist/seed/generators/sequence.js'
import { zipf } from '../../dist/seed/generators/zipf.js'

const [, , method, rowsText] = process.argv
const ROWS = Number(rowsText)
const NAMES = ['id', 'user_id', 'email', 'created_at', 'amount', 'status']
const TABLE = 'CREATE TABLE orders (id bigint, user_id bigint, email text, created_at timestamptz, amount numeric(10,2), status text)'

const suite = await startSuite(
  { postgres: { settings: { max_wal_size: '16GB', shared_buffers: '1GB', maintenance_work_mem: '256MB' } } },
  { isolation: 'server' },
)
const client = new pg.Client({ connectionString: suite.postgres.adminUrl })
await client.connect()
await client.query(TABLE)
const methods = { hotbed, fakerInsert, fakerCopy, generateSeries, serverFile, drizzle }
const seconds = await methods[method]()
const { rows } = await client.query('SELECT count(*)::int AS n FROM orders')
await client.end()
if (rows[0].n !== ROWS) throw new Error(`${method} wrote ${rows[0].n} rows instead of ${ROWS}.`)
await suite.dispose()
process.stdout.write(`${JSON.stringify({ seconds, rowsPerSecond: ROWS / seconds, rssMb: process.resourceUsage().maxRSS / 1024 })}\n`)

/** The COPY of the engine, without the planning, statistics and commit that `seed` adds to it for every way alike. */
async function hotbed() {
  const dataset = defineDataset({
    tables: {
      orders: {
        rows: ROWS,
        columns: {
          id: sequence(),
          user_id: zipf({ values: 50_000, exponent: 0.8 }),
          email: pool((faker) => faker.internet.email(), 20_000),
          created_at: growth({ from: '2023-01-01', shape: 'exponential' }),
          amount: lognormal({ median: 40, p99: 900, decimals: 2 }),
          status: weighted({ paid: 80, open: 15, lost: 5 }),
        },
      },
    },
  })
  const { tables } = await seed({ url: suite.postgres.adminUrl }, dataset, { statistics: 'sampled' })
  return tables[0].seconds
}

async function fakeRow() {
  const { faker } = await import('@faker-js/faker/locale/en')
  faker.seed(1)
  const end = new Date('2025-01-01')
  return (id) => [
    id + 1,
    faker.number.int({ min: 1, max: 50_000 }),
    faker.internet.email(),
    faker.date.between({ from: '2023-01-01', to: end }),
    faker.number.float({ min: 1, max: 900, fractionDigits: 2 }),
    faker.helpers.arrayElement(['paid', 'open', 'lost']),
  ]
}

async function fakerInsert() {
  const make = await fakeRow()
  const begun = performance.now()
  for (let row = 0; row < ROWS; row += 1000) {
    const values = []
    const count = Math.min(1000, ROWS - row)
    for (let at = 0; at < count; at += 1) values.push(...make(row + at))
    const places = Array.from({ length: count }, (_, at) => `(${NAMES.map((_name, column) => `$${at * 6 + column + 1}`).join()})`)
    await client.query(`INSERT INTO orders (${NAMES.join()}) VALUES ${places.join()}`, values)
  }
  return (performance.now() - begun) / 1000
}

/** COPY as an application writes it by hand: a text line per row, 64 KB at a time. */
async function fakerCopy() {
  const make = await fakeRow()
  const { streamCopy } = await import('../../dist/seed/copy-stream.js')
  const begun = performance.now()
  await streamCopy(client, {
    sql: 'COPY orders FROM STDIN',
    header: Buffer.alloc(0),
    trailer: Buffer.alloc(0),
    fromRow: 0,
    toRow: ROWS,
    writeRow: (() => {
      let made = -1
      let line = ''
      return (target, at, row) => {
        // A row that did not fit is asked for again.
        if (made !== row) {
          const [id, user, email, created, amount, status] = make(row)
          line = `${id}\t${user}\t${email}\t${created.toISOString()}\t${amount}\t${status}\n`
          made = row
        }
        return at + line.length * 3 > target.length ? -1 : at + target.write(line, at)
      }
    })(),
  })
  return (performance.now() - begun) / 1000
}

/** The server makes the rows; its names come from a table, as nobody writes 20,000 into a statement. */
async function generateSeries() {
  await client.query(
    `CREATE TEMP TABLE emails AS SELECT i, 'user' || i || '@example.com' AS email FROM generate_series(0, 19999) i; ANALYZE emails`,
  )
  const begun = performance.now()
  await client.query(`
    INSERT INTO orders
    SELECT g, 1 + floor(50000 * power(random(), 3))::bigint, email, timestamptz '2023-01-01' + sqrt(random()) * interval '730 days',
      round((exp(3.7 + 1.3 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))::numeric, 2), CASE WHEN random() < 0.8 THEN 'paid' WHEN random() < 0.75 THEN 'open' ELSE 'lost' END
    FROM (SELECT g, (random() * 19999)::int AS pick FROM generate_series(1, ${ROWS}) g) s JOIN emails ON i = pick`)
  return (performance.now() - begun) / 1000
}

/** The limit: the server reads the bytes of its own rows from its own disk. */
async function serverFile() {
  await hotbed()
  const file = join(tmpdir(), `hotbed-bench-${process.pid}.bin`)
  try {
    await client.query(`COPY orders TO '${file}' WITH (FORMAT binary)`)
    await client.query('BEGIN; TRUNCATE orders')
    const begun = performance.now()
    await client.query(`COPY orders FROM '${file}' WITH (FORMAT binary, FREEZE)`)
    const took = (performance.now() - begun) / 1000
    await client.query('COMMIT')
    return took
  } finally {
    rmSync(file, { force: true })
  }
}

async function drizzle() {
  const { drizzle: connect } = await import('drizzle-orm/node-postgres')
  const { bigint, numeric, pgTable, text, timestamp } = await import('drizzle-orm/pg-core')
  const { seed: fill } = await import('drizzle-seed')
  const orders = pgTable('orders', {
    id: bigint({ mode: 'number' }).primaryKey(),
    user_id: bigint({ mode: 'number' }),
    email: text(),
    created_at: timestamp({ withTimezone: true }),
    amount: numeric({ precision: 10, scale: 2 }),
    status: text(),
  })
  const begun = performance.now()
  await fill(connect(client), { orders }).refine((f) => ({
    orders: {
      count: ROWS,
      columns: {
        id: f.intPrimaryKey(),
        user_id: f.int({ minValue: 1, maxValue: 50_000 }),
        email: f.email(),
        created_at: f.date({ minDate: '2023-01-01', maxDate: '2025-01-01' }),
        amount: f.number({ minValue: 1, maxValue: 900, precision: 100 }),
        status: f.valuesFromArray({ values: ['paid', 'open', 'lost'] }),
      },
    },
  }))
  return (performance.now() - begun) / 1000
}
