/**
 * Questions that only whoever made a rule or a race can answer: it fetches them, and answers. Fetching waits until there is something, so that
 * nothing has to be pushed to another process.
 */
export interface Questions<Question, Answer> {
  readonly ask: (question: Question) => Promise<Answer>
  /** Settles with the next one; with undefined when the suite ends. */
  readonly next: () => Promise<Asked<Question> | undefined>
  readonly answer: (id: number, answer: Answer) => Promise<void>
  /** Tells whoever waits for the next one that there is none, and answers what was asked. */
  readonly dismiss: () => void
  readonly end: () => void
}

/** A question that waits for its answer. */
export type Asked<Question> = Question & { readonly id: number }

/** @param unanswered what is answered when the suite ends */
export function createQuestions<Question extends object, Answer>(unanswered: Answer): Questions<Question, Answer> {
  const unfetched: Asked<Question>[] = []
  const fetchers: ((next: Asked<Question> | undefined) => void)[] = []
  const asked = new Map<number, (answer: Answer) => void>()
  let lastId = 0
  let hasEnded = false
  const dismiss = (): void => {
    unfetched.length = 0
    for (const fetcher of fetchers.splice(0)) fetcher(undefined)
    for (const answer of asked.values()) answer(unanswered)
    asked.clear()
  }
  return {
    ask: (question) =>
      new Promise((resolve) => {
        if (hasEnded) return resolve(unanswered)
        const next = { ...question, id: (lastId += 1) }
        asked.set(next.id, resolve)
        const fetcher = fetchers.shift()
        if (fetcher === undefined) unfetched.push(next)
        else fetcher(next)
      }),
    next: () =>
      new Promise((resolve) => {
        const next = unfetched.shift()
        if (next !== undefined || hasEnded) resolve(next)
        else fetchers.push(resolve)
      }),
    answer: async (id, answer) => {
      asked.get(id)?.(answer)
      asked.delete(id)
    },
    dismiss,
    end: () => {
      hasEnded = true
      dismiss()
    },
  }
}
