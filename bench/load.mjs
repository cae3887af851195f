// What a load can issue, what a stall of the server does to its percentiles beside a closed loop, and what counting or recording it costs. One run.
import { fileURLToPath } from 'node:url'
import { measure } from './measure.mjs'
import { report } from './report.mjs'

const part = (name, options) => measure(fileURLToPath(new URL(`./load/${name}.mjs`, import.meta.url)), options)

// A core of its own for the generator, where the system can give it one.
const launcher = process.platform === 'linux' ? ['taskset', '-c', '0'] : []
const issue = part('issue', { launcher })
const stall = part('stall')
const cost = part('cost')

const row = (what, value, unit, goal, met) => ({ what, value, unit, goal, met })
const atMost = (what, value, most) => row(what, value, 'x', `<= ${most} x`, value <= most)

report('Load: one run', [
  row('a no-op, 8,000/s offered: issued, on one core', issue.perSecond, '/s', '>= 5000 /s', issue.perSecond >= 5_000),
  row('  sent late by, p50', issue.lateP50, 'ms'),
  row('  p95', issue.lateP95, 'ms'),
  row('  max', issue.lateMax, 'ms'),
  row('a no-op over HTTP, 3,000/s offered: issued by the thread', stall.http.perSecond, '/s'),
  row('  sent late by, p95', stall.http.lateP95, 'ms'),
  row('a server that stalls for 700 ms once in 4 s, 200/s: p95', stall.open, 'ms', '>= 200 ms', stall.open >= 200),
  row('  autocannon, 10 connections, closed loop: p97.5', stall.closed, 'ms', '< 200 ms', stall.closed < 200),
  row('statements and commands, 16 users: not counted', cost.plain, '/s'),
  atMost('  throughput lost when it is counted', cost.counted, 0.1),
  atMost('  throughput lost when it is recorded', cost.recorded, 0.1),
])
