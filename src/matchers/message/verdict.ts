/** What a matcher returns: the shape that `expect.extend` of vitest and jest takes. */
export interface MatcherVerdict {
  readonly pass: boolean
  /** Made only when it is printed. Speaks for `expect(x).to…` when `pass` is false, and for `expect(x).not.to…` when it is true. */
  readonly message: () => string
}

/** A verdict with both voices: `failed` is printed when the expectation was not met, `met` when it was and should not have been. */
export function makeVerdict(pass: boolean, failed: () => readonly string[], met: () => readonly string[]): MatcherVerdict {
  return { pass, message: () => (pass ? met() : failed()).join('\n') }
}

/** Whether `expect(x).not.to…` asks, by the `this` of a matcher. */
export function isNegated(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'isNot' in context && context.isNot === true
}
