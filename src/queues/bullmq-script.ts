/**
 * Reads queues of BullMQ in one atomic look: a job that moves from one state to the next is in exactly one of them. KEYS are the queues without
 * the colon (`bull:mail`), ARGV[1] how many open jobs of a state are described, ARGV[2] how many failed ones, ARGV[3] `history`
 * for the peak of active jobs, which is read from the stream of events. The layout of the keys is BullMQ's
 * (`classes/queue-keys`, `commands/*.lua`): the same from version 4 to 6.
 */
export const READ_QUEUES = `
local found = {}
local ENDED = { completed = true, failed = true, waiting = true, delayed = true, ['waiting-children'] = true, stalled = true }
for place, base in ipairs(KEYS) do
  local function key(name) return base .. ':' .. name end
  local jobs = {}
  local function describe(id, state, score)
    local f = redis.call('HMGET', key(id), 'name', 'atm', 'opts', 'failedReason', 'data')
    local allowed = 1
    if f[3] then
      local isRead, opts = pcall(cjson.decode, f[3])
      if isRead and opts['attempts'] and opts['attempts'] ~= 0 then allowed = opts['attempts'] end
    end
    jobs[#jobs + 1] = { id, state, score, f[1] or '', f[2] or '0', allowed, f[4] or false, string.sub(f[5] or '', 1, 200) }
  end
  local function describeList(state)
    local ids = redis.call('LRANGE', key(state == 'waiting' and 'wait' or state), -ARGV[1], -1)
    for at = #ids, 1, -1 do describe(ids[at], state, false) end
  end
  describeList('active')
  describeList('waiting')
  describeList('paused')
  local prioritized = redis.call('ZRANGE', key('prioritized'), 0, ARGV[1] - 1)
  for _, id in ipairs(prioritized) do describe(id, 'prioritized', false) end
  local parents = redis.call('ZRANGE', key('waiting-children'), 0, ARGV[1] - 1)
  for _, id in ipairs(parents) do describe(id, 'waitingChildren', false) end
  local counts = { delayed = 0, retrying = 0, scheduled = 0 }
  local delayed = redis.call('ZRANGE', key('delayed'), 0, -1, 'WITHSCORES')
  for at = 1, #delayed, 2 do
    local f = redis.call('HMGET', key(delayed[at]), 'atm', 'rjk')
    local state = (f[1] and tonumber(f[1]) > 0) and 'retrying' or f[2] and 'scheduled' or 'delayed'
    counts[state] = counts[state] + 1
    if counts[state] <= tonumber(ARGV[1]) then describe(delayed[at], state, delayed[at + 1]) end
  end
  local peak, active, isActive = 0, 0, {}
  if ARGV[3] == 'history' then
    for _, entry in ipairs(redis.call('XRANGE', key('events'), '-', '+')) do
      local f = {}
      for at = 1, #entry[2], 2 do f[entry[2][at]] = entry[2][at + 1] end
      if f.event == 'active' then
        if not isActive[f.jobId] then active = active + 1 end
        isActive[f.jobId] = true
        if active > peak then peak = active end
      elseif f.jobId and isActive[f.jobId] and ENDED[f.event] then
        active = active - 1
        isActive[f.jobId] = nil
      end
    end
  end
  local failed = redis.call('ZREVRANGE', key('failed'), 0, ARGV[2] - 1)
  for _, id in ipairs(failed) do describe(id, 'failed', false) end
  found[place] = {
    redis.call('LLEN', key('active')),
    redis.call('LLEN', key('wait')) + redis.call('LLEN', key('paused')),
    redis.call('ZCARD', key('prioritized')),
    counts.delayed,
    counts.retrying,
    redis.call('ZCARD', key('waiting-children')),
    counts.scheduled,
    redis.call('ZCARD', key('failed')),
    redis.call('ZCARD', key('completed')),
    peak,
    redis.call('GET', key('id')) or '0',
    redis.call('HEXISTS', key('meta'), 'paused'),
    jobs,
  }
end
return found
`

/** Of KEYS, which end in `:meta`, those that belong to a queue. */
export const KNOW_QUEUES = `
local found = {}
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok == 'hash' and redis.call('HEXISTS', key, 'opts.maxLenEvents') == 1 then found[#found + 1] = key end
end
return found
`
