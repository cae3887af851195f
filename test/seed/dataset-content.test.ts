import { describe, expect, it } from 'vitest'
import { readDataset, scaleDataset, toDatasetContent } from '../../src/seed/dataset-content.js'
import { sequence } from '../../src/seed/generators/sequence.js'
import { seed } from '../../src/seed/load.js'
import { countOf, useSuite } from './with-suite.js'

describe('A dataset', () => {
  it('is scaled to at least one row where there were any', () => {
    const scaled = scaleDataset(readDataset({ tables: { users: 5, orders: { rows: 1000 }, none: 0 } }), 0.01)

    expect([...scaled.tables].map(([name, { rows }]) => [name, rows])).toEqual([
      ['users', 1],
      ['orders', 10],
      ['none', 0],
    ])
  })

  it('refuses statistics that do not exist', () => {
    expect(() => readDataset({ statistics: 'full' as 'exact', tables: {} })).toThrow(
      `Option 'statistics' must be 'exact' or 'sampled', but is "full".`,
    )
  })

  it('has the mode of its statistics and the engine in its fingerprint', async () => {
    const exact = await toDatasetContent({ users: 1 }).prepare()
    const sampled = await readDataset({ statistics: 'sampled', tables: { users: 1 } }).prepare()

    expect(exact.fingerprintPart).toMatchObject({ engine: 1, statistics: 'exact' })
    expect(sampled.fingerprintPart).toMatchObject({ engine: 1, statistics: 'sampled' })
  })
})

describe('A sequence without a start', () => {
  const suite = useSuite('CREATE TABLE rooms (id bigint PRIMARY KEY)')

  it('goes on after the rows that are there', async () => {
    await suite().postgres.query('INSERT INTO rooms VALUES (7)')

    await seed(suite().postgres, { rooms: { rows: 3, columns: { id: sequence() } } })

    expect(await countOf(suite(), "SELECT string_agg(id::text, '' ORDER BY id)::int FROM rooms")).toBe(78910)
  })
})
