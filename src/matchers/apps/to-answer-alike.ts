import { answersLines, isInstanceComparison, shorten, type ComparedAnswers, type InstanceAnswer } from '../../apps/instance-comparison.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'

const REQUESTS = 3
const ANSWERS = 5

/**
 * Passes when every instance gave the same answer to each request: the same status, body and compared headers. What differs is named, with who
 * answered without asking a store.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no comparison, for one instance, and where an instance gave no answer and the others
 *   answered alike
 */
export function toAnswerAlike(received: unknown): MatcherVerdict {
  if (!isInstanceComparison(received)) {
    throw wrongEvidence(
      received,
      'toAnswerAlike',
      'the answers of several instances',
      "const comparison = await app.compareInstances('/me')",
    )
  }
  const { requests } = received
  const instances = requests[0]?.answers.length ?? 0
  if (instances < 2) {
    throw unjudgeable(
      ['toAnswerAlike compares instances, and there is one.'],
      "Start several: suite.startApp('node server.js', { instances: 2 })",
    )
  }
  const different = requests.filter(({ answers }) => answers.some(({ difference }) => difference !== undefined))
  const silent = requests.filter(({ answers }) => answers.some(({ error }) => error !== undefined))
  if (different.length === 0 && silent.length > 0) {
    throw unjudgeable(
      ['Not every instance has answered, so whether they answer alike is not known.', ...silent.slice(0, REQUESTS).flatMap(requestLines)],
      'See app.log(); an instance that was ended is started again by instance.restart().',
    )
  }
  const asked = requests.length === 1 ? (requests[0]?.request ?? '') : `${formatCount(different.length)} of ${requests.length} requests`
  return makeVerdict(
    different.length === 0,
    () => [
      `${asked}: the ${instances} instances do not answer alike.`,
      ...different.slice(0, REQUESTS).flatMap((one) => [...requestLines(one), ...differenceLines(one)]),
      ...(different.length > REQUESTS ? [`  … and ${different.length - REQUESTS} more requests`] : []),
      `  ${remedyFor(different)}`,
    ],
    () => [
      `The ${instances} instances answer alike, and should not.`,
      ...requests.slice(0, REQUESTS).flatMap(requestLines),
      ...(requests.length > REQUESTS ? [`  … and ${requests.length - REQUESTS} more requests`] : []),
    ],
  )
}

function requestLines(compared: ComparedAnswers): readonly string[] {
  const { answers } = compared
  // Those that differ first, when there are many.
  const shown = answers.length <= ANSWERS ? answers : answers.toSorted((a, b) => Number(isUsual(a)) - Number(isUsual(b))).slice(0, ANSWERS)
  const rest = answers.length - shown.length
  return [
    ...answersLines({ ...compared, answers: shown }).map((line) => `  ${line}`),
    ...(rest > 0 ? [`      … and ${rest} more instances`] : []),
  ]
}

function isUsual({ difference, error }: InstanceAnswer): boolean {
  return difference === undefined && error === undefined
}

function differenceLines({ answers }: ComparedAnswers): readonly string[] {
  const [first] = answers.filter(({ difference }) => difference !== undefined)
  if (first?.difference === undefined) return []
  const { path, own, usual } = first.difference
  return [`      ${path}: ${shorten(own)} by ${first.instance}, ${shorten(usual)} by ${answers.find(isUsual)?.instance}`]
}

function remedyFor(different: readonly ComparedAnswers[]): string {
  const fromMemory = different.flatMap(({ answers }) => answers).find(({ statements, commands }) => statements + commands === 0)
  const what = different.some(({ hasIdentity }) => hasIdentity) ? 'a session' : 'a cache'
  const where = `Keep ${what === 'a session' ? 'sessions' : 'it'} where every instance sees ${what === 'a session' ? 'them' : 'it'}: in Redis or in the database.`
  return fromMemory === undefined
    ? `All of them asked a store: look for what they keep beside it, or for an answer that differs each time (the option ignore). ${where}`
    : `${fromMemory.instance} answered without asking a store: ${what} is kept in its process. ${where}`
}
