-- Stands before every script, rules.lua follows. KEYS[1] is the hash of what there is once ("…meta").
-- ARGV[1] is the token of a coordinator or '', then '/' and the number of its call or ''; ARGV[2] the time
-- in µs for a store under test or ''; the rest belongs to the verb. Numbers of 64 bits stay texts: Lua's
-- doubles round them beyond 2^53.
local META = KEYS[1]
local TOKEN, CALL = string.match(ARGV[1], '^(%d*)/(%d*)$')
local PREFIX = string.sub(META, 1, -5)
local RUNS, LEAD = PREFIX .. 'runs', PREFIX .. 'lead'

-- Ends the script with a refusal.
local function refuse(code, text) error({refused = {code, text}}) end

local function key(kind, id) return PREFIX .. kind .. ':' .. id end

-- A shard's borders by time; the lengths keep names apart.
local function border_key(task, stream, shard)
    return key('border', task .. ':' .. #stream .. ':' .. stream .. ':' .. shard)
end

-- Of whole numbers without leading zeros.
local function less(a, b) return #a < #b or (#a == #b and a < b) end

local function text(number) return string.format('%.0f', number) end

local function now()
    if ARGV[2] ~= '' then return tonumber(ARGV[2]) end
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- Another one after each start of the server, also when it is started from a copy of its data.
local function identity() return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') end

local function whole()
    if redis.call('HGET', META, 'incarnation') ~= identity() then
        refuse('ledger_lost', 'it was restarted or emptied, and its ledger is not rebuilt yet')
    end
end

local function not_fenced(token)
    if token and less(TOKEN, token) then
        refuse('fenced', 'another coordinator has taken over the ledger')
    end
end

-- A call whose answer was lost is sent again, and its first copy may come much later, over a connection
-- that was given up. So a coordinator draws a number for each call: a copy finds that the call is done,
-- or that another number was drawn since.
local function first_copy()
    if CALL == '' then return end
    local drawn = redis.call('HMGET', META, 'call', 'done')
    if drawn[1] ~= CALL then refuse('superseded', 'another call came between') end
    if drawn[2] == CALL then refuse('ok', '') end
end

local function holds_token()
    local token = redis.call('HGET', META, 'token')
    if TOKEN ~= '' and TOKEN ~= token then
        not_fenced(token)
        refuse('ledger_lost', 'its ledger does not know this coordinator and must be rebuilt')
    end
    first_copy()
end

local function enter()
    whole()
    holds_token()
end

local function row_of(kind, id, name)
    local flat, row = redis.call('HGETALL', key(kind, id)), {}
    for i = 1, #flat, 2 do row[flat[i]] = flat[i + 1] end
    if not row.id then refuse('not_found', 'the ledger has no ' .. name .. ' ' .. id) end
    return row
end
local function item_of(id) return row_of('item', id, 'item') end
local function run_of(id) return row_of('run', id, 'run') end

-- What workers need of a run, without its long texts: job, intent and receipt may have megabytes.
local function head_of(id)
    local fields = {
        'id', 'state', 'claimed', 'by_image', 'staging', 'reserved', 'bytes_per_second', 'records_per_second',
        'concurrent', 'paused', 'cancelled'
    }
    local values, run = redis.call('HMGET', key('run', id), unpack(fields)), {}
    for i, field in ipairs(fields) do run[field] = values[i] end
    return run
end

local function put(kind, row, to)
    local flat = {}
    for field, value in pairs(to) do
        row[field] = value
        flat[#flat + 1] = field
        flat[#flat + 1] = value
    end
    redis.call('HSET', key(kind, row.id), unpack(flat))
end
local function change_run(run, to) put('run', run, to) end

-- How many items of a run are CLAIMED.
local function claims_of(run) return redis.call('ZCARD', key('held', run)) end

-- Enters an item into what is found by state, or takes it out.
local function index(item, enters)
    if item.state == 'READY' and enters then
        redis.call('ZADD', key('ready', item.run), item.ordinal, item.id)
    elseif item.state == 'READY' then
        redis.call('ZREM', key('ready', item.run), item.id)
    elseif item.state == 'CLAIMED' and enters then
        redis.call('ZADD', key('held', item.run), item.deadline, item.id)
    elseif item.state == 'CLAIMED' then
        redis.call('ZREM', key('held', item.run), item.id)
    elseif item.state == 'WRITTEN' then
        redis.call('HINCRBY', key('run', item.run), 'written', enters and 1 or -1)
    end
end

-- Moves the sums of a run from one item's counts, numbers in one text, to what they are now.
local function recount(run, from, to)
    local next_from, n = string.gmatch(from, '%d+'), 0
    for new in string.gmatch(to, '%d+') do
        local old, field = next_from(), 'n' .. n
        n = n + 1
        if old ~= new and #old < 16 and #new < 16 then
            redis.call('HINCRBY', key('run', run), field, text(tonumber(new) - tonumber(old)))
        elseif old ~= new then
            if old ~= '0' then redis.call('HINCRBY', key('run', run), field, '-' .. old) end
            redis.call('HINCRBY', key('run', run), field, new)
        end
    end
end

local function change_item(item, to)
    if to.counts then recount(item.run, item.counts, to.counts) end
    local moves = to.state or to.deadline
    if moves then index(item, false) end
    put('item', item, to)
    if moves then index(item, true) end
end

-- Texts that were joined as "<length>:<text>…".
local function split(joined)
    local all, at = {}, 1
    while at <= #joined do
        local colon = string.find(joined, ':', at, true)
        local last = colon + tonumber(string.sub(joined, at, colon - 1))
        all[#all + 1] = string.sub(joined, colon + 1, last)
        at = last + 1
    end
    return all
end
