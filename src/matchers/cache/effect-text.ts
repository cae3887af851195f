import { subjectText } from '../../wire/match-text.js'
import type { KeyEffect } from '../../wire/recording/key-effects.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'

const MOST = 60

/** `DEL product:7 (in MULTI)`, `HDEL cart:1 price` */
export function describeEffect({ command }: Pick<KeyEffect, 'command'>): string {
  return `${nameEvent(command)}${command.inTransaction ? ' (in MULTI)' : ''}`
}

/** A command with its keys, a call, or the shape of a statement, cut to what a line holds. */
export function nameEvent(event: RecordedEvent): string {
  const text =
    event.store === 'postgres'
      ? event.sql.replaceAll(/\s+/g, ' ').trim()
      : `${subjectText(event)}${event.store === 'redis' ? fieldText(event.args) : ''}`
  return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`
}

/** Which part of the key, where it is not the whole. */
function fieldText([name = '', , field = '']: readonly string[]): string {
  return /^(?:H(?:SET|DEL|SETNX|INCRBY|GET)|EXPIRE|PEXPIRE)$/i.test(name) ? ` ${field}` : ''
}
