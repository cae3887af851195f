import { describe, expect, test } from 'vitest'
import { toHaveBloatBelow, type BloatOptions } from '../../../src/matchers/schema/to-have-bloat-below.js'
import type { SchemaInspection } from '../../../src/schema-check/schema-inspection.js'
import { useSuite } from '../../seed/with-suite.js'

const SCHEMA = `
  CREATE TABLE sessions (id int PRIMARY KEY, token text, body text);
  INSERT INTO sessions SELECT i, md5(i::text), repeat('x', 100) FROM generate_series(1, 20000) i;
  CREATE TABLE small (id int PRIMARY KEY, a int);
  INSERT INTO small VALUES (1, 1);
  CREATE TABLE documents (id int PRIMARY KEY, body text);
  ALTER TABLE documents ALTER body SET STORAGE EXTERNAL;
  INSERT INTO documents SELECT i, repeat('x', 10000) FROM generate_series(1, 100) i;
  CREATE TABLE events (id int, at int, kind int) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (5000);
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (5000) TO (10000);
  INSERT INTO events SELECT i, i, i FROM generate_series(0, 9999) i;
  ANALYZE`

function refusal(judge: () => { readonly pass: boolean }): string {
  try {
    return `no error, but pass: ${judge().pass}`
  } catch (error) {
    return (error as Error).message
  }
}

describe.each(['embedded', 'system'] as const)('a suite on Postgres of the provider %s', (provider) => {
  const suite = useSuite(SCHEMA, provider)
  const bloatOf = (inspection: SchemaInspection, percent: number, options?: BloatOptions): string =>
    toHaveBloatBelow(inspection, percent, options)
      .message()
      .replaceAll(/[\d.]+ ([kM]B)/g, 'n $1')
      .replaceAll(/\d+\.\d %/g, 'n %')

  test('bloat is measured before a prune, after it, and after a VACUUM', async () => {
    const { postgres } = suite()
    const before = await postgres.inspectSchema({ bloat: true })
    expect(toHaveBloatBelow(before, 20).pass).toBe(true)
    expect(toHaveBloatBelow(before, 20, { table: 'events' }).pass).toBe(true)

    await postgres.query('DELETE FROM sessions WHERE id % 4 <> 0')
    const pruned = await postgres.inspectSchema({ bloat: true })
    expect(toHaveBloatBelow(pruned, 20).pass).toBe(false)
    expect(bloatOf(pruned, 20)).toMatchInlineSnapshot(`
      "n % of sessions is bloat, expected less than 20 %.
        sessions: n MB, of it n MB in 15,000 dead rows and n kB free  (n %)

        Dead rows stay until a VACUUM: autovacuum comes for them in production, and is off here. Run 'VACUUM sessions' after the prune."
    `)

    await postgres.query('VACUUM sessions')
    const vacuumed = await postgres.inspectSchema({ bloat: true })
    expect(toHaveBloatBelow(vacuumed, 20, { table: 'sessions' }).pass).toBe(false)
    expect(bloatOf(vacuumed, 20, { table: 'sessions' })).toMatchInlineSnapshot(`
      "n % of sessions is bloat, expected less than 20 %.
        sessions: n MB, of it n kB in 0 dead rows and n MB free  (n %)

        VACUUM leaves free space in the file. It is used again by new rows; where none come, only VACUUM FULL or dropping a partition gives it back."
    `)

    await postgres.query('VACUUM FULL sessions')
    expect(toHaveBloatBelow(await postgres.inspectSchema({ bloat: true }), 20).pass).toBe(true)
  })

  test('bloat of what is not there, not measured or too small is refused', async () => {
    const { postgres } = suite()
    const inspection = await postgres.inspectSchema({ bloat: true })
    expect(refusal(() => toHaveBloatBelow(inspection, 20, { table: 'session' }))).toContain("Did you mean 'sessions'?")
    expect(refusal(() => toHaveBloatBelow(inspection, 20, { table: 'small' }))).toMatchInlineSnapshot(`
      "The table small has 8 kB: of so small a table most is free, whatever was done. [ERR_HOTBED_EVIDENCE]
        → Fill it as production does before it is pruned."
    `)
    expect(refusal(() => toHaveBloatBelow(inspection, 0))).toContain("Option 'percent' must be a number above 0, at most 100, but is 0.")
    const unmeasured = await postgres.inspectSchema()
    expect(refusal(() => toHaveBloatBelow(unmeasured, 20))).toContain(
      'The inspection did not measure bloat. [ERR_HOTBED_EVIDENCE]\n  → Ask for it: await postgres.inspectSchema({ bloat: true })',
    )
  })

  test('TOAST counts for its table, and partitions count for theirs', async () => {
    const { postgres } = suite()
    await postgres.query('DELETE FROM documents WHERE id <= 50; DELETE FROM events WHERE at < 5000')
    const inspection = await postgres.inspectSchema({ bloat: true })
    const bloat = (name: string) => inspection.tables.find(({ table }) => table === name)?.bloat
    expect(bloat('documents')?.bytes).toBeGreaterThan(1_000_000)
    expect(bloat('documents')?.deadBytes).toBeGreaterThan(500_000)
    expect(bloat('events')?.deadRows).toBe(5000)
    expect(inspection.tables.map(({ table }) => table)).not.toContain('events_1')
    expect(toHaveBloatBelow(inspection, 20, { table: 'public.documents' }).pass).toBe(false)
    expect(toHaveBloatBelow(inspection, 90, { table: 'events' }).pass).toBe(true)
    expect(toHaveBloatBelow(inspection, 90, { table: 'events' }).message()).toMatch(
      /^[\d.]+ % of events is bloat, expected 90 % or more\.\n {2}events: /,
    )
  })
})

test('anything but an inspection is refused', () => {
  expect(refusal(() => toHaveBloatBelow('x', 20))).toContain(
    'toHaveBloatBelow judges the inspection of a schema, and was given the text "x".',
  )
})
