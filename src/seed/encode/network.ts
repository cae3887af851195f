import { isIP } from 'node:net'
import { unfit, type ValueCodec, type ValueWriter } from './value-writer.js'

export const inet: ValueCodec = { types: ['inet'], createValueWriter: () => addressWriter(false) }
export const cidr: ValueCodec = { types: ['cidr'], createValueWriter: () => addressWriter(true) }
export const macaddr: ValueCodec = { types: ['macaddr'], createValueWriter: () => macWriter(6) }
export const macaddr8: ValueCodec = { types: ['macaddr8'], createValueWriter: () => macWriter(8) }

function addressWriter(isNetwork: boolean): ValueWriter {
  const expected = isNetwork
    ? "a network such as '10.0.0.0/8' without bits beyond its mask"
    : "an address such as '10.0.0.1', '10.0.0.1/8' or '::1'"
  return (target, at, value) => {
    const [address = '', maskText, more] = typeof value === 'string' ? value.split('/') : []
    const family = isIP(address)
    const bytes = family === 4 ? address.split('.').map(Number) : family === 6 ? bytesOfIpv6(address) : []
    const bits = bytes.length * 8
    const mask = maskText === undefined ? bits : /^\d+$/.test(maskText) ? Number(maskText) : -1
    if (bits === 0 || mask < 0 || mask > bits || more !== undefined) throw unfit(expected)
    if (isNetwork && bytes.some((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, mask - index * 8)))) !== 0)) throw unfit(expected)
    if (at + 4 + bytes.length > target.length) return -1
    // PGSQL_AF_INET is 2, PGSQL_AF_INET6 3.
    target[at] = family === 4 ? 2 : 3
    target[at + 1] = mask
    target[at + 2] = isNetwork ? 1 : 0
    target[at + 3] = bytes.length
    target.set(bytes, at + 4)
    return at + 4 + bytes.length
  }
}

function bytesOfIpv6(address: string): number[] {
  const [plain = ''] = address.split('%')
  // An IPv4 tail is two groups.
  const text = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const all = [...before, ...Array.from<number>({ length: 8 - before.length - after.length }).fill(0), ...after]
  return all.flatMap((group) => [group >> 8, group & 0xff])
}

function macWriter(bytes: number): ValueWriter {
  return (target, at, value) => {
    const digits = typeof value === 'string' ? value.replaceAll(/[:.-]/g, '') : ''
    if (digits.length !== bytes * 2 || !/^[\da-f]+$/i.test(digits))
      throw unfit(`a MAC address of ${bytes} bytes such as '08:00:2b:01:02:03'`)
    return at + bytes > target.length ? -1 : at + target.write(digits, at, 'hex')
  }
}
