-- What the verbs may do: the same as common/store/rules.h, word for word in what they answer.
local ATTEMPTS_MAX = 5
-- How the claim ended that an item had last.
local ENDED = {none = '0', finished = '1', parked = '2', released = '3', released_attempt = '4', void = '5'}
local NO_COUNTS = '0 0 0 0 0 0 0 0 0 0 0 0'
local NO_SUM = string.rep('0', 32)

local function fatal(why) refuse('fatal', why) end

local function misfit(what, verb, row)
    local why = 'cannot ' .. verb .. ' ' .. what .. ' ' .. row.id .. ': it is ' .. row.state
    if row.reason ~= '' then why = why .. ' (' .. row.reason .. ')' end
    fatal(why)
end

local function must_run(run, verb)
    if run.state ~= 'RUNNING' then misfit('run', verb, run) end
end

local function lease_lost(item, why)
    refuse('lease_lost', 'item ' .. item.id .. ': ' .. why .. '; the item is ' .. item.state)
end

-- ARGV[3] … ARGV[5] are the fence: item, epoch, claim.
local function same_claim(item)
    return item.epoch == ARGV[4] and item.claim == ARGV[5] and item.claim ~= ''
end

local function held(item, verb)
    if not same_claim(item) then lease_lost(item, 'another claim came after this one') end
    if item.claim_end == ENDED.void then lease_lost(item, 'this claim was taken away') end
    if item.claim_end ~= ENDED.none then misfit('item', verb, item) end
end

-- What changes when a claim ends without its item being done.
local function given_back(item, how, counts_as_attempt)
    local to = {state = 'READY', claim_end = how}
    if how == ENDED.void then to.abandoned = item.epoch end
    if not counts_as_attempt then return to end
    to.attempts = tostring(tonumber(item.attempts) + 1)
    if tonumber(to.attempts) >= ATTEMPTS_MAX then
        to.state = 'PARKED'
        to.reason = to.attempts .. ' attempts without progress'
    end
    return to
end

-- ARGV[6] … ARGV[12] are the progress: position, staging, counts, two sums, whether the counts add up,
-- a part that is named twice. From ARGV[15] on come its parts: name and data.
local PARTS = 15
local function valid(item)
    if ARGV[11] ~= '1' then
        fatal('item ' .. item.id .. ': the counts of its checkpoint do not add up')
    end
    local first = '^%d+'
    if item.has_progress == '1' and
        less(string.match(ARGV[8], first), string.match(item.counts, first)) then
        fatal('item ' .. item.id .. ': an older checkpoint came after a newer one')
    end
    if ARGV[12] ~= '' then
        fatal('item ' .. item.id .. ': a checkpoint names ' .. ARGV[12] .. ' twice')
    end
end

local function with_progress(to)
    to.position, to.staging, to.counts = ARGV[6], ARGV[7], ARGV[8]
    to.source_sum, to.output_sum, to.has_progress = ARGV[9], ARGV[10], '1'
    return to
end

local function put_parts(item)
    for i = PARTS, #ARGV, 2 do redis.call('HSET', key('parts', item.id), ARGV[i], ARGV[i + 1]) end
end

-- The answer to a reservation of the next numbers of a counter: the first of them.
local function take_numbers(row, count, whose)
    local reserved = tonumber(row.reserved)
    if count == 0 or count > 4294967295 - reserved - 1 then
        fatal('cannot reserve ' .. text(count) .. ' numbers for ' .. whose .. ' ' .. row.id .. ' after ' ..
                  row.reserved)
    end
    return {reserved = text(reserved + count)}, {'ok', text(reserved + 1)}
end

local function start_again(item, within_borders)
    local to = {
        state = 'READY', position = '', staging = '', counts = NO_COUNTS, source_sum = NO_SUM,
        output_sum = NO_SUM, has_progress = '0', attempts = '0', reason = ''
    }
    if item.state == 'CLAIMED' then to.abandoned = item.epoch end
    if item.claim ~= '' then to.claim_end = ENDED.void end
    if not within_borders then to.end_kind, to.end_position = '', '' end
    change_item(item, to)
    redis.call('DEL', key('parts', item.id))
end

local function all_written(run, verb)
    local items = redis.call('ZCARD', key('items', run.id))
    if items > 0 and run.written == tostring(items) then return end
    fatal('cannot ' .. verb .. ' run ' .. run.id .. ': ' .. run.written .. ' of ' .. items ..
              ' items are WRITTEN')
end

local function active(run) return run.state == 'RUNNING' or run.state == 'COMMITTING' end

-- The runs of a window in order of number.
local function runs_of(task, window_start, window_end)
    local runs = {}
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('task', task), window_start, window_start)) do
        local run = run_of(id)
        if run.window_end == window_end then runs[#runs + 1] = run end
    end
    table.sort(runs, function(a, b) return tonumber(a.number) < tonumber(b.number) end)
    return runs
end

local function later_claimed(task, window_end)
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('task', task), window_end, '+inf')) do
        if redis.call('HGET', key('run', id), 'claimed') == '1' then return true end
    end
    return false
end

-- What a claim and a renewal say of the run.
local function control_of(run)
    return {
        run.bytes_per_second, run.records_per_second, run.concurrent, run.paused, run.cancelled,
        tostring(claims_of(run.id))
    }
end

local function insert_run(run)
    run.ordinal = run.ordinal or text(redis.call('HINCRBY', META, 'runs', 1))
    run.written = '0'
    for n = 0, 11 do run['n' .. n] = '0' end
    put('run', run, run)
    redis.call('ZADD', RUNS, run.ordinal, run.id)
    redis.call('ZADD', key('task', run.task), run.window_start, run.id)
end

local function insert_item(item)
    item.ordinal = tostring(redis.call('ZCARD', key('items', item.run)) + 1)
    put('item', item, item)
    redis.call('ZADD', key('items', item.run), item.ordinal, item.id)
    index(item, true)
    if item.counts ~= NO_COUNTS then recount(item.run, NO_COUNTS, item.counts) end
end

-- A run and all that belongs to it.
local function remove_run(id)
    for _, item in ipairs(redis.call('ZRANGE', key('items', id), 0, -1)) do
        redis.call('UNLINK', key('item', item), key('parts', item))
    end
    local edges = redis.call('LRANGE', key('edges', id), 0, -1)
    for i = 1, #edges, 2 do redis.call('HDEL', edges[i], edges[i + 1]) end
    local task = redis.call('HGET', key('run', id), 'task')
    if task then redis.call('ZREM', key('task', task), id) end
    redis.call('ZREM', RUNS, id)
    redis.call('UNLINK', key('run', id), key('items', id), key('ready', id), key('held', id), key('edges', id),
        key('package', id))
end
