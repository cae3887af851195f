import type { App, LoadReport } from 'hotbed'
import type { OrdersSuite } from './start-orders.js'

export interface LostInstance {
  readonly report: LoadReport
  /** Orders that a customer was told are placed. */
  readonly accepted: readonly number[]
  /** Those of them that are not in the table. */
  readonly lost: readonly number[]
  /** Requests that were sent when the instance was gone, and failed. */
  readonly failedAfterwards: readonly number[]
}

/** Orders by the hundred a second; the first of the instances is killed in the middle of it. */
export async function loseAnInstance(suite: OrdersSuite, app: App): Promise<LostInstance> {
  const accepted: number[] = []
  const failedAfterwards: number[] = []
  let isGone = false
  const place = async ({ index }: { readonly index: number }): Promise<void> => {
    if (index === 40) {
      await app.instances[0]?.kill()
      isGone = true
    }
    const wasGone = isGone
    const answer = await fetch(`${app.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: index }),
    })
    if (answer.status !== 201) {
      if (wasGone) failedAfterwards.push(index)
      throw new Error(`HTTP ${answer.status}`)
    }
    accepted.push(index)
  }
  const report = await suite.load(place, { rate: '100/s', for: '1s', warmUp: '0s' })
  await app.stop()
  const { rows } = await suite.postgres.query<{ id: string }>('SELECT id FROM orders')
  const stored = new Set(rows.map(({ id }) => Number(id)))
  return { report, accepted, lost: accepted.filter((id) => !stored.has(id)), failedAfterwards }
}
