import type { Statement } from '../../wire/recording/recording.js'

const CONTROL = /^(?:begin|start|commit|end|rollback|abort|savepoint|release|set|prepare transaction)\b/

/** True for BEGIN, COMMIT and the like: they have no values, ask for no data and are repeated by nature. */
export function isTransactionControl({ shape }: Pick<Statement, 'shape'>): boolean {
  return CONTROL.test(shape)
}
