import { readImports, sourcesOf, type Import } from './imports.js'
import type { Files } from './repository.js'

/** The floors of the house, lowest first: a room may import rooms of lower floors and itself. */
export const FLOORS: readonly (readonly string[])[] = [
  ['primitives'],
  ['servers'],
  ['databases'],
  ['seed', 'wire', 'plan', 'schema-check', 'keyspace'],
  // What a suite can be asked about plans and schema: joins plan and schema-check with recordings and sessions.
  ['plan-verbs'],
  // What a suite can ask of its tap: recordings, with the plans that ran, and rules.
  ['tap-verbs'],
  // Requests by a schedule, and what is known of the time that they took.
  ['load'],
  // Queues of job libraries: what they hold, and when nothing is left to do.
  ['queues'],
  // Races, the clock, and what is done to servers: each a few lines over recordings and rules.
  ['scenarios', 'clock', 'control'],
  // Outages: the participants of scenarios, over rules. Applications in processes of their own. What evidence says in the same few figures.
  ['faults', 'apps', 'metrics'],
  // The files directly in src join everything below into a suite.
  ['src'],
  ['matchers'],
  ['vitest', 'cli'],
]

/** The shape of a plan, which the rooms beside `plan` may know as a type. */
const SHARED_TYPES = 'src/plan/plan.ts'

/** Nothing but data, words and comparisons: what a matcher may reach, besides files of the project itself. */
const PURE_MODULES = ['node:util', 'leven']

/** Imports go down, never up, and never sideways between the rooms of one floor. */
export function findUpwardImports(files: Files): readonly string[] {
  return sourcesOf(files, 'src').flatMap(([path, text]) => {
    const room = roomOf(path)
    const floor = floorOf(room)
    if (floor < 0) return [`${path} lies in no room of the house; the rooms are ${FLOORS.flat().join(', ')}`]
    return readImports(path, text).flatMap((one) => {
      if (!one.target.startsWith('src/')) return one.specifier.startsWith('.') ? [`${place(path, one)} leaves src: ${one.specifier}`] : []
      const target = roomOf(one.target)
      if (target === room || floorOf(target) < floor) return []
      if (floorOf(target) > floor) return [`${place(path, one)} imports upwards: ${room} may not know ${one.target}`]
      if (room === 'vitest' || room === 'cli' || (one.target === SHARED_TYPES && one.typeOnly)) return []
      return [`${place(path, one)} imports sideways: ${room} may not know ${one.target}`]
    })
  })
}

/** Matchers are pure: what they load, however far away, is files of lower floors that do no I/O. */
export function findImpureMatchers(files: Files): readonly string[] {
  const complaints = new Set<string>()
  for (const [start] of sourcesOf(files, 'src/matchers')) {
    const seen = new Set<string>()
    const queue: string[][] = [[start]]
    for (let chain = queue.shift(); chain !== undefined; chain = queue.shift()) {
      const path = chain[chain.length - 1] ?? ''
      for (const { target, typeOnly } of readImports(path, files.get(path) ?? '')) {
        if (typeOnly || seen.has(target)) continue
        seen.add(target)
        const isOurs = target.startsWith('src/')
        const isImpure = isOurs ? ['servers', 'databases', 'plan-verbs', 'src'].includes(roomOf(target)) : !PURE_MODULES.includes(target)
        if (isImpure) complaints.add(`${[...chain, target].join(' → ')}: matchers do no I/O`)
        else if (isOurs) queue.push([...chain, target])
      }
    }
  }
  return [...complaints]
}

/** A preset is made of public parts, so that a user could have written it. */
export function findPrivatePresets(files: Files): readonly string[] {
  return sourcesOf(files, 'presets').flatMap(([path, text]) =>
    readImports(path, text)
      .filter(({ target }) => target.startsWith('src/') || target.startsWith('dist/'))
      .map((one) => `${place(path, one)} reaches into ${one.target}: presets import only 'hotbed' and its subpaths`),
  )
}

/** What the table of floors in docs/architecture.md says and the code does not, or the other way round. */
export function findUntrueFloorTable(files: Files): readonly string[] {
  const rows = (files.get('docs/architecture.md') ?? '').split('\n').filter((line) => /^\| *\d/.test(line))
  const said = rows
    .toReversed()
    .map((row) => [...row.split('|')[2]!.matchAll(/`src\/([^`]*)`/g)].map(([, name = '']) => (name.endsWith('.ts') ? 'src' : name)))
  const rooms = new Set(sourcesOf(files, 'src').map(([path]) => roomOf(path)))
  const told = said.map((names) => [...new Set(names)])
  const actual = FLOORS.map((names) => names.filter((name) => rooms.has(name))).filter((names) => names.length > 0)
  const [found, expected] = [told, actual].map((floors) => floors.map((names) => names.toSorted().join(', ')).join(' < '))
  return found === expected ? [] : [`docs/architecture.md has the floors ${found}; the code has ${expected}`]
}

function roomOf(path: string): string {
  const parts = path.split('/')
  return parts.length === 2 ? 'src' : (parts[1] ?? '')
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room))
}

function place(path: string, one: Import): string {
  return `${path}:${one.line}`
}
