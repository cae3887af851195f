import { expect, test } from 'vitest'
import { describeSentAway } from '../../../src/wire/thread/describe-link.js'
import { createConnectionLog } from '../../../src/wire/thread/connection-log.js'

test('of connections that an outage struck the first are kept, and all others', () => {
  const log = createConnectionLog()
  for (let id = 1; id <= 5_000; id += 1)
    log.closed(
      describeSentAway({ id, store: 'redis', instance: undefined, replica: undefined }, id, {
        steered: 'reset by an outage',
        refusal: undefined,
      }),
    )
  const { steered: _, ...calm } = describeSentAway({ id: 5_001, store: 'redis', instance: undefined, replica: undefined }, 5_001, {
    steered: '',
    refusal: undefined,
  })
  log.closed(calm)
  expect(log.gone()).toHaveLength(1_001)
  expect(log.gone().at(-1)?.id).toBe(5_001)
  log.clear()
  expect(log.gone()).toEqual([])
})

test('one that is struck after the limit is forgotten, also where its opening was seen', () => {
  const log = createConnectionLog()
  for (let id = 1; id <= 1_000; id += 1)
    log.closed(
      describeSentAway({ id, store: 'redis', instance: undefined, replica: undefined }, id, {
        steered: 'reset by an outage',
        refusal: undefined,
      }),
    )
  log.opened(2_000, 7)
  expect(log.openedAt(2_000)).toBe(7)
  log.closed(
    describeSentAway({ id: 2_000, store: 'redis', instance: undefined, replica: undefined }, 8, {
      steered: 'held by an outage',
      refusal: undefined,
    }),
  )
  expect(log.openedAt(2_000)).toBeUndefined()
})
