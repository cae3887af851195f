import type { HotbedError } from '../../../primitives/error.js'
import type { BinariesAttempt, BinariesSurvey, PostgresBinaries } from '../binaries.js'
import type { BinariesOptions } from '../binaries-candidates.js'
import { missingExtensions } from './missing.js'

/** How to find out whether something else would do. */
export interface LackContext {
  readonly survey: (options: BinariesOptions) => Promise<BinariesSurvey>
  readonly variables: NodeJS.ProcessEnv | undefined
}

/** The error for binaries that were found, of which each lacks an extension; `undefined` when that is not what is wrong. */
export async function describeLack(
  options: BinariesOptions,
  attempts: readonly BinariesAttempt[],
  { survey, variables }: LackContext,
): Promise<HotbedError | undefined> {
  const { extensions = [], version } = options
  const lacking = attempts.filter(({ lacks }) => lacks !== undefined)
  if (lacking.length === 0) return undefined
  // What one of them has, another lacks: then all have to come to the same.
  const names = extensions.filter((name) => lacking.every(({ lacks = [] }) => lacks.includes(name)))
  return missingExtensions({
    names: names.length === 0 ? extensions : names,
    looked: attempts.map(({ place, reason }) => `${place}: ${reason}`),
    major: version ?? majorOf(attempts.find(({ provider, version: found }) => provider === 'system' && found !== undefined)),
    obstacle: await findObstacle(options, survey),
    variables,
  })
}

function majorOf(attempt: BinariesAttempt | undefined): number | undefined {
  return attempt?.version === undefined ? undefined : Number.parseInt(attempt.version, 10)
}

/** Whether a Postgres that nobody asked for by its provider, version or place has them. */
async function findObstacle(
  { extensions, ...fixed }: BinariesOptions,
  survey: LackContext['survey'],
): Promise<{ readonly option: string; readonly elsewhere: string } | undefined> {
  const named = Object.entries(fixed).filter(([, value]) => value !== undefined)
  if (named.length === 0) return undefined
  const { chosen } = await survey({ extensions })
  if (chosen === undefined) return undefined
  const option = named.map(([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`).join(', ')
  return { option, elsewhere: `Postgres ${chosen.version.text} in ${chosen.directory} has what is wanted` }
}

/** Why the first Postgres that there is was not taken, to follow the provider's name: `, as embedded 18.4 lacks hypopg`. */
export function explainChoice({ attempts }: PostgresBinaries): string {
  const passed = attempts.find(({ lacks }) => lacks !== undefined)
  return passed === undefined ? '' : `, as ${passed.provider} ${passed.version} lacks ${passed.lacks?.join(' and ')}`
}
