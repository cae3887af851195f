import { prepareGenerator, type Bound, type ColumnContext, type Generator } from '../generator.js'
import { checkOrder, checkWhole, wrongArgument } from './argument.js'
import { uniform } from './uniform.js'

/** Elements of one row; their generator sees each as a row of its own. */
const STRIDE = 1024

/** How many elements: exactly, evenly between two counts, or as a generator has it (cut at 1024). */
export type ArrayLength = number | { readonly min: number; readonly max: number } | Generator<number>

/**
 * An array of what `element` gives.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a length outside 0 to 1024
 */
export function array<T>(element: Generator<T>, length: ArrayLength): Generator<readonly (T | null)[]> {
  const count = lengthGenerator(length)
  return {
    kind: 'array',
    spec: { kind: 'array', element: element.spec, length: count.spec },
    ...(element.prepare === undefined && count.prepare === undefined
      ? {}
      : { prepare: async (context) => array(await prepareGenerator(element, context), await prepareGenerator(count, context)) }),
    bind: (context) => bindArray(element, count, context),
  }
}

function bindArray<T>(element: Generator<T>, count: Generator<number>, context: ColumnContext): Bound<readonly (T | null)[]> {
  const type = context.schema?.type
  const schema =
    context.schema !== undefined && type?.kind === 'array' && type.of !== undefined ? { ...context.schema, type: type.of } : undefined
  const each = element.bind({ ...context, schema, rows: context.rows * STRIDE, draws: context.draws.fork('element') })
  const counts = count.bind({ ...context, draws: context.draws.fork('length') })
  return {
    at: (row) => {
      const size = Math.min(STRIDE, Math.max(0, Math.floor(counts.at(row) ?? 0)))
      return Array.from({ length: size }, (_, index) => each.at(row * STRIDE + index))
    },
    ...(each.isTime === true ? { isTime: true } : {}),
  }
}

function lengthGenerator(length: ArrayLength): Generator<number> {
  if (typeof length === 'number') {
    checkWhole('array', 'length', length, 0, STRIDE)
    return uniform({ min: length, max: length })
  }
  if (typeof length !== 'object' || length === null)
    throw wrongArgument('array', 'length', 'a number, { min, max } or a generator of numbers', length)
  if ('bind' in length) return length
  checkWhole('array', 'length.min', length.min, 0, STRIDE)
  checkWhole('array', 'length.max', length.max, 0, STRIDE)
  checkOrder('array', 'length.min', 'length.max', length.min, length.max)
  return uniform(length)
}
