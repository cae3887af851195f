import { quoteName } from '../../primitives/sql-name.js'
import { formatCount } from '../print.js'
import { MANY_ROWS } from './rows-examined.js'
import type { Smell } from './smell.js'
import { triggerCalls } from './trigger-calls.js'

/** A trigger's function is called for each of many rows. Those of foreign keys are not counted: for them there is no other way. */
export const triggerCost: Smell = {
  id: 'trigger-cost',
  title: 'A trigger is called for each of many rows',
  find: (plan) =>
    triggerCalls(plan)
      .filter(({ calls, constraint }) => calls >= MANY_ROWS && constraint === undefined)
      .map(({ name, table, calls }) => ({
        node: undefined,
        text: `calls the trigger ${quoteName(name)} on ${quoteName(table)} ${formatCount(calls)} times, once for each row`,
        remedy: `One call for all rows: CREATE TRIGGER ${quoteName(name)} AFTER … ON ${quoteName(table)} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT; or spare rows by WHEN (OLD.* IS DISTINCT FROM NEW.*)`,
      })),
}
