import { formatCount } from '../../plan/print.js'
import type { Plan } from '../../plan/plan.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { refuseUncounted } from './counted.js'
import { judgePlans, type MatcherContext } from './judge-plans.js'
import { canSpill, findSpills, type Spill } from './spills.js'

/**
 * Passes when something in the plan did not fit into `work_mem` and was written to temporary files: a sort, a hash, a HashAggregate, rows kept by
 * a Materialize or a CTE. Mostly used with `.not`. Run tests under the `work_mem` of production: the server's default is 4 MB.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, a plan that was only estimated
 */
export function toSpillToDisk(this: MatcherContext | void, received: unknown): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toSpillToDisk',
    judge: (plan) => {
      refuseUncounted(plan, 'toSpillToDisk')
      const spills = findSpills(plan)
      const pass = spills.length > 0
      const total = spills.reduce((sum, { diskKb }) => sum + diskKb, 0)
      return {
        pass,
        weight: total,
        text: () => {
          if (pass) {
            const what = spills.map((spill) => spill.what).join(', ')
            return {
              headline: `The plan spills ${formatKb(total)} to disk: ${what} did not fit into work_mem (${workMem(plan)}).`,
              guilty: spills.map(({ node }) => node),
              notes: remedyLines(spills),
            }
          }
          const could = canSpill(plan)
          return { headline: 'The plan spills nothing to disk.', guilty: could.length > 0 ? could : [plan.root] }
        },
      }
    },
  })
}

function remedyLines(spills: readonly Spill[]): readonly string[] {
  const known = spills.flatMap(({ enoughKb }) => (enoughKb === undefined ? [] : [enoughKb]))
  if (known.length < spills.length) return ['  The plan does not tell how much would be enough. Fewer or narrower rows need less.']
  return [
    `  work_mem = '${formatKb(Math.max(...known)).replace(' ', '')}' would be enough, by what the plan tells. Fewer or narrower rows need less.`,
  ]
}

function workMem({ settings }: Plan): string {
  return settings['work_mem'] ?? 'the default of 4MB'
}

function formatKb(kilobytes: number): string {
  if (kilobytes < 1024) return `${formatCount(kilobytes)} kB`
  const megabytes = kilobytes / 1024
  return `${megabytes < 10 && !Number.isInteger(megabytes) ? megabytes.toFixed(1) : formatCount(Math.round(megabytes))} MB`
}
