import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'

export type Shop = Suite<{ postgres: {}; redis: {} }>

/** A suite for the file, with a product in Postgres and nothing in Redis at the start of each test. */
export function useShop(): () => Shop {
  let suite: Shop | undefined
  beforeAll(async () => {
    suite = await startSuite({ postgres: {}, redis: {} })
    await suite.postgres.query('CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL)')
    await suite.postgres.query('CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product int NOT NULL)')
    await suite.postgres.query("INSERT INTO products VALUES (7, 'lamp')")
  })
  beforeEach(async () => {
    await suite?.redis.send('FLUSHALL')
    await suite?.postgres.query('TRUNCATE orders')
  })
  afterAll(async () => suite?.dispose())
  return () => {
    if (suite === undefined) throw new Error('the suite has not been started')
    return suite
  }
}

/** Without what differs from run to run: times, ports, numbers of connections, and how often a client came back. */
export function steady(text: string): string {
  return text
    .replaceAll(/\d[\d,]*(?:\.\d+)? ms/g, '# ms')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:#')
    .replaceAll(/^ +/gm, '  ')
    .replaceAll(/(?<=\S) {2,}/g, ' ')
    .replaceAll(/#\d+/g, '#')
    .replaceAll(/, \d+ connections?/g, ', # connections')
}
