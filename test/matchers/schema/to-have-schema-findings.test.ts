import { expect, test } from 'vitest'
import type { SchemaFindingsOptions } from '../../../src/matchers/schema/findings-options.js'
import { toHaveSchemaFindings as judge } from '../../../src/matchers/schema/to-have-schema-findings.js'
import type { MatcherVerdict } from '../../../src/matchers/message/verdict.js'
import type { SchemaInspection } from '../../../src/schema-check/schema-inspection.js'
import { describeSchema } from '../../schema-check/schema.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY);
  CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE, at timestamptz);
  INSERT INTO users SELECT generate_series(1, 100);
  INSERT INTO orders SELECT i, 1 + i % 100, now() FROM generate_series(1, 20000) i;
  CREATE INDEX orders_at ON orders (at);
  CREATE INDEX orders_at_2 ON orders (at);
  CREATE SCHEMA audit;
  CREATE TABLE audit.log (line text);
`

/** Under `.not`, as it is mostly used. */
function toHaveSchemaFindings(inspection: unknown, options?: SchemaFindingsOptions): MatcherVerdict {
  return judge.call({ isNot: true }, inspection, options)
}

function refusal(inspection: unknown, options?: SchemaFindingsOptions): string {
  try {
    return `no error, but pass: ${toHaveSchemaFindings(inspection, options).pass}`
  } catch (error) {
    return (error as Error).message
  }
}

await describeSchema(SETUP, ({ database, inspect }) => {
  test('every defect is listed under .not with its remedy', async () => {
    const verdict = toHaveSchemaFindings(await inspect())
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The schema has 3 defects:
        unindexed-foreign-key  orders_user_id_fkey: no index on orders leads with (user_id). Each DELETE from users (ON DELETE CASCADE) reads the whole of orders (20,000 rows, 872 kB)
            → CREATE INDEX ON orders (user_id);
        missing-primary-key  audit.log has no primary key (0 rows, 0 kB)
            → ALTER TABLE audit.log ADD PRIMARY KEY (…);
        duplicate-index  orders_at_2 on orders has the same columns, conditions and order as orders_at (152 kB)
            → DROP INDEX orders_at_2;
      Accept one with its reason: { except: [{ finding: 'unindexed-foreign-key', on: 'orders_user_id_fkey', reason: 'why' }] }"
    `)
  })

  test('what is exempted is not listed, by kind, table, index or constraint; an exemption that exempts nothing is', async () => {
    const verdict = toHaveSchemaFindings(await inspect(), {
      except: [
        { finding: 'unindexed-foreign-key', on: 'orders', reason: 'users are never deleted' },
        { finding: 'missing-primary-key', on: 'audit.log', reason: 'append only' },
        { finding: 'duplicate-index', on: 'orders_at_3', reason: 'being exchanged' },
      ],
    })
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The schema has a defect, and 2 exempted:
        duplicate-index  orders_at_2 on orders has the same columns, conditions and order as orders_at (152 kB)
            → DROP INDEX orders_at_2;
      This exemption exempted nothing and can be removed: duplicate-index on orders_at_3: being exchanged"
    `)
  })

  test('a schema whose defects are all exempted has none, and says so where some were expected', async () => {
    const verdict = toHaveSchemaFindings(await inspect(), {
      except: [
        { finding: 'unindexed-foreign-key', on: 'orders_user_id_fkey', reason: 'users are never deleted' },
        { finding: 'missing-primary-key', reason: 'append only' },
        { finding: 'duplicate-index', on: 'public.orders_at_2', reason: 'being exchanged' },
      ],
    })
    expect(verdict.pass).toBe(false)
    expect(verdict.message()).toMatchInlineSnapshot(
      `"The schema has no unindexed-foreign-key, missing-primary-key, invalid-index, duplicate-index, redundant-index in 3 tables, but for 3 exempted."`,
    )
  })

  test('an exemption that is no longer needed fails with and without .not', async () => {
    const { sql } = database()
    await sql.query('CREATE INDEX orders_user_id_idx ON orders (user_id)')
    const options: SchemaFindingsOptions = {
      only: ['unindexed-foreign-key'],
      except: { 'unindexed-foreign-key': 'users are never deleted' },
    }
    const verdict = toHaveSchemaFindings(await inspect(), options)
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The schema has no unindexed-foreign-key in 3 tables.
      This exemption exempted nothing and can be removed: unindexed-foreign-key: users are never deleted"
    `)
    expect(judge.call({ isNot: false }, await inspect(), options).pass).toBe(false)
    expect(toHaveSchemaFindings(await inspect(), { only: ['unindexed-foreign-key'] }).pass).toBe(false)
    await sql.query('DROP INDEX orders_user_id_idx')
    expect(judge.call({ isNot: false }, await inspect(), { only: ['unindexed-foreign-key'] }).pass).toBe(true)
  })

  test('unused indexes are no subject without a recording', async () => {
    expect(refusal(await inspect(), { only: ['unused-index'] })).toMatchInlineSnapshot(`
      "The inspection did not look for unused-index: that needs a recording. [ERR_HOTBED_EVIDENCE]
        → Inspect over one: await postgres.inspectSchema({ recording: await suite.record(…) })"
    `)
  })

  test('a schema without tables is refused', async () => {
    const empty: SchemaInspection = { ...(await inspect()), tables: [], findings: [] }
    expect(refusal(empty)).toContain('The schema has no table, so there is nothing to judge.')
  })

  test('the inspection prints all of it', async () => {
    expect(String(await inspect())).toContain('3 findings in 3 tables\n  unindexed-foreign-key  orders_user_id_fkey: no index')
  })
})

test('options that are none are refused', () => {
  const inspection = { kind: 'schema-inspection', findings: [], tables: [], checked: [] }
  const refuse = (options: unknown): string => refusal(inspection, options as SchemaFindingsOptions)
  expect(refuse({ only: ['unindexed-foreign-keys'] })).toContain("Did you mean 'unindexed-foreign-key'?")
  expect(refuse({ except: [{ finding: 'duplicate-index' }] })).toContain('The exemption of duplicate-index has no reason.')
  expect(refuse({ except: { 'duplicate-index': ' ' } })).toContain('The exemption of duplicate-index has no reason.')
  expect(refuse({ expect: [] })).toContain("Did you mean 'except'?")
  expect(refuse({ except: ['duplicate-index'] })).toContain("Option 'except' must be a list of { finding, on, reason }")
  expect(refuse({ only: [7] })).toContain("Option 'only' must be a kind of finding")
})

test('anything but an inspection is refused', () => {
  expect(refusal(42)).toContain('toHaveSchemaFindings judges the inspection of a schema, and was given 42.')
})
