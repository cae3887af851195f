// What a race, a jump of the clock and a verdict add to the application's own work. One run, each part in a process of its own.
import { fileURLToPath } from 'node:url'
import { measure } from './measure.mjs'
import { report } from './report.mjs'

const part = (name, ...args) => measure(fileURLToPath(new URL(`./races/${name}.mjs`, import.meta.url)), { args })

const { rounds, figures } = part('scenarios', ...process.argv.slice(2))
const clock = part('clock')
const explored = part('explore')
const { exchanges, rows } = part('matchers')
const atMost = (what, value, most, unit = 'ms') => ({ what, value, unit, goal: `<= ${most} ${unit}`, met: value <= most })
const atLeast = (what, { perSecond }) => ({ what, value: perSecond, unit: '/s', goal: '>= 100 /s', met: perSecond >= 100 })

report(`Races, median of ${rounds}: added to the application's own work`, [
  ...Object.entries(figures).map(([what, value]) => atMost(what, value, 15)),
  atLeast('explore: SELECT and UPDATE by two, runs', explored.autocommit),
  atLeast('  in a transaction each', explored.transaction),
  atLeast('  with FOR UPDATE', explored.locked),
  { what: 'clock.advance, no keys', value: clock.none, unit: 'ms' },
  atMost('clock.advance, 100,000 keys', clock.hundredThousand, 400),
  { what: 'clock.advance, 1,000,000 keys', value: clock.million, unit: 'ms' },
  ...rows.map(({ name, verdict }) => atMost(`${name}, ${exchanges.toLocaleString('en')} exchanges`, verdict, 50)),
  {
    what: '  the first verdict of all, before anything is compiled: the slowest',
    value: Math.max(...rows.map(({ first }) => first)),
    unit: 'ms',
  },
])
