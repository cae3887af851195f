import { expect, test } from 'vitest'
import { explain } from '../../src/plan/explain.js'
import { heaviestNode } from '../../src/plan/heaviest-node.js'
import { describeEachPostgres, SHOP } from './with-postgres.js'

const SQL = 'SELECT count(*) FROM orders o JOIN countries c ON c.code = o.status WHERE o.total > 7'

await describeEachPostgres(SHOP, (database) => {
  test.each([true, false])('the node that itself read the most is found, with analyze: %s', async (analyze) => {
    expect(heaviestNode(await explain(database().sql, SQL, [], { analyze })).relation?.table).toBe('orders')
  })
})
