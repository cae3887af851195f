/** AuthenticationSASL, of “Message Formats” in PostgreSQL's manual: type, length, this number, and the names of mechanisms. */
const SASL = 10
const NAMES_AT = 9

/**
 * The offer of a server to log in, without the mechanisms that bind it to the TLS of the connection: that is the tap's to the server, of which the
 * client knows nothing. libpq ends a connection without TLS that offers them.
 */
export function withoutChannelBinding(frame: Buffer): Buffer | true {
  if (frame.length < NAMES_AT || frame.readUInt32BE(5) !== SASL || !frame.includes('-PLUS')) return true
  const names = frame.toString('latin1', NAMES_AT).split('\0')
  const body = Buffer.from(names.filter((name) => !name.endsWith('-PLUS')).join('\0'), 'latin1')
  const shown = Buffer.concat([frame.subarray(0, NAMES_AT), body])
  shown.writeUInt32BE(shown.length - 1, 1)
  return shown
}
