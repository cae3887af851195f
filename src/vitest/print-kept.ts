import pc from 'picocolors'
import type { KeptSuite } from '../databases/run.js'
import { formatStores } from '../databases/store-lines.js'

/** How to look at suites that were kept, and how to end them. */
export function formatKept(kept: readonly KeptSuite[], searchPath: string = process.env['PATH'] ?? ''): string {
  const lines = kept.flatMap(({ label, facts }) => [
    pc.bold(`hotbed: kept the stores of ${label === '' ? 'a suite' : label}`),
    ...formatStores(facts, searchPath).map((line) => `  ${line}`),
  ])
  return [...lines, '  They stay up until: npx hotbed clean --kept'].join('\n')
}

export function printKept(kept: readonly KeptSuite[]): void {
  if (kept.length > 0) process.stderr.write(`\n${formatKept(kept)}\n`)
}
