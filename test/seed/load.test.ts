import { describe, expect, it } from 'vitest'
import { connectSql } from '../../src/databases/sql-client.js'
import { defineDataset } from '../../src/seed/define-dataset.js'
import { constant, oneOf } from '../../src/seed/generators/one-of.js'
import { sequence } from '../../src/seed/generators/sequence.js'
import { sql } from '../../src/seed/generators/sql.js'
import { seed } from '../../src/seed/load.js'
import type { LoadProgress } from '../../src/seed/load-report.js'
import { startSuite } from '../../src/start-suite.js'
import { countOf, useSuite, type PostgresSuite } from './with-suite.js'

const SHOP = `
  CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
  CREATE UNIQUE INDEX users_email ON users (lower(email));
  COMMENT ON INDEX users_email IS 'one account each';
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL CONSTRAINT orders_user_fk REFERENCES users ON DELETE CASCADE,
    total_cents int NOT NULL CHECK (total_cents > 0), note varchar(20), touched int NOT NULL DEFAULT 0, created_at timestamptz NOT NULL);
  COMMENT ON CONSTRAINT orders_user_fk ON orders IS 'who bought';
  CREATE INDEX orders_user ON orders (user_id, created_at DESC) INCLUDE (total_cents) WITH (fillfactor = 80);
  CREATE INDEX orders_expression ON orders ((total_cents / 100));
  ALTER INDEX orders_expression ALTER COLUMN 1 SET STATISTICS 700;
  ALTER TABLE orders CLUSTER ON orders_user;
  ALTER TABLE users REPLICA IDENTITY USING INDEX users_pkey;
  ALTER TABLE orders ALTER COLUMN id SET STATISTICS 250;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := NEW.touched + 1; RETURN NEW; END $$;
  CREATE TRIGGER touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TRIGGER never BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
  ALTER TABLE orders DISABLE TRIGGER never;
`
/** Everything that hangs on indexes, constraints, columns and triggers; with oids, where the very same object must survive. */
const shapeQuery = (withOids: boolean): string => `
  SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
    SELECT concat_ws(' ', 'index', ${withOids ? 'i.oid,' : ''} pg_get_indexdef(i.oid), x.indisvalid, x.indisready, x.indisclustered, x.indisreplident, i.reltablespace, i.reloptions,
      obj_description(i.oid), (SELECT string_agg(attstattarget::text, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = i.oid)) AS line
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'constraint', ${withOids ? 'oid,' : ''} conname, pg_get_constraintdef(oid), convalidated, condeferrable, conindid::regclass, obj_description(oid, 'pg_constraint')) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attname, attstattarget) FROM pg_attribute WHERE attrelid IN ('users'::regclass, 'orders'::regclass) AND attnum > 0
    UNION ALL SELECT concat_ws(' ', 'trigger', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', 'identity', relname, relreplident) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  ) lines`

async function shapeOf({ postgres }: PostgresSuite, withOids = true): Promise<unknown> {
  return (await postgres.query<Record<string, unknown>>(shapeQuery(withOids))).rows[0]?.['string_agg']
}

const suites = describe.each(['embedded', 'system'] as const)

suites('A load by the superuser into the Postgres of the provider %s', (provider) => {
  const suite = useSuite(SHOP, provider)

  it('leaves the very same indexes, constraints and triggers behind', async () => {
    const before = await shapeOf(suite())
    const progress: LoadProgress[] = []

    const loaded = await seed(suite().postgres, { users: 15_000, orders: 40_000 }, { onProgress: (told) => progress.push(told) })

    expect(await shapeOf(suite())).toBe(before)
    expect(before).toContain('one account each')
    expect(loaded.tables.map(({ table, rows, format, frozen }) => ({ table, rows, format, frozen }))).toEqual([
      { table: 'public.users', rows: 15_000, format: 'binary', frozen: true },
      { table: 'public.orders', rows: 40_000, format: 'binary', frozen: true },
    ])
    expect(loaded.tables[1]).toMatchObject({
      indexesRebuilt: ['orders_expression', 'orders_pkey', 'orders_user'],
      indexesKept: [],
      foreignKeysChecked: ['orders_user_fk'],
      triggersSkipped: ['touch'],
      sampledRows: 40_000,
    })
    expect(progress.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['rows', 'indexes', 'constraints', 'statistics']))
  })

  it('did not fire the triggers, and says so', async () => {
    expect(await countOf(suite(), 'SELECT count(*) FROM orders WHERE touched <> 0')).toBe(0)
  })

  it('moved the sequences past its keys', async () => {
    const { rows } = await suite().postgres.query("INSERT INTO users (email) VALUES ('new@example.com') RETURNING id")
    expect(rows).toEqual([{ id: '15001' }])
    await suite().postgres.query("DELETE FROM users WHERE email = 'new@example.com'")
  })

  it('left frozen, all-visible rows', async () => {
    expect(
      await countOf(
        suite(),
        "SELECT count(*) FROM pg_class WHERE relname IN ('users', 'orders') AND relallvisible = relpages AND relpages > 0",
      ),
    ).toBe(2)
  })

  it('is refused a second time, with nothing changed', async () => {
    await expect(seed(suite().postgres, { users: 15_000, orders: 40_000 })).rejects.toThrow(
      /This dataset is already loaded: 'public\.users' holds its 15,000 rows, 'public\.orders' holds its 40,000 rows/,
    )
    expect(await countOf(suite(), 'SELECT count(*) FROM users')).toBe(15_000)
  })

  it('appends another dataset after the rows that are there', async () => {
    await seed(suite().postgres, defineDataset({ seed: 2, tables: { orders: 500, users: 100 } }))

    expect(await countOf(suite(), 'SELECT max(id) FROM users')).toBe(15_100)
    expect(await countOf(suite(), 'SELECT count(*) FROM orders')).toBe(40_500)
  })
})

suites('A load by the owner alone into the Postgres of the provider %s', (provider) => {
  const suite = useSuite(SHOP, provider)

  it('puts everything back as it was and says what was slower', async () => {
    const before = await shapeOf(suite(), false)

    const loaded = await seed(suite().postgres.url, { users: 15_000, orders: 40_000 })

    expect(await shapeOf(suite(), false)).toBe(before)
    expect(loaded.notes.join('\n')).toContain('Loaded as the owner, not as a superuser')
    expect(loaded.tables[0]).toMatchObject({ indexesRebuilt: ['users_email'], indexesKept: ['users_pkey'] })
    expect(await countOf(suite(), 'SELECT count(*) FROM orders WHERE touched <> 0')).toBe(0)
  })
})

describe('A load that fails', () => {
  const suite = useSuite(SHOP)
  const untouched = async (before: unknown): Promise<void> => {
    expect(await shapeOf(suite())).toBe(before)
    expect(await countOf(suite(), 'SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM orders)')).toBe(0)
  }

  it('names row, column and value of a violated CHECK that only a late row violates', async () => {
    const before = await shapeOf(suite())
    const dataset = defineDataset({
      tables: { users: 100, orders: { rows: 30_000, columns: { total_cents: sequence({ start: 29_998, step: -1 }) } } },
    })

    await expect(seed(suite().postgres, dataset)).rejects.toThrow(
      /Row 29,998 of public\.orders was refused by the server: .*orders_total_cents_check.*total_cents = 0/s,
    )
    await untouched(before)
  })

  it('names the CHECK before loading where an early row violates it', async () => {
    const dataset = defineDataset({ tables: { users: 100, orders: { rows: 10, columns: { total_cents: constant(0) } } } })

    await expect(seed(suite().postgres, dataset)).rejects.toThrow(
      "Row 0 of 'public.orders' would violate orders_total_cents_check: CHECK ((total_cents > 0)). The dataset has total_cents = 0 (constant).",
    )
  })

  it('names a value that is too long', async () => {
    const before = await shapeOf(suite())
    const dataset = defineDataset({
      tables: { users: 100, orders: { rows: 20_000, columns: { note: oneOf(['a note of more than twenty letters']) } } },
    })

    await expect(seed(suite().postgres, dataset)).rejects.toThrow(/public\.orders: note is varchar\(20\)/)
    await untouched(before)
  })

  it('rolls back when repeated keys only show as indexes are rebuilt', async () => {
    const before = await shapeOf(suite())
    const dataset = defineDataset({ tables: { users: { rows: 20_000, columns: { email: oneOf(['a@example.com', 'b@example.com']) } } } })

    await expect(seed(suite().postgres, dataset)).rejects.toThrow(
      /The load failed while rebuilding indexes and was rolled back: .*users_email.*is duplicated.*\(23505\).*use a unique generator/s,
    )
    await untouched(before)
  })

  it('rolls back when a parent is missing', async () => {
    const before = await shapeOf(suite())
    const dataset = defineDataset({ tables: { users: 10, orders: { rows: 20_000, columns: { user_id: sequence() } } } })

    await expect(seed(suite().postgres, dataset)).rejects.toThrow(
      /while checking foreign keys and was rolled back: .*Key \(user_id\)=\(\d+\) is not present in table "users"/s,
    )
    await untouched(before)
  })

  it('rolls back when it is given up', async () => {
    const before = await shapeOf(suite())
    const abort = new AbortController()
    const loading = seed(
      suite().postgres,
      { users: 100, orders: 2_000_000 },
      { signal: abort.signal, onProgress: ({ table }) => table === 'public.orders' && abort.abort(new Error('enough')) },
    )

    await expect(loading).rejects.toThrow('enough')
    await untouched(before)
  })

  it('rolls back when its session is killed', async () => {
    const before = await shapeOf(suite())
    let killed: Promise<void> | undefined
    const kill = async (): Promise<void> => {
      const admin = await connectSql({ connectionString: suite().postgres.adminUrl })
      await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hotbed seed' AND datname = $1", [
        suite().postgres.database,
      ])
      await admin.close()
    }
    const onProgress = ({ table }: LoadProgress): void => {
      if (table === 'public.orders') killed ??= kill()
    }
    const loading = seed(suite().postgres, { users: 100, orders: 2_000_000 }, { onProgress })

    await expect(loading).rejects.toThrow(/ERR_HOTBED_SEED/)
    await killed
    await untouched(before)
  })
})

describe('A load', () => {
  const suite = useSuite(`${SHOP} CREATE TABLE computed (id int PRIMARY KEY, twice int); CREATE TABLE nothing (id serial PRIMARY KEY);
    CREATE TABLE kept (id int PRIMARY KEY, name text NOT NULL); INSERT INTO kept VALUES (7, 'kept'); CREATE TABLE of_kept (id int PRIMARY KEY, kept_id int NOT NULL REFERENCES kept);`)

  it('fires triggers when asked to', async () => {
    await seed(suite().postgres, { users: 10, orders: 50 }, { triggers: 'fire' })
    expect(await countOf(suite(), 'SELECT count(*) FROM orders WHERE touched = 1')).toBe(50)
  })

  it('lets the server compute columns', async () => {
    await seed(suite().postgres, defineDataset({ tables: { computed: { rows: 5, columns: { twice: sql('id * 2') } } } }))
    expect(await countOf(suite(), 'SELECT sum(twice) FROM computed')).toBe(30)
  })

  it('takes counts of 0 and 1', async () => {
    const loaded = await seed(suite().postgres, { nothing: 1, computed: 0 })
    expect(loaded.tables.map(({ table, rows }) => ({ table, rows }))).toEqual([{ table: 'public.nothing', rows: 1 }])
  })

  it('refers to rows that migrations inserted, and keeps them', async () => {
    await seed(suite().postgres, { of_kept: 20 })
    expect(await countOf(suite(), 'SELECT count(*) FROM of_kept WHERE kept_id = 7')).toBe(20)
    await seed(suite().postgres, { kept: 3 })
    expect((await suite().postgres.query('SELECT id FROM kept ORDER BY id')).rows).toEqual([{ id: 7 }, { id: 8 }, { id: 9 }, { id: 10 }])
  })
})

describe('Two loads of one dataset', () => {
  it('have the same rows at the same places and the same statistics', async () => {
    const fingerprints: unknown[] = []
    for (let i = 0; i < 2; i += 1) {
      const suite = await startSuite({ postgres: {} })
      try {
        await suite.postgres.query(SHOP)
        await seed(suite.postgres, { users: 5000, orders: 60_000 })
        const { rows } = await suite.postgres
          .query(`SELECT (SELECT md5(string_agg(s::text, '|' ORDER BY tablename, attname)) FROM pg_stats s WHERE schemaname = 'public') AS statistics,
          (SELECT md5(string_agg(o::text, '|' ORDER BY ctid)) FROM orders o) AS orders, (SELECT correlation FROM pg_stats WHERE tablename = 'orders' AND attname = 'created_at') AS correlation`)
        fingerprints.push(rows)
      } finally {
        await suite.dispose()
      }
    }
    expect(fingerprints[0]).toEqual(fingerprints[1])
    expect(fingerprints[0]).toMatchObject([{ correlation: 1 }])
  }, 60_000)
})
