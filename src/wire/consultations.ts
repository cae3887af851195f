import type { MatchSubject } from './match.js'

/** A request that waits for the verdict of a predicate. */
export interface Consultation {
  readonly id: number
  readonly rule: number
  readonly subject: MatchSubject
}

/**
 * Predicates of rules, which cannot leave the process that made them: it fetches what is to be judged, and answers. Fetching waits until
 * there is something, so that nothing has to be pushed.
 */
export interface Consultations {
  readonly ask: (rule: number, subject: MatchSubject) => Promise<boolean>
  readonly verbs: {
    /** Settles with the next one; with undefined when the suite ends. */
    readonly nextConsultation: () => Promise<Consultation | undefined>
    readonly answerConsultation: (id: number, holds: boolean) => Promise<void>
  }
  readonly end: () => void
}

export function createConsultations(): Consultations {
  const unfetched: Consultation[] = []
  const fetchers: ((next: Consultation | undefined) => void)[] = []
  const asked = new Map<number, (holds: boolean) => void>()
  let lastId = 0
  let hasEnded = false
  return {
    ask: (rule, subject) =>
      new Promise((resolve) => {
        if (hasEnded) return resolve(false)
        const next = { id: (lastId += 1), rule, subject }
        asked.set(next.id, resolve)
        const fetcher = fetchers.shift()
        if (fetcher === undefined) unfetched.push(next)
        else fetcher(next)
      }),
    verbs: {
      nextConsultation: () =>
        new Promise((resolve) => {
          const next = unfetched.shift()
          if (next !== undefined || hasEnded) resolve(next)
          else fetchers.push(resolve)
        }),
      answerConsultation: async (id, holds) => {
        asked.get(id)?.(holds)
        asked.delete(id)
      },
    },
    end: () => {
      hasEnded = true
      for (const fetcher of fetchers.splice(0)) fetcher(undefined)
      for (const answer of asked.values()) answer(false)
      asked.clear()
    },
  }
}
