// Requests that a generator sends to a function that does nothing.
import { startSuite } from '../../dist/index.js'

const suite = await startSuite({ redis: {} })
const { rate, generator } = await suite.load(() => {}, { rate: 8_000, for: '3s' })
await suite.dispose()
const { schedulingError } = generator
process.stdout.write(
  `${JSON.stringify({
    perSecond: rate.issued,
    lateP50: schedulingError.percentile(50),
    lateP95: schedulingError.percentile(95),
    lateMax: schedulingError.maxMs,
  })}\n`,
)
