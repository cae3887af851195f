import pc from 'picocolors'
import type { KeptSuite } from '../databases/run.js'
import { formatKeptElsewhere, formatStores } from '../databases/store-lines.js'

/** How to look at suites that were kept, and how to end them. */
export function formatKept(kept: readonly KeptSuite[], searchPath: string = process.env['PATH'] ?? ''): string {
  const lines = kept.flatMap(({ label, facts }) => [
    pc.bold(`hotbed: kept the stores of ${label === '' ? 'a suite' : label}`),
    ...formatStores(facts, searchPath).map((line) => `  ${line}`),
    ...formatKeptElsewhere(facts).map((line) => `  It stays there until somebody says: ${line}`),
  ])
  const isOurs = kept.some(({ facts }) =>
    [facts.postgres, facts.redis].some((store) => store !== undefined && store.provider !== 'external'),
  )
  return [...lines, ...(isOurs ? ['  They stay up until: npx hotbed clean --kept'] : [])].join('\n')
}

export function printKept(kept: readonly KeptSuite[]): void {
  if (kept.length > 0) process.stderr.write(`\n${formatKept(kept)}\n`)
}
