// For the ways that are made by hand: what these do with Postgres.
import { readFileSync, readdirSync } from 'node:fs'
import pg from 'pg'

const read = (name) => readFileSync(new URL(`./sql/${name}`, import.meta.url), 'utf8')
const migrations = readdirSync(new URL('./sql', import.meta.url)).filter((name) => /^\d/.test(name))

/** What a test's Postgres does without: whoever sets one up by hand with care finds these soon. */
export const FAST = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off']

export async function withClient(connectionString, use) {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

export function migrateAndSeed(url) {
  return withClient(url, async (client) => {
    for (const name of migrations) await client.query(read(name))
    await client.query(read('seed.sql'))
  })
}

export function truncateAndSeed(url) {
  return withClient(url, async (client) => {
    await client.query('TRUNCATE order_items, orders, products, users RESTART IDENTITY')
    await client.query(read('seed.sql'))
  })
}

/** The same server, another database. */
export function databaseUrl(url, name) {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

export function createDatabase(url, name, template = 'template1') {
  return withClient(url, (client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`))
}

export function dropDatabase(url, name) {
  return withClient(url, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`))
}

export async function makeTemplate(url) {
  await createDatabase(url, 'shop_template')
  await migrateAndSeed(databaseUrl(url, 'shop_template'))
}
