import pc from 'picocolors'
import type { EngineReport } from '../../databases/engine/probe.js'

const YES = pc.green('✓')
const NO = pc.red('✗')

/** What works on a server, and what does not, why, and what does instead. */
export function formatEngine({ version, user, features }: EngineReport): string {
  const lines = features.flatMap(({ name, works, missing, otherwise }) =>
    works
      ? [`${YES} ${name}`]
      : [`${NO} ${name}`, ...missing.map(({ what, why }) => `    ${what}: ${why.split('\n')[0]}`), `    instead: ${otherwise}`],
  )
  return [
    pc.bold(`As '${user}' on ${version}`),
    ...lines,
    pc.dim('What needs the files or the process of a server (plans at other sizes, pause, kill, a moved clock) takes one of hotbed’s own.'),
    '',
  ].join('\n')
}
