import { describe, expect, it } from 'vitest'
import { defineDataset } from '../../src/seed/define-dataset.js'
import { nullable, oneOf, sequence, uniform } from '../../src/seed/index.js'
import { seed } from '../../src/seed/load.js'
import { countOf, useSuite } from './with-suite.js'

const SCHEMA = `
  CREATE TABLE teams (id int PRIMARY KEY, lead_id int NOT NULL);
  CREATE TABLE members (id int PRIMARY KEY, team_id int NOT NULL REFERENCES teams);
  ALTER TABLE teams ADD CONSTRAINT teams_lead FOREIGN KEY (lead_id) REFERENCES members;
  CREATE TABLE grants (tenant int NOT NULL, person int NOT NULL, role int NOT NULL, place int NOT NULL, UNIQUE (tenant, person), UNIQUE (tenant, role, place));
  CREATE TABLE slots (id int PRIMARY KEY, code int UNIQUE NULLS NOT DISTINCT, place int CONSTRAINT slots_place UNIQUE DEFERRABLE INITIALLY DEFERRED,
    team_id int CONSTRAINT slots_team REFERENCES teams ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE areas (id int PRIMARY KEY, width int NOT NULL, stored int GENERATED ALWAYS AS (width * 2) STORED, computed int GENERATED ALWAYS AS (width * 3) VIRTUAL);
  CREATE TABLE searches (id int PRIMARY KEY, query tsquery NOT NULL, note text);
`
const DEFINITIONS = `SELECT string_agg(concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, condeferrable, condeferred), E'\\n' ORDER BY conname)
  AS lines FROM pg_constraint WHERE connamespace = 'public'::regnamespace`

describe.each(['adminUrl', 'url'] as const)('By the %s, a load', (role) => {
  const suite = useSuite(SCHEMA)
  const target = (): string => suite().postgres[role] ?? ''
  const definitions = async (): Promise<unknown> => (await suite().postgres.query(DEFINITIONS)).rows[0]

  it('fills tables that need each other', async () => {
    const before = await definitions()

    await seed(target(), { teams: 200, members: 20_000 })

    expect(await countOf(suite(), 'SELECT count(*) FROM teams JOIN members ON members.id = teams.lead_id')).toBe(200)
    expect(await countOf(suite(), 'SELECT count(*) FROM members JOIN teams ON teams.id = members.team_id')).toBe(20_000)
    expect(await definitions()).toEqual(before)
  })

  it('keeps two composite keys that share a column', async () => {
    await seed(target(), { grants: 15_000 })

    expect(await countOf(suite(), 'SELECT count(DISTINCT (tenant, person)) FROM grants')).toBe(15_000)
    expect(await countOf(suite(), 'SELECT count(DISTINCT (tenant, role, place)) FROM grants')).toBe(15_000)
  })

  it('infers at most one NULL where NULLs are not distinct, and leaves constraints deferrable', async () => {
    const before = await definitions()

    await seed(target(), { slots: 15_000 })

    expect(await countOf(suite(), 'SELECT count(*) FROM slots WHERE code IS NULL')).toBeLessThan(2)
    expect(await definitions()).toEqual(before)
    expect(JSON.stringify(before)).toMatch(/slots slots_team FOREIGN KEY .* DEFERRABLE INITIALLY DEFERRED t t t/)
  })

  it('refuses NULLs that are not distinct from each other', async () => {
    const columns = { id: sequence({ start: 100_000 }), code: nullable(0.5, sequence({ start: 100_000 })) }

    await expect(seed(target(), defineDataset({ seed: 2, tables: { slots: { rows: 12_000, columns } } }))).rejects.toThrow(/slots_code_key/)
    expect(await countOf(suite(), 'SELECT count(*) FROM slots')).toBe(15_000)
  })

  it('leaves generated columns, stored and virtual, to the server', async () => {
    await seed(target(), { areas: { rows: 100, columns: { width: uniform({ min: 1, max: 9 }) } } })

    expect(await countOf(suite(), 'SELECT count(*) FROM areas WHERE stored = 2 * width AND computed = 3 * width')).toBe(100)
  })

  it('writes a type without a binary encoder as text, and says so', async () => {
    const columns = { query: oneOf(["'a' & 'b'", '!c']), note: oneOf(['tab\t and \\ and\nline', '\\N', '\\.']) }

    const { tables, notes } = await seed(target(), { searches: { rows: 300, columns } })

    expect(tables.map(({ table, format }) => [table, format])).toEqual([['public.searches', 'text']])
    expect(notes).toContain('public.searches was written as text: it has a type without a binary encoder.')
    expect(
      await countOf(suite(), String.raw`SELECT count(*) FROM searches WHERE note IN (E'tab\t and \\ and\nline', E'\\N', E'\\.')`),
    ).toBe(300)
    expect(await countOf(suite(), "SELECT count(*) FROM searches WHERE query IN ('a & b', '!c')")).toBe(300)
  })
})
