import pc from 'picocolors'
import type { Step } from '../primitives/stopwatch.js'

const BAR_WIDTH = 24

/** The steps of a run as a table: how often, how long, and a bar for its share. */
export function formatSummary(steps: readonly Step[]): string {
  const byName = groupByName(steps)
  const rows = [...byName].map(([name, same]) => {
    const total = same.reduce((sum, step) => sum + step.durationMs, 0)
    return { name: same.length === 1 ? name : `${name} (${same.length} times)`, total }
  })
  const longest = Math.max(...rows.map((row) => row.total), 1)
  const width = Math.max(...rows.map((row) => row.name.length), 0)
  const lines = rows.map(({ name, total }) => {
    const bar = '█'.repeat(Math.max(1, Math.round((total / longest) * BAR_WIDTH)))
    return `  ${name.padEnd(width)}  ${formatMs(total).padStart(9)}  ${pc.dim(bar)}`
  })
  return [pc.bold('hotbed: where the time went'), ...lines].join('\n')
}

export function printSummary(steps: readonly Step[]): void {
  if (steps.length > 0) process.stderr.write(`\n${formatSummary(steps)}\n`)
}

function groupByName(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const groups = new Map<string, Step[]>()
  for (const step of steps) groups.set(step.name, [...(groups.get(step.name) ?? []), step])
  return groups
}

function formatMs(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(2)} s`
}
