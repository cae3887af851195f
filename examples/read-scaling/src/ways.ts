import type { Ways } from './app.js'
import { countMonth as countMonthBroken } from './months/broken.js'
import { countMonth } from './months/repaired.js'
import { createRouter as createRouterBroken } from './routing/broken.js'
import { createRouter } from './routing/repaired.js'
import { totals as totalsBroken } from './totals/broken.js'
import { totals } from './totals/repaired.js'

export const broken: Ways = { createRouter: createRouterBroken, totals: totalsBroken, countMonth: countMonthBroken }

export const repaired: Ways = { createRouter, totals, countMonth }
