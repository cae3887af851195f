import type { CommandExchange } from '../exchange.js'

/** A command on its way: what will be its exchange, filled in as the reply comes. Times are absolute until it is handed over. */
export interface LiveCommand extends Omit<{ -readonly [Key in keyof CommandExchange]: CommandExchange[Key] }, 'store'> {
  readonly store: 'redis'
}
