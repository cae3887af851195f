import { toFloat } from './floats.js'
import { unfit, writeInt32, type ValueCodec, type ValueWriter } from './value-writer.js'

/** Shapes are the numbers of their text: `'(1,2)'`, `[1, 2]`, `[[1, 2], [3, 4]]`. */
function shape(type: string, count: number, example: string): ValueCodec {
  return {
    types: [type],
    createValueWriter: () => (target, at, value) => {
      const numbers = numbersOf(value)
      if (numbers.length !== count) throw unfit(`${count} numbers such as ${example}`)
      return writeNumbers(target, at, numbers)
    },
  }
}

export const point: ValueCodec = shape('point', 2, "[1, 2], { x: 1, y: 2 } or '(1,2)'")
export const lseg: ValueCodec = shape('lseg', 4, '[[1, 2], [3, 4]]')
export const box: ValueCodec = shape('box', 4, '[[1, 2], [3, 4]]')
export const line: ValueCodec = shape('line', 3, '[1, -1, 0]')
export const circle: ValueCodec = shape('circle', 3, '[1, 2, 5]')

export const polygon: ValueCodec = { types: ['polygon'], createValueWriter: (): ValueWriter => pointsWriter(false) }
export const path: ValueCodec = { types: ['path'], createValueWriter: (): ValueWriter => pointsWriter(true) }

function pointsWriter(isPath: boolean): ValueWriter {
  return (target, at, value) => {
    const numbers = numbersOf(value)
    if (numbers.length === 0 || numbers.length % 2 === 1) throw unfit('points such as [[1, 2], [3, 4]]')
    if (at + 5 > target.length) return -1
    let place = at
    // Square brackets around the text of a path leave it open.
    if (isPath) target[place++] = typeof value === 'string' && value.trim().startsWith('[') ? 0 : 1
    return writeNumbers(target, writeInt32(target, place, numbers.length / 2), numbers)
  }
}

function writeNumbers(target: Buffer, at: number, numbers: readonly number[]): number {
  if (at + numbers.length * 8 > target.length) return -1
  return numbers.reduce((place, number) => target.writeDoubleBE(number, place), at)
}

function numbersOf(value: unknown): readonly number[] {
  if (typeof value === 'string')
    return value
      .split(/[^\d.eE+-]+/)
      .filter((part) => part !== '')
      .map(toFloat)
  if (Array.isArray(value)) return value.flatMap(numbersOf)
  if (typeof value === 'object' && value !== null && 'x' in value && 'y' in value) return [toFloat(value.x), toFloat(value.y)]
  return [toFloat(value)]
}
