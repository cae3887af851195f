/**
 * Moves every deadline of the server by ARGV[1] milliseconds towards now, in one go: nobody sees some keys moved and others not.
 *
 * - What would be over gets now + 1, because a deadline in the past deletes with a `del` event and not with an `expired` one (redis/redis#12211).
 * - SCAN says nothing twice here: it does so when a table shrinks, which within a script it does not. The count of keys is compared all the same.
 * - ARGV[2] is PEXPIRETIME, or PTTL for servers before 7.0, whose scripts see the time go on: there a life may be off by a millisecond.
 * - With ARGV[4] only that database is looked at: the others are not the suite's.
 * - Hash fields are read only where INFO says that a database has some that expire: `subexpiry` of Redis 7.4, `keys_with_volatile_items` of Valkey 9.
 *
 * Gives { now, keys moved, keys expired, keys persistent, fields moved, fields expired, keys there, keys visited, names expired, names persistent };
 * a name is a database and a key, and for a field the field.
 */
export const SHIFT_SCRIPT = `
local call = redis.call
local delta, reading, most, only = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4]
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local origin = reading == 'PEXPIRETIME' and now or 0
local writing = reading == 'PEXPIRETIME' and 'PEXPIREAT' or 'PEXPIRE'
local moved, expired, persistent, fieldsMoved, fieldsExpired, there, visited = 0, 0, 0, 0, 0, 0, 0
local expiredNames, persistentNames = {}, {}

local function shiftFields(db, key)
  local fields = call('HKEYS', key)
  for first = 1, #fields, 1000 do
    local part = {}
    for i = first, math.min(first + 999, #fields) do part[#part + 1] = fields[i] end
    local deadlines = call('HPEXPIRETIME', key, 'FIELDS', #part, unpack(part))
    for i = 1, #part do
      if deadlines[i] > 0 then
        local left = deadlines[i] - delta
        fieldsMoved = fieldsMoved + 1
        if left <= now then
          left = now + 1
          fieldsExpired = fieldsExpired + 1
          if #expiredNames < most then expiredNames[#expiredNames + 1] = { db, key, part[i] } end
        end
        call('HPEXPIREAT', key, string.format('%.0f', left), 'FIELDS', 1, part[i])
      end
    end
  end
end

local function shiftDatabase(db, facts)
  call('SELECT', db)
  there = there + call('DBSIZE')
  local hasFields = tonumber(string.match(facts, 'subexpiry=(%d+)') or string.match(facts, 'keys_with_volatile_items=(%d+)') or 0) > 0
  local cursor = '0'
  repeat
    local page = call('SCAN', cursor, 'COUNT', 1000)
    cursor = page[1]
    local keys = page[2]
    visited = visited + #keys
    for i = 1, #keys do
      local key = keys[i]
      local deadline = call(reading, key)
      if deadline >= 0 then
        local left = deadline - delta
        if left <= origin then
          left = origin + 1
          expired = expired + 1
          if #expiredNames < most then expiredNames[#expiredNames + 1] = { db, key } end
        end
        call(writing, key, left)
        moved = moved + 1
      elseif deadline == -1 then
        persistent = persistent + 1
        if #persistentNames < most then persistentNames[#persistentNames + 1] = { db, key } end
      end
      if hasFields and call('TYPE', key).ok == 'hash' then shiftFields(db, key) end
    end
  until cursor == '0'
end

for db, facts in string.gmatch(call('INFO', 'keyspace'), 'db(%d+):([^\\r\\n]*)') do
  if only == nil or only == db then shiftDatabase(db, facts) end
end
return { now, moved, expired, persistent, fieldsMoved, fieldsExpired, there, visited, expiredNames, persistentNames }
`

/**
 * Looks at keys, given as databases and names in turn: what is over goes, with its `expired` event, instead of when the server gets to it. Gives how many
 * are there for a moment more; one that somebody has written anew is none of them.
 */
export const LOOK_SCRIPT = `
local there = 0
for i = 1, #ARGV, 2 do
  redis.call('SELECT', ARGV[i])
  local left = redis.call('PTTL', ARGV[i + 1])
  if left >= 0 and left < 1000 then there = there + 1 end
end
return there
`
