import { expect, test } from 'vitest'
import { toPrunePartitionsTo } from '../../../src/matchers/plan/to-prune-partitions-to.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test('partitions that the planner left out are not scanned', async () => {
    const plan = await run("SELECT * FROM events WHERE at = '2024-03-01'")
    expect(toPrunePartitionsTo(plan, 1).pass).toBe(true)
    expect(toPrunePartitionsTo(plan, 1, { table: 'events' }).pass).toBe(true)
    expect(toPrunePartitionsTo(plan, 0).pass).toBe(false)
  })

  test('a function around the partition key has all of them scanned', async () => {
    const verdict = toPrunePartitionsTo(await run("SELECT * FROM events WHERE to_char(at, 'YYYY') = '2024'"), 1)
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "Scans 2 partitions of events: events_2023, events_2024   at most 1
        SELECT * FROM events WHERE to_char(at, 'YYYY') = '2024'

          Append  rows 9,416  buffers n
        ✗   Seq Scan on events_2023 events_1  rows 0  removed 10,584  buffers n
                Filter: (to_char((events_1.at)::timestamp with time zone, 'YYYY'::text) = '2024'::text)
        ✗   Seq Scan on events_2024 events_2  rows 9,416  buffers n
                Filter: (to_char((events_2.at)::timestamp with time zone, 'YYYY'::text) = '2024'::text)
        Partitions are ruled out by a condition on the partition key alone: compared with a value, not inside of a function or a cast."
    `)
  })

  test('partitions that were ruled out while running are not scanned', async () => {
    const started = await run('SELECT * FROM events WHERE at = $1::date', ['2024-03-01'], { generic: true })
    expect(JSON.stringify(started.raw)).toContain('"Subplans Removed":1')
    expect(toPrunePartitionsTo(started, 1).pass).toBe(true)
    const running = await run("SELECT * FROM events WHERE at = (SELECT max('2024-03-01'::date))")
    expect(String(running)).toContain('never executed')
    const verdict = toPrunePartitionsTo(running, 1)
    expect(verdict.pass).toBe(true)
    expect(verdict.message().split('\n')[0]).toBe(
      'Scans 1 partition of events: events_2024 (1 ruled out while running), and more than 1 were expected.',
    )
    const none = await run("SELECT * FROM events WHERE at = (SELECT max('1999-03-01'::date))")
    expect(toPrunePartitionsTo(none, 0).pass).toBe(true)
  })

  test('partitions of an UPDATE count', async () => {
    expect(toPrunePartitionsTo(await run("UPDATE events SET kind = 'x' WHERE id = 7 AND at = '2024-03-01'"), 1).pass).toBe(true)
    expect(toPrunePartitionsTo(await run("UPDATE events SET kind = 'x' WHERE id = 7"), 1).pass).toBe(false)
  })

  test('a plan that was only estimated is judged where nothing more could be ruled out', async () => {
    const custom = await run('SELECT * FROM events WHERE at = $1', ['2024-03-01'], { analyze: false })
    expect(toPrunePartitionsTo(custom, 1).pass).toBe(true)
    const all = await run('SELECT * FROM events', [], { analyze: false })
    expect(toPrunePartitionsTo(all, 1).pass).toBe(false)
    const inner = await run("SELECT * FROM generate_series(1, 9) g JOIN events e ON e.id = g AND e.at = '2023-12-30'::date + g", [], {
      analyze: false,
      settings: {
        enable_hashjoin: false,
        enable_mergejoin: false,
        enable_material: false,
        enable_seqscan: false,
        enable_bitmapscan: false,
      },
    })
    expect(refusal(() => toPrunePartitionsTo(inner, 1))).toMatchInlineSnapshot(`
      "The plan has 2 partitions of events, and would rule out some of them only while running.
        SELECT * FROM generate_series(1, 9) g JOIN events e ON e.id = g AND e.at = '2023-12-30'::date + g [ERR_HOTBED_EVIDENCE]
        → Explain it without { analyze: false }, so that it runs."
    `)
  })

  test('a plan that reads no partitioned table is refused', async () => {
    const plan = await run('SELECT * FROM orders WHERE id = 7')
    expect(refusal(() => toPrunePartitionsTo(plan, 1))).toContain('The plan reads no partition of any table.')
    expect(refusal(() => toPrunePartitionsTo(plan, 1, { table: 'orders' }))).toContain('The plan reads no partition of orders.')
  })

  test.each<[unknown, unknown, string]>([
    [1.5, {}, "Option 'partitions' must be a whole number from 0 on, but is 1.5."],
    [1, { tabel: 'x' }, "toPrunePartitionsTo() has no option 'tabel'."],
    [1, { table: '' }, `Option 'table' must be a table's name, but is "".`],
  ])('%j with %j is refused', async (partitions, options, message) => {
    const plan = await run('SELECT * FROM events')
    expect(refusal(() => toPrunePartitionsTo(plan, partitions as number, options as object))).toContain(message)
  })
})
