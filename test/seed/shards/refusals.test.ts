import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { connectSql } from '../../../src/databases/sql-client.js'
import { defineDataset } from '../../../src/seed/define-dataset.js'
import { constant } from '../../../src/seed/generators/one-of.js'
import { sql } from '../../../src/seed/generators/sql.js'
import { seed } from '../../../src/seed/load.js'
import { DIST } from '../../primitives/child.js'
import { countOf, useSuite } from '../with-suite.js'
import { SHOP, shopDataset } from './shop.js'

describe('A shard is refused', () => {
  const suite = useSuite(SHOP)
  const dataset = shopDataset(300)
  beforeEach(() => suite().postgres.query('DROP TABLE IF EXISTS hotbed_shards; TRUNCATE users, orders RESTART IDENTITY'))

  it('when others of the dataset are of another number', async () => {
    await seed(suite().postgres, dataset, { shard: '2/3' })

    await expect(seed(suite().postgres, dataset, { shard: '1/2' })).rejects.toThrow(
      /^This dataset is loaded here in 3 shards, and 1\/2 is one of 2\. 1 of the 3 are there\. \[ERR_HOTBED_SEED\]\n {2}→ Load what is missing \(1, 3\) of 3\. Or empty public\.orders, public\.users, then: DELETE FROM hotbed_shards WHERE dataset = '[0-9a-f]{20}'$/,
    )
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(100)
  })

  it('when shards of another dataset are missing in the same table, and so is a whole dataset', async () => {
    await seed(suite().postgres, dataset, { shard: '2/3' })
    const refusal =
      /^'public\.orders', 'public\.users' is being loaded in shards: 1 of 3 shards of another dataset are there\. \[ERR_HOTBED_SEED\]\n {2}→ Load what is missing of it \(1, 3\)\. Or empty public\.orders, public\.users, then: DELETE FROM hotbed_shards/

    await expect(seed(suite().postgres, shopDataset(300, 2), { shard: '2/3' })).rejects.toThrow(refusal)
    await expect(seed(suite().postgres, shopDataset(300, 2))).rejects.toThrow(refusal)
    await seed(suite().postgres, dataset, { shard: '1/3' })
    await seed(suite().postgres, dataset, { shard: '3/3' })
    await seed(suite().postgres, shopDataset(300, 2), { shard: '2/3' })
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(400)
  })

  it('when the whole dataset is there', async () => {
    await seed(suite().postgres, dataset)

    await expect(seed(suite().postgres, dataset, { shard: '2/3' })).rejects.toThrow(/^This dataset is already loaded: /)
  })

  it('when a column has become another since the first one', async () => {
    await seed(suite().postgres, { countries: 2 }, { shard: '1/2' })
    await suite().postgres.query('ALTER TABLE countries ADD COLUMN name text')

    await expect(seed(suite().postgres, { countries: 2 }, { shard: '2/2' })).rejects.toThrow(
      /^The columns of public\.countries are not what they were when the first shard was loaded/,
    )
    await suite().postgres.query("ALTER TABLE countries DROP COLUMN name; DELETE FROM countries WHERE code NOT IN ('de', 'fr', 'it')")
  })

  it('when triggers are to fire', async () => {
    await expect(seed(suite().postgres, dataset, { shard: '2/3', triggers: 'fire' })).rejects.toThrow(
      "Option 'triggers' must be 'skip' with shards: what triggers do would depend on which shards are there, but is \"fire\".",
    )
  })

  it.each([
    ['(SELECT count(*) FROM users)', 'cannot use subquery in column generation expression'],
    ['random()', 'generation expression is not immutable'],
  ])('when a column is computed by the server as %s', async (expression, why) => {
    const computed = defineDataset({ tables: { users: 10, orders: { rows: 10, columns: { gross: sql(expression) } } } })

    await expect(seed(suite().postgres, computed, { shard: '1/2' })).rejects.toThrow(
      `The column 'gross' of 'public.orders' is computed by sql("${expression}"), which is not known to depend on its own row alone: ${why}. A shard could not compute what all rows at once would give. [ERR_HOTBED_DATASET]`,
    )
    expect(await countOf(suite(), 'SELECT count(*) FROM users')).toBe(0)
  })

  it('by the owner alone, where rows refer to other shards, with the statements that help', async () => {
    const { url } = suite().postgres

    await expect(seed(url, dataset, { shard: '2/3' })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Rows of a shard refer to rows of shards that may come later: users_invited_by_fkey, orders_user. Only a superuser can have them checked when all are there. [ERR_HOTBED_SEED]
        → Load all shards as a superuser (adminUrl, --admin-url). Or give these columns foreignKey() in the dataset, which is inferred otherwise,
        and load without the constraints, which are made again after the last shard:
          ALTER TABLE "public"."users" DROP CONSTRAINT "users_invited_by_fkey";
          ALTER TABLE "public"."orders" DROP CONSTRAINT "orders_user";
          ALTER TABLE "public"."users" ADD CONSTRAINT "users_invited_by_fkey" FOREIGN KEY (invited_by) REFERENCES users(id);
          ALTER TABLE "public"."orders" ADD CONSTRAINT "orders_user" FOREIGN KEY (user_id) REFERENCES users(id);]
    `)
  })

  it('by the owner alone, where triggers would fire, and loaded when neither is in the way', async () => {
    const { url, query } = suite().postgres
    await query('ALTER TABLE orders DROP CONSTRAINT orders_user; ALTER TABLE users DROP CONSTRAINT users_invited_by_fkey')

    await expect(seed(url, dataset, { shard: '2/3' })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Triggers would fire for the rows of a shard: touch of public.orders. Only a superuser can pass them by while other shards are written. [ERR_HOTBED_SEED]
        → Load all shards as a superuser (adminUrl, --admin-url). Or disable them, and enable them after the last shard:
          ALTER TABLE "public"."orders" DISABLE TRIGGER "touch";]
    `)
    await query('ALTER TABLE orders DISABLE TRIGGER touch')
    for (const shard of ['2/3', '1/3', '3/3']) await seed(url, dataset, { shard })
    expect(await countOf(suite(), 'SELECT count(*) FROM orders WHERE month > 0')).toBe(300)
    await query('ALTER TABLE orders ENABLE TRIGGER touch')
    await query('ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users')
    await query('ALTER TABLE users ADD FOREIGN KEY (invited_by) REFERENCES users')
  })

  it('for what a late one of its rows holds, with nothing written, and the next attempt with other values is not', async () => {
    const wrong = defineDataset({
      tables: { users: { rows: 900, columns: { country: constant('de') } }, orders: { rows: 10, columns: { user_id: constant(7_000) } } },
    })
    const violated = defineDataset({ tables: { users: { rows: 900, columns: { email: constant('one') } } } })

    await expect(seed(suite().postgres, violated, { shard: '1/3' })).rejects.toThrow(/Key \(email\)=\(one\) already exists/)
    expect(await countOf(suite(), 'SELECT count(*) FROM users')).toBe(0)
    await seed(suite().postgres, wrong, { shard: '1/2' })
    await expect(seed(suite().postgres, wrong, { shard: '2/2' })).rejects.toThrow(
      /^All 2 shards are there, but checking foreign keys failed: insert or update on table "orders" violates foreign key constraint "orders_user": Key \(user_id\)=\(7000\) is not present in table "users"/,
    )
    await suite().postgres.query("INSERT INTO users (id, email, country, created_at) VALUES (7000, 'late', 'de', now())")

    const again = await seed(suite().postgres, wrong, { shard: '1/2' })
    expect(again.shard).toMatchObject({ isNew: false, missing: [], isLast: true })
    expect((await seed(suite().postgres, wrong, { shard: '1/2' })).shard).toMatchObject({ isNew: false, isLast: false })
  })

  it('for a role that may not create its table, in words that say so', async () => {
    await suite().postgres.query('REVOKE CREATE ON SCHEMA public FROM pg_database_owner, PUBLIC')

    await expect(seed(suite().postgres.url, { countries: 3 }, { shard: '1/2' })).rejects.toThrow(
      /^The load failed while registering the dataset in the table hotbed_shards and was rolled back: permission denied for schema public \(42501\)/,
    )
    await suite().postgres.query('GRANT CREATE ON SCHEMA public TO pg_database_owner')
  })
})

describe('A process that is killed while it writes a shard', () => {
  const suite = useSuite(SHOP)

  it('leaves nothing of it, and the shard can be loaded by another', async () => {
    const program = `
      import { seed } from '${DIST}seed/index.js'
      await seed(process.argv[1], { users: 400_000 }, { shard: '1/2', onProgress: ({ rowsDone }) => { if (rowsDone > 0) process.kill(process.pid, 'SIGKILL') } })
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, suite().postgres.adminUrl], { stdio: 'inherit' })
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]

    expect(signal).toBe('SIGKILL')
    const loaded = await seed(suite().postgres, { users: 400_000 }, { shard: '1/2' })
    expect(loaded.shard).toMatchObject({ isNew: true, missing: [2] })
    expect(await countOf(suite(), 'SELECT count(*) FROM users')).toBe(200_000)
  }, 60_000)
})

describe('A shard whose transaction ends without its rows', () => {
  const suite = useSuite(SHOP)
  const dataset = shopDataset(300)

  it('is written by whoever waited for it, and its registration may be replaced', async () => {
    const { adminUrl } = suite().postgres
    const progress = new AbortController()
    const given = seed(suite().postgres, dataset, {
      shard: '1/2',
      signal: progress.signal,
      onProgress: () => progress.abort(new Error('enough')),
    })
    await expect(given).rejects.toThrow('enough')

    await seed(suite().postgres, dataset, { shard: '1/3' })
    await expect(seed(suite().postgres, dataset, { shard: '1/2' })).rejects.toThrow('This dataset is loaded here in 3 shards')
    const other = await connectSql({ connectionString: adminUrl })
    await other.query('BEGIN')
    await other.query('INSERT INTO hotbed_shards SELECT dataset, 2, shards FROM hotbed_shards WHERE shard = 0')
    const waiting = seed(suite().postgres, dataset, { shard: '2/3' })
    await expect.poll(() => countOf(suite(), 'SELECT count(*) FROM pg_locks WHERE NOT granted')).toBeGreaterThan(0)
    await other.query('ROLLBACK')
    await other.close()

    expect((await waiting).shard).toMatchObject({ isNew: true, missing: [3] })
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(200)
  })
})
