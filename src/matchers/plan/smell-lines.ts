import type { FoundSmell } from '../../plan/smells/find-smells.js'
import { formatCount } from '../../plan/print.js'
import type { Plan } from '../../plan/plan.js'
import type { JudgedPlan } from '../message/judged-plans.js'
import { pathLines, statementLines } from '../message/plan-excerpt.js'

/** A smell, with the plan that it was found in. */
export interface JudgedSmell extends FoundSmell {
  readonly judged: JudgedPlan
}

/** One smell of one statement with one remedy, however often that was executed, and in however many partitions. */
interface SmellPlace {
  readonly worst: JudgedSmell
  readonly work: number
  readonly nodes: number
  readonly plans: ReadonlySet<Plan>
}

/** Smells that are shown with the way to them, and that are named. */
const SHOWN = 2
const NAMED = 5

/** `missing-index (2), deep-offset` */
export function smellNames(found: readonly JudgedSmell[]): string {
  const places = placesOf(found)
  return [...new Set(places.map(({ worst }) => worst.smell.id))]
    .map((id) => ({ id, times: places.filter(({ worst }) => worst.smell.id === id).length }))
    .map(({ id, times }) => (times === 1 ? id : `${id} (${formatCount(times)})`))
    .join(', ')
}

/** The smells by their id, most work first: what was found, what to do, and for the first ones the statement and the way to the node. */
export function smellLines(found: readonly JudgedSmell[], { withStatements }: { readonly withStatements: boolean }): readonly string[] {
  const places = placesOf(found)
  const named = places.slice(0, NAMED)
  const ids = [...new Set(named.map(({ worst }) => worst.smell.id))]
  const lines = ids.flatMap((id) => [
    '',
    `${id}  (docs/smells/${id}.md)`,
    ...named
      .filter(({ worst }) => worst.smell.id === id)
      .flatMap((place) => placeLines(place, places.indexOf(place) < SHOWN, withStatements)),
  ])
  const rest = places.slice(NAMED).map(({ worst }) => worst)
  return rest.length === 0 ? lines : [...lines, '', `… and ${formatCount(rest.length)} more: ${smellNames(rest)}`]
}

function placeLines({ worst, nodes, plans }: SmellPlace, withPath: boolean, withStatement: boolean): readonly string[] {
  const { judged, finding } = worst
  const { plan, nested } = judged
  const statement = statementLines(plan)
  const shown = withPath ? statement : statement.slice(0, 1)
  return [
    `  ${finding.text}${howOften(nodes, plans.size)}`,
    `  → ${finding.remedy}`,
    ...(withStatement
      ? shown.map((line, at) => `  ${line}${at === 0 && nested !== undefined ? `  (within ${firstLine(judged)})` : ''}`)
      : []),
    ...(withPath && finding.node !== undefined ? pathLines(plan, [finding.node]).map((line) => `  ${line}`) : []),
  ]
}

function howOften(nodes: number, plans: number): string {
  if (plans > 1) return `, the worst of ${formatCount(plans)} executions`
  return nodes > 1 ? `, and ${formatCount(nodes - 1)} more ${nodes === 2 ? 'node does' : 'nodes do'} the like` : ''
}

function firstLine({ statement }: JudgedPlan): string {
  const line = statement?.sql.trim().split('\n')[0] ?? ''
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`
}

/** Most work first. Executions of one statement count together. */
function placesOf(found: readonly JudgedSmell[]): readonly SmellPlace[] {
  const places = new Map<string, SmellPlace>()
  for (const one of found) {
    const { plan, statement, nested } = one.judged
    const key = JSON.stringify([one.smell.id, statement?.shape ?? plan.sql, nested?.sql, one.finding.remedy])
    const known = places.get(key)
    const work = workOf(one)
    places.set(key, {
      worst: known === undefined || work > known.work ? one : known.worst,
      work: Math.max(work, known?.work ?? 0),
      nodes: (known?.nodes ?? 0) + 1,
      plans: new Set([...(known?.plans ?? []), plan]),
    })
  }
  return [...places.values()].toSorted((a, b) => b.work - a.work)
}

/** Buffers, those of temporary files included; of a plan that was only estimated its cost, which orders them as well. */
function workOf({ judged, finding }: JudgedSmell): number {
  const { actual, cost } = finding.node ?? judged.plan.root
  const buffers = actual?.buffers?.cumulative
  if (buffers !== undefined) return buffers.total + buffers.localHit + buffers.localRead + buffers.tempRead + buffers.tempWritten
  return actual?.rows ?? cost.total
}
