import { firstDifference } from '../keyspace/first-difference.js'
import { plural } from '../primitives/plural.js'

/** What one instance answered. */
export interface InstanceAnswer {
  /** `instance 1` */
  readonly instance: string
  /** Undefined: there was no answer. */
  readonly status: number | undefined
  /** Those that are compared. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON as its value, without what is to be ignored; else the text. */
  readonly body: unknown
  /** What the instance asked of the stores for it. */
  readonly statements: number
  readonly commands: number
  /** Why there was no answer. */
  readonly error: string | undefined
  /** Where it first differs from what most instances answered. */
  readonly difference: AnswerDifference | undefined
}

export interface AnswerDifference {
  /** `status`, `headers.location`, `body.items[0].price` */
  readonly path: string
  readonly own: unknown
  /** What most, or the first of them, have there. */
  readonly usual: unknown
}

/** One request, and what each instance made of it. */
export interface ComparedAnswers {
  /** `GET /me` */
  readonly request: string
  /** It says who asks: by a cookie, or an authorization. */
  readonly hasIdentity: boolean
  /** In the order of the instances. */
  readonly answers: readonly InstanceAnswer[]
}

/** Evidence of `app.compareInstances`. Immutable. */
export interface InstanceComparison {
  readonly kind: 'instance comparison'
  readonly requests: readonly ComparedAnswers[]
  /** A line for each answer. */
  readonly toString: () => string
}

/** True for an `InstanceComparison`, also one made by another copy of the package. */
export function isInstanceComparison(value: unknown): value is InstanceComparison {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instance comparison'
}

/** The same answers with where each differs from what most have answered; of as many, from the earlier. */
export function findDifferences(answers: readonly Omit<InstanceAnswer, 'difference'>[]): readonly InstanceAnswer[] {
  const shown = answers.map(({ status, headers, body }) => ({ status, headers, body }))
  const answered = shown.filter(({ status }) => status !== undefined)
  const alike = (a: object, b: object): boolean => firstDifference(a, b) === undefined
  const followers = (one: object): number => answered.filter((other) => alike(one, other)).length
  const usual = answered.reduce<(typeof answered)[number] | undefined>(
    (best, one) => (best === undefined || followers(one) > followers(best) ? one : best),
    undefined,
  )
  return answers.map((answer, index) => {
    const found = answer.status === undefined || usual === undefined ? undefined : firstDifference(shown[index], usual)
    const difference = found && Object.freeze({ path: found.path, own: found.cached, usual: found.loaded })
    return Object.freeze({ ...answer, difference })
  })
}

export function makeInstanceComparison(requests: readonly ComparedAnswers[]): InstanceComparison {
  const comparison = { kind: 'instance comparison' as const, requests: Object.freeze(requests.map((one) => Object.freeze(one))) }
  // Not enumerable, so that the comparison stays plain data to `toEqual` and structuredClone.
  Object.defineProperty(comparison, 'toString', { value: (): string => requests.flatMap(answersLines).join('\n') })
  return Object.freeze(comparison)
}

const BODY = 60

/** A line for the request, and one for each answer. */
export function answersLines({ request, answers }: ComparedAnswers): readonly string[] {
  const width = Math.max(...answers.map(({ instance }) => instance.length))
  return [
    request,
    ...answers.map((answer) => {
      const mark = answer.difference === undefined && answer.error === undefined ? ' ' : '✗'
      const said = answer.error ?? `${answer.status} ${shorten(answer.body)}`
      return `  ${mark} ${answer.instance.padEnd(width)}  ${said.trimEnd()}  (${askedText(answer)})`
    }),
  ]
}

function askedText({ statements, commands }: InstanceAnswer): string {
  const asked = [...(statements === 0 ? [] : [plural(statements, 'statement')]), ...(commands === 0 ? [] : [plural(commands, 'command')])]
  return asked.length === 0 ? 'asked no store' : asked.join(', ')
}

/** For a line of a message. */
export function shorten(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : JSON.stringify(value)
  return text.length <= BODY ? text : `${text.slice(0, BODY - 1)}…`
}
