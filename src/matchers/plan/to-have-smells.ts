import { formatCount } from '../../plan/print.js'
import { findSmells } from '../../plan/smells/find-smells.js'
import { isPlan } from '../../plan/plan.js'
import { applyExemptions } from '../message/exemptions.js'
import { readPlans, type JudgedPlan } from '../message/judged-plans.js'
import { statementLines } from '../message/plan-excerpt.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { smellLines, smellNames } from './smell-lines.js'
import { readSmellsOptions, type SmellsOptions } from './smell-options.js'

/**
 * Passes when a plan has one of the smells of `docs/plans.md`, or only those that are named. Mostly used with `.not`. Of a recording every
 * statement counts, and what functions, triggers and foreign keys ran within them.
 *
 * An exemption that exempted nothing fails the expectation, with and without `.not`: it can be removed.
 *
 * @param this what `expect` passes: an exemption that is not needed fails in both directions
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan, statement or recording, or has no plan
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a smell that does not exist, an exemption without a reason
 */
export function toHaveSmells(this: unknown, received: unknown, options: SmellsOptions = {}): MatcherVerdict {
  const judged = readPlans(received, 'toHaveSmells')
  const { smells, exemptions } = readSmellsOptions(options)
  const all = judged.flatMap((one) => findSmells(one.plan, smells).map((found) => ({ ...found, judged: one })))
  const { left: found, unusedLines, passes } = applyExemptions(all, exemptions)
  const subject = isPlan(received) ? 'The plan' : judged.length === 1 ? 'The statement' : `Of ${formatCount(judged.length)} plans`
  const statement = judged.length === 1 ? statementOf(judged) : []
  const foundLines = (): readonly string[] => [
    judged.length === 1 ? `${subject} smells: ${smellNames(found)}.` : `${subject}, ${countSmelly(found)}: ${smellNames(found)}.`,
    ...statement,
    ...smellLines(found, { withStatements: judged.length > 1 }),
    '',
    ...(unusedLines.length > 0 ? unusedLines : [`Accept one with its reason: { except: { '${found[0]?.smell.id}': 'why' } }`]),
  ]
  const cleanLines = (): readonly string[] => [
    `${subject}${judged.length === 1 ? ' has no' : ', none has a'} smell${options.only === undefined ? '' : ` of ${options.only.join(', ')}`}${found.length < all.length ? ' but those exempted' : ''}.`,
    ...statement,
    ...unusedLines,
  ]
  const lines = found.length > 0 ? foundLines : cleanLines
  return makeVerdict(passes(this), lines, lines)
}

function statementOf([judged]: readonly JudgedPlan[]): readonly string[] {
  return judged === undefined ? [] : statementLines(judged.plan)
}

function countSmelly(found: readonly { readonly judged: JudgedPlan }[]): string {
  const count = new Set(found.map(({ judged }) => judged)).size
  return count === 1 ? '1 smells' : `${formatCount(count)} smell`
}
