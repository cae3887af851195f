import { expect, test } from 'vitest'
import { withoutChannelBinding } from '../../../src/wire/postgres/channel-binding.js'

/** AuthenticationSASL as a server with TLS sends it. */
function offer(...mechanisms: readonly string[]): Buffer {
  const body = Buffer.from(`${mechanisms.join('\0')}\0\0`, 'latin1')
  const frame = Buffer.alloc(9)
  frame.write('R', 0, 'latin1')
  frame.writeUInt32BE(8 + body.length, 1)
  frame.writeUInt32BE(10, 5)
  return Buffer.concat([frame, body])
}

test('mechanisms that are bound to the TLS of the connection are not offered on', () => {
  expect(withoutChannelBinding(offer('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'))).toEqual(offer('SCRAM-SHA-256'))
  expect(withoutChannelBinding(offer('SCRAM-SHA-256'))).toBe(true)
  // AuthenticationOk.
  expect(withoutChannelBinding(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]))).toBe(true)
})
